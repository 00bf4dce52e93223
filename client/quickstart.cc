// A walk through the user guide of customer agreements, as an internal caller does it: each call is printed with its
// answer. Run it against a server: quickstart --target=127.0.0.1:50051
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "agreements/v1/company_service.grpc.pb.h"
#include "proto/errors.h"
#include "proto/status.h"

ABSL_FLAG(std::string, target, "127.0.0.1:50051", "Address of the server.");

namespace agreements {
namespace {

constexpr auto kTimeout = std::chrono::seconds(10);

// As grpcurl prints a message: JSON with the proto's field names.
std::string Printed(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "?";
  return absl::StrReplaceAll(absl::StripTrailingAsciiWhitespace(json), {{"\n", "\n  "}});
}

// Makes calls, one step of the story each, and prints them.
class Walkthrough {
 public:
  explicit Walkthrough(const std::shared_ptr<grpc::Channel>& channel)
      : agreements_(v1::AgreementService::NewStub(channel)),
        companies_(v1::CompanyService::NewStub(channel)),
        account_id_(absl::StrCat("acct-", absl::ToUnixMicros(absl::Now()))) {}

  // Ends the program when a step fails.
  void Run();

 private:
  template <typename Stub, typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  template <typename Request>
  Request New() const {
    Request request;
    request.set_account_id(account_id_);
    return request;
  }

  // The steps after this one would not make sense.
  [[noreturn]] static void Fail(absl::string_view reason) {
    std::cout << "  FAILED: " << reason << std::endl;
    std::exit(EXIT_FAILURE);
  }

  // A call that must succeed.
  template <typename Service, typename Stub, typename Request, typename Response>
  Response Call(absl::string_view story, Service& service, Method<Stub, Request, Response> method,
                const Request& request) {
    Response response;
    const grpc::Status status = Send(story, service, method, request, response);
    if (status.ok()) {
      std::cout << "  is answered " << Printed(response) << "\n";
    } else {
      Fail(status.error_message());
    }
    std::cout << "\n";
    return response;
  }

  // A call that must be refused for this reason.
  template <typename Service, typename Stub, typename Request, typename Response>
  void Refused(absl::string_view story, Service& service, Method<Stub, Request, Response> method,
               const Request& request, v1::ErrorReason reason) {
    Response response;
    const absl::Status status = FromGrpcStatus(Send(story, service, method, request, response));
    std::cout << "  is refused: " << absl::StatusCodeToString(status.code());
    if (const auto info = DetailOf<google::rpc::ErrorInfo>(status)) std::cout << " " << Printed(*info);
    if (const auto message = DetailOf<google::rpc::LocalizedMessage>(status)) {
      std::cout << "\n  «" << message->message() << "»\n";
    }
    if (ReasonOf(status) != reason) {
      Fail(absl::StrCat("expected ", v1::ErrorReason_Name(reason)));
    }
    std::cout << "\n";
  }

  template <typename Service, typename Stub, typename Request, typename Response>
  grpc::Status Send(absl::string_view story, Service& service, Method<Stub, Request, Response> method,
                    const Request& request, Response& response) {
    const std::string name = absl::StrReplaceAll(Request::descriptor()->name(), {{"Request", ""}});
    std::cout << ++steps_ << ". " << story << "\n\n  " << name << " " << Printed(request) << "\n";
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kTimeout);
    context.set_wait_for_ready(true);
    return (service.*method)(&context, request, &response);
  }

  std::unique_ptr<v1::AgreementService::Stub> agreements_;
  std::unique_ptr<v1::CompanyService::Stub> companies_;
  const std::string account_id_;  // A fresh one each run, so that runs do not meet.
  int steps_ = 0;
};

void Walkthrough::Run() {
  using Agreements = v1::AgreementService::Stub;
  using Companies = v1::CompanyService::Stub;

  auto create = New<v1::CreateAgreementRequest>();
  create.set_display_name("Fjordkraft Regnskap");
  create.set_customer_number("00417");
  create.mutable_first_company_draft()->set_display_name("Nordlys Bakeri");
  create.set_request_id("create-fjordkraft");
  const auto created = Call("Ny kundeavtale: create an agreement, and the draft of its first company with it.",
                            *agreements_, &Agreements::CreateAgreement, create);
  const std::string fjordkraft = created.agreement().agreement_id();

  Call("The answer got lost? The same request_id again gets the same answer, and nothing is done twice.", *agreements_,
       &Agreements::CreateAgreement, create);

  auto interrupt = New<v1::UpdateCompanyDraftRequest>();
  interrupt.set_draft_id(created.first_company_draft().draft_id());
  interrupt.set_organization_number("974760673");
  Call("The wizard is interrupted: what is filled in is saved.", *companies_, &Companies::UpdateCompanyDraft,
       interrupt);

  auto drafts = New<v1::ListCompanyDraftsRequest>();
  drafts.set_agreement_id(fjordkraft);
  const auto open = Call("Later, someone finds the companies that are not finished.", *companies_,
                         &Companies::ListCompanyDrafts, drafts);

  auto finish = New<v1::UpdateCompanyDraftRequest>();
  finish.set_draft_id(created.first_company_draft().draft_id());
  finish.set_display_name("Nordlys Bakeri AS");
  if (open.drafts_size() > 0) finish.set_revision(open.drafts(0).revision());
  Call("They fill in the rest, unless someone else has changed it since it was read.", *companies_,
       &Companies::UpdateCompanyDraft, finish);

  auto complete = New<v1::CompleteCompanyDraftRequest>();
  complete.set_draft_id(created.first_company_draft().draft_id());
  const auto completed = Call("Completing the draft creates the company in the agreement.", *companies_,
                              &Companies::CompleteCompanyDraft, complete);

  auto company = New<v1::CreateCompanyRequest>();
  company.set_agreement_id(fjordkraft);
  company.set_display_name("Havblikk Hotell AS");
  company.set_organization_number("923609016");
  const auto hotel = Call("A second company, at once.", *companies_, &Companies::CreateCompany, company);

  company.set_display_name("Ærlig Talt Frisør");
  company.clear_organization_number();
  const auto hairdresser =
      Call("A third one, which has no organization number.", *companies_, &Companies::CreateCompany, company);

  auto remove = New<v1::DeleteAgreementRequest>();
  remove.set_agreement_id(fjordkraft);
  Refused("Slett: an agreement that holds companies cannot be deleted.", *agreements_, &Agreements::DeleteAgreement,
          remove, v1::ERROR_REASON_AGREEMENT_NOT_EMPTY);

  auto other = New<v1::CreateAgreementRequest>();
  other.set_display_name("Viddas Gruppe");
  const auto vidda = Call("Another agreement.", *agreements_, &Agreements::CreateAgreement, other);

  auto move = New<v1::MoveCompanyRequest>();
  move.set_company_id(hotel.company().company_id());
  move.set_agreement_id(vidda.agreement().agreement_id());
  Call("Flytt selskap: the hotel moves to it.", *companies_, &Companies::MoveCompany, move);

  auto move_to_new = New<v1::MoveCompanyToNewAgreementRequest>();
  move_to_new.set_company_id(hairdresser.company().company_id());
  move_to_new.set_display_name("Ærlig Talt");
  Call("Flytt selskap til ny kundeavtale: the hairdresser moves to an agreement that is created with the move.",
       *companies_, &Companies::MoveCompanyToNewAgreement, move_to_new);

  move.set_company_id(completed.company().company_id());
  Call("The bakery moves, too, and leaves the first agreement empty.", *companies_, &Companies::MoveCompany, move);

  Call("Now the first agreement can be deleted.", *agreements_, &Agreements::DeleteAgreement, remove);

  Call("The account's agreements.", *agreements_, &Agreements::ListAgreements, New<v1::ListAgreementsRequest>());

  auto placements = New<v1::ListPlacementsRequest>();
  placements.set_company_id(completed.company().company_id());
  Call("Which agreement held the bakery on which days: the one that has it at the end of a day has the day.",
       *companies_, &Companies::ListPlacements, placements);

  std::cout << "Every step went as it should.\n";
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Walks through customer agreements on a running server.");
  absl::ParseCommandLine(argc, argv);
  agreements::Walkthrough(grpc::CreateChannel(absl::GetFlag(FLAGS_target), grpc::InsecureChannelCredentials())).Run();
  return EXIT_SUCCESS;
}
