// How many round trips to the database each mutation takes. Over a network they are what it costs.
#include <map>

#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

// The record of the request, what completes the record, and COMMIT are three of each.
const std::map<std::string, int> kRoundTrips = {
    {"CreateAgreement", 5},
    {"UpdateAgreement", 6},
    {"DeleteAgreement", 7},
    {"UndeleteAgreement", 6},
    {"CreateCompany", 9},
    {"UpdateCompany", 5},
    {"DeleteCompany", 13},
    {"UndeleteCompany", 13},
    {"CreateCompanyDraft", 6},
    {"UpdateCompanyDraft", 5},
    {"CompleteCompanyDraft", 11},
    {"DeleteCompanyDraft", 7},
    {"MoveCompany", 13},
    {"MoveCompanyToNewAgreement", 12},
    {"InviteUser", 13},
    {"AcceptInvitation", 13},
    {"GrantAccess", 14},
    {"RevokeAccess", 13},
    {"CreateProduct", 4},
    {"UpdateProduct", 5},
    {"SetPrice", 6},
    {"CreateOrderBasis", 17},
    {"RecordTransactions", 6},
    {"CancelTransactions", 5},
    {"RunBilling", 20},
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
