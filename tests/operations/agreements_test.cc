// Agreements: domain.md A1 to A5, on a real database.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;

class AgreementsTest : public OperationsTest {
 protected:
  v1::Agreement Get(const std::string& agreement_id) {
    v1::GetAgreementRequest request;
    request.set_agreement_id(agreement_id);
    return service_.Do(GetAgreement, request).value().agreement();
  }

  v1::UpdateAgreementRequest Update(const std::string& agreement_id) {
    v1::UpdateAgreementRequest request;
    request.set_agreement_id(agreement_id);
    return request;
  }

  absl::StatusOr<v1::UndeleteAgreementResponse> Undelete(const std::string& agreement_id) {
    v1::UndeleteAgreementRequest request;
    request.set_agreement_id(agreement_id);
    return service_.Do(UndeleteAgreement, request);
  }
};

TEST_F(AgreementsTest, A1ANewAgreementIsEmptyAndUnsettledFromToday) {
  service_.clock().SetDay("2026-11-23");
  v1::CreateAgreementRequest request;
  request.set_display_name(" Fjordkraft ");
  request.set_customer_number("00417");
  const v1::Agreement agreement = service_.Do(CreateAgreement, request).value().agreement();
  EXPECT_EQ(agreement.display_name(), "Fjordkraft");
  EXPECT_EQ(agreement.customer_number(), "00417") << "leading zeros count";
  EXPECT_EQ(agreement.settled_until(), "2026-11-23");
  EXPECT_EQ(agreement.revision(), 1);
  EXPECT_EQ(agreement.company_count(), 0);
  EXPECT_EQ(agreement.create_time().seconds(), absl::ToUnixSeconds(service_.clock().Now()));
  EXPECT_EQ(Get(agreement.agreement_id()).DebugString(), agreement.DebugString());
}

TEST_F(AgreementsTest, A1NamesNeedNotBeUnique) {
  EXPECT_NE(service_.NewAgreement("Fjordkraft"), service_.NewAgreement("Fjordkraft"));
}

TEST_F(AgreementsTest, D1InstantsAreCutToMicroseconds) {
  service_.clock().Set(absl::FromUnixMicros(1'795'431'600'123'456) + absl::Nanoseconds(999));
  const v1::Agreement agreement = Get(service_.NewAgreement("Fjordkraft"));
  EXPECT_EQ(agreement.create_time().nanos(), 123'456'000);
}

TEST_F(AgreementsTest, D1AnInstantWithoutAFractionComesBackWhole) {
  service_.clock().Set(absl::FromUnixSeconds(1'795'431'600));
  const v1::Agreement agreement = Get(service_.NewAgreement("Fjordkraft"));
  EXPECT_EQ(agreement.create_time().seconds(), 1'795'431'600);
  EXPECT_EQ(agreement.create_time().nanos(), 0);
}

TEST_F(AgreementsTest, A2TheFirstCompanysDraftIsOpenedWithTheAgreement) {
  v1::CreateAgreementRequest request;
  request.set_display_name("Fjordkraft");
  request.mutable_first_company_draft()->set_display_name("Nordlys Bakeri");
  const auto response = service_.Do(CreateAgreement, request).value();
  EXPECT_EQ(response.agreement().draft_count(), 1);
  EXPECT_EQ(response.first_company_draft().agreement_id(), response.agreement().agreement_id());
  EXPECT_EQ(response.first_company_draft().display_name(), "Nordlys Bakeri");
  EXPECT_EQ(response.first_company_draft().state(), v1::COMPANY_DRAFT_STATE_OPEN);
}

TEST_F(AgreementsTest, UpdateSetsOnlyTheFieldsThatArePresent) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  auto number = Update(id);
  number.set_customer_number("417");
  EXPECT_EQ(service_.Do(UpdateAgreement, number).value().agreement().display_name(), "Fjordkraft");
  auto name = Update(id);
  name.set_display_name("Fjellkraft");
  EXPECT_EQ(service_.Do(UpdateAgreement, name).value().agreement().customer_number(), "417");
  auto clear = Update(id);
  clear.set_customer_number("");
  const v1::Agreement agreement = service_.Do(UpdateAgreement, clear).value().agreement();
  EXPECT_EQ(agreement.customer_number(), "");
  EXPECT_EQ(agreement.display_name(), "Fjellkraft");
  EXPECT_EQ(agreement.revision(), 4);
}

TEST_F(AgreementsTest, AnUpdateWithTheSameValuesSucceeds) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  auto same = Update(id);
  same.set_display_name("Fjordkraft");
  EXPECT_EQ(service_.Do(UpdateAgreement, same).value().agreement().revision(), 2);
}

TEST_F(AgreementsTest, AStaleRevisionIsAborted) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  auto update = Update(id);
  update.set_display_name("Fjellkraft");
  update.set_revision(1);
  EXPECT_EQ(Outcome(service_.Do(UpdateAgreement, update)), "OK");
  EXPECT_EQ(Outcome(service_.Do(UpdateAgreement, update)), "STALE_REVISION");
  v1::DeleteAgreementRequest remove;
  remove.set_agreement_id(id);
  remove.set_revision(1);
  EXPECT_EQ(Outcome(service_.Do(DeleteAgreement, remove)), "STALE_REVISION");
  remove.set_revision(2);
  EXPECT_EQ(Outcome(service_.Do(DeleteAgreement, remove)), "OK");
}

TEST_F(AgreementsTest, CompaniesThatComeAndGoDoNotChangeTheRevision) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  service_.NewCompany(id, "Nordlys");
  EXPECT_EQ(Get(id).revision(), 1);
  EXPECT_EQ(Get(id).company_count(), 1);
}

TEST_F(AgreementsTest, A3DeletingAnAgreementWithCompaniesIsRefusedAndNamesTheFirst20) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  std::string first_20;
  for (int i = 0; i < 21; ++i) {
    const std::string company = service_.NewCompany(id, "Selskap");
    if (i < 20) first_20 += (i > 0 ? "," : "") + company;
  }
  const auto refused = service_.Delete(id);
  ASSERT_EQ(Outcome(refused), "AGREEMENT_NOT_EMPTY");
  const auto metadata = DetailOf<google::rpc::ErrorInfo>(refused.status())->metadata();
  EXPECT_EQ(metadata.at("company_count"), "21");
  EXPECT_EQ(metadata.at("company_ids"), first_20);
}

TEST_F(AgreementsTest, A3DeletedCompaniesDoNotCount) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  v1::DeleteCompanyRequest request;
  request.set_company_id(service_.NewCompany(id, "Nordlys"));
  ASSERT_EQ(Outcome(service_.Do(DeleteCompany, request)), "OK");
  EXPECT_EQ(Outcome(service_.Delete(id)), "OK");
}

TEST_F(AgreementsTest, A3OpenDraftsRefuseDeletionUnlessTheyMayBeDiscarded) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  v1::GetCompanyDraftRequest get;
  get.set_draft_id(service_.NewDraft(id, "Nordlys"));
  EXPECT_EQ(Outcome(service_.Delete(id)), "AGREEMENT_HAS_DRAFTS");
  EXPECT_EQ(service_.Delete(id, true).value().agreement().draft_count(), 0);
  EXPECT_EQ(service_.Do(GetCompanyDraft, get).value().draft().state(), v1::COMPANY_DRAFT_STATE_DISCARDED);
}

TEST_F(AgreementsTest, A4ADeletedAgreementTakesNoCompanyDraftOrMove) {
  const std::string deleted = service_.NewAgreement("Slettet");
  const std::string company = service_.NewCompany(service_.NewAgreement("Fjordkraft"), "Nordlys");
  ASSERT_EQ(Outcome(service_.Delete(deleted)), "OK");
  v1::CreateCompanyRequest create;
  create.set_agreement_id(deleted);
  create.set_display_name("Nordlys");
  EXPECT_EQ(Outcome(service_.Do(CreateCompany, create)), "AGREEMENT_DELETED");
  v1::CreateCompanyDraftRequest draft;
  draft.set_agreement_id(deleted);
  EXPECT_EQ(Outcome(service_.Do(CreateCompanyDraft, draft)), "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(service_.Move(company, deleted)), "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(service_.Delete(deleted)), "AGREEMENT_DELETED");
}

TEST_F(AgreementsTest, A4OnlyTheCustomerNumberOfADeletedAgreementCanBeSet) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  ASSERT_EQ(Outcome(service_.Delete(id)), "OK");
  auto update = Update(id);
  update.set_customer_number("417");
  EXPECT_EQ(service_.Do(UpdateAgreement, update).value().agreement().customer_number(), "417");
  EXPECT_TRUE(Get(id).has_delete_time());
  update.set_display_name("Fjellkraft");
  EXPECT_EQ(Outcome(service_.Do(UpdateAgreement, update)), "AGREEMENT_DELETED");
}

TEST_F(AgreementsTest, A4DeletionIsTakenBack) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  EXPECT_EQ(Outcome(Undelete(id)), "AGREEMENT_NOT_DELETED");
  ASSERT_EQ(Outcome(service_.Delete(id)), "OK");
  const v1::Agreement agreement = Undelete(id).value().agreement();
  EXPECT_FALSE(agreement.has_delete_time());
  EXPECT_EQ(agreement.revision(), 3);
  service_.NewCompany(id, "Nordlys");
}

TEST_F(AgreementsTest, NothingCrossesAccounts) {
  const std::string id = service_.NewAgreement("Fjordkraft", "acct-2");
  EXPECT_EQ(Outcome(service_.Delete(id)), "AGREEMENT_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Delete("agr-0000000000000001")), "AGREEMENT_NOT_FOUND");
}

TEST_F(AgreementsTest, A5TheDatabaseItselfRefusesACompanyInADeletedAgreement) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  service_.NewCompany(id, "Nordlys");
  EXPECT_ANY_THROW(service_.Sql("UPDATE agreements SET delete_time = create_time"));
}

}  // namespace
}  // namespace agreements::testing
