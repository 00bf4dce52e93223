// Companies: domain.md C1, C4 and D2, on a real database. What M5 says is in placement_vectors_test.cc.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class CompaniesTest : public OperationsTest {
 protected:
  void SetUp() override {
    service_.clock().SetDay("2026-11-10");
    company_ = service_.NewCompany(a_, "Nordlys");
  }

  absl::StatusOr<v1::UpdateCompanyResponse> Update(const std::string& company_id, Fields fields) {
    fields.emplace_back("company_id", company_id);
    return service_.Do(UpdateCompany, fields);
  }

  absl::StatusOr<v1::CreateCompanyResponse> Create(const std::string& organization_number) {
    return service_.Do(
        CreateCompany,
        {{"agreement_id", a_}, {"display_name", "Selskap"}, {"organization_number", organization_number}});
  }

  const std::string a_ = service_.NewAgreement("A");
  const std::string b_ = service_.NewAgreement("B");
  std::string company_;
};

TEST_F(CompaniesTest, C1ANewCompanyIsHeldFromToday) {
  const std::string company = service_.NewCompany(a_, " Nordlys ", "974760673");
  const v1::Company stored = service_.Do(GetCompany, {{"company_id", company}}).value().company();
  EXPECT_EQ(stored.display_name(), "Nordlys");
  EXPECT_EQ(stored.organization_number(), "974760673");
  EXPECT_EQ(stored.agreement_id(), a_);
  EXPECT_EQ(stored.revision(), 1);
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 -");
}

TEST_F(CompaniesTest, D2ANewCompanyInASettledAgreementBeginsWhenItIsNotSettled) {
  service_.SettleUntil(a_, "2026-11-11");
  EXPECT_EQ(service_.PlacementsOf(service_.NewCompany(a_, "Nordlys")), "A 2026-11-11 -");
}

TEST_F(CompaniesTest, C1AnOrganizationNumberIsUniqueAmongCompaniesThatAreNotDeleted) {
  const std::string first = service_.NewCompany(a_, "Nordlys", "974760673");
  const auto taken = Create("974760673");
  ASSERT_EQ(Outcome(taken), "ORGANIZATION_NUMBER_TAKEN");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(taken.status())->metadata().at("company_id"), first);
  ASSERT_EQ(Outcome(service_.RemoveCompany(first)), "OK");
  EXPECT_EQ(Outcome(Create("974760673")), "OK");
  EXPECT_EQ(Outcome(service_.Undelete(first)), "ORGANIZATION_NUMBER_TAKEN");
}

TEST_F(CompaniesTest, C1AnOrganizationNumberIsUniqueWithinTheAccountOnly) {
  service_.NewCompany(service_.NewAgreement("A", "acct-2"), "Nordlys", "974760673", "acct-2");
  EXPECT_EQ(Outcome(Create("974760673")), "OK");
}

TEST_F(CompaniesTest, C1ManyCompaniesCanHaveNoOrganizationNumber) {
  EXPECT_EQ(Outcome(Create("")), "OK");
  EXPECT_EQ(Outcome(Create("")), "OK");
}

TEST_F(CompaniesTest, UpdateSetsOnlyTheFieldsThatArePresent) {
  EXPECT_EQ(Update(company_, {{"organization_number", "974760673"}}).value().company().display_name(), "Nordlys");
  const v1::Company updated = Update(company_, {{"display_name", "Sydlys"}}).value().company();
  EXPECT_EQ(updated.organization_number(), "974760673");
  EXPECT_EQ(updated.revision(), 3);
  EXPECT_EQ(Update(company_, {{"organization_number", ""}}).value().company().organization_number(), "");
  EXPECT_EQ(Outcome(Create("974760673")), "OK");
}

TEST_F(CompaniesTest, UpdateRefusesANumberThatAnotherCompanyHas) {
  service_.NewCompany(a_, "Nordlys", "974760673");
  const std::string other = service_.NewCompany(a_, "Sydlys");
  EXPECT_EQ(Outcome(Update(other, {{"organization_number", "974760673"}})), "ORGANIZATION_NUMBER_TAKEN");
}

TEST_F(CompaniesTest, UpdateKeepsItsOwnNumber) {
  const std::string company = service_.NewCompany(a_, "Nordlys", "974760673");
  EXPECT_EQ(Outcome(Update(company, {{"organization_number", "974760673"}})), "OK");
}

TEST_F(CompaniesTest, AStaleRevisionIsAborted) {
  EXPECT_EQ(Outcome(Update(company_, {{"display_name", "Sydlys"}, {"revision", "2"}})), "STALE_REVISION");
  EXPECT_EQ(Outcome(service_.Do(DeleteCompany, {{"company_id", company_}, {"revision", "2"}})), "STALE_REVISION");
}

TEST_F(CompaniesTest, C4ADeletedCompanyCanNeitherBeChangedNorMoved) {
  EXPECT_EQ(Outcome(service_.Undelete(company_)), "COMPANY_NOT_DELETED");
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  EXPECT_EQ(Outcome(Update(company_, {{"display_name", "Sydlys"}})), "COMPANY_DELETED");
  EXPECT_EQ(Outcome(service_.RemoveCompany(company_)), "COMPANY_DELETED");
  EXPECT_EQ(Outcome(service_.Move(company_, b_)), "COMPANY_DELETED");
  EXPECT_EQ(Outcome(service_.Do(MoveCompanyToNewAgreement, {{"company_id", company_}, {"display_name", "C"}})),
            "COMPANY_DELETED");
}

TEST_F(CompaniesTest, D2DeletionChangesNoSettledDay) {
  service_.SettleUntil(a_, "2026-11-15");
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-10 - 2026-11-15, nobody 2026-11-15 -");
}

TEST_F(CompaniesTest, C4UndeletedLaterItHasNoHolderInBetween) {
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  service_.clock().SetDay("2026-11-20");
  ASSERT_EQ(Outcome(service_.Undelete(company_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_),
            "A 2026-11-10 - 2026-11-11, nobody 2026-11-11 - 2026-11-20, A 2026-11-20 -");
}

TEST_F(CompaniesTest, C4ItCanBeUndeletedIntoAnotherAgreement) {
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  ASSERT_EQ(Outcome(service_.Delete(a_)), "OK");
  EXPECT_EQ(Outcome(service_.Undelete(company_)), "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(service_.Undelete(company_, "agr-0000000000000001")), "AGREEMENT_NOT_FOUND");
  EXPECT_EQ(service_.Undelete(company_, b_).value().company().agreement_id(), b_);
  EXPECT_EQ(service_.PlacementsOf(company_), "B 2026-11-10 -");
}

TEST_F(CompaniesTest, D2AnUndeletionBeginsWhenNeitherAgreementIsSettledAndLeavesNoGap) {
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  service_.SettleUntil(a_, "2026-11-17");
  service_.SettleUntil(b_, "2026-11-18");
  ASSERT_EQ(Outcome(service_.Undelete(company_, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-10 - 2026-11-18, B 2026-11-18 -");
}

TEST_F(CompaniesTest, D2DaysThatTheLastAgreementHasSettledWithoutTheCompanyStayWithoutIt) {
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  service_.SettleUntil(a_, "2026-11-18");
  service_.SettleUntil(b_, "2026-11-19");
  ASSERT_EQ(Outcome(service_.Undelete(company_, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_),
            "A 2026-11-10 - 2026-11-17, nobody 2026-11-17 - 2026-11-18, A 2026-11-18 - 2026-11-19, B 2026-11-19 -");
}

TEST_F(CompaniesTest, D2AnUndeletionReplacesTheLastPlacementAndNotTheGapAfterIt) {
  service_.LeaveOut("no placement begins or ends after");
  const std::string c = service_.NewAgreement("C");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  service_.clock().SetDay("2026-11-14");
  ASSERT_EQ(Outcome(service_.Undelete(company_, c)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-10 - 2026-11-16, C 2026-11-16 -");
}

TEST_F(CompaniesTest, NothingCrossesAccounts) {
  const std::string other = service_.NewAgreement("A", "acct-2");
  const std::string company = service_.NewCompany(other, "Nordlys", "", "acct-2");
  EXPECT_EQ(Outcome(service_.RemoveCompany(company)), "COMPANY_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Move(service_.NewCompany(a_, "Nordlys"), other)), "AGREEMENT_NOT_FOUND");
}

}  // namespace
}  // namespace agreements::testing
