// A month of 31 days, in the middle of which a company moves, and what it comes to.
#include "client/walkthrough/story.h"

namespace agreements {
namespace {

using Agreements = Walkthrough::Agreements;
using Companies = Walkthrough::Companies;

constexpr char kViddasTotal[] = "668.97";

void SetCustomerNumber(Walkthrough& walk, absl::string_view story, const std::string& agreement_id,
                       const std::string& customer_number) {
  auto request = walk.New<v1::UpdateAgreementRequest>();
  request.set_agreement_id(agreement_id);
  request.set_customer_number(customer_number);
  walk.Call(story, &Agreements::UpdateAgreement, request);
}

// What the month will come to, while it is not over.
void TellEstimate(Walkthrough& walk, const Cast& cast) {
  auto estimate = walk.New<v1::PreviewOrderBasisRequest>();
  estimate.set_agreement_id(cast.vidda);
  estimate.set_estimate(true);
  const auto estimated = walk.Call("What will this month cost Viddas Gruppe, if nothing changes any more?",
                                   &Agreements::PreviewOrderBasis, estimate);
  walk.Expect(estimated.order_basis().total_amount() == kViddasTotal, absl::StrCat(kViddasTotal, " in all"));
  walk.Expect(!estimated.estimated_from_day().empty() && estimated.order_basis().digest().empty(),
              "an estimate, which cannot be made an order basis");
  auto explain = walk.New<v1::ExplainOrderBasisRequest>();
  explain.set_agreement_id(cast.vidda);
  explain.set_estimate(true);
  explain.set_line_number(2);
  int days = 0;
  for (const auto& part : walk.Stream("\"Why so much for payroll?\" An estimate can be explained, too.",
                                      &Agreements::ExplainOrderBasis, explain)) {
    for (const v1::UserShare& user : part.users()) days += user.days();
  }
  walk.Expect(days == 41, "41 days of all users");
}

void TellDays(Walkthrough& walk, const Cast& cast, absl::CivilMonth month) {
  const absl::CivilDay first(month);
  walk.Chapter("A month goes by");
  walk.SetClock(absl::CivilHour(first + 10) + 9);
  TellAcceptance(walk, cast);
  walk.SetClock(absl::CivilHour(first + 11) + 9);
  TellTransactions(walk, cast);

  walk.SetClock(absl::CivilHour(first + 15) + 9);
  auto move = walk.New<v1::MoveCompanyRequest>();
  move.set_company_id(cast.hairdresser);
  move.set_agreement_id(cast.vidda);
  walk.Call("The hairdresser moves to Viddas Gruppe, and Anna with it: until yesterday she was Ærlig Talt's.",
            &Companies::MoveCompany, move);
  walk.SetClock(absl::CivilHour(first + 17) + 9);
  Report(walk, "The hairdresser has had 60 more invoices scanned. Viddas Gruppe has it today, so these are theirs.",
         {Scans(cast.hairdresser, "scan-3", 60, walk.Now())});
  walk.SetClock(absl::CivilHour(first + 19) + 9);
  TellRevocation(walk, cast);
  TellEstimate(walk, cast);
}

v1::OrderBasis TellPreviews(Walkthrough& walk, const Cast& cast) {
  auto preview = walk.New<v1::PreviewOrderBasisRequest>();
  preview.set_agreement_id(cast.aerlig_talt);
  const auto left = walk.Call("The month is over. What will Ærlig Talt be charged? A preview changes nothing.",
                              &Agreements::PreviewOrderBasis, preview);
  walk.ExpectCharges(left.order_basis(),
                     {{kAccounting, "204.68", "Anna, for 15 of 31 days at 423.00, until the hairdresser moved"},
                      {kScan, "50.00", "the hairdresser's first 40 at 1.25; that they came twice is not charged"}},
                     "254.68");
  SetCustomerNumber(walk, "Viddas Gruppe gets a customer number, without which nobody could be invoiced.", cast.vidda,
                    "00512");
  preview.set_agreement_id(cast.vidda);
  auto joined =
      walk.Call("And what will Viddas Gruppe be charged?", &Agreements::PreviewOrderBasis, preview).order_basis();
  walk.ExpectCharges(joined,
                     {{kAccounting, "218.32", "Anna, for the other 16 of 31 days at 423.00"},
                      {kPayroll, "125.65",
                       "41 of 31 days at 95.00: Bo all 31, once although in two companies, and Cecilie the 10 from "
                       "the 11th to the 20th; her invitation to the hotel is free"},
                      {kScan, "325.00", "200 of the hotel's and 60 of the hairdresser's at 1.25"}},
                     kViddasTotal);
  return joined;
}

// Freezes what was previewed, twice.
std::string TellCreation(Walkthrough& walk, const v1::OrderBasis& preview) {
  auto create = walk.New<v1::CreateOrderBasisRequest>();
  create.set_agreement_id(preview.agreement_id());
  create.set_from_day(preview.from_day());
  create.set_until_day(preview.until_day());
  create.set_expected_digest(preview.digest());
  const auto created = walk.Call("The order basis is made: exactly what was previewed, as its digest proves.",
                                 &Agreements::CreateOrderBasis, create);
  walk.Expect(!created.existed() && created.order_basis().digest() == preview.digest(), "what was previewed");
  const auto again = walk.Call("Asked for again, it is the same one: it existed. Nothing is charged twice.",
                               &Agreements::CreateOrderBasis, create);
  walk.Expect(again.existed() && again.order_basis().order_basis_id() == created.order_basis().order_basis_id(),
              "the same order basis, which existed");
  return created.order_basis().order_basis_id();
}

void TellBilling(Walkthrough& walk, const Cast& cast, absl::CivilDay until_day) {
  auto outcomes = Bill(walk,
                       "A billing run settles all agreements of the account. Ærlig Talt has no customer number: that "
                       "is refused, and keeps nobody else from being settled.",
                       until_day);
  walk.Expect(outcomes[cast.vidda] == v1::BILLING_OUTCOME_EXISTED, "Viddas Gruppe's existed");
  walk.Expect(outcomes[cast.aerlig_talt] == v1::BILLING_OUTCOME_REFUSED, "Ærlig Talt's is refused");
  SetCustomerNumber(walk, "Ærlig Talt gets its number.", cast.aerlig_talt, "00734");
  outcomes = Bill(walk, "Run again, it finishes what is left.", until_day);
  walk.Expect(outcomes[cast.aerlig_talt] == v1::BILLING_OUTCOME_CREATED, "Ærlig Talt's is created");
  outcomes = Bill(walk, "And once more: a run over what is settled changes nothing.", until_day);
  walk.Expect(outcomes.size() == 2, "two agreements");
  for (const auto& [agreement_id, outcome] : outcomes) {
    walk.Expect(outcome == v1::BILLING_OUTCOME_EXISTED, "both existed");
  }
}

void TellExplanation(Walkthrough& walk, const std::string& order_basis_id) {
  auto explain = walk.New<v1::ExplainOrderBasisRequest>();
  explain.set_order_basis_id(order_basis_id);
  explain.set_line_number(2);
  int days = 0;
  for (const auto& part : walk.Stream("\"Why 125.65 for payroll?\" Every line can be explained: who, when, and through "
                                      "which companies.",
                                      &Agreements::ExplainOrderBasis, explain)) {
    for (const v1::UserShare& user : part.users()) days += user.days();
  }
  walk.Expect(days == 41, "41 days of all users");
}

}  // namespace

std::string Day(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::map<std::string, v1::BillingOutcome> Bill(Walkthrough& walk, absl::string_view story, absl::CivilDay until_day) {
  auto request = walk.New<v1::RunBillingRequest>();
  request.set_until_day(Day(until_day));
  std::map<std::string, v1::BillingOutcome> outcomes;
  for (const auto& result : walk.Stream(story, &Agreements::RunBilling, request)) {
    if (!result.agreement_id().empty()) outcomes[result.agreement_id()] = result.outcome();
  }
  return outcomes;
}

std::string TellMonth(Walkthrough& walk, const Cast& cast, absl::CivilMonth month) {
  TellDays(walk, cast, month);
  walk.Chapter("The order bases");
  const absl::CivilDay until_day(month + 1);
  walk.SetClock(absl::CivilHour(until_day) + 9);
  std::string order_basis_id = TellCreation(walk, TellPreviews(walk, cast));
  TellBilling(walk, cast, until_day);
  TellExplanation(walk, order_basis_id);
  ExpectVerified(walk, "The order basis is computed once more from history: no findings is good.", order_basis_id, 0);
  return order_basis_id;
}

}  // namespace agreements
