// Companies: domain.md C1 and C4, on a real database.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class CompaniesTest : public OperationsTest {
 protected:
  void SetUp() override { service_.clock().SetDay("2026-11-10"); }

  absl::StatusOr<v1::DeleteCompanyResponse> DeleteOne(const std::string& company_id) {
    v1::DeleteCompanyRequest request;
    request.set_company_id(company_id);
    return service_.Do(DeleteCompany, request);
  }

  absl::StatusOr<v1::UndeleteCompanyResponse> Undelete(const std::string& company_id,
                                                       const std::string& agreement_id = "") {
    v1::UndeleteCompanyRequest request;
    request.set_company_id(company_id);
    request.set_agreement_id(agreement_id);
    return service_.Do(UndeleteCompany, request);
  }

  v1::UpdateCompanyRequest Update(const std::string& company_id) {
    v1::UpdateCompanyRequest request;
    request.set_company_id(company_id);
    return request;
  }

  absl::StatusOr<v1::CreateCompanyResponse> Create(const std::string& organization_number) {
    v1::CreateCompanyRequest request;
    request.set_agreement_id(a_);
    request.set_display_name("Selskap");
    request.set_organization_number(organization_number);
    return service_.Do(CreateCompany, request);
  }

  const std::string a_ = service_.NewAgreement("A");
  const std::string b_ = service_.NewAgreement("B");
};

TEST_F(CompaniesTest, C1ANewCompanyIsHeldFromToday) {
  const std::string company = service_.NewCompany(a_, " Nordlys ", "974760673");
  v1::GetCompanyRequest get;
  get.set_company_id(company);
  const v1::Company stored = service_.Do(GetCompany, get).value().company();
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
  ASSERT_EQ(Outcome(DeleteOne(first)), "OK");
  EXPECT_EQ(Outcome(Create("974760673")), "OK");
  EXPECT_EQ(Outcome(Undelete(first)), "ORGANIZATION_NUMBER_TAKEN");
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
  const std::string company = service_.NewCompany(a_, "Nordlys");
  auto number = Update(company);
  number.set_organization_number("974760673");
  EXPECT_EQ(service_.Do(UpdateCompany, number).value().company().display_name(), "Nordlys");
  auto name = Update(company);
  name.set_display_name("Sydlys");
  const v1::Company updated = service_.Do(UpdateCompany, name).value().company();
  EXPECT_EQ(updated.organization_number(), "974760673");
  EXPECT_EQ(updated.revision(), 3);
  auto clear = Update(company);
  clear.set_organization_number("");
  EXPECT_EQ(service_.Do(UpdateCompany, clear).value().company().organization_number(), "");
  EXPECT_EQ(Outcome(Create("974760673")), "OK");
}

TEST_F(CompaniesTest, UpdateRefusesANumberThatAnotherCompanyHas) {
  service_.NewCompany(a_, "Nordlys", "974760673");
  auto update = Update(service_.NewCompany(a_, "Sydlys"));
  update.set_organization_number("974760673");
  EXPECT_EQ(Outcome(service_.Do(UpdateCompany, update)), "ORGANIZATION_NUMBER_TAKEN");
}

TEST_F(CompaniesTest, UpdateKeepsItsOwnNumber) {
  auto update = Update(service_.NewCompany(a_, "Nordlys", "974760673"));
  update.set_organization_number("974760673");
  EXPECT_EQ(Outcome(service_.Do(UpdateCompany, update)), "OK");
}

TEST_F(CompaniesTest, AStaleRevisionIsAborted) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  auto update = Update(company);
  update.set_display_name("Sydlys");
  update.set_revision(2);
  EXPECT_EQ(Outcome(service_.Do(UpdateCompany, update)), "STALE_REVISION");
  v1::DeleteCompanyRequest remove;
  remove.set_company_id(company);
  remove.set_revision(2);
  EXPECT_EQ(Outcome(service_.Do(DeleteCompany, remove)), "STALE_REVISION");
}

TEST_F(CompaniesTest, C4ADeletedCompanyCanNeitherBeChangedNorMoved) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  EXPECT_EQ(Outcome(Undelete(company)), "COMPANY_NOT_DELETED");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  auto update = Update(company);
  update.set_display_name("Sydlys");
  EXPECT_EQ(Outcome(service_.Do(UpdateCompany, update)), "COMPANY_DELETED");
  EXPECT_EQ(Outcome(DeleteOne(company)), "COMPANY_DELETED");
  EXPECT_EQ(Outcome(service_.Move(company, b_)), "COMPANY_DELETED");
  v1::MoveCompanyToNewAgreementRequest to_new;
  to_new.set_company_id(company);
  to_new.set_display_name("C");
  EXPECT_EQ(Outcome(service_.Do(MoveCompanyToNewAgreement, to_new)), "COMPANY_DELETED");
}

TEST_F(CompaniesTest, D2TheDayOfTheDeletionIsStillTheAgreements) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-20");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 - 2026-11-21, nobody 2026-11-21 -");
}

TEST_F(CompaniesTest, D2DeletionChangesNoSettledDay) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.SettleUntil(a_, "2026-11-15");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 - 2026-11-15, nobody 2026-11-15 -");
}

TEST_F(CompaniesTest, C4UndeletedLaterItHasNoHolderInBetween) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  service_.clock().SetDay("2026-11-20");
  ASSERT_EQ(Outcome(Undelete(company)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company),
            "A 2026-11-10 - 2026-11-11, nobody 2026-11-11 - 2026-11-20, A 2026-11-20 -");
}

TEST_F(CompaniesTest, C4UndeletedOnTheSameDayItsPlacementIsAsIfNothingHappened) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  ASSERT_EQ(Outcome(Undelete(company)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 -");
}

TEST_F(CompaniesTest, C4ItCanBeUndeletedIntoAnotherAgreement) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  ASSERT_EQ(Outcome(service_.Delete(a_)), "OK");
  EXPECT_EQ(Outcome(Undelete(company)), "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(Undelete(company, "agr-0000000000000001")), "AGREEMENT_NOT_FOUND");
  EXPECT_EQ(Undelete(company, b_).value().company().agreement_id(), b_);
  EXPECT_EQ(service_.PlacementsOf(company), "B 2026-11-10 -");
}

TEST_F(CompaniesTest, M5UndeletedOnTheDayOfTheDeletionItIsOtherwiseAMove) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  ASSERT_EQ(Outcome(Undelete(company, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 - 2026-11-16, B 2026-11-16 -");
}

TEST_F(CompaniesTest, M5AnUndeletionChangesNothingOfTheAgreementThatHeldTheCompanyLast) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  ASSERT_EQ(Outcome(service_.Delete(a_)), "OK");
  v1::GetAgreementRequest get;
  get.set_agreement_id(a_);
  const std::string before = service_.Do(GetAgreement, get).value().DebugString();
  ASSERT_EQ(Outcome(Undelete(company, b_)), "OK");
  EXPECT_EQ(service_.Do(GetAgreement, get).value().DebugString(), before);
}

TEST_F(CompaniesTest, D2AnUndeletionBeginsWhenNeitherAgreementIsSettledAndLeavesNoGap) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  service_.SettleUntil(a_, "2026-11-17");
  service_.SettleUntil(b_, "2026-11-18");
  ASSERT_EQ(Outcome(Undelete(company, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 - 2026-11-18, B 2026-11-18 -");
}

TEST_F(CompaniesTest, D2DaysThatTheLastAgreementHasSettledWithoutTheCompanyStayWithoutIt) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  service_.SettleUntil(a_, "2026-11-18");
  service_.SettleUntil(b_, "2026-11-19");
  ASSERT_EQ(Outcome(Undelete(company, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company),
            "A 2026-11-10 - 2026-11-17, nobody 2026-11-17 - 2026-11-18, A 2026-11-18 - 2026-11-19, B 2026-11-19 -");
}

TEST_F(CompaniesTest, D2AnUndeletionReplacesTheLastPlacementAndNotTheGapAfterIt) {
  service_.LeaveOut("no placement begins or ends after");
  const std::string company = service_.NewCompany(a_, "Nordlys");
  const std::string c = service_.NewAgreement("C");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  ASSERT_EQ(Outcome(DeleteOne(company)), "OK");
  service_.clock().SetDay("2026-11-14");
  ASSERT_EQ(Outcome(Undelete(company, c)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-10 - 2026-11-16, C 2026-11-16 -");
}

TEST_F(CompaniesTest, NothingCrossesAccounts) {
  const std::string other = service_.NewAgreement("A", "acct-2");
  const std::string company = service_.NewCompany(other, "Nordlys", "", "acct-2");
  EXPECT_EQ(Outcome(DeleteOne(company)), "COMPANY_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Move(service_.NewCompany(a_, "Nordlys"), other)), "AGREEMENT_NOT_FOUND");
}

}  // namespace
}  // namespace agreements::testing
