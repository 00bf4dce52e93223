// Creates an agreement on a running server: quickstart [ADDRESS [NAME]]
#include <cstdlib>
#include <iostream>

#include "agreements/agreement_client.h"
#include "agreements/errors.h"

int main(int argc, char** argv) {
  namespace v1 = agreements::v1;
  agreements::ClientOptions options;
  options.endpoint = argc > 1 ? argv[1] : "127.0.0.1:50051";
  options.insecure = true;         // As deploy/local/run serves on loopback. Elsewhere certificate, key and authority.
  options.wait_for_ready = false;  // Somebody waits for this program: say at once that there is no server.
  const agreements::AgreementClient client(agreements::Connection::Open(options).value());

  v1::CreateAgreementRequest request;
  request.set_account_id("acct-4711");
  request.set_display_name(argc > 2 ? argv[2] : "Fjordkraft Regnskap");
  request.set_customer_number("00417");
  const auto created = client.CreateAgreement(request);
  if (!created.ok()) {
    // Programs decide by the reason. It is ERROR_REASON_UNSPECIFIED if the service did not answer.
    std::cerr << created.status().code() << " " << v1::ErrorReason_Name(agreements::ReasonOf(created.status())) << ": "
              << created.status().message() << "\n";
    return EXIT_FAILURE;
  }
  const v1::Agreement& agreement = created->agreement();
  std::cout << agreement.agreement_id() << ": " << agreement.display_name() << ", settled until "
            << agreement.settled_until() << "\n";
  return EXIT_SUCCESS;
}
