// Transactions are reported by the services that companies use.
#include "client/walkthrough/story.h"

#include <google/protobuf/util/time_util.h>

namespace agreements {

v1::TransactionReport Scans(const std::string& company_id, const std::string& transaction_id, int quantity,
                            absl::Time occur_time) {
  v1::TransactionReport report;
  report.set_company_id(company_id);
  report.set_transaction_id(transaction_id);
  report.set_product_id(kScan);
  report.set_quantity(quantity);
  *report.mutable_occur_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(occur_time));
  return report;
}

v1::RecordTransactionsResponse Report(Walkthrough& walk, absl::string_view story,
                                      const std::vector<v1::TransactionReport>& reports) {
  auto request = walk.New<v1::RecordTransactionsRequest>();
  request.mutable_transactions()->Assign(reports.begin(), reports.end());
  return walk.Call(story, &Walkthrough::Companies::RecordTransactions, request);
}

void TellTransactions(Walkthrough& walk, const Cast& cast) {
  const v1::TransactionReport at_hotel = Scans(cast.hotel, "scan-1", 200, walk.Now());
  const v1::TransactionReport at_hairdresser = Scans(cast.hairdresser, "scan-2", 40, walk.Now());
  const auto first =
      Report(walk, "The hotel has had 200 invoices scanned, the hairdresser 40.", {at_hotel, at_hairdresser});
  for (const v1::TransactionResult& result : first.results()) {
    walk.Expect(result.outcome() == v1::TRANSACTION_OUTCOME_RECORDED, "both are recorded");
  }
  v1::TransactionReport other = at_hairdresser;
  other.set_quantity(41);
  const auto second = Report(walk,
                             "The answer got lost? They are reported again: a DUPLICATE is a success, and is charged "
                             "once. But an id with other content is refused, without keeping out the rest.",
                             {at_hotel, other});
  walk.Expect(second.results(0).outcome() == v1::TRANSACTION_OUTCOME_DUPLICATE, "the first one is a duplicate");
  walk.Expect(second.results(1).outcome() == v1::TRANSACTION_OUTCOME_REFUSED, "the second one is refused");
}

void TellDayThatIsNotOver(Walkthrough& walk, const Cast& cast) {
  absl::CivilDay today;
  walk.Expect(absl::ParseCivilTime(cast.first_day, &today), "a day");
  auto create = walk.New<v1::CreateOrderBasisRequest>();
  create.set_agreement_id(cast.vidda);
  create.set_from_day(cast.first_day);
  create.set_until_day(Day(today + 1));
  walk.Refused("What all this is charged is settled when its days are over, and today is not.",
               &Walkthrough::Agreements::CreateOrderBasis, create, v1::ERROR_REASON_PERIOD_NOT_OVER);
  auto estimate = walk.New<v1::PreviewOrderBasisRequest>();
  estimate.set_agreement_id(cast.vidda);
  estimate.set_estimate(true);
  const auto estimated = walk.Call("What the month will cost if nothing changes any more can be asked at any time.",
                                   &Walkthrough::Agreements::PreviewOrderBasis, estimate);
  walk.Expect(!estimated.estimated_from_day().empty(), "the day from which it is an estimate");
}

}  // namespace agreements
