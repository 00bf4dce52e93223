// What the client library costs beside the bare stub: client_benchmark [CALLS [ADDRESS]]. Started by
// tests/benchmark/run.
//
// Both call by turns, over a connection each: the server at ADDRESS, in plain text, or one in this process that answers
// at once, so that nothing hides the library's share.
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/agreement_client.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "tests/benchmark/figures.h"

namespace agreements::benchmark {
namespace {

constexpr int kRounds = 21;

class Service final : public v1::AgreementService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetAgreement(grpc::CallbackServerContext* context, const v1::GetAgreementRequest* request,
                                         v1::GetAgreementResponse* response) override {
    *response->mutable_agreement() = AgreementOf(request->agreement_id());
    return Finish(context);
  }
  grpc::ServerUnaryReactor* CreateAgreement(grpc::CallbackServerContext* context,
                                            const v1::CreateAgreementRequest* /*request*/,
                                            v1::CreateAgreementResponse* response) override {
    *response->mutable_agreement() = AgreementOf("agr-1jq2v8k5w0c3m7xz");
    return Finish(context);
  }

 private:
  static v1::Agreement AgreementOf(const std::string& agreement_id) {
    v1::Agreement agreement;
    agreement.set_agreement_id(agreement_id);
    agreement.set_display_name("Fjordkraft Regnskap");
    agreement.set_customer_number("00417");
    agreement.set_settled_until("2026-11-01");
    return agreement;
  }
  static grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// How long `callers` threads take for `calls` calls each.
absl::Duration TimeOfCalls(int callers, int calls, const std::function<bool()>& call) {
  std::atomic<bool> failed = false;
  const absl::Duration time = TimeOf([&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < calls && !failed; ++n) failed = !call();
      });
    }
  });
  Require(!failed, "a call failed");
  return time;
}

template <typename Request, typename Response>
std::function<bool()> Bare(v1::AgreementService::Stub& stub,
                           grpc::Status (v1::AgreementService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                              Response*),
                           const Request& request) {
  return [&stub, method, request] {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    Response response;
    return (stub.*method)(&context, request, &response).ok();
  };
}

void Run(int calls, std::string address) {
  Service service;
  int port = 0;
  grpc::EnableDefaultHealthCheckService(true);  // As the real server has it.
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  server->GetHealthCheckService()->SetServingStatus(v1::AgreementService::service_full_name(), true);
  if (address.empty()) address = absl::StrCat("127.0.0.1:", port);
  const auto stub = v1::AgreementService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  ClientOptions options;
  options.endpoint = address;
  options.insecure = true;
  const AgreementClient client(Connection::Open(options).value());

  v1::CreateAgreementRequest create;
  create.set_account_id("acct-4711");
  create.set_display_name("Fjordkraft Regnskap");
  v1::GetAgreementRequest get;
  get.set_account_id("acct-4711");
  get.set_agreement_id(client.CreateAgreement(create).value().agreement().agreement_id());

  std::puts("| calls a second, library beside bare stub | library | stub | ratio |\n|---|---:|---:|---:|");
  for (const int callers : {1, 8, 32}) {
    const auto compare = [&](const char* what, const std::function<bool()>& library,
                             const std::function<bool()>& bare) {
      const int each = std::max(1, calls / callers);
      const Medians medians = Compare(
          kRounds, [&] { return TimeOfCalls(callers, each, library); },
          [&] { return TimeOfCalls(callers, each, bare); });
      const double all = each * callers;
      std::printf("| %s, %d callers | %.0f | %.0f | %.2f |\n", what, callers,
                  all / absl::ToDoubleSeconds(medians.service), all / absl::ToDoubleSeconds(medians.bare),
                  absl::FDivDuration(medians.bare, medians.service));
    };
    compare(
        "GetAgreement", [&] { return client.GetAgreement(get).ok(); },
        Bare(*stub, &v1::AgreementService::Stub::GetAgreement, get));
    compare(
        "CreateAgreement", [&] { return client.CreateAgreement(create).ok(); },
        Bare(*stub, &v1::AgreementService::Stub::CreateAgreement, create));
  }
  server->Shutdown();
}

}  // namespace
}  // namespace agreements::benchmark

int main(int argc, char** argv) {
  int calls = 4000;
  if (argc > 3 || (argc > 1 && (!absl::SimpleAtoi(argv[1], &calls) || calls < 1))) {
    std::cerr << "usage: client_benchmark [CALLS [ADDRESS]]\n";
    return EXIT_FAILURE;
  }
  try {
    agreements::benchmark::Run(calls, argc > 2 ? argv[2] : "");
  } catch (const std::exception& error) {
    std::cerr << "client_benchmark: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
