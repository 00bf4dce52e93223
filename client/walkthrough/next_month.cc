// What arrives late, and the next month's order basis.
#include "client/walkthrough/story.h"

namespace agreements {
namespace {

using Agreements = Walkthrough::Agreements;
using Companies = Walkthrough::Companies;

void TellLateTransaction(Walkthrough& walk, const Cast& cast, absl::CivilMonth month, const std::string& settled) {
  const absl::CivilDay first(month);
  walk.SetClock(absl::CivilHour(first + 2) + 9);
  const absl::Time last_month = absl::FromCivil(absl::CivilHour(first - 7) + 14, walk.time_zone());
  Report(walk, "The bakery's scanner was offline: 12 invoices of last month, which is settled, come in only now.",
         {Scans(cast.bakery, "scan-4", 12, last_month)});
  ExpectVerified(walk, "Last month's order basis stays right. The late ones wait for the next.", settled, 1);
  walk.SetClock(absl::CivilHour(first + 4) + 9);
  TellExpiry(walk, cast);
  auto price = walk.New<v1::SetPriceRequest>();
  price.set_product_id(kAccounting);
  price.set_valid_from(Day(first - 10));
  price.set_unit_price("450.00");
  walk.Refused("A new price for days that were charged? Not any more.", &Agreements::SetPrice, price,
               v1::ERROR_REASON_PRICE_IN_USE);
}

// The agreement's newest order basis that has lines, with them.
v1::OrderBasis TellNewest(Walkthrough& walk, const std::string& agreement_id) {
  auto list = walk.New<v1::ListOrderBasesRequest>();
  list.set_agreement_id(agreement_id);
  const auto listed = walk.Call("Viddas Gruppe's order bases: each goes on where the one before it ends.",
                                &Agreements::ListOrderBases, list);
  walk.Expect(listed.order_bases_size() == 2, "two order bases");
  auto get = walk.New<v1::GetOrderBasisRequest>();
  get.set_order_basis_id(listed.order_bases(0).order_basis_id());
  return walk.Call("The newest one, with its lines.", &Agreements::GetOrderBasis, get).order_basis();
}

}  // namespace

void ExpectVerified(Walkthrough& walk, absl::string_view story, const std::string& order_basis_id, int waiting) {
  auto verify = walk.New<v1::VerifyOrderBasisRequest>();
  verify.set_order_basis_id(order_basis_id);
  const auto verified = walk.Call(story, &Agreements::VerifyOrderBasis, verify);
  walk.Expect(verified.findings().empty(), "no findings");
  walk.Expect(verified.waiting_transaction_count() == waiting, absl::StrCat("transactions that wait: ", waiting));
}

void TellNextMonth(Walkthrough& walk, const Cast& cast, absl::CivilMonth month, const std::string& first_order_basis) {
  walk.Chapter("The next month");
  TellLateTransaction(walk, cast, month, first_order_basis);
  walk.ReturnToPresent();
  auto outcomes = Bill(walk, "The next month is over, too, and settled by a run. Ærlig Talt holds nobody any more.",
                       absl::CivilDay(month + 1));
  walk.Expect(outcomes[cast.vidda] == v1::BILLING_OUTCOME_CREATED, "Viddas Gruppe's is created");
  walk.Expect(outcomes[cast.aerlig_talt] == v1::BILLING_OUTCOME_NOTHING_TO_CHARGE, "Ærlig Talt has nothing to pay");

  const v1::OrderBasis newest = TellNewest(walk, cast.vidda);
  walk.ExpectCharges(newest,
                     {{kAccounting, "423.00", "Anna, all month"},
                      {kPayroll, "95.00", "Bo, all month"},
                      {kScan, "15.00", "the 12 that came late, on a line that names the month before"}},
                     "533.00");
  auto explain = walk.New<v1::ExplainOrderBasisRequest>();
  explain.set_order_basis_id(newest.order_basis_id());
  explain.set_line_number(3);
  walk.Stream("Which ones were they?", &Agreements::ExplainOrderBasis, explain);
  ExpectVerified(walk, "Nothing waits any more, and the first order basis is right, as ever.", first_order_basis, 0);
  ExpectVerified(walk, "And so is the second.", newest.order_basis_id(), 0);
}

}  // namespace agreements
