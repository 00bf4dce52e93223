// Calls that read their rows together get what each gets alone.
#include "absl/strings/str_cat.h"
#include "storage/connection/point_reads.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using storage::GatheredRead;
using ::testing::SizeIs;

template <typename Response>
std::string TextOf(const absl::StatusOr<Response>& response) {
  return response.ok() ? response->DebugString() : absl::StrCat(Outcome(response), " ", response.status().message());
}

// Two accounts with the same product. Numbers are those of the accounts.
class GatheredReadsTest : public ::testing::Test {
 protected:
  GatheredReadsTest() {
    hooks_.on_statement = [this](const storage::StatementEvent& event) {
      if (event.name != "get_agreement_of_many" || event.phase != storage::StatementEvent::Phase::kBefore) return 0;
      return ++statements_ <= failing_ ? error_ : 0;
    };
    service_.clock().SetDay("2026-11-01");
    for (int i = 0; i < 2; ++i) {
      const std::string& account = account_[i];
      agreement_[i] = service_.NewAgreement(absl::StrCat("Agreement ", i), account);
      company_[i] = service_.NewCompany(agreement_[i], absl::StrCat("Company ", i), "", account);
      draft_[i] = service_.NewDraft(agreement_[i], absl::StrCat("Draft ", i), "", account);
      service_.NewProduct("seat", v1::PRODUCT_KIND_LICENSE, account);
      service_.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION, account);
      access_[i] = service_.Invite(company_[i], "anna", {"seat"}, account)->accesses(0).access_id();
      EXPECT_EQ(Outcome(service_.Record(company_[i], "t1", "scan", 1 + i, "2026-11-01T10:00:00Z", account)), "OK");
    }
    service_.Sql(absl::StrCat("UPDATE products SET display_name = 'Second' WHERE account_id = '", account_[1], "'"));
    // The second invitation is over.
    service_.Sql(absl::StrCat("UPDATE accesses SET expire_time = '2026-10-31' WHERE account_id = '", account_[1], "'"));
  }

  // A call of each account for each key, for a key twice, and for one that nobody has.
  template <typename Response, typename... Rest>
  void ExpectAsAlone(absl::StatusOr<Response> (*operation)(GatheredRead&, Rest...), const std::vector<Fields>& keys) {
    using Request = RequestOf<Rest...>;
    std::vector<Request> all;
    for (size_t i = 0; i < 4 * keys.size(); ++i) {
      SetFields(keys[i % keys.size()], all.emplace_back());
      all.back().set_account_id(account_[i / keys.size() % 2]);
    }
    std::vector<std::string> alone;
    for (const Request& request : all) alone.push_back(TextOf(service_.Do(operation, request)));
    EXPECT_THAT(std::set(alone.begin(), alone.end()), SizeIs(::testing::Gt(3U))) << "keys of both accounts, and not";
    for (const size_t size : {1U, 2U, 10U, 11U, 100U}) {
      std::vector<std::string> account_ids;
      std::vector<Request> requests;
      for (size_t i = 0; i < size; ++i) {
        requests.push_back(all[i % all.size()]);
        account_ids.push_back(requests.back().account_id());
        // The account is the call's, never the request's.
        requests.back().set_account_id("acct-none");
      }
      storage::CallFigures figures;
      storage::Call call;
      call.figures = &figures;
      const auto answers =
          RunGathered(operation, service_.database(), service_.context(), call, account_ids, requests).value();
      EXPECT_EQ(figures.round_trips, 1) << size;
      ASSERT_EQ(answers.size(), size);
      for (size_t i = 0; i < size; ++i) EXPECT_EQ(TextOf(answers[i]), alone[i % alone.size()]) << size << " " << i;
    }
  }

  int statements_ = 0;  // Of gathered reads of agreements.
  int failing_ = 0;     // How many of them fail.
  int error_ = 0;       // With this error of the server.
  storage::TestHooks hooks_;
  Service service_{&hooks_};
  const std::string account_[2] = {"acct-1", "acct-2"};
  std::string agreement_[2];
  std::string company_[2];
  std::string draft_[2];
  std::string access_[2];
};

TEST_F(GatheredReadsTest, EachCallGetsTheRowOfItsOwnAccountOrNone) {
  ExpectAsAlone(GetAgreement, {{{"agreement_id", agreement_[0]}},
                               {{"agreement_id", agreement_[1]}},
                               {{"agreement_id", "agr-0000000000000000"}}});
  ExpectAsAlone(
      GetCompany,
      {{{"company_id", company_[0]}}, {{"company_id", company_[1]}}, {{"company_id", "cmp-0000000000000000"}}});
  ExpectAsAlone(GetCompanyDraft,
                {{{"draft_id", draft_[0]}}, {{"draft_id", draft_[1]}}, {{"draft_id", "dft-0000000000000000"}}});
  ExpectAsAlone(GetProduct, {{{"product_id", "seat"}}, {{"product_id", "scan"}}, {{"product_id", "none"}}});
  ExpectAsAlone(GetAccess,
                {{{"access_id", access_[0]}}, {{"access_id", access_[1]}}, {{"access_id", "acc-0000000000000000"}}});
  ExpectAsAlone(GetTransaction, {{{"company_id", company_[0]}, {"transaction_id", "t1"}},
                                 {{"company_id", company_[1]}, {"transaction_id", "t1"}},
                                 {{"company_id", company_[0]}, {"transaction_id", "t2"}}});
}

TEST_F(GatheredReadsTest, AnErrorOfTheDatabaseIsEveryCallsUnlessTheReadCanRunAgain) {
  const std::string account_ids[] = {"acct-1", "acct-2", "acct-1"};
  std::vector<v1::GetAgreementRequest> requests(3);
  for (int i = 0; i < 3; ++i) requests[i].set_agreement_id(agreement_[i % 2]);
  const auto outcome = [&] {
    const auto answers =
        RunGathered(GetAgreement, service_.database(), service_.context(), storage::Call(), account_ids, requests);
    if (!answers.ok()) return Outcome(answers);
    return absl::StrCat(Outcome(answers->at(0)), " ", Outcome(answers->at(1)), " ", Outcome(answers->at(2)));
  };
  failing_ = 1;
  error_ = 1213;  // Deadlock
  EXPECT_EQ(outcome(), "OK OK OK");
  EXPECT_EQ(statements_, 2);
  failing_ = 1000;
  error_ = 1146;  // No such table
  EXPECT_EQ(outcome(), "INTERNAL_ERROR");
}

TEST_F(GatheredReadsTest, ACallThatFailsBeforeItReadsHoldsUpNoOther) {
  const std::string account_ids[] = {"acct-1"};
  v1::GetAccessRequest request;
  request.set_access_id(access_[0]);
  ASSERT_TRUE(service_.Do(GetAgreement, {{"agreement_id", agreement_[0]}}).ok());  // So that a connection reads.
  service_.clock().Set(absl::UnixEpoch());
  storage::CallFigures figures;
  storage::Call call;
  call.figures = &figures;
  const auto answers =
      RunGathered(GetAccess, service_.database(), service_.context(), call, account_ids, {&request, 1}).value();
  EXPECT_EQ(Outcome(answers.at(0)), "CLOCK_OUT_OF_RANGE");
  EXPECT_EQ(figures.round_trips, 0);
}

// Each row of a list is looked up by the key, whatever else the account has.
TEST_F(GatheredReadsTest, AListReadsNoRowsButItsOwn) {
  constexpr int kRows = 300;
  for (int i = 0; i < kRows; ++i) {
    service_.Sql(
        absl::StrCat("INSERT INTO products (account_id, product_id, display_name, kind, guard, revision, create_time, "
                     "update_time) SELECT account_id, 'p-",
                     i, "', display_name, kind, guard, revision, create_time, update_time FROM products WHERE ",
                     "account_id = 'acct-1' AND product_id = 'seat'"));
  }
  const std::unique_ptr<storage::Session> session = service_.database().Connect().value();
  // Rows that were read one after the other, in an index or not. Asking for it reads some, too.
  const auto rows_read = [&] {
    static const storage::Statement kRead = {"count_rows_read", "SHOW SESSION STATUS LIKE 'Handler_read%next'"};
    int64_t read = 0;
    EXPECT_TRUE(session->Query(kRead, {}, [&](const storage::Row& row) { read += row.GetInt64(2); }).ok());
    return read;
  };
  for (const storage::Statement* statement : storage::Statement::All()) {
    if (statement->name() != "get_product_of_many") continue;
    storage::PointKeys keys;
    for (int i = 0; i < 7; ++i) {
      const std::string id = absl::StrCat("p-", i);
      const absl::string_view key = id;
      keys.Add("acct-1", {&key, 1});
    }
    rows_read();
    const int64_t before = rows_read();
    const int64_t by_itself = rows_read() - before;
    int found = 0;
    EXPECT_TRUE(session->Query(*statement, {keys.ToJson()}, [&](const storage::Row&) { ++found; }).ok());
    EXPECT_EQ(found, 7);
    EXPECT_LT(rows_read() - before - 2 * by_itself, kRows / 2);
    return;
  }
  FAIL() << "there is no such statement";
}

}  // namespace
}  // namespace agreements::testing
