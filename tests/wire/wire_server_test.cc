// What the server answers whatever the method: requests that do not parse or are too large, overload, health.
#include <grpcpp/generic/generic_stub.h>

#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/wrappers.pb.h"
#include "proto/errors.h"
#include "server/rpc/messages.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

using google::protobuf::MethodDescriptor;

constexpr char kMalformed[] = "INVALID_ARGUMENT MALFORMED_REQUEST; BadRequest ";

// Counts the statements that calls have caused.
int Questions(const Statements& statements) {
  return statements.Count("insert_request") + statements.Count("get_agreement");
}

TEST(WireServerTest, BytesThatDoNotParseAreMalformedForEveryMethodAndNeverReachTheDatabase) {
  Statements statements;
  Wire wire({}, statements.hooks());
  const int before = Questions(statements);
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string valid = ValidRequest(*method, {{"$account", "acct-1"}})->SerializeAsString();
    for (const std::string& bytes : {std::string("\xff\xff\xff\xff"),  // No tag
                                     std::string("\x0a\x02\xc3\x28"),  // account_id, not UTF-8
                                     std::string("\x0a\x7f\x61"),      // account_id, 127 bytes announced
                                     std::string("\x0c"),              // The end of a group that never began
                                     valid.substr(0, valid.size() - 1)}) {
      EXPECT_EQ(Describe(wire.CallBytes(PathOf(*method), bytes).status()), kMalformed) << method->full_name();
    }
  }
  EXPECT_EQ(Questions(statements), before);
}

TEST(WireServerTest, AMethodThatDoesNotExistStaysUnimplemented) {
  Wire wire;
  for (const char* path : {"/agreements.v1.AgreementService/SplitAgreement", "/agreements.v2.AgreementService/Get"}) {
    const absl::Status status = wire.CallBytes(path, "").status();
    EXPECT_EQ(Describe(status), "UNIMPLEMENTED");
  }
}

// A valid GetAgreement with an unknown field that makes it `size` bytes.
std::string RequestOfSize(size_t size) {
  v1::GetAgreementRequest request;
  request.set_account_id("acct-1");
  request.set_agreement_id("agr-0000000000000000");
  std::string* unknown = request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(100);
  unknown->resize(size - request.ByteSizeLong());
  while (request.ByteSizeLong() > size) unknown->pop_back();
  return request.SerializeAsString();
}

TEST(WireServerTest, ARequestOverOneMebibyteIsRefusedByItsSizeBeforeTheDatabaseIsTouched) {
  Statements statements;
  Wire wire({}, statements.hooks());
  const std::string path = "/agreements.v1.AgreementService/GetAgreement";
  ASSERT_EQ(RequestOfSize(kMaxRequestSize).size(), static_cast<size_t>(kMaxRequestSize));
  EXPECT_EQ(ReasonOf(wire.CallBytes(path, RequestOfSize(kMaxRequestSize)).status()),
            v1::ERROR_REASON_AGREEMENT_NOT_FOUND);
  const int before = Questions(statements);
  EXPECT_EQ(Describe(wire.CallBytes(path, RequestOfSize(kMaxRequestSize + 1)).status()),
            "INVALID_ARGUMENT REQUEST_TOO_LARGE limit=1048576 size=1048577; BadRequest ");
  // The size is checked before the fields.
  v1::CreateAgreementRequest request;
  request.set_display_name(std::string(kMaxRequestSize, '\x01'));
  const absl::Status status = wire.Call(&Agreements::CreateAgreement, request).status();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_REQUEST_TOO_LARGE) << status;
  EXPECT_EQ(Questions(statements), before);
}

TEST(WireServerTest, ARequestOverFourMebibytesIsRefusedByTheTransport) {
  Wire wire;
  const absl::Status status =
      wire.CallBytes("/agreements.v1.AgreementService/GetAgreement", RequestOfSize((4 << 20) + 1)).status();
  EXPECT_EQ(Describe(status), "RESOURCE_EXHAUSTED");
}

// Asks for something that does not exist.
absl::Status Get(Wire& wire, const std::string& what, absl::Duration timeout = absl::Seconds(30)) {
  const Names names = {{"$account", "acct-1"}};
  if (what == "agreement") {
    return wire.Call(&Agreements::GetAgreement, "agreement_id: 'agr-0000000000000000'", names, timeout).status();
  }
  return wire.Call(&Companies::GetCompany, "company_id: 'cmp-0000000000000000'", names, timeout).status();
}

TEST(WireServerTest, AFullQueueAnswersAtOnceAndACallWhoseDeadlinePassesInItNeverReachesTheDatabase) {
  Statements statements;
  Wire wire({.workers = 1, .max_queue = 1}, statements.hooks());
  statements.HoldUp("get_agreement");
  std::jthread holder([&] { EXPECT_TRUE(absl::IsNotFound(Get(wire, "agreement"))); });
  statements.WaitUntilHeldUp();
  // The first one to arrive stays in the queue beyond its deadline.
  absl::Status status;
  do {
    status = Get(wire, "company", absl::Milliseconds(200));
  } while (absl::IsDeadlineExceeded(status));
  EXPECT_EQ(Describe(status), "RESOURCE_EXHAUSTED SERVER_BUSY; RetryInfo");
  statements.LetGo();
  holder.join();
  const int agreements = statements.Count("get_agreement");
  // The next call waits behind the late one.
  do {
    status = Get(wire, "agreement");
  } while (ReasonOf(status) == v1::ERROR_REASON_SERVER_BUSY);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(statements.Count("get_agreement"), agreements + 1);
  EXPECT_EQ(statements.Count("get_company"), 0);
}

TEST(WireServerTest, AServerThatStopsAnswersWhatItHasTakenAndRefusesTheRest) {
  Statements statements;
  Wire wire({}, statements.hooks());
  statements.HoldUp("get_agreement");
  std::jthread holder([&] { EXPECT_TRUE(absl::IsNotFound(Get(wire, "agreement"))); });
  statements.WaitUntilHeldUp();
  std::jthread stopper([&] { wire.Stop(); });
  absl::Status status;
  do {
    status = Get(wire, "company");
  } while (absl::IsNotFound(status));
  EXPECT_EQ(Describe(status), "UNAVAILABLE SERVER_STOPPING; RetryInfo");
  statements.LetGo();
  holder.join();
  stopper.join();
}

// A streaming call to a service that this program has no stubs for, and that gets one request.
class Stream {
 public:
  Stream(Wire& wire, const std::string& path, const std::string& request) : stub_(wire.channel()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    call_ = stub_.PrepareCall(&context_, path, &queue_);
    call_->StartCall(nullptr);
    Finished();
    const grpc::Slice slice(request);
    call_->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    Finished();
  }

  ~Stream() {
    context_.TryCancel();
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Finished();
  }

  // Waits for the next response; nothing if the stream has ended.
  std::optional<std::string> Read() {
    grpc::ByteBuffer response;
    call_->Read(&response, nullptr);
    if (!Finished()) return std::nullopt;
    std::vector<grpc::Slice> slices;
    response.Dump(&slices);
    std::string bytes;
    for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return bytes;
  }

 private:
  bool Finished() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

enum Health { kServing = 1, kNotServing = 2 };

// Well-known messages with the fields of grpc.health.v1, which Debian does not package: a string 1 and a number 1.
std::string HealthRequest(const std::string& service) {
  google::protobuf::StringValue request;
  request.set_value(service);
  return request.SerializeAsString();
}

int HealthOf(const std::string& response) {
  google::protobuf::Int32Value health;
  EXPECT_TRUE(health.ParseFromString(response));
  return health.value();
}

TEST(WireServerTest, HealthIsServingForTheServerAndEachService) {
  Wire wire;
  for (const char* service : {"", "agreements.v1.AgreementService", "agreements.v1.CompanyService"}) {
    const auto response = wire.CallBytes("/grpc.health.v1.Health/Check", HealthRequest(service));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(HealthOf(*response), kServing) << service;
  }
  EXPECT_TRUE(absl::IsNotFound(wire.CallBytes("/grpc.health.v1.Health/Check", HealthRequest("nothing")).status()));
}

TEST(WireServerTest, HealthOfTheDatabaseFollowsWhetherItTakesWrites) {
  Statements statements;
  Wire wire({}, statements.hooks());
  Stream watch(wire, "/grpc.health.v1.Health/Watch", HealthRequest("db"));
  const auto wait_for = [&watch](int health) {
    for (;;) {
      const auto response = watch.Read();
      if (!response) return false;
      if (HealthOf(*response) == health) return true;
    }
  };
  ASSERT_TRUE(wait_for(kServing));
  statements.Fail("prepare session", 1290);  // Read-only
  ASSERT_TRUE(wait_for(kNotServing));
  statements.Fail("prepare session", 0);
  EXPECT_TRUE(wait_for(kServing));
}

TEST(WireServerTest, ReflectionListsBothServices) {
  Wire wire;
  // ServerReflectionRequest with list_services, field 7.
  Stream reflection(wire, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "\x3a\x01*");
  const auto response = reflection.Read();
  ASSERT_TRUE(response);
  for (const char* service : {"agreements.v1.AgreementService", "agreements.v1.CompanyService"}) {
    EXPECT_TRUE(absl::StrContains(*response, service)) << service;
  }
}

}  // namespace
}  // namespace agreements::testing
