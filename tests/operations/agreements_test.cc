// Agreements: domain.md A1 to A5, on a real database.
#include <functional>
#include <utility>

#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class AgreementsTest : public OperationsTest {
 protected:
  v1::Agreement Get(const std::string& agreement_id) {
    return service_.Do(GetAgreement, {{"agreement_id", agreement_id}}).value().agreement();
  }

  absl::StatusOr<v1::UpdateAgreementResponse> Update(const std::string& agreement_id, Fields fields) {
    fields.emplace_back("agreement_id", agreement_id);
    return service_.Do(UpdateAgreement, fields);
  }

  absl::StatusOr<v1::UndeleteAgreementResponse> Undelete(const std::string& agreement_id) {
    return service_.Do(UndeleteAgreement, {{"agreement_id", agreement_id}});
  }
};

TEST_F(AgreementsTest, A1ANewAgreementIsEmptyAndUnsettledFromToday) {
  service_.clock().SetDay("2026-11-23");
  const v1::Agreement agreement =
      service_.Do(CreateAgreement, {{"display_name", " Fjordkraft "}, {"customer_number", "00417"}})
          .value()
          .agreement();
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
  const Fields fields = {{"display_name", "Fjordkraft"}, {"first_company_draft", "{display_name: 'Nordlys Bakeri'}"}};
  const auto response = service_.Do(CreateAgreement, fields).value();
  EXPECT_EQ(response.agreement().draft_count(), 1);
  EXPECT_EQ(response.first_company_draft().agreement_id(), response.agreement().agreement_id());
  EXPECT_EQ(response.first_company_draft().display_name(), "Nordlys Bakeri");
  EXPECT_EQ(response.first_company_draft().state(), v1::COMPANY_DRAFT_STATE_OPEN);
}

TEST_F(AgreementsTest, UpdateSetsOnlyTheFieldsThatArePresent) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  EXPECT_EQ(Update(id, {{"customer_number", "417"}}).value().agreement().display_name(), "Fjordkraft");
  EXPECT_EQ(Update(id, {{"display_name", "Fjellkraft"}}).value().agreement().customer_number(), "417");
  const v1::Agreement agreement = Update(id, {{"customer_number", ""}}).value().agreement();
  EXPECT_EQ(agreement.customer_number(), "");
  EXPECT_EQ(agreement.display_name(), "Fjellkraft");
  EXPECT_EQ(agreement.revision(), 4);
}

TEST_F(AgreementsTest, AnUpdateWithTheSameValuesSucceeds) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  EXPECT_EQ(Update(id, {{"display_name", "Fjordkraft"}}).value().agreement().revision(), 2);
}

TEST_F(AgreementsTest, AStaleRevisionIsAborted) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  const Fields update = {{"display_name", "Fjellkraft"}, {"revision", "1"}};
  EXPECT_EQ(Outcome(Update(id, update)), "OK");
  EXPECT_EQ(Outcome(Update(id, update)), "STALE_REVISION");
  EXPECT_EQ(Outcome(service_.Do(DeleteAgreement, {{"agreement_id", id}, {"revision", "1"}})), "STALE_REVISION");
  EXPECT_EQ(Outcome(service_.Do(DeleteAgreement, {{"agreement_id", id}, {"revision", "2"}})), "OK");
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
  ASSERT_EQ(Outcome(service_.RemoveCompany(service_.NewCompany(id, "Nordlys"))), "OK");
  EXPECT_EQ(Outcome(service_.Delete(id)), "OK");
}

TEST_F(AgreementsTest, A3OpenDraftsRefuseDeletionUnlessTheyMayBeDiscarded) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  const std::string draft = service_.NewDraft(id, "Nordlys");
  EXPECT_EQ(Outcome(service_.Delete(id)), "AGREEMENT_HAS_DRAFTS");
  EXPECT_EQ(service_.Delete(id, true).value().agreement().draft_count(), 0);
  EXPECT_EQ(service_.Do(GetCompanyDraft, {{"draft_id", draft}}).value().draft().state(),
            v1::COMPANY_DRAFT_STATE_DISCARDED);
}

TEST_F(AgreementsTest, A4ADeletedAgreementTakesNoCompanyDraftOrMove) {
  const std::string deleted = service_.NewAgreement("Slettet");
  const std::string company = service_.NewCompany(service_.NewAgreement("Fjordkraft"), "Nordlys");
  ASSERT_EQ(Outcome(service_.Delete(deleted)), "OK");
  EXPECT_EQ(Outcome(service_.Do(CreateCompany, {{"agreement_id", deleted}, {"display_name", "Nordlys"}})),
            "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(service_.Do(CreateCompanyDraft, {{"agreement_id", deleted}})), "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(service_.Move(company, deleted)), "AGREEMENT_DELETED");
  EXPECT_EQ(Outcome(service_.Delete(deleted)), "AGREEMENT_DELETED");
}

TEST_F(AgreementsTest, A4OnlyTheCustomerNumberOfADeletedAgreementCanBeSet) {
  const std::string id = service_.NewAgreement("Fjordkraft");
  ASSERT_EQ(Outcome(service_.Delete(id)), "OK");
  EXPECT_EQ(Update(id, {{"customer_number", "417"}}).value().agreement().customer_number(), "417");
  EXPECT_TRUE(Get(id).has_delete_time());
  EXPECT_EQ(Outcome(Update(id, {{"customer_number", "417"}, {"display_name", "Fjellkraft"}})), "AGREEMENT_DELETED");
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

// The counts change without a new revision. In a busy agreement, an update that started over for them would never end.
TEST(AgreementsMeanwhile, AnUpdateShowsTheCompanyThatWasCreatedSinceItReadTheAgreement) {
  std::function<void()> meanwhile;
  int rollbacks = 0;
  storage::TestHooks hooks;
  hooks.on_statement = [&](const storage::StatementEvent& event) {
    if (event.phase != storage::StatementEvent::Phase::kBefore) return 0;
    if (event.name == "ROLLBACK") ++rollbacks;
    if (event.name == "update_agreement" && meanwhile) std::exchange(meanwhile, nullptr)();
    return 0;
  };
  Service service(&hooks);
  const std::string agreement = service.NewAgreement("A");
  meanwhile = [&] { service.NewCompany(agreement, "Nordlys"); };
  const auto updated = service.Do(UpdateAgreement, {{"agreement_id", agreement}, {"display_name", "B"}});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(meanwhile, nullptr);
  EXPECT_EQ(rollbacks, 0);
  EXPECT_EQ(updated->agreement().company_count(), 1);
  const auto stored = service.Do(GetAgreement, {{"agreement_id", agreement}});
  EXPECT_EQ(stored.value().agreement().DebugString(), updated->agreement().DebugString());
  EXPECT_EQ(service.Findings(), "");
}

}  // namespace
}  // namespace agreements::testing
