// How many round trips to the database each method takes. Over a network they are what a call costs.
#include <functional>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

// Three of each are the record of the request, its entry in the trail, and COMMIT. The record comes first, although it
// could come last and cost the same: so it makes a repeated call wait for the first one, and answers it whatever has
// become of the resources, and it is the mark by which the entry finds that the transaction has not ended unseen.
// An agreement that is locked is two: the UPDATE that locks it, and the SELECT of what may change no more.
const std::map<std::string, int> kMutations = {
    {"CreateAgreement", 5},                             // With a draft.
    {"UpdateAgreement", 5},    {"DeleteAgreement", 6},  // With drafts.
    {"UndeleteAgreement", 5},  {"CreateCompany", 7},      {"UpdateCompany", 5},
    {"DeleteCompany", 8},    // With accesses.
    {"UndeleteCompany", 8},  // That replaces two placements.
    {"CreateCompanyDraft", 6}, {"UpdateCompanyDraft", 5}, {"CompleteCompanyDraft", 8},
    {"DeleteCompanyDraft", 6}, {"MoveCompany", 7},        {"MoveCompanyToNewAgreement", 8},
    {"InviteUser", 6},         {"AcceptInvitation", 6},   {"GrantAccess", 7},  // That replaces an invitation.
    {"RevokeAccess", 6},       {"CreateProduct", 4},      {"UpdateProduct", 5},
    {"SetPrice", 6},           {"CreateOrderBasis", 15},  {"RecordTransactions", 6},
    {"CancelTransactions", 5}, {"RunBilling", 17},
};

// Those with nine and more read what must fit together: all statements see one snapshot, which takes five by itself to
// begin, to notice that it has ended unseen, and to end. Two read a document, and then its lines, which never change.
const std::map<std::string, int> kReads = {
    {"GetAgreement", 1},      {"BatchGetAgreements", 1}, {"ListAgreements", 1},      {"ListAgreementUsers", 9},
    {"GetProduct", 1},        {"ListProducts", 1},       {"ListPrices", 1},          {"PreviewOrderBasis", 9},
    {"GetOrderBasis", 2},     {"ListOrderBases", 1},     {"ListOrderBasisLines", 2}, {"ExplainOrderBasis", 9},
    {"VerifyOrderBasis", 16}, {"ListChanges", 1},        {"GetCompany", 1},          {"BatchGetCompanies", 1},
    {"ListCompanies", 1},     {"GetCompanyDraft", 1},    {"ListCompanyDrafts", 1},   {"ListPlacements", 1},
    {"GetAccess", 1},         {"ListAccesses", 1},       {"GetTransaction", 1},      {"ListTransactions", 1},
};

// The round trips of `call`.
int RoundTripsOf(Service& service, const std::function<absl::Status()>& call) {
  // So that a connection is open and set for reading, and another for writing.
  const auto write_within = [&](storage::ReadTransaction&) -> absl::StatusOr<std::string> {
    return service.NewAgreement("A", "acct-2");
  };
  EXPECT_TRUE(service.database().ReadOnly(storage::Call(), write_within).ok());
  storage::CallFigures figures;
  service.set_figures(&figures);
  const absl::Status status = call();
  service.set_figures(nullptr);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(figures.database_time, absl::ZeroDuration());
  return static_cast<int>(figures.round_trips);
}

class RoundTripsTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(RoundTripsTest, AreAsManyAsTheTableSays) {
  Service service;
  const MutationRun run = GetParam().prepare(service);
  const int taken = RoundTripsOf(service, [&] { return run("request-1", false).status(); });
  const auto expected = kMutations.find(GetParam().name);
  ASSERT_NE(expected, kMutations.end()) << "it takes " << taken;
  EXPECT_EQ(taken, expected->second);
}

INSTANTIATE_TEST_SUITE_P(Every, RoundTripsTest, ::testing::ValuesIn(AllMutations()),
                         [](const auto& mutation) { return mutation.param.name; });

TEST(RoundTrips, OfEachReadAreAsManyAsTheTableSays) {
  Service service;
  const std::string agreement = ChargeMonth(service);
  const std::string draft = service.NewDraft(agreement, "Sydlys");
  v1::CreateOrderBasisRequest create;
  create.set_agreement_id(agreement);
  create.set_from_day("2026-11-01");
  create.set_until_day("2026-12-01");
  const std::string order_basis = service.Do(CreateOrderBasis, create).value().order_basis().order_basis_id();
  service.clock().SetDay("2027-01-01");
  const auto accesses = service.Do(ListAccesses, Fields{}).value();
  const std::string access = accesses.accesses(0).access_id();
  const std::string company = accesses.accesses(0).company_id();

  std::map<std::string, int> taken;
  const auto count = [&](const std::string& method, auto operation, const Fields& fields) {
    taken[method] = RoundTripsOf(service, [&] { return service.Do(operation, fields).status(); });
  };
  count("GetAgreement", GetAgreement, {{"agreement_id", agreement}});
  count("BatchGetAgreements", BatchGetAgreements, {{"agreement_ids", agreement}});
  count("ListAgreements", ListAgreements, {});
  count("ListAgreementUsers", ListAgreementUsers, {{"agreement_id", agreement}});
  count("GetProduct", GetProduct, {{"product_id", "accounting"}});
  count("ListProducts", ListProducts, {});
  count("ListPrices", ListPrices, {{"product_id", "accounting"}});
  count("PreviewOrderBasis", PreviewOrderBasis, {{"agreement_id", agreement}});
  count("GetOrderBasis", GetOrderBasis, {{"order_basis_id", order_basis}});
  count("ListOrderBases", ListOrderBases, {});
  count("ListOrderBasisLines", ListOrderBasisLines, {{"order_basis_id", order_basis}});
  count("VerifyOrderBasis", VerifyOrderBasis, {{"order_basis_id", order_basis}});
  count("ListChanges", ListChanges, {});
  count("GetCompany", GetCompany, {{"company_id", company}});
  count("BatchGetCompanies", BatchGetCompanies, {{"company_ids", company}});
  count("ListCompanies", ListCompanies, {});
  count("GetCompanyDraft", GetCompanyDraft, {{"draft_id", draft}});
  count("ListCompanyDrafts", ListCompanyDrafts, {});
  count("ListPlacements", ListPlacements, {{"company_id", company}});
  count("GetAccess", GetAccess, {{"access_id", access}});
  count("ListAccesses", ListAccesses, {});
  count("GetTransaction", GetTransaction, {{"company_id", company}, {"transaction_id", "t1"}});
  count("ListTransactions", ListTransactions, {{"company_id", company}});
  v1::ExplainOrderBasisRequest explain;
  explain.set_account_id(kAccount);
  explain.set_order_basis_id(order_basis);
  explain.set_line_number(1);
  taken["ExplainOrderBasis"] = RoundTripsOf(service, [&]() -> absl::Status {
    storage::Call call;
    call.account_id = kAccount;
    call.deadline = absl::Now() + absl::Seconds(30);
    call.figures = service.figures();
    const auto next = ExplainOrderBasis(service.database(), service.context(), explain);
    for (;;) {
      const auto response = next(call);
      if (!response.ok()) return response.status();
      if (!response->has_value()) return absl::OkStatus();
    }
  });
  EXPECT_EQ(taken, kReads);
}

TEST(RoundTrips, TheTablesHaveEveryMethod) {
  for (const char* service : {"agreements.v1.AgreementService", "agreements.v1.CompanyService"}) {
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    ASSERT_NE(descriptor, nullptr) << service;
    for (int i = 0; i < descriptor->method_count(); ++i) {
      const std::string& method = descriptor->method(i)->name();
      EXPECT_EQ(kMutations.count(method) + kReads.count(method), 1u) << method;
    }
  }
}

}  // namespace
}  // namespace agreements::testing
