// What each mutation leaves in the trail. A method that changes something and is not here fails the test.
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/mutations.h"
#include "tests/testing/service.h"
#include "tests/testing/trail.h"

namespace agreements::testing {
namespace {

// In the situations of Mutations().
const std::map<std::string, std::string> kEntries = {
    {"CreateAgreement", R"(CreateAgreement
  agreement A revision 1: display_name > A, draft_count 0 > 1, settled_until > 2026-11-01
  company_draft draft revision 1: agreement_id > A, display_name > Nordlys, state > COMPANY_DRAFT_STATE_OPEN)"},
    {"UpdateAgreement", R"(UpdateAgreement
  agreement B revision 2: display_name A > B)"},
    {"DeleteAgreement", R"(DeleteAgreement
  agreement A revision 2: draft_count 1 > 0, delete_time > *, drafts_discarded > 1)"},
    {"UndeleteAgreement", R"(UndeleteAgreement
  agreement A revision 3: delete_time * >)"},
    {"CreateCompany", R"(CreateCompany
  agreement A: company_count 0 > 1
  company Nordlys revision 1: agreement_id > A, display_name > Nordlys, organization_number > 974760673, placements > A from 2026-11-01)"},
    {"UpdateCompany", R"(UpdateCompany
  agreement A
  company Nordlys revision 2: organization_number > 974760673)"},
    {"DeleteCompany", R"(DeleteCompany
  agreement A: company_count 1 > 0
  company Nordlys revision 2: delete_time > *, placements > nobody from 2026-11-02, accesses_ended > 1)"},
    {"UndeleteCompany", R"(UndeleteCompany
  agreement A
  agreement B: company_count 0 > 1
  company Nordlys revision 3: agreement_id A > B, delete_time * >, placements from 2026-11-01 >, placements > B from 2026-11-01)"},
    {"CreateCompanyDraft", R"(CreateCompanyDraft
  agreement A: draft_count 0 > 1
  company_draft draft revision 1: agreement_id > A, state > COMPANY_DRAFT_STATE_OPEN)"},
    {"UpdateCompanyDraft", R"(UpdateCompanyDraft
  agreement A
  company_draft draft revision 2: display_name > Nordlys)"},
    {"CompleteCompanyDraft", R"(CompleteCompanyDraft
  agreement A: company_count 0 > 1, draft_count 1 > 0
  company Nordlys revision 1: agreement_id > A, display_name > Nordlys, organization_number > 974760673, placements > A from 2026-11-01
  company_draft draft revision 2: state COMPANY_DRAFT_STATE_OPEN > COMPANY_DRAFT_STATE_COMPLETED, company_id > Nordlys)"},
    {"DeleteCompanyDraft", R"(DeleteCompanyDraft
  agreement A: draft_count 1 > 0
  company_draft draft revision 2: state COMPANY_DRAFT_STATE_OPEN > COMPANY_DRAFT_STATE_DISCARDED)"},
    {"MoveCompany", R"(MoveCompany
  agreement A: company_count 1 > 0
  agreement B: company_count 0 > 1
  company Nordlys revision 2: agreement_id A > B, placements from 2026-11-01 >, placements > B from 2026-11-01)"},
    {"MoveCompanyToNewAgreement", R"(MoveCompanyToNewAgreement
  agreement A: company_count 1 > 0
  agreement B revision 1: display_name > B, company_count 0 > 1, settled_until > 2026-11-01
  company Nordlys revision 2: agreement_id A > B, placements from 2026-11-01 >, placements > B from 2026-11-01)"},
    {"InviteUser", R"(InviteUser
  agreement A
  company Nordlys
  access anna-accounting-1: company_id > Nordlys, user_id > anna, product_id > accounting, state > ACCESS_STATE_INVITED, expire_time > *
  access anna-payroll-1: company_id > Nordlys, user_id > anna, product_id > payroll, state > ACCESS_STATE_INVITED, expire_time > *
  user anna)"},
    {"AcceptInvitation", R"(AcceptInvitation
  agreement A
  company Nordlys
  access anna-accounting-2: state ACCESS_STATE_INVITED > ACCESS_STATE_ACTIVE, from_day > 2026-11-01
  access anna-payroll-2: state ACCESS_STATE_INVITED > ACCESS_STATE_ACTIVE, from_day > 2026-11-01
  user anna)"},
    {"GrantAccess", R"(GrantAccess
  agreement A
  company Nordlys
  access anna-accounting-3: state ACCESS_STATE_INVITED > ACCESS_STATE_ENDED
  access anna-accounting-2: company_id > Nordlys, user_id > anna, product_id > accounting, state > ACCESS_STATE_ACTIVE, from_day > 2026-11-01
  access anna-payroll-2: company_id > Nordlys, user_id > anna, product_id > payroll, state > ACCESS_STATE_ACTIVE, from_day > 2026-11-01
  user anna)"},
    {"RevokeAccess", R"(RevokeAccess
  agreement A
  company Nordlys
  access anna-accounting-3: state ACCESS_STATE_ACTIVE > ACCESS_STATE_ENDED, until_day > 2026-11-02
  access anna-payroll-3: state ACCESS_STATE_INVITED > ACCESS_STATE_ENDED
  user anna)"},
    {"CreateProduct", R"(CreateProduct
  product accounting revision 1: display_name > Regnskap, kind > PRODUCT_KIND_LICENSE)"},
    {"UpdateProduct", R"(UpdateProduct
  product accounting revision 2: display_name accounting > Regnskap)"},
    {"SetPrice", R"(SetPrice
  product accounting: unit_price[2026-11-01] > 423.00)"},
    {"CreateOrderBasis", R"(CreateOrderBasis
  agreement A: settled_until 2026-11-01 > 2026-12-01
  product accounting: priced_until > 2026-12-01
  product scan: priced_until > 2026-11-02
  order_basis document: agreement_id > A, agreement_display_name > A, customer_number > 417, from_day > 2026-11-01, until_day > 2026-12-01, line_count 0 > 2, total_amount > 441.00, digest > *, transactions_claimed > 1)"},
    {"RecordTransactions", R"(RecordTransactions
  agreement A
  company Fjord: transactions_recorded > 1)"},
    {"CancelTransactions", R"(CancelTransactions
  agreement A
  company Fjord: transactions_cancelled > 1)"},
    {"RunBilling", R"(RunBilling
  agreement A: settled_until 2026-11-01 > 2026-12-01
  product accounting: priced_until > 2026-12-01
  product scan: priced_until > 2026-11-02
  order_basis document: agreement_id > A, agreement_display_name > A, customer_number > 417, from_day > 2026-11-01, until_day > 2026-12-01, line_count 0 > 2, total_amount > 441.00, digest > *, transactions_claimed > 1)"},
};

// Of the last call, which is the newest.
v1::Change Newest(Service& service) { return ListedChanges(service, {}).front(); }

class ChangeVectorsTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(ChangeVectorsTest, TheMutationLeavesOneEntry) {
  Service service;
  const MutationRun run = GetParam().prepare(service);
  const size_t before = ListedChanges(service, {}).size();
  service.set_caller("spiffe://example.org/portal", "user-17", "4bf92f3577b34da6a3ce929d0e0e4736");
  ASSERT_TRUE(run("request-1", false).ok());
  EXPECT_EQ(ListedChanges(service, {}).size(), before + 1);
  const v1::Change change = Newest(service);
  const auto expected = kEntries.find(GetParam().name);
  EXPECT_EQ(TextOf(service, change), expected == kEntries.end() ? "" : expected->second);
  EXPECT_EQ(change.method(), GetParam().name);
  EXPECT_EQ(change.omitted_resources(), 0);
  const bool billing = GetParam().name == "RunBilling";  // Its test makes the call itself.
  EXPECT_EQ(change.caller(), billing ? "" : "spiffe://example.org/portal");
  EXPECT_EQ(change.actor(), billing ? "" : "user-17");
  EXPECT_EQ(change.trace_id(), billing ? "" : "4bf92f3577b34da6a3ce929d0e0e4736");
  // Each of these methods is found by everything that its entry names.
  for (const v1::ChangedResource& resource : change.resources()) {
    v1::ListChangesRequest request;
    std::string field = absl::StrCat(absl::AsciiStrToLower(v1::ResourceKind_Name(resource.kind()).substr(14)), "_id");
    if (field == "company_draft_id") field = "draft_id";
    SetFields({{field, resource.id()}}, request);
    EXPECT_EQ(ListedChanges(service, request).front().change_id(), change.change_id()) << field;
  }
}

TEST_P(ChangeVectorsTest, CheckingItOrRepeatingItLeavesNone) {
  Service service;
  const MutationRun run = GetParam().prepare(service);
  const bool validates = GetParam().name != "RecordTransactions" && GetParam().name != "CancelTransactions" &&
                         GetParam().name != "RunBilling";
  const std::string before = service.Entries();
  if (validates) {
    ASSERT_TRUE(run("request-1", true).ok());
  }
  EXPECT_EQ(service.Entries(), before);
  ASSERT_TRUE(run("request-1", false).ok());
  const std::string after = service.Entries();
  EXPECT_NE(after, before);
  ASSERT_TRUE(run("request-1", false).ok());
  EXPECT_EQ(service.Entries(), after);
}

INSTANTIATE_TEST_SUITE_P(Every, ChangeVectorsTest, ::testing::ValuesIn(AllMutations()),
                         [](const auto& mutation) { return mutation.param.name; });

TEST(ChangeVectors, CoverEveryMethodThatChangesSomething) {
  std::set<std::string> methods;
  for (const auto* file :
       {v1::ListChangesRequest::descriptor()->file(), v1::MoveCompanyRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service(0)->method_count(); ++i) methods.insert(file->service(0)->method(i)->name());
  }
  for (const char* verb : {"Get", "BatchGet", "List", "Preview", "Explain", "Verify"}) {
    std::erase_if(methods, [&](const std::string& method) { return absl::StartsWith(method, verb); });
  }
  std::set<std::string> specified;
  for (const auto& [method, entry] : kEntries) specified.insert(method);
  EXPECT_EQ(specified, methods);
  std::set<std::string> run;
  for (const Mutation& mutation : AllMutations()) run.insert(mutation.name);
  EXPECT_EQ(run, methods);
}

}  // namespace
}  // namespace agreements::testing
