// ListChanges, and what has no entry. What each mutation leaves is in change_vectors_test.cc.
#include <algorithm>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/timestamps.h"
#include "storage/connection/changes.h"
#include "tests/testing/service.h"
#include "tests/testing/trail.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ChangesTest : public OperationsTest {
 protected:
  // The methods of the entries, newest first.
  std::vector<std::string> Methods(const Fields& fields = {}) {
    v1::ListChangesRequest request;
    SetFields(fields, request);
    return Methods(request);
  }

  std::vector<std::string> Methods(const v1::ListChangesRequest& request) {
    std::vector<std::string> methods;
    for (const v1::Change& change : ListedChanges(service_, request)) methods.push_back(change.method());
    return methods;
  }
};

TEST_F(ChangesTest, AnAgreementsTrailHoldsWhatHappenedToItsCompaniesWhileItHeldThem) {
  const std::string a = service_.NewAgreement("A");
  const std::string b = service_.NewAgreement("B");
  const std::string company = service_.NewCompany(a, "Nordlys");
  service_.NewProduct("accounting");
  service_.Grant(company, "anna", {"accounting"}).value();
  service_.Move(company, b).value();
  service_.Revoke(company, "anna", {"accounting"}).value();
  EXPECT_THAT(Methods({{"agreement_id", a}}),
              ElementsAre("MoveCompany", "GrantAccess", "CreateCompany", "CreateAgreement"));
  EXPECT_THAT(Methods({{"agreement_id", b}}), ElementsAre("RevokeAccess", "MoveCompany", "CreateAgreement"));
  EXPECT_THAT(Methods({{"company_id", company}}),
              ElementsAre("RevokeAccess", "MoveCompany", "GrantAccess", "CreateCompany"));
  EXPECT_THAT(Methods({{"user_id", "anna"}}), ElementsAre("RevokeAccess", "GrantAccess"));
  EXPECT_THAT(Methods({{"product_id", "accounting"}}), ElementsAre("CreateProduct"));
}

TEST_F(ChangesTest, ARequestIdIsTheCallersOrNone) {
  service_.NewAgreement("A");
  ASSERT_TRUE(service_.Do(CreateAgreement, {{"display_name", "B"}, {"request_id", "r-1"}}).ok());
  const std::vector<v1::Change> changes = ListedChanges(service_, v1::ListChangesRequest());
  ASSERT_EQ(changes.size(), 2);
  EXPECT_EQ(changes[0].request_id(), "r-1");
  EXPECT_EQ(changes[1].request_id(), "");
}

TEST_F(ChangesTest, AllFiltersMustHold) {
  service_.set_caller("spiffe://example.org/portal", "kari", "");
  const std::string a = service_.NewAgreement("A");
  service_.set_caller("billing.example.org", "kari", "");
  const std::string b = service_.NewAgreement("B");
  service_.set_caller("spiffe://example.org/portal", "ola", "");
  service_.NewCompany(a, "Nordlys");
  EXPECT_THAT(Methods({{"caller", "spiffe://example.org/portal"}}), ElementsAre("CreateCompany", "CreateAgreement"));
  EXPECT_THAT(Methods({{"actor", "kari"}}), ElementsAre("CreateAgreement", "CreateAgreement"));
  EXPECT_THAT(Methods({{"method", "CreateCompany"}}), ElementsAre("CreateCompany"));
  EXPECT_THAT(Methods({{"agreement_id", a}, {"actor", "kari"}}), ElementsAre("CreateAgreement"));
  EXPECT_THAT(Methods({{"agreement_id", b}, {"actor", "ola"}}), IsEmpty());
  EXPECT_THAT(Methods({{"agreement_id", a}, {"caller", "spiffe://example.org/portal"}, {"actor", "ola"}}),
              ElementsAre("CreateCompany"));
  EXPECT_THAT(Methods({{"method", "CreateAgreement"}, {"caller", "nobody"}}), IsEmpty());
}

// A caller may be called what a method is called, and a product what an agreement is.
TEST_F(ChangesTest, NamesOfDifferentKindsAreNotConfused) {
  const std::string a = service_.NewAgreement("A");
  service_.set_caller("CreateAgreement", a, "");
  service_.NewProduct(a);
  EXPECT_THAT(Methods({{"agreement_id", a}}), ElementsAre("CreateAgreement"));
  EXPECT_THAT(Methods({{"product_id", a}}), ElementsAre("CreateProduct"));
  EXPECT_THAT(Methods({{"method", "CreateAgreement"}}), ElementsAre("CreateAgreement"));
  EXPECT_THAT(Methods({{"caller", "CreateAgreement"}}), ElementsAre("CreateProduct"));
  EXPECT_THAT(Methods({{"actor", a}}), ElementsAre("CreateProduct"));
}

TEST_F(ChangesTest, AnotherAccountsChangesAreNotListed) {
  const std::string a = service_.NewAgreement("A");
  service_.NewAgreement("B", "acct-2");
  EXPECT_THAT(Methods({{"account_id", "acct-2"}, {"agreement_id", a}}), IsEmpty());
  EXPECT_THAT(Methods(), ElementsAre("CreateAgreement"));
}

TEST_F(ChangesTest, AreListedByTheirTimes) {
  service_.NewAgreement("A");
  const google::protobuf::Timestamp first = ListedChanges(service_, {}).front().create_time();
  while (absl::Now() < ToTime(first) + absl::Milliseconds(2)) {
  }
  service_.NewProduct("accounting");
  const google::protobuf::Timestamp second = ListedChanges(service_, {}).front().create_time();
  v1::ListChangesRequest request;
  *request.mutable_from_create_time() = second;
  EXPECT_THAT(Methods(request), ElementsAre("CreateProduct"));
  request.clear_from_create_time();
  *request.mutable_until_create_time() = second;
  EXPECT_THAT(Methods(request), ElementsAre("CreateAgreement"));
  *request.mutable_from_create_time() = first;
  EXPECT_THAT(Methods(request), ElementsAre("CreateAgreement"));
  request.mutable_from_create_time()->set_nanos(first.nanos() + 1);
  EXPECT_THAT(Methods(request), IsEmpty()) << "an entry's time is in milliseconds";
}

TEST_F(ChangesTest, PagesMeetEveryEntryOnce) {
  for (int i = 0; i < 7; ++i) service_.NewAgreement(absl::StrCat("A", i));
  v1::ListChangesRequest request;
  request.set_page_size(3);
  std::vector<std::string> ids;
  do {
    const v1::ListChangesResponse page = service_.Do(ListChanges, request).value();
    for (const v1::Change& change : page.changes()) ids.push_back(change.change_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(ids.size(), 7u);
  EXPECT_TRUE(std::is_sorted(ids.rbegin(), ids.rend()));
}

TEST_F(ChangesTest, ACallThatStoresNoTransactionHasNone) {
  const std::string company = service_.NewCompany(service_.NewAgreement("A"), "Nordlys");
  service_.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
  const std::string before = service_.Entries();
  service_.Record(company, "t1", "unknown", 1, "2026-11-01T10:00:00Z").value();
  service_.Cancel(company, "t1").value();
  EXPECT_EQ(service_.Entries(), before);
  // It is inserted, and taken back.
  service_.Record(company, "t1", "scan", 1, "2001-11-01T10:00:00Z").value();
  EXPECT_EQ(service_.Entries(), before);
  EXPECT_EQ(service_.Sql("SELECT COUNT(*) FROM requests WHERE method LIKE '%Transactions%'"), "0\n");
}

TEST_F(ChangesTest, ACallThatFindsEverythingDoneSaysSo) {
  const std::string company = service_.NewCompany(service_.NewAgreement("A"), "Nordlys");
  service_.NewProduct("accounting");
  service_.Grant(company, "anna", {"accounting"}).value();
  service_.Grant(company, "anna", {"accounting"}).value();
  EXPECT_EQ(TextOf(service_, ListedChanges(service_, {}).front()), "GrantAccess\n  agreement A");
}

TEST_F(ChangesTest, AnEntryShowsSixteenKibibytesAndIsFoundByAll) {
  v1::InviteUserRequest request;
  request.set_company_id(service_.NewCompany(service_.NewAgreement("A"), "Nordlys"));
  request.set_user_id("anna");
  for (int i = 0; i < 100; ++i) {
    const std::string product = absl::StrCat("product-with-a-long-name-for-an-entry-that-is-long-", i);
    service_.NewProduct(product);
    request.add_product_ids(product);
  }
  const v1::InviteUserResponse response = service_.Do(InviteUser, request).value();
  const v1::Change change = ListedChanges(service_, {}).front();
  EXPECT_GT(change.omitted_resources(), 0);
  EXPECT_EQ(change.resources_size() + change.omitted_resources(), 103);
  EXPECT_LE(change.ByteSizeLong(), storage::kMaxEntryBytes + 1000);
  for (const v1::Access& access : response.accesses()) {
    EXPECT_THAT(Methods({{"access_id", access.access_id()}}), ElementsAre("InviteUser"));
  }
}

TEST_F(ChangesTest, OfTwoCallsAtOnceWithOneRequestIdOneIsLeft) {
  for (int round = 0; round < Rounds(100); ++round) {
    const auto create = [this, round] {
      v1::CreateAgreementRequest request;
      request.set_display_name("A");
      request.set_request_id(absl::StrCat("r-", round));
      EXPECT_EQ(Outcome(service_.Do(CreateAgreement, request)), "OK");
    };
    std::jthread other(create);
    create();
    other.join();
    EXPECT_EQ(service_.Entries(), absl::StrCat("acct-1|CreateAgreement|", round + 1, "\n"));
  }
}

// A server of before the trail writes its response into the request, and looks for it there.
TEST_F(ChangesTest, ServersOfTheVersionBeforeGoOn) {
  v1::CreateAgreementRequest request;
  request.set_account_id(kAccount);
  request.set_display_name("A");
  request.set_request_id("old");
  const v1::CreateAgreementResponse response = service_.Do(CreateAgreement, request).value();
  service_.Sql("DELETE FROM changes");
  service_.Sql(absl::StrCat("UPDATE requests SET claim_id = NULL, response = x'",
                            absl::BytesToHexString(response.SerializeAsString()), "'"));
  EXPECT_EQ(service_.Do(CreateAgreement, request)->DebugString(), response.DebugString());
  EXPECT_EQ(service_.Findings(), "") << "what an older server did is not missed";
  request.set_request_id("new");
  service_.Do(CreateAgreement, request).value();
  const std::string stored = service_.Sql("SELECT HEX(response) FROM requests WHERE request_id = 'new'");
  EXPECT_EQ(stored, "00\n");
  EXPECT_FALSE(v1::CreateAgreementResponse().ParseFromString(std::string(1, '\0'))) << "it answers with an error";
}

}  // namespace
}  // namespace agreements::testing
