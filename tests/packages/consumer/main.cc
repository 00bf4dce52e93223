// Makes an agreement, and lists all: invoicing ADDRESS
#include <cstdlib>
#include <iostream>

#include "agreements/agreement_client.h"
#include "agreements/errors.h"

int main(int argc, char** argv) {
  namespace v1 = agreements::v1;
  if (argc != 2) {
    std::cerr << "usage: invoicing ADDRESS\n";
    return EXIT_FAILURE;
  }
  agreements::ClientOptions options;
  options.endpoint = argv[1];
  options.insecure = true;
  const auto connection = agreements::Connection::Open(options);
  if (!connection.ok()) {
    std::cerr << connection.status() << "\n";
    return EXIT_FAILURE;
  }
  const agreements::AgreementClient client(*connection);

  v1::CreateAgreementRequest request;
  request.set_account_id("acct-4711");
  request.set_display_name("Fjordkraft Regnskap");
  if (const auto created = client.CreateAgreement(request); !created.ok()) {
    std::cerr << v1::ErrorReason_Name(agreements::ReasonOf(created.status())) << ": " << created.status() << "\n";
    return EXIT_FAILURE;
  }
  v1::ListAgreementsRequest all;
  all.set_account_id("acct-4711");
  for (const auto& agreement : client.ListAgreements(all)) {
    if (!agreement.ok()) {
      std::cerr << agreement.status() << "\n";
      return EXIT_FAILURE;
    }
    std::cout << agreement->display_name() << "\n";
  }
  return EXIT_SUCCESS;
}
