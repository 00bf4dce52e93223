// Creates an agreement on a running server: quickstart [ADDRESS [NAME]]
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "agreements/v1/agreement_service.grpc.pb.h"
#include "proto/errors.h"
#include "proto/status.h"

int main(int argc, char** argv) {
  namespace v1 = agreements::v1;
  const auto stub = v1::AgreementService::NewStub(
      grpc::CreateChannel(argc > 1 ? argv[1] : "127.0.0.1:50051", grpc::InsecureChannelCredentials()));

  v1::CreateAgreementRequest request;
  request.set_account_id("acct-4711");
  request.set_display_name(argc > 2 ? argv[2] : "Fjordkraft Regnskap");
  request.set_customer_number("00417");

  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  v1::CreateAgreementResponse response;
  const absl::Status status = agreements::FromGrpcStatus(stub->CreateAgreement(&context, request, &response));
  if (!status.ok()) {
    // Programs decide by the reason. It is ERROR_REASON_UNSPECIFIED if the service did not answer.
    std::cerr << status.code() << " " << v1::ErrorReason_Name(agreements::ReasonOf(status)) << ": " << status.message()
              << "\n";
    return EXIT_FAILURE;
  }
  const v1::Agreement& agreement = response.agreement();
  std::cout << agreement.agreement_id() << ": " << agreement.display_name() << ", settled until "
            << agreement.settled_until() << "\n";
  return EXIT_SUCCESS;
}
