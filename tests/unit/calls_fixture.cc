#include "tests/unit/calls_fixture.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "server/rpc/services.h"

namespace agreements::testing {
namespace {

// Set before a call that a worker answers; ThreadSanitizer cannot see the order, which goes by way of gRPC.
std::atomic<Source*> source = nullptr;

Stream<v1::RunBillingResponse> OpenSource(storage::Database& /*database*/, const Context& /*context*/,
                                          const v1::RunBillingRequest& /*request*/) {
  return source.load()->Open();
}

absl::StatusOr<v1::GetAgreementResponse> Answer(storage::Database& /*database*/, const storage::Call& /*call*/,
                                                const Clock& /*clock*/, const v1::GetAgreementRequest& /*request*/) {
  return v1::GetAgreementResponse();
}

}  // namespace

absl::StatusOr<std::optional<std::string>> Endless(int i, const storage::Call& /*call*/) { return absl::StrCat(i); }

absl::StatusOr<std::optional<std::string>> ThreeLargeOnes(int i, const storage::Call& /*call*/) {
  if (i == 3) return std::nullopt;
  return std::string(kLarge, 'x');
}

CallsTest::CallsTest() {
  methods_.Bind(OpenSource);
  methods_.Bind(Answer, TaskKind::kRead);
  service_ = methods_.ServiceOf(AgreementServiceDescriptor());
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  // The transport reads no further ahead than that.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 16);
  stub_ = v1::AgreementService::NewStub(
      grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials(), arguments));
}

CallsTest::~CallsTest() {
  workers_.Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  server_.reset();
  source = nullptr;
}

void CallsTest::Serve(Source::Next next) {
  source_ = std::make_unique<Source>(std::move(next));
  source = source_.get();
}

absl::Status CallsTest::Get() {
  grpc::ClientContext context;
  v1::GetAgreementRequest request;
  request.set_account_id("acct-1");
  request.set_agreement_id("agr-0000000000000000");
  v1::GetAgreementResponse response;
  return FromGrpcStatus(stub_->GetAgreement(&context, request, &response));
}

}  // namespace agreements::testing
