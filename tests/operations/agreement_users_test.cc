// Who uses an agreement, and the accesses behind it.
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/tables/agreement_users.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;

constexpr size_t kMaxAnswer = size_t{4} << 20;

class AgreementUsersTest : public OperationsTest {
 protected:
  AgreementUsersTest() {
    service_.clock().SetDay("2026-11-01");
    a_ = service_.NewAgreement("A");
    b_ = service_.NewAgreement("B");
    for (const char* product : {"accounting", "payroll"}) service_.NewProduct(product);
    nordlys_ = service_.NewCompany(a_, "Nordlys");
    havblikk_ = service_.NewCompany(a_, "Havblikk");
    names_ = {{nordlys_, "N"}, {havblikk_, "H"}};
  }

  v1::ListAgreementUsersResponse List(const std::string& agreement_id, const std::string& product_id = "") {
    return service_.Do(ListAgreementUsers, {{"agreement_id", agreement_id}, {"product_id", product_id}}).value();
  }

  std::vector<v1::ListAgreementUsersResponse> Pages(int page_size) {
    return service_.Pages(ListAgreementUsers, {{"agreement_id", a_}}, page_size);
  }

  // "anna: accounting from 2026-11-01 in N H; bo: ...".
  std::string UsersOf(const std::string& agreement_id, const std::string& product_id = "") {
    std::vector<std::string> users;
    const auto response = List(agreement_id, product_id);
    for (const v1::AgreementUser& user : response.users()) {
      std::vector<std::string> products;
      for (const v1::AgreementUserProduct& product : user.products()) {
        std::string text = absl::StrCat(product.product_id(), " from ", product.from_day(), " in");
        for (const std::string& id : product.company_ids()) absl::StrAppend(&text, " ", names_[id]);
        EXPECT_EQ(product.company_count(), product.company_ids_size());
        products.push_back(text);
      }
      EXPECT_EQ(user.product_count(), user.products_size());
      users.push_back(absl::StrCat(user.user_id(), ": ", absl::StrJoin(products, ", ")));
    }
    return absl::StrJoin(users, "; ");
  }

  static std::string CountsIn(const v1::ListAgreementUsersResponse& response) {
    return absl::StrJoin(response.product_user_counts(), " ", [](std::string* out, const v1::ProductUserCount& count) {
      absl::StrAppend(out, count.product_id(), "=", count.user_count());
    });
  }

  // Of an agreement: what ListAccesses has, as "anna N accounting", oldest first.
  std::string AccessesTo(const std::string& agreement_id, const std::string& user_id = "") {
    const auto list =
        service_.List(ListAccesses, {{"agreement_id", agreement_id}, {"user_id", user_id}}, /*page_size=*/2);
    std::vector<std::string> accesses;
    for (const v1::Access& access : list.accesses()) {
      accesses.insert(accesses.begin(),
                      absl::StrCat(access.user_id(), " ", names_[access.company_id()], " ", access.product_id()));
    }
    return absl::StrJoin(accesses, ", ");
  }

  std::string a_;
  std::string b_;
  std::string nordlys_;
  std::string havblikk_;
  std::map<std::string, std::string> names_;
};

TEST_F(AgreementUsersTest, EachUserIsThereOnceWithTheirProductsAndCompanies) {
  service_.Grant(nordlys_, "bo", {"payroll"}).value();
  service_.clock().SetDay("2026-11-03");
  service_.Grant(nordlys_, "anna", {"accounting", "payroll"}).value();
  service_.clock().SetDay("2026-11-05");
  service_.Grant(havblikk_, "anna", {"accounting"}).value();
  EXPECT_EQ(UsersOf(a_),
            "anna: accounting from 2026-11-03 in N H, payroll from 2026-11-03 in N; bo: payroll from 2026-11-01 in N");
  EXPECT_EQ(CountsIn(List(a_)), "accounting=1 payroll=2");
  EXPECT_EQ(UsersOf(a_, "payroll"), "anna: payroll from 2026-11-03 in N; bo: payroll from 2026-11-01 in N");
  EXPECT_EQ(CountsIn(List(a_, "payroll")), "payroll=2");
  EXPECT_EQ(UsersOf(a_, "other"), "");
  EXPECT_EQ(UsersOf(b_), "");
  EXPECT_EQ(CountsIn(List(b_)), "");
}

TEST_F(AgreementUsersTest, OnlyActiveAccessesCount) {
  service_.Invite(nordlys_, "invited", {"payroll"}).value();
  service_.Grant(nordlys_, "revoked", {"payroll"}).value();
  service_.Revoke(nordlys_, "revoked", {"payroll"}).value();
  service_.Invite(nordlys_, "accepted", {"payroll"}).value();
  service_.Accept(nordlys_, "accepted", {"payroll"}).value();
  service_.Grant(havblikk_, "left", {"payroll"}).value();
  service_.RemoveCompany(havblikk_).value();
  EXPECT_EQ(UsersOf(a_), "accepted: payroll from 2026-11-01 in N");
}

TEST_F(AgreementUsersTest, ACompanyThatMovesTakesItsUsersWithItFromTheDayOfTheMove) {
  service_.Grant(nordlys_, "anna", {"payroll"}).value();
  service_.Grant(havblikk_, "anna", {"payroll"}).value();
  service_.clock().SetDay("2026-11-16");
  service_.Move(nordlys_, b_).value();
  service_.Grant(nordlys_, "bo", {"payroll"}).value();
  EXPECT_EQ(UsersOf(a_), "anna: payroll from 2026-11-01 in H");
  EXPECT_EQ(UsersOf(b_), "anna: payroll from 2026-11-16 in N; bo: payroll from 2026-11-16 in N");
  EXPECT_EQ(AccessesTo(a_), "anna H payroll");
  EXPECT_EQ(AccessesTo(b_), "anna N payroll, bo N payroll");
}

TEST_F(AgreementUsersTest, AFirstDayIsLaterThanTodayIfTheDaysUntilThenAreSettled) {
  service_.SettleUntil(a_, "2026-11-20");
  service_.Grant(nordlys_, "anna", {"payroll"}).value();
  EXPECT_EQ(UsersOf(a_), "anna: payroll from 2026-11-20 in N");
}

TEST_F(AgreementUsersTest, TheFirstTenCompaniesAreNamedAndAllCounted) {
  std::vector<std::string> company_ids = {nordlys_};
  for (int i = 0; i < 11; ++i) company_ids.push_back(service_.NewCompany(a_, "C"));
  for (const std::string& company_id : company_ids) service_.Grant(company_id, "anna", {"payroll"}).value();
  const auto response = List(a_);
  const v1::AgreementUserProduct& product = response.users(0).products(0);
  EXPECT_EQ(product.company_count(), 12);
  company_ids.resize(10);
  EXPECT_THAT(product.company_ids(), ::testing::ElementsAreArray(company_ids));
}

TEST_F(AgreementUsersTest, AnAgreementThatIsNotThereIsNotFound) {
  EXPECT_EQ(Outcome(service_.Do(ListAgreementUsers, {{"agreement_id", "agr-0000000000000000"}})),
            "AGREEMENT_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Do(ListAgreementUsers, {{"agreement_id", a_}, {"account_id", "acct-2"}})),
            "AGREEMENT_NOT_FOUND");
}

TEST_F(AgreementUsersTest, PagesMeetEachUserOnceAndTheFirstOneHasTheCounts) {
  std::vector<std::string> expected;
  for (int i = 10; i < 35; ++i) {
    expected.push_back(absl::StrCat("user-", i));
    service_.Grant(i % 3 == 0 ? nordlys_ : havblikk_, expected.back(), {"payroll"}).value();
    if (i % 2 == 0) service_.Grant(nordlys_, expected.back(), {"accounting"}).value();
  }
  for (const int page_size : {1, 2, 7, 24, 25, 26}) {
    std::vector<std::string> met;
    for (const auto& page : Pages(page_size)) {
      EXPECT_EQ(CountsIn(page), met.empty() ? "accounting=13 payroll=25" : "");
      for (const v1::AgreementUser& user : page.users()) met.push_back(user.user_id());
      EXPECT_TRUE(page.users_size() == page_size || page.next_page_token().empty());
    }
    EXPECT_EQ(met, expected) << "in pages of " << page_size;
  }
}

TEST_F(AgreementUsersTest, AccessesAreListedByAgreementUserAndProduct) {
  service_.Grant(nordlys_, "anna", {"payroll"}).value();
  service_.Grant(havblikk_, "bo", {"accounting"}).value();
  service_.Grant(havblikk_, "anna", {"payroll"}).value();
  service_.Invite(havblikk_, "carl", {"payroll"}).value();
  names_[service_.NewCompany(b_, "Bre")] = "B";
  EXPECT_EQ(AccessesTo(a_), "anna N payroll, bo H accounting, anna H payroll, carl H payroll");
  EXPECT_EQ(AccessesTo(a_, "anna"), "anna N payroll, anna H payroll");
  EXPECT_EQ(AccessesTo(b_), "");
  EXPECT_EQ(AccessesTo("agr-0000000000000000"), "");
  service_.RemoveCompany(havblikk_).value();
  EXPECT_EQ(AccessesTo(a_), "anna N payroll") << "ended ones are asked for";
}

// Ids of the longest kind; what an answer has for each is as large as it can be.
class LargeAgreementUsersTest : public AgreementUsersTest {
 protected:
  // `users` with `products` each, in ten companies.
  void Fill(int users, int products) {
    for (int i = 0; i < 8; ++i) service_.NewCompany(a_, "C");
    const std::string numbers =
        "WITH RECURSIVE d AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM d WHERE n < 40), "
        "n AS (SELECT a.n * 40 - b.n + 1 AS n FROM d AS a JOIN d AS b) ";
    service_.Sql(absl::StrCat("INSERT INTO products (account_id, product_id, display_name, kind, guard, revision, ",
                              "create_time, update_time) ", numbers,
                              "SELECT 'acct-1', CONCAT(LPAD(n, 8, '0'), REPEAT('p', 56)), 'P', 1, 0, 1, '2026-11-01', ",
                              "'2026-11-01' FROM n WHERE n <= ", products));
    service_.Sql(absl::StrCat(
        "INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, from_day, until_day, ",
        "create_time, update_time) ", numbers,
        "SELECT 'acct-1', c.company_id, CONCAT('acc-', LPAD(CONV((u.n * 10 + RIGHT(c.number, 2)) * 10000 + p.n, 10, "
        "32)",
        ", 16, '0')), CONCAT(LPAD(u.n, 8, '0'), REPEAT('u', 56)), CONCAT(LPAD(p.n, 8, '0'), REPEAT('p', 56)), 2, ",
        "'2026-11-01', '9999-12-31', '2026-11-01', '2026-11-01' FROM n AS u JOIN n AS p ON p.n <= ", products,
        " JOIN (SELECT company_id, ROW_NUMBER() OVER (ORDER BY company_id) - 1 AS number FROM companies) AS c",
        " WHERE u.n <= ", users));
    service_.Sql("ANALYZE TABLE accesses, companies");
  }
};

TEST_F(LargeAgreementUsersTest, APageEndsEarlyIfTheAnswerWouldBeTooLarge) {
  Fill(/*users=*/150, /*products=*/100);
  std::set<std::string> met;
  const auto pages = Pages(kMaxPageSize);
  for (const auto& page : pages) {
    EXPECT_LT(page.ByteSizeLong(), kMaxAnswer);
    ASSERT_GT(page.users_size(), 0);
    for (const v1::AgreementUser& user : page.users()) {
      EXPECT_TRUE(met.insert(user.user_id()).second);
      EXPECT_EQ(user.products_size(), 100);
      EXPECT_EQ(user.products(99).company_ids_size(), 10);
    }
  }
  EXPECT_EQ(met.size(), 150U);
  EXPECT_EQ(pages.size(), 2U);
}

TEST_F(LargeAgreementUsersTest, AUsersProductsAreCutAfterTheFirstThousandAndCounted) {
  Fill(/*users=*/2, /*products=*/1200);
  const auto response = List(a_);
  ASSERT_EQ(response.users_size(), 2);
  for (const v1::AgreementUser& user : response.users()) {
    EXPECT_EQ(user.product_count(), 1200);
    ASSERT_EQ(user.products_size(), 1000);
    EXPECT_EQ(user.products(999).product_id().substr(0, 8), "00001000");
  }
  EXPECT_EQ(response.product_user_counts_size(), 1200);
  EXPECT_LT(response.ByteSizeLong(), kMaxAnswer);
}

}  // namespace
}  // namespace agreements::testing
