// What someone looks for: agreements in alphabetical order, companies by a part of their name, and who uses an
// agreement.
#include "client/walkthrough/story.h"

namespace agreements {

using Agreements = Walkthrough::Agreements;
using Companies = Walkthrough::Companies;

void TellFinding(Walkthrough& walk, const Cast& cast) {
  auto agreements = walk.New<v1::ListAgreementsRequest>();
  agreements.set_order(v1::LIST_ORDER_DISPLAY_NAME);
  const auto sorted = walk.Call("The account's agreements in alphabetical order: Æ comes after V.",
                                &Agreements::ListAgreements, agreements);
  walk.Expect(sorted.agreements_size() == 2 && sorted.agreements(1).agreement_id() == cast.aerlig_talt,
              "Viddas Gruppe, then Ærlig Talt");

  auto companies = walk.New<v1::ListCompaniesRequest>();
  companies.set_display_name_contains("HOTELL");
  const auto found = walk.Call("Someone looks for a hotel, by any part of its name, in whatever case.",
                               &Companies::ListCompanies, companies);
  walk.Expect(found.companies_size() == 1 && found.companies(0).company_id() == cast.hotel, "the hotel alone");

  companies.clear_display_name_contains();
  companies.set_organization_number("974 760 673");
  const auto pasted =
      walk.Call("Someone pastes an organization number, with its spaces.", &Companies::ListCompanies, companies);
  walk.Expect(pasted.companies_size() == 1 && pasted.companies(0).company_id() == cast.bakery, "the bakery alone");

  auto batch = walk.New<v1::BatchGetCompaniesRequest>();
  batch.add_company_ids(cast.hairdresser);
  batch.add_company_ids(cast.bakery);
  const auto both =
      walk.Call("Who has ids gets the companies at once, in that order.", &Companies::BatchGetCompanies, batch);
  walk.Expect(both.companies_size() == 2 && both.companies(1).company_id() == cast.bakery, "both");
}

void TellLicenses(Walkthrough& walk, const Cast& cast) {
  auto users = walk.New<v1::ListAgreementUsersRequest>();
  users.set_agreement_id(cast.vidda);
  const auto holders = walk.Call(
      "Lisensinformasjon: who uses Viddas Gruppe. Bo is there once, through both companies; Cecilie is only invited.",
      &Agreements::ListAgreementUsers, users);
  walk.Expect(holders.users_size() == 1 && holders.users(0).user_id() == kBo, "Bo alone");
  walk.Expect(holders.users(0).products(0).company_count() == 2, "one product through two companies");
  walk.Expect(holders.product_user_counts(0).user_count() == 1, "one user of payroll");
}

}  // namespace agreements
