// The wizard: domain.md C2 and C3, on a real database.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class CompanyDraftsTest : public OperationsTest {
 protected:
  v1::CompanyDraft Get(const std::string& draft_id) {
    return service_.Do(GetCompanyDraft, {{"draft_id", draft_id}}).value().draft();
  }

  absl::StatusOr<v1::CompleteCompanyDraftResponse> Complete(const std::string& draft_id, int64_t revision = 0) {
    Fields fields = {{"draft_id", draft_id}};
    if (revision > 0) fields.emplace_back("revision", std::to_string(revision));
    return service_.Do(CompleteCompanyDraft, fields);
  }

  absl::StatusOr<v1::DeleteCompanyDraftResponse> Discard(const std::string& draft_id) {
    return service_.Do(DeleteCompanyDraft, {{"draft_id", draft_id}});
  }

  absl::StatusOr<v1::UpdateCompanyDraftResponse> Rename(const std::string& draft_id, const std::string& name,
                                                        int64_t revision = 0) {
    Fields fields = {{"draft_id", draft_id}, {"display_name", name}};
    if (revision > 0) fields.emplace_back("revision", std::to_string(revision));
    return service_.Do(UpdateCompanyDraft, fields);
  }

  const std::string a_ = service_.NewAgreement("A");
};

TEST_F(CompanyDraftsTest, C2ADraftHoldsWhateverIsFilledInSoFar) {
  const std::string draft = service_.NewDraft(a_, "");
  EXPECT_EQ(Get(draft).display_name(), "");
  EXPECT_EQ(Rename(draft, "Nordlys").value().draft().revision(), 2);
  EXPECT_EQ(Get(draft).display_name(), "Nordlys");
  EXPECT_EQ(Rename(draft, "").value().draft().display_name(), "") << "empty clears it";
}

TEST_F(CompanyDraftsTest, C2ADraftIsNoCompany) {
  service_.NewDraft(a_, "Nordlys", "974760673");
  const v1::Agreement agreement = service_.Do(GetAgreement, {{"agreement_id", a_}}).value().agreement();
  EXPECT_EQ(agreement.company_count(), 0);
  EXPECT_EQ(agreement.draft_count(), 1);
  EXPECT_EQ(service_.Do(ListCompanies, v1::ListCompaniesRequest()).value().companies_size(), 0);
}

TEST_F(CompanyDraftsTest, C2CompletenessIsCheckedOnCompletion) {
  const std::string draft = service_.NewDraft(a_, "", "974760673");
  const auto incomplete = Complete(draft);
  ASSERT_EQ(Outcome(incomplete), "DRAFT_INCOMPLETE");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(incomplete.status())->metadata().at("missing_fields"), "display_name");
  EXPECT_EQ(Get(draft).state(), v1::COMPANY_DRAFT_STATE_OPEN);
}

TEST_F(CompanyDraftsTest, C2UniquenessIsCheckedOnCompletion) {
  service_.NewCompany(a_, "Nordlys", "974760673");
  const std::string draft = service_.NewDraft(a_, "Sydlys", "974760673");
  EXPECT_EQ(Outcome(Complete(draft)), "ORGANIZATION_NUMBER_TAKEN");
  EXPECT_EQ(Get(draft).state(), v1::COMPANY_DRAFT_STATE_OPEN);
}

TEST_F(CompanyDraftsTest, C3CompletingCreatesTheCompanyInTheDraftsAgreementExactlyOnce) {
  const std::string draft = service_.NewDraft(a_, "Nordlys", "974760673");
  const auto first = Complete(draft, 1).value();
  EXPECT_EQ(first.company().agreement_id(), a_);
  EXPECT_EQ(first.company().display_name(), "Nordlys");
  EXPECT_EQ(first.company().organization_number(), "974760673");
  EXPECT_EQ(first.draft().state(), v1::COMPANY_DRAFT_STATE_COMPLETED);
  EXPECT_EQ(first.draft().company_id(), first.company().company_id());
  EXPECT_EQ(Complete(draft, 1).value().DebugString(), first.DebugString()) << "whatever the revision";
  EXPECT_EQ(service_.PlacementsOf(first.company().company_id()), "A 2026-11-01 -");
}

TEST_F(CompanyDraftsTest, C3CompletingAgainReturnsTheCompanyWhateverHasBecomeOfIt) {
  const std::string draft = service_.NewDraft(a_, "Nordlys");
  const std::string company = Complete(draft).value().company().company_id();
  const std::string b = service_.NewAgreement("B");
  ASSERT_EQ(Outcome(service_.Move(company, b)), "OK");
  ASSERT_EQ(Outcome(service_.Delete(a_)), "OK");
  EXPECT_EQ(Complete(draft).value().company().agreement_id(), b);
}

TEST_F(CompanyDraftsTest, ACompletedDraftIsClosedForGood) {
  const std::string draft = service_.NewDraft(a_, "Nordlys");
  ASSERT_EQ(Outcome(Complete(draft)), "OK");
  EXPECT_EQ(Outcome(Rename(draft, "Sydlys")), "DRAFT_COMPLETED");
  EXPECT_EQ(Outcome(Discard(draft)), "DRAFT_COMPLETED");
}

TEST_F(CompanyDraftsTest, ADiscardedDraftIsClosedForGood) {
  const std::string draft = service_.NewDraft(a_, "Nordlys");
  EXPECT_EQ(Discard(draft).value().draft().state(), v1::COMPANY_DRAFT_STATE_DISCARDED);
  EXPECT_EQ(Outcome(Rename(draft, "Sydlys")), "DRAFT_DISCARDED");
  EXPECT_EQ(Outcome(Discard(draft)), "DRAFT_DISCARDED");
  EXPECT_EQ(Outcome(Complete(draft)), "DRAFT_DISCARDED");
}

TEST_F(CompanyDraftsTest, C3ADraftWhoseAgreementWentSaysSo) {
  const std::string draft = service_.NewDraft(a_, "Nordlys");
  ASSERT_EQ(Outcome(service_.Delete(a_, true)), "OK");
  EXPECT_EQ(Outcome(Complete(draft)), "AGREEMENT_DELETED");
  ASSERT_EQ(Outcome(service_.Do(UndeleteAgreement, {{"agreement_id", a_}})), "OK");
  EXPECT_EQ(Outcome(Complete(draft)), "DRAFT_DISCARDED") << "undeleting an agreement revives no drafts";
}

TEST_F(CompanyDraftsTest, AStaleRevisionIsAborted) {
  const std::string draft = service_.NewDraft(a_, "Nordlys");
  ASSERT_EQ(Outcome(Rename(draft, "Sydlys", 1)), "OK");
  EXPECT_EQ(Outcome(Rename(draft, "Vestlys", 1)), "STALE_REVISION");
  EXPECT_EQ(Outcome(Complete(draft, 1)), "STALE_REVISION");
  EXPECT_EQ(Get(draft).display_name(), "Sydlys");
}

TEST_F(CompanyDraftsTest, NothingCrossesAccounts) {
  const std::string draft = service_.NewDraft(service_.NewAgreement("A", "acct-2"), "Nordlys", "", "acct-2");
  EXPECT_EQ(Outcome(Complete(draft)), "DRAFT_NOT_FOUND");
  EXPECT_EQ(Outcome(Discard(draft)), "DRAFT_NOT_FOUND");
}

}  // namespace
}  // namespace agreements::testing
