// Races about transactions: whoever is first, each is recorded and cancelled once, and none is on a day on which no
// agreement holds its company (domain.md T1, T2, T4).
#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

constexpr int kOverlap = 8;  // Transactions in each batch.

constexpr char kNotHeld[] = R"sql(
  SELECT t.transaction_id, t.day FROM transactions t
  WHERE (SELECT p.agreement_id FROM placements p
         WHERE p.account_id = t.account_id AND p.company_id = t.company_id AND p.from_day <= t.day
         ORDER BY p.from_day DESC LIMIT 1) IS NULL)sql";

// A company, with the product that it uses.
std::string NewCompany(Service& service, const std::string& account) {
  service.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION, account);
  return service.NewCompany(service.NewAgreement("A", account), "Nordlys", "", account);
}

// As another server does, whose clock is `ahead` of the first one's: two callers never share a record_time.
absl::StatusOr<v1::RecordTransactionsResponse> RecordAt(Service& service, absl::Duration ahead,
                                                        const v1::RecordTransactionsRequest& request) {
  Clock clock = service.context().clock;
  clock.now = [now = service.clock().Now() + ahead] { return now; };
  storage::Call call;
  call.account_id = request.account_id();
  call.deadline = absl::Now() + absl::Seconds(30);
  return RecordTransactions(service.database(), call, clock, request);
}

// Transactions of several companies, one each, from the last to the first or the other way round.
v1::RecordTransactionsRequest Batch(const std::string& account, const std::vector<std::string>& companies,
                                    bool backwards) {
  v1::RecordTransactionsRequest request;
  request.set_account_id(account);
  for (int i = 0; i < kOverlap; ++i) {
    const int n = backwards ? kOverlap - 1 - i : i;
    v1::TransactionReport& report = *request.add_transactions();
    report.set_company_id(companies[static_cast<size_t>(n) % companies.size()]);
    report.set_transaction_id(absl::StrCat("t", n));
    report.set_product_id("scan");
    report.set_quantity(1);
    *report.mutable_occur_time() = Instant("2026-11-01T10:00:00Z");
  }
  return request;
}

// How many items came to `outcome`; -1 if the call failed.
template <typename Response>
int CountOf(v1::TransactionOutcome outcome, const absl::StatusOr<Response>& response) {
  if (!response.ok()) return -1;
  return static_cast<int>(std::count_if(response->results().begin(), response->results().end(),
                                        [&](const auto& result) { return result.outcome() == outcome; }));
}

std::string OverlappingBatchesInOppositeOrders(Service& service, const std::string& account) {
  const std::string first_company = NewCompany(service, account);
  const std::string second_company = service.NewCompany(service.NewAgreement("B", account), "Sydlys", "", account);
  const std::vector<std::string> companies = {first_company, second_company};
  absl::StatusOr<v1::RecordTransactionsResponse> forwards;
  absl::StatusOr<v1::RecordTransactionsResponse> backwards;
  Together({[&] { forwards = RecordAt(service, absl::Microseconds(1), Batch(account, companies, false)); },
            [&] { backwards = RecordAt(service, absl::Microseconds(2), Batch(account, companies, true)); }});
  const int recorded =
      CountOf(v1::TRANSACTION_OUTCOME_RECORDED, forwards) + CountOf(v1::TRANSACTION_OUTCOME_RECORDED, backwards);
  const int duplicates =
      CountOf(v1::TRANSACTION_OUTCOME_DUPLICATE, forwards) + CountOf(v1::TRANSACTION_OUTCOME_DUPLICATE, backwards);
  const std::string stored =
      service.Sql(absl::StrCat("SELECT COUNT(*) FROM transactions WHERE account_id = '", account, "'"));
  return Expect(absl::StrCat(recorded, " recorded, ", duplicates, " duplicates, stored ", stored),
                {absl::StrCat(kOverlap, " recorded, ", kOverlap, " duplicates, stored ", kOverlap, "\n")});
}

std::string TwoCancellationsInOppositeOrders(Service& service, const std::string& account) {
  const v1::RecordTransactionsRequest batch = Batch(account, {NewCompany(service, account)}, false);
  service.Do(RecordTransactions, batch).value();
  v1::CancelTransactionsRequest forwards;
  v1::CancelTransactionsRequest backwards;
  for (v1::CancelTransactionsRequest* request : {&forwards, &backwards}) {
    request->set_account_id(account);
    for (int i = 0; i < kOverlap; ++i) {
      v1::TransactionKey& key = *request->add_transactions();
      const auto& report = batch.transactions(request == &forwards ? i : kOverlap - 1 - i);
      key.set_company_id(report.company_id());
      key.set_transaction_id(report.transaction_id());
    }
  }
  int first = 0;
  int second = 0;
  Together({[&] { first = CountOf(v1::TRANSACTION_OUTCOME_CANCELLED, service.Do(CancelTransactions, forwards)); },
            [&] { second = CountOf(v1::TRANSACTION_OUTCOME_CANCELLED, service.Do(CancelTransactions, backwards)); }});
  return Expect(absl::StrCat(first, " and ", second), {absl::StrCat(kOverlap, " and ", kOverlap)});
}

// The server that records is past midnight already. Its clock is hours ahead, and verify allows for one.
std::string RecordAgainstDeleteCompany(Service& service, const std::string& account) {
  service.LeaveOut("no placement begins or ends after");
  const std::string company = NewCompany(service, account);
  v1::RecordTransactionsRequest request = Batch(account, {company}, false);
  for (v1::TransactionReport& report : *request.mutable_transactions()) {
    *report.mutable_occur_time() = Instant("2026-11-02T00:00:00Z");
  }
  absl::StatusOr<v1::RecordTransactionsResponse> recorded;
  std::string deleted;
  Together({[&] { recorded = RecordAt(service, absl::Hours(24), request); },
            [&] { deleted = Outcome(service.RemoveCompany(company, account)); }});
  const int count = CountOf(v1::TRANSACTION_OUTCOME_RECORDED, recorded);
  const std::string placements = service.PlacementsOf(company, account);
  return absl::StrCat(service.Sql(kNotHeld), Expect(absl::StrCat(deleted, " ", count, " ", placements),
                                                    {"OK 0 A 2026-11-01 - 2026-11-02, nobody 2026-11-02 -",
                                                     "OK 8 A 2026-11-01 - 2026-11-03, nobody 2026-11-03 -"}));
}

std::vector<Race> AllRaces() {
  return {
      // Their guards are the unique key, and that what is cancelled is cancelled.
      {"OverlappingBatchesInOppositeOrders", OverlappingBatchesInOppositeOrders, {}},
      {"TwoCancellationsInOppositeOrders", TwoCancellationsInOppositeOrders, {}},
      {"RecordAgainstDeleteCompany",
       RecordAgainstDeleteCompany,
       {{"list_days_not_held", {{"WHERE (", "WHERE 1 = 0 AND ("}}},
        {"get_company_in_use", {{"order_basis_id = ''", "order_basis_id = 'none'"}}}}},
  };
}

class TransactionRaces : public ::testing::TestWithParam<Race> {};

TEST_P(TransactionRaces, AreWonByEveryInvariant) { EXPECT_EQ(RunGuarded(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(Domain, TransactionRaces, ::testing::ValuesIn(AllRaces()), NameOf);

TEST(UnguardedTransactionRaces, RecordAgainstDeleteCompanyIsLost) { EXPECT_NE(RunUnguarded(AllRaces().back()), ""); }

// Deletes a company. Before `statement`, a server that is past midnight records a transaction.
std::string RecordWithin(const std::string& statement, const Guards& guards) {
  storage::TestHooks hooks = Without(guards);
  std::function<void()> record;
  hooks.on_statement = [&](const storage::StatementEvent& event) {
    const bool now = event.name == statement && event.phase == storage::StatementEvent::Phase::kBefore;
    if (now && record) std::exchange(record, nullptr)();
    return 0;
  };
  Service service(&hooks);
  const std::string company = NewCompany(service, kAccount);
  v1::RecordTransactionsRequest request = Batch(kAccount, {company}, false);
  for (v1::TransactionReport& report : *request.mutable_transactions()) {
    *report.mutable_occur_time() = Instant("2026-11-02T00:00:00Z");
  }
  record = [&] { RecordAt(service, absl::Hours(24), request).value(); };
  EXPECT_EQ(Outcome(service.RemoveCompany(company)), "OK");
  EXPECT_EQ(record, nullptr);
  return service.PlacementsOf(company) + "\n" + service.Sql(kNotHeld);
}

TEST(Transactions, ADeletionThatReadItsClockBeforeMidnightKeepsTheDayOfATransactionRecordedAfterIt) {
  EXPECT_EQ(RecordWithin("delete_company", {}), "A 2026-11-01 - 2026-11-03, nobody 2026-11-03 -\n");
  EXPECT_THAT(
      RecordWithin("delete_company", {{"get_company_in_use", {{"order_basis_id = ''", "order_basis_id = 'none'"}}}}),
      ::testing::HasSubstr("t0|2026-11-02"));
}

// Records transactions past midnight. Before `statement`, a server whose clock is behind deletes the company.
std::string DeleteWithin(const std::string& statement, const Guards& guards) {
  storage::TestHooks hooks = Without(guards);
  std::function<void()> remove;
  hooks.on_statement = [&](const storage::StatementEvent& event) {
    const bool now = event.name == statement && event.phase == storage::StatementEvent::Phase::kBefore;
    if (now && remove) std::exchange(remove, nullptr)();
    return 0;
  };
  Service service(&hooks);
  const std::string company = NewCompany(service, kAccount);
  v1::RecordTransactionsRequest request = Batch(kAccount, {company}, false);
  for (v1::TransactionReport& report : *request.mutable_transactions()) {
    *report.mutable_occur_time() = Instant("2026-11-02T00:00:00Z");
  }
  remove = [&] { service.RemoveCompany(company).value(); };
  const auto recorded = RecordAt(service, absl::Hours(24), request);
  EXPECT_EQ(remove, nullptr);
  return absl::StrCat(CountOf(v1::TRANSACTION_OUTCOME_REFUSED, recorded), " refused\n", service.Sql(kNotHeld));
}

TEST(Transactions, ACompanyThatIsDeletedBeforeTheInsertTakesNoTransactionOfALaterDay) {
  EXPECT_EQ(DeleteWithin("insert_transactions", {}), absl::StrCat(kOverlap, " refused\n"));
  EXPECT_THAT(DeleteWithin("insert_transactions", {{"list_days_not_held", {{"WHERE (", "WHERE 1 = 0 AND ("}}}}),
              ::testing::HasSubstr("t0|2026-11-02"));
}

}  // namespace
}  // namespace agreements::testing
