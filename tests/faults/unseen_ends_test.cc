// A transaction that ends without a word, as has been seen on Galera clusters: at each statement of everything that
// writes, and of previews. Nothing of it is kept or told.
#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using storage::StatementEvent;

// Every table with what callers have stored, children first.
constexpr const char* kTables[] = {"order_basis_lines", "order_bases", "transactions",   "accesses",  "prices",
                                   "products",          "placements",  "company_drafts", "companies", "agreements",
                                   "requests",          "changes"};

// Ends a transaction before its nth statement from now on, once, without a word. Not before COMMIT: from the check that
// comes before it, it is the server that must say what has become of the transaction.
class Ender {
 public:
  Ender() {
    hooks_.interject = [this](const StatementEvent& event) -> std::string {
      if (event.name == "COMMIT" || countdown_ == 0 || --countdown_ > 0) return "";
      if (meanwhile_) meanwhile_();
      return "ROLLBACK";
    };
  }

  const storage::TestHooks* hooks() const { return &hooks_; }
  // `meanwhile` is done at the same moment.
  void Arm(int nth, std::function<void()> meanwhile = nullptr) {
    meanwhile_ = std::move(meanwhile);
    countdown_ = nth;
  }
  // Whether it has struck since Arm(). It does not strike any more.
  bool Disarm() { return countdown_.exchange(0) == 0; }

 private:
  storage::TestHooks hooks_;
  std::function<void()> meanwhile_;
  std::atomic<int> countdown_ = 0;
};

// What a run of `mutation` leaves behind: the state, and the entries of the trail.
std::pair<std::string, std::string> Undisturbed(const Mutation& mutation) {
  Service service;
  EXPECT_TRUE(mutation.prepare(service)("request-1", false).ok());
  return {service.State(), service.Entries()};
}

class UnseenEndsTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(UnseenEndsTest, AtEachStatementTheMutationIsDoneOnce) {
  const Mutation mutation = GetParam();
  const auto [undisturbed, entries] = Undisturbed(mutation);
  Ender ender;
  Service service(ender.hooks());
  int ended = 0;
  for (bool struck = true; struck; ++ended) {
    for (const char* table : kTables) service.Sql(absl::StrCat("DELETE FROM ", table));
    const MutationRun run = mutation.prepare(service);
    ender.Arm(ended + 1);
    const auto response = run("request-1", false);
    struck = ender.Disarm();
    ASSERT_TRUE(response.ok()) << "statement " << ended + 1 << ": " << response.status();
    EXPECT_EQ(service.State(), undisturbed) << "statement " << ended + 1;
    EXPECT_EQ(service.Entries(), entries) << "statement " << ended + 1;
    EXPECT_EQ(service.Findings(), "") << "statement " << ended + 1;
    const auto again = run("request-1", false);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, *response);
    EXPECT_EQ(service.State(), undisturbed) << "statement " << ended + 1 << ", and again";
    EXPECT_EQ(service.Entries(), entries) << "statement " << ended + 1 << ", and again";
  }
  EXPECT_GT(ended, 3) << "the request, something, and the check";
}

TEST_P(UnseenEndsTest, AtEachStatementOfACallThatOnlyValidatesTheAnswerIsRight) {
  const Mutation mutation = GetParam();
  Ender ender;
  Service service(ender.hooks());
  const MutationRun run = mutation.prepare(service);
  const std::string state = service.State();
  const auto undisturbed = run("request-1", true);
  ASSERT_TRUE(undisturbed.ok()) << undisturbed.status();
  if (service.State() != state) return;  // It cannot only validate.
  bool struck = true;
  for (int ended = 0; struck; ++ended) {
    ender.Arm(ended + 1);
    const auto response = run("request-1", true);
    struck = ender.Disarm();
    ASSERT_TRUE(response.ok()) << "statement " << ended + 1 << ": " << response.status();
    EXPECT_EQ(*response, *undisturbed) << "statement " << ended + 1;
    EXPECT_EQ(service.State(), state) << "statement " << ended + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, UnseenEndsTest, ::testing::ValuesIn(AllMutations()),
                         [](const auto& mutation) { return mutation.param.name; });

// What is committed at that moment changes both what is read first and what is read last.
TEST(UnseenEnds, AtEachStatementOfAPreviewItShowsOneState) {
  Ender ender;
  Service service(ender.hooks());
  const std::string agreement = ChargeMonth(service);
  const auto shown = [&] {
    const v1::OrderBasis order_basis = service.Preview(agreement, "2026-11-01", "2026-12-01").value().order_basis();
    return absl::StrCat(order_basis.customer_number(), ": ", order_basis.total_amount());
  };
  const auto change = [&](int number) {
    service.Sql(absl::StrCat("UPDATE agreements SET customer_number = '", number, "'"));
    service.Sql(absl::StrCat("UPDATE prices SET unit_price = ", number, " * 10000 WHERE product_id = 'accounting'"));
  };
  change(1);
  bool struck = true;
  int ended = 0;
  for (; struck; ++ended) {
    const std::string before = shown();
    ender.Arm(ended + 1, [&] { change(ended + 2); });
    const std::string at_the_end = shown();
    struck = ender.Disarm();
    EXPECT_THAT(at_the_end, ::testing::AnyOf(before, shown())) << "statement " << ended + 1;
  }
  EXPECT_GT(ended, 8) << "a snapshot, a mark, several SELECTs, and the check";
}

// Whatever executes it: no hook sees a text that is prepared between the first statement and the end.
TEST(UnseenEnds, NothingIsPreparedInsideATransaction) {
  thread_local std::string begun;  // The transaction's first statement; "" outside one.
  std::atomic<int> prepared = 0;
  storage::TestHooks hooks;
  hooks.on_statement = [](const StatementEvent& event) {
    const bool begins = event.name == "START" || event.name == "SAVEPOINT" || event.name == "insert_request";
    if (begins && event.phase == StatementEvent::Phase::kBefore) begun = std::string(event.name);
    const bool ends = event.name == "COMMIT" || event.name == "ROLLBACK";
    if (ends && event.phase == StatementEvent::Phase::kAfter) begun.clear();
    return 0;
  };
  hooks.rewrite = [&](const storage::Statement& statement) {
    ++prepared;
    EXPECT_EQ(begun, "") << statement.name() << " is prepared inside a transaction";
    return statement.sql();
  };
  Service service(&hooks);
  for (const Mutation& mutation : AllMutations()) {
    for (const char* table : kTables) service.Sql(absl::StrCat("DELETE FROM ", table));
    EXPECT_TRUE(mutation.prepare(service)("request-1", false).ok());
  }
  EXPECT_GT(prepared, 0);
}

}  // namespace
}  // namespace agreements::testing
