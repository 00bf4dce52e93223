// Users and access: domain.md U1 to U3, on a real database. Their days are in access_days_test.cc.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/timestamps.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kInvitationLifetime = absl::Hours(720);

class AccessesTest : public OperationsTest {
 protected:
  void SetUp() override {
    service_.NewProduct("accounting");
    service_.NewProduct("payroll");
    service_.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
  }

  // The outcomes of inviting, accepting, granting and revoking.
  std::vector<std::string> AllFour(const std::string& company_id, const std::vector<std::string>& product_ids,
                                   const std::string& account_id = kAccount) {
    return {Outcome(service_.Invite(company_id, "anna", product_ids, account_id)),
            Outcome(service_.Accept(company_id, "anna", product_ids, account_id)),
            Outcome(service_.Grant(company_id, "anna", product_ids, account_id)),
            Outcome(service_.Revoke(company_id, "anna", product_ids, account_id))};
  }

  v1::Access Get(const std::string& access_id) {
    return service_.Do(GetAccess, {{"access_id", access_id}}).value().access();
  }

  // The users of the accesses that a list shows, newest first.
  std::string List(const Fields& filters) {
    const auto list = service_.Do(ListAccesses, filters).value();
    return absl::StrJoin(list.accesses(), " ",
                         [](std::string* out, const v1::Access& access) { absl::StrAppend(out, access.user_id()); });
  }

  void Pass(absl::Duration time) { service_.clock().Set(service_.clock().Now() + time); }

  const std::string a_ = service_.NewAgreement("A");
  const std::string company_ = service_.NewCompany(a_, "Nordlys");
};

const std::vector<std::string> kFourTimesNotFound(4, "PRODUCT_NOT_FOUND");

TEST_F(AccessesTest, U1AnUnknownProductIsNotFound) {
  EXPECT_EQ(AllFour(company_, {"accounting", "nothing"}), kFourTimesNotFound);
  EXPECT_EQ(service_.AccessesOf(company_), "");
}

TEST_F(AccessesTest, U1AProductOfAnotherAccountIsNotFound) {
  service_.NewProduct("elsewhere", v1::PRODUCT_KIND_LICENSE, "acct-2");
  EXPECT_EQ(AllFour(company_, {"elsewhere"}), kFourTimesNotFound);
}

TEST_F(AccessesTest, U1ATransactionProductIsRefused) {
  EXPECT_EQ(AllFour(company_, {"accounting", "scan"}), std::vector<std::string>(4, "PRODUCT_KIND_WRONG"));
  const absl::Status status = service_.Grant(company_, "anna", {"accounting", "scan"}).status();
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status)->field_violations(0).field(), "product_ids[1]");
}

TEST_F(AccessesTest, AnUnknownCompanyIsNotFound) {
  EXPECT_EQ(AllFour("cmp-0000000000000000", {"accounting"}), std::vector<std::string>(4, "COMPANY_NOT_FOUND"));
  EXPECT_EQ(AllFour(company_, {"accounting"}, "acct-2"), std::vector<std::string>(4, "COMPANY_NOT_FOUND"));
}

TEST_F(AccessesTest, U1AnswersAreInTheOrderOfTheRequest) {
  const auto granted = service_.Grant(company_, "anna", {"payroll", "accounting"}).value();
  ASSERT_EQ(granted.accesses_size(), 2);
  EXPECT_EQ(granted.accesses(0).product_id(), "payroll");
  EXPECT_EQ(granted.accesses(1).product_id(), "accounting");
  for (const v1::Access& access : granted.accesses()) {
    EXPECT_EQ(access.DebugString(), Get(access.access_id()).DebugString());
  }
}

TEST_F(AccessesTest, U2AnInvitationBecomesAnAccessWhenItIsAccepted) {
  const v1::Access invited = service_.Invite(company_, "anna", {"accounting"}).value().accesses(0);
  EXPECT_EQ(invited.state(), v1::ACCESS_STATE_INVITED);
  EXPECT_EQ(invited.DebugString(), Get(invited.access_id()).DebugString());
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting INVITED");
  service_.clock().SetDay("2026-11-16");
  const v1::Access accepted = service_.Accept(company_, "anna", {"accounting"}).value().accesses(0);
  EXPECT_EQ(accepted.access_id(), invited.access_id());
  EXPECT_EQ(accepted.DebugString(), Get(invited.access_id()).DebugString());
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ACTIVE 2026-11-16 -");
}

TEST_F(AccessesTest, U2WhatIsOfferedOrHeldStaysAsItIs) {
  const auto invited = service_.Invite(company_, "anna", {"accounting"}).value();
  Pass(absl::Hours(48));
  EXPECT_EQ(service_.Invite(company_, "anna", {"accounting"}).value().DebugString(), invited.DebugString());
  const auto accepted = service_.Accept(company_, "anna", {"accounting"}).value();
  Pass(absl::Hours(48));
  EXPECT_EQ(service_.Invite(company_, "anna", {"accounting"}).value().DebugString(), accepted.DebugString());
  EXPECT_EQ(service_.Accept(company_, "anna", {"accounting"}).value().DebugString(), accepted.DebugString());
  EXPECT_EQ(service_.Grant(company_, "anna", {"accounting"}).value().DebugString(), accepted.DebugString());
  Pass(kInvitationLifetime);
  EXPECT_EQ(service_.Grant(company_, "anna", {"accounting"}).value().DebugString(), accepted.DebugString())
      << "what was accepted does not expire";
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ACTIVE 2026-11-03 -");
}

TEST_F(AccessesTest, U2AGrantReplacesAnInvitation) {
  const std::string invitation = service_.Invite(company_, "anna", {"accounting"}).value().accesses(0).access_id();
  const v1::Access granted = service_.Grant(company_, "anna", {"accounting"}).value().accesses(0);
  EXPECT_NE(granted.access_id(), invitation);
  EXPECT_FALSE(granted.has_expire_time());
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ENDED, anna accounting ACTIVE 2026-11-01 -");
}

TEST_F(AccessesTest, U2ARevokeWithdrawsAnInvitation) {
  ASSERT_EQ(Outcome(service_.Invite(company_, "anna", {"accounting"})), "OK");
  Pass(absl::Hours(1));
  const v1::Access revoked = service_.Revoke(company_, "anna", {"accounting"}).value().accesses(0);
  EXPECT_EQ(revoked.DebugString(), Get(revoked.access_id()).DebugString());
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ENDED");
  EXPECT_EQ(Outcome(service_.Accept(company_, "anna", {"accounting"})), "ACCESS_NOT_FOUND");
}

TEST_F(AccessesTest, U2AnInvitationExpiresAfter30Times24Hours) {
  const v1::Access invitation = service_.Invite(company_, "anna", {"accounting"}).value().accesses(0);
  EXPECT_EQ(ToTimestamp(service_.clock().Now() + kInvitationLifetime).DebugString(),
            invitation.expire_time().DebugString());
  const Fields ended = {{"state", "ACCESS_STATE_ENDED"}};
  const Fields accept = {
      {"company_id", company_}, {"user_id", "anna"}, {"product_ids", "accounting"}, {"validate_only", "true"}};

  Pass(kInvitationLifetime - absl::Microseconds(1));
  EXPECT_EQ(Get(invitation.access_id()).state(), v1::ACCESS_STATE_INVITED);
  EXPECT_EQ(List({}), "anna");
  EXPECT_EQ(List(ended), "");
  EXPECT_EQ(Outcome(service_.Do(AcceptInvitation, accept)), "OK");

  Pass(absl::Microseconds(1));
  EXPECT_EQ(Get(invitation.access_id()).state(), v1::ACCESS_STATE_ENDED);
  EXPECT_EQ(List({}), "");
  EXPECT_EQ(List(ended), "anna");
  EXPECT_EQ(Outcome(service_.Do(AcceptInvitation, accept)), "INVITATION_EXPIRED");
  EXPECT_EQ(Outcome(service_.Revoke(company_, "anna", {"accounting"})), "ACCESS_NOT_FOUND");
}

TEST_F(AccessesTest, U2AnExpiredInvitationGivesWayToANewOne) {
  const std::string expired = service_.Invite(company_, "anna", {"accounting"}).value().accesses(0).access_id();
  Pass(kInvitationLifetime);
  const std::string before = Get(expired).DebugString();
  const v1::Access invited = service_.Invite(company_, "anna", {"accounting"}).value().accesses(0);
  EXPECT_NE(invited.access_id(), expired);
  EXPECT_EQ(Get(expired).DebugString(), before) << "it ended when it expired";
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ENDED, anna accounting INVITED");
  EXPECT_EQ(Outcome(service_.Accept(company_, "anna", {"accounting"})), "OK");
}

TEST_F(AccessesTest, U2AnExpiredInvitationGivesWayToAGrant) {
  const std::string expired = service_.Invite(company_, "anna", {"accounting"}).value().accesses(0).access_id();
  Pass(kInvitationLifetime);
  const std::string before = Get(expired).DebugString();
  ASSERT_EQ(Outcome(service_.Grant(company_, "anna", {"accounting"})), "OK");
  EXPECT_EQ(Get(expired).DebugString(), before);
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ENDED, anna accounting ACTIVE 2026-12-01 -");
}

TEST_F(AccessesTest, U2AcceptingIsAllOrNothing) {
  ASSERT_EQ(Outcome(service_.Invite(company_, "anna", {"accounting"})), "OK");
  EXPECT_EQ(Outcome(service_.Accept(company_, "anna", {"accounting", "payroll"})), "ACCESS_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Accept(company_, "bjarne", {"accounting"})), "ACCESS_NOT_FOUND");
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting INVITED");
}

TEST_F(AccessesTest, U3RevokingIsAllOrNothing) {
  ASSERT_EQ(Outcome(service_.Grant(company_, "anna", {"accounting"})), "OK");
  EXPECT_EQ(Outcome(service_.Revoke(company_, "anna", {"accounting", "payroll"})), "ACCESS_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Revoke(company_, "bjarne", {"accounting"})), "ACCESS_NOT_FOUND");
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ACTIVE 2026-11-01 -");
}

TEST_F(AccessesTest, ValidateOnlyShowsNoIdsOfWhatItDoesNotMake) {
  ASSERT_EQ(Outcome(service_.Grant(company_, "anna", {"payroll"})), "OK");
  const auto checked = service_
                           .Do(GrantAccess, {{"company_id", company_},
                                             {"user_id", "anna"},
                                             {"product_ids", "accounting"},
                                             {"product_ids", "payroll"},
                                             {"validate_only", "true"}})
                           .value();
  EXPECT_EQ(checked.accesses(0).access_id(), "");
  EXPECT_EQ(checked.accesses(0).state(), v1::ACCESS_STATE_ACTIVE);
  EXPECT_NE(checked.accesses(1).access_id(), "");
  EXPECT_EQ(service_.AccessesOf(company_), "anna payroll ACTIVE 2026-11-01 -");
}

TEST_F(AccessesTest, TheSameRequestAgainGrantsNothingThatWasRevokedSince) {
  const Fields request = {
      {"company_id", company_}, {"user_id", "anna"}, {"product_ids", "accounting"}, {"request_id", "r"}};
  const auto granted = service_.Do(GrantAccess, request).value();
  ASSERT_EQ(Outcome(service_.Revoke(company_, "anna", {"accounting"})), "OK");
  EXPECT_EQ(service_.Do(GrantAccess, request).value().DebugString(), granted.DebugString());
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ENDED 2026-11-01 - 2026-11-02");
}

TEST_F(AccessesTest, AnAccessOfAnotherAccountIsNotFound) {
  const std::string id = service_.Grant(company_, "anna", {"accounting"}).value().accesses(0).access_id();
  EXPECT_EQ(Outcome(service_.Do(GetAccess, {{"access_id", id}})), "OK");
  EXPECT_EQ(Outcome(service_.Do(GetAccess, {{"access_id", id}, {"account_id", "acct-2"}})), "ACCESS_NOT_FOUND");
}

TEST_F(AccessesTest, ListsAreFilteredByEverythingThatIsNamed) {
  const std::string other = service_.NewCompany(a_, "Sydlys");
  ASSERT_EQ(Outcome(service_.Grant(company_, "anna", {"accounting"})), "OK");
  ASSERT_EQ(Outcome(service_.Grant(company_, "bjarne", {"payroll"})), "OK");
  ASSERT_EQ(Outcome(service_.Revoke(company_, "bjarne", {"payroll"})), "OK");
  ASSERT_EQ(Outcome(service_.Invite(other, "cecilie", {"accounting"})), "OK");
  ASSERT_EQ(Outcome(service_.Grant(other, "anna", {"payroll"})), "OK");

  EXPECT_EQ(List({}), "anna cecilie anna");
  EXPECT_EQ(List({{"show_ended", "true"}}), "anna cecilie bjarne anna");
  EXPECT_EQ(List({{"show_ended", "true"}, {"company_id", company_}}), "bjarne anna");
  EXPECT_EQ(List({{"show_ended", "true"}, {"company_id", company_}, {"product_id", "accounting"}}), "anna");
  EXPECT_EQ(List({{"show_ended", "true"}, {"product_id", "accounting"}}), "cecilie anna");
  EXPECT_EQ(List({{"show_ended", "true"}, {"product_id", "accounting"}, {"user_id", "anna"}}), "anna");
  EXPECT_EQ(List({{"show_ended", "true"}, {"user_id", "anna"}}), "anna anna");
  EXPECT_EQ(List({{"show_ended", "true"}, {"user_id", "anna"}, {"state", "ACCESS_STATE_ENDED"}}), "")
      << "the state that is named goes before show_ended";
  EXPECT_EQ(List({{"show_ended", "true"}, {"state", "ACCESS_STATE_ENDED"}}), "bjarne");
  EXPECT_EQ(List({{"show_ended", "true"}, {"state", "ACCESS_STATE_INVITED"}}), "cecilie");
  EXPECT_EQ(List({{"show_ended", "true"}, {"state", "ACCESS_STATE_ACTIVE"}}), "anna anna");
}

}  // namespace
}  // namespace agreements::testing
