// How many round trips to the database each mutation takes. Over a network they are what it costs.
#include <map>

#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

// START, the record of the request, what completes the record, and COMMIT are four of each.
const std::map<std::string, int> kRoundTrips = {
    {"CreateAgreement", 6},
    {"UpdateAgreement", 7},
    {"DeleteAgreement", 8},
    {"UndeleteAgreement", 7},
    {"CreateCompany", 10},
    {"UpdateCompany", 6},
    {"DeleteCompany", 14},
    {"UndeleteCompany", 14},
    {"CreateCompanyDraft", 7},
    {"UpdateCompanyDraft", 6},
    {"CompleteCompanyDraft", 12},
    {"DeleteCompanyDraft", 8},
    {"MoveCompany", 14},
    {"MoveCompanyToNewAgreement", 13},
    {"InviteUser", 14},
    {"AcceptInvitation", 14},
    {"GrantAccess", 15},
    {"RevokeAccess", 14},
    {"CreateProduct", 5},
    {"UpdateProduct", 6},
    {"SetPrice", 7},
    {"CreateOrderBasis", 18},
    {"RecordTransactions", 7},
    {"CancelTransactions", 6},
    {"RunBilling", 21},
};

class RoundTripsTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(RoundTripsTest, AreAsManyAsTheTableSays) {
  Service service;
  // So that a connection is open and set for reading, and another for writing.
  const auto write_within = [&](storage::ReadTransaction&) -> absl::StatusOr<std::string> {
    return service.NewAgreement("A", "acct-2");
  };
  ASSERT_TRUE(service.database().ReadOnly(storage::Call(), write_within).ok());
  const MutationRun run = GetParam().prepare(service);
  storage::CallFigures figures;
  service.set_figures(&figures);
  ASSERT_TRUE(run("request-1", false).ok());
  service.set_figures(nullptr);
  const auto expected = kRoundTrips.find(GetParam().name);
  ASSERT_NE(expected, kRoundTrips.end()) << "it takes " << figures.round_trips;
  EXPECT_EQ(figures.round_trips, expected->second);
  EXPECT_GT(figures.database_time, absl::ZeroDuration());
}

INSTANTIATE_TEST_SUITE_P(Every, RoundTripsTest, ::testing::ValuesIn(AllMutations()),
                         [](const auto& mutation) { return mutation.param.name; });

}  // namespace
}  // namespace agreements::testing
