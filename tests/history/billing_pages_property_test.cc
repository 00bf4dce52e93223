// A billing run by pages against one that settles agreement by agreement, on copies of the same random histories: the
// same results in the same order, and the same documents, digests and entries of the trail. And stopped anywhere, and
// begun again.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/history/billing_generator.h"
#include "tests/history/billing_history.h"

namespace agreements::testing {
namespace {

constexpr int kHistories = 300;   // A tenth in CI.
constexpr size_t kNoStop = 1000;  // Results.

constexpr const char* kTables[] = {"agreements", "companies", "company_drafts", "placements",  "products",
                                   "prices",     "accesses",  "transactions",   "order_bases", "order_basis_lines"};

// Two copies of an account, in which the same run goes on in different ways.
class Copies {
 public:
  Copies(Service& service, const std::string& account)
      : service_(service), ones_(account + "-1"), pages_(account + "-2") {
    for (const std::string& copy : {ones_, pages_}) {
      for (const char* table : kTables) Copy(table, account, copy);
    }
  }

  // Returns how they differ, or "".
  std::string Compare(const v1::RunBillingRequest& run, size_t stop_after) {
    const std::string alone = ResultsOf(ones_, run, 1, kNoStop);
    const std::string by_pages = ResultsOf(pages_, run, 100, stop_after);
    std::string differences;
    if (stop_after != kNoStop) {
      // The second run tells of what the first one has done that it exists. What is stored is the same.
      ResultsOf(pages_, run, 100, kNoStop);
    } else if (alone != by_pages) {
      absl::StrAppend(&differences, "alone:\n", alone, "by pages:\n", by_pages);
    }
    const std::string stored = StoredIn(ones_);
    if (stored != StoredIn(pages_)) absl::StrAppend(&differences, "alone:\n", stored, "by pages:\n", StoredIn(pages_));
    return differences;
  }

 private:
  void Copy(const std::string& table, const std::string& account, const std::string& copy) {
    const std::string columns = service_.Sql(
        absl::StrCat("SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns "
                     "WHERE table_schema = DATABASE() AND extra NOT LIKE '%GENERATED%' AND column_name <> 'account_id' "
                     "AND table_name = '",
                     table, "'"));
    service_.Sql(absl::StrCat("INSERT INTO ", table, " (account_id, ", columns, ") SELECT '", copy, "', ", columns,
                              " FROM ", table, " WHERE account_id = '", account, "'"));
  }

  // All messages, without the ids that the run has made.
  std::string ResultsOf(const std::string& account, const v1::RunBillingRequest& run, size_t max_page,
                        size_t stop_after) {
    v1::RunBillingRequest request = run;
    request.set_account_id(account);
    storage::Call call;
    call.account_id = account;
    call.validate_only = run.validate_only();
    call.deadline = absl::Now() + absl::Seconds(30);
    const auto next = RunBillingInPages(service_.database(), service_.context(), request, max_page);
    std::string results;
    for (size_t i = 0; i < stop_after; ++i) {
      auto message = next(call);
      if (!message.ok()) return absl::StrCat(results, message.status().ToString(), "\n");
      if (!*message) break;
      v1::RunBillingResponse& response = **message;
      if (response.outcome() == v1::BILLING_OUTCOME_CREATED ||
          response.outcome() == v1::BILLING_OUTCOME_NOTHING_TO_CHARGE) {
        response.mutable_order_basis()->clear_order_basis_id();
      }
      absl::StrAppend(&results, response.ShortDebugString(), "\n");
    }
    return results;
  }

  // What runs write, without the ids that they have made.
  std::string StoredIn(const std::string& account) {
    const std::string of_account = absl::StrCat("account_id = '", account, "'");
    std::string entries;
    for (const v1::Change& entry : Entries(account)) absl::StrAppend(&entries, entry.ShortDebugString(), "\n");
    return absl::StrCat(
        service_.Sql(
            absl::StrCat("SELECT agreement_id, settled_until FROM agreements WHERE ", of_account, " ORDER BY 1")),
        service_.Sql(absl::StrCat("SELECT product_id, priced_until FROM products WHERE ", of_account, " ORDER BY 1")),
        service_.Sql(absl::StrCat(
            "SELECT agreement_id, agreement_display_name, customer_number, from_day, until_day, line_count, "
            "total_amount, digest, create_time FROM order_bases WHERE ",
            of_account, " ORDER BY 1, 4")),
        service_.Sql(absl::StrCat(
            "SELECT d.agreement_id, d.from_day, l.line_number, l.product_id, l.product_display_name, l.kind, "
            "l.price_valid_from, l.unit_price, l.user_days, l.days_in_month, l.quantity, l.original_month, l.amount "
            "FROM order_bases AS d JOIN order_basis_lines AS l USING (account_id, order_basis_id) WHERE ",
            of_account, " ORDER BY 1, 2, 3")),
        service_.Sql(absl::StrCat(
            "SELECT t.company_id, t.transaction_id, IF(d.order_basis_id IS NULL, t.order_basis_id, "
            "CONCAT(d.agreement_id, "
            "d.from_day)) FROM transactions AS t LEFT JOIN order_bases AS d USING (account_id, order_basis_id) WHERE ",
            of_account, " ORDER BY 1, 2")),
        entries);
  }

  // The newest first, with each document named by its agreement and days.
  std::vector<v1::Change> Entries(const std::string& account) {
    const auto documents = service_.List(ListOrderBases, {{"account_id", account}, {"show_empty", "true"}});
    std::map<std::string, std::string> names;
    for (const v1::OrderBasis& document : documents.order_bases()) {
      names[document.order_basis_id()] = absl::StrCat(document.agreement_id(), " ", document.from_day());
    }
    std::vector<v1::Change> entries;
    const auto list = service_.List(ListChanges, {{"account_id", account}});
    for (v1::Change entry : list.changes()) {
      entry.clear_change_id();
      entry.clear_create_time();
      for (v1::ChangedResource& resource : *entry.mutable_resources()) {
        const auto name = names.find(resource.id());
        if (name != names.end()) resource.set_id(name->second);
      }
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  Service& service_;
  const std::string ones_;
  const std::string pages_;
};

TEST(BillingPages, SettleAsOneByOne) {
  Service service;
  std::mt19937 random;
  for (int seed = 1; seed <= Rounds(kHistories); ++seed) {
    Generator generator(static_cast<unsigned>(seed));
    History history;
    const std::string account = FreshAccount();
    Replay replay(service, account);
    const auto steps = static_cast<int>(random() % static_cast<unsigned>(generator.steps())) + 1;
    for (int i = 0; i < steps; ++i) {
      generator.Add(replay.oracle(), history);
      ASSERT_EQ(history.steps().back().run(replay), "") << "seed " << seed;
    }
    // Up to today, or to an earlier first of the month, so that there are months of arrears or none.
    v1::RunBillingRequest run;
    if (random() % 2 == 0) run.set_until_day(oracle::Text(replay.oracle().today()));
    run.set_include_arrears(random() % 2 == 0);
    run.set_validate_only(random() % 8 == 0);
    const size_t stop_after = !run.validate_only() && random() % 4 == 0 ? random() % 4 + 1 : kNoStop;
    ASSERT_EQ(Copies(service, account).Compare(run, stop_after), "")
        << "seed " << seed << ", " << steps << " steps, " << run.ShortDebugString();
  }
}

}  // namespace
}  // namespace agreements::testing
