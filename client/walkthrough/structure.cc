// Agreements, companies and moves: what the user guide says about structuring.
#include <string>
#include <vector>

#include "client/walkthrough/story.h"

namespace agreements {

Cast TellStructure(Walkthrough& walk) {
  using Agreements = Walkthrough::Agreements;
  using Companies = Walkthrough::Companies;

  auto create = walk.New<v1::CreateAgreementRequest>();
  create.set_display_name("Fjordkraft Regnskap");
  create.set_customer_number("00417");
  create.mutable_first_company_draft()->set_display_name("Nordlys Bakeri");
  create.set_request_id("create-fjordkraft");
  const auto created = walk.Call("Ny kundeavtale: create an agreement, and the draft of its first company with it.",
                                 &Agreements::CreateAgreement, create);
  const std::string fjordkraft = created.agreement().agreement_id();

  walk.Call("The answer got lost? The same request_id again gets the same answer, and nothing is done twice.",
            &Agreements::CreateAgreement, create);

  auto interrupt = walk.New<v1::UpdateCompanyDraftRequest>();
  interrupt.set_draft_id(created.first_company_draft().draft_id());
  interrupt.set_organization_number("974760673");
  walk.Call("The wizard is interrupted: what is filled in is saved.", &Companies::UpdateCompanyDraft, interrupt);

  auto drafts = walk.New<v1::ListCompanyDraftsRequest>();
  drafts.set_agreement_id(fjordkraft);
  const auto open =
      walk.Call("Later, someone finds the companies that are not finished.", &Companies::ListCompanyDrafts, drafts);

  auto finish = walk.New<v1::UpdateCompanyDraftRequest>();
  finish.set_draft_id(created.first_company_draft().draft_id());
  finish.set_display_name("Nordlys Bakeri AS");
  if (open.drafts_size() > 0) finish.set_revision(open.drafts(0).revision());
  walk.Call("They fill in the rest, unless someone else has changed it since it was read.",
            &Companies::UpdateCompanyDraft, finish);

  auto complete = walk.New<v1::CompleteCompanyDraftRequest>();
  complete.set_draft_id(created.first_company_draft().draft_id());
  const auto completed = walk.Call("Completing the draft creates the company in the agreement.",
                                   &Companies::CompleteCompanyDraft, complete);

  auto company = walk.New<v1::CreateCompanyRequest>();
  company.set_agreement_id(fjordkraft);
  company.set_display_name("Havblikk Hotell AS");
  company.set_organization_number("923609016");
  const auto hotel = walk.Call("A second company, at once.", &Companies::CreateCompany, company);

  company.set_display_name("Ærlig Talt Frisør");
  company.clear_organization_number();
  const auto hairdresser =
      walk.Call("A third one, which has no organization number.", &Companies::CreateCompany, company);

  auto remove = walk.New<v1::DeleteAgreementRequest>();
  remove.set_agreement_id(fjordkraft);
  walk.Refused("Slett: an agreement that holds companies cannot be deleted.", &Agreements::DeleteAgreement, remove,
               v1::ERROR_REASON_AGREEMENT_NOT_EMPTY);

  auto other = walk.New<v1::CreateAgreementRequest>();
  other.set_display_name("Viddas Gruppe");
  const auto vidda = walk.Call("Another agreement.", &Agreements::CreateAgreement, other);

  auto move = walk.New<v1::MoveCompanyRequest>();
  move.set_company_id(hotel.company().company_id());
  move.set_agreement_id(vidda.agreement().agreement_id());
  walk.Call("Flytt selskap: the hotel moves to it.", &Companies::MoveCompany, move);

  auto move_to_new = walk.New<v1::MoveCompanyToNewAgreementRequest>();
  move_to_new.set_company_id(hairdresser.company().company_id());
  move_to_new.set_display_name("Ærlig Talt");
  const auto moved = walk.Call(
      "Flytt selskap til ny kundeavtale: the hairdresser moves to an agreement that is created with the move.",
      &Companies::MoveCompanyToNewAgreement, move_to_new);

  move.set_company_id(completed.company().company_id());
  walk.Call("The bakery moves, too, and leaves the first agreement empty.", &Companies::MoveCompany, move);

  walk.Call("Now the first agreement can be deleted.", &Agreements::DeleteAgreement, remove);

  walk.Call("The account's agreements, the newest first.", &Agreements::ListAgreements,
            walk.New<v1::ListAgreementsRequest>());

  auto placements = walk.New<v1::ListPlacementsRequest>();
  placements.set_company_id(completed.company().company_id());
  walk.Call("Which agreement held the bakery on which days: the one that has it at the end of a day has the day.",
            &Companies::ListPlacements, placements);

  auto trail = walk.New<v1::ListChangesRequest>();
  trail.set_agreement_id(fjordkraft);
  const auto changes =
      walk.Call("Who did what to the first agreement, and to companies while it held them: the newest change first.",
                &Agreements::ListChanges, trail);
  std::vector<std::string> methods;
  for (const v1::Change& change : changes.changes()) methods.push_back(change.method());
  const std::vector<std::string> told = {
      "DeleteAgreement", "MoveCompany",          "MoveCompanyToNewAgreement", "MoveCompany",        "CreateCompany",
      "CreateCompany",   "CompleteCompanyDraft", "UpdateCompanyDraft",        "UpdateCompanyDraft", "CreateAgreement"};
  walk.Expect(methods == told, "one change for each call that changed something");

  return {.vidda = vidda.agreement().agreement_id(),
          .aerlig_talt = moved.agreement().agreement_id(),
          .bakery = completed.company().company_id(),
          .hotel = hotel.company().company_id(),
          .hairdresser = hairdresser.company().company_id(),
          .first_day = created.agreement().settled_until()};
}

}  // namespace agreements
