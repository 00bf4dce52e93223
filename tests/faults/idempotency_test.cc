// request_id and validate_only of every mutation, on a real database. What races do to them is in races_test.cc, what
// broken connections do in faults_test.cc.
#include <regex>

#include "absl/strings/str_cat.h"
#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

// The ids in a response's text.
std::vector<std::string> IdsIn(const std::string& text) {
  const std::regex id("(agr|cmp|dft|acc|ord)-[0-9a-z]{16}");
  return {std::sregex_token_iterator(text.begin(), text.end(), id), std::sregex_token_iterator()};
}

// A response's text but for the lines with ids.
std::string WithoutIds(const std::string& text) {
  return std::regex_replace(text, std::regex("[^\n]*_id: [^\n]*\n"), "");
}

class IdempotencyTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(IdempotencyTest, TheSameRequestAgainGetsTheFirstResponseAndDoesNothing) {
  Service service;
  const MutationRun run = GetParam().prepare(service);
  const auto first = run("request-1", false);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string state = service.State();
  const auto second = run("request-1", false);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(service.State(), state);
  EXPECT_EQ(service.Findings(), "");
}

TEST_P(IdempotencyTest, AnotherRequestWithTheSameIdIsRefused) {
  Service service;
  const MutationRun run = GetParam().prepare(service);
  v1::CreateAgreementRequest other;
  other.set_display_name("Noe annet");
  other.set_request_id("request-1");
  ASSERT_EQ(Outcome(service.Do(CreateAgreement, other)), "OK");
  const std::string state = service.State();
  EXPECT_EQ(Outcome(run("request-1", false)), "REQUEST_ID_REUSED");
  EXPECT_EQ(service.State(), state);
}

TEST_P(IdempotencyTest, ValidateOnlyAnswersWithoutNewIdsAndChangesNothing) {
  Service service;
  const MutationRun run = GetParam().prepare(service);
  const std::string state = service.State();
  const std::string requests = service.Sql("SELECT COUNT(*) FROM requests");
  const auto validated = run("request-1", true);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(service.State(), state);
  EXPECT_EQ(service.Sql("SELECT COUNT(*) FROM requests"), requests);
  for (const std::string& id : IdsIn(*validated)) {
    EXPECT_NE(service.Sql(absl::StrCat("SELECT 1 FROM agreements WHERE agreement_id = '", id, "' UNION SELECT 1 FROM ",
                                       "companies WHERE company_id = '", id, "' UNION SELECT 1 FROM company_drafts ",
                                       "WHERE draft_id = '", id, "' UNION SELECT 1 FROM accesses WHERE access_id = '",
                                       id, "' UNION SELECT 1 FROM order_bases WHERE order_basis_id = '", id, "'")),
              "")
        << id << " is new";
  }
  const auto done = run("request-1", false);
  ASSERT_TRUE(done.ok()) << "validate_only ignores the request_id: " << done.status();
  EXPECT_EQ(WithoutIds(*validated), WithoutIds(*done));
}

INSTANTIATE_TEST_SUITE_P(EveryMutation, IdempotencyTest, ::testing::ValuesIn(Mutations()),
                         [](const auto& mutation) { return mutation.param.name; });

class RequestsTest : public OperationsTest {
 protected:
  // An outcome and a new agreement's id, if any.
  absl::StatusOr<v1::CreateAgreementResponse> Create(const std::string& request_id, const std::string& account_id,
                                                     const std::string& name = "A") {
    v1::CreateAgreementRequest request;
    request.set_account_id(account_id);
    request.set_display_name(name);
    request.set_request_id(request_id);
    return service_.Do(CreateAgreement, request);
  }
};

TEST_F(RequestsTest, AreScopedToTheAccount) {
  EXPECT_NE(Create("r", "acct-1").value().agreement().agreement_id(),
            Create("r", "acct-2").value().agreement().agreement_id());
}

TEST_F(RequestsTest, WithTheSameIdAndOtherContentAreRefused) {
  ASSERT_EQ(Outcome(Create("r", "acct-1")), "OK");
  EXPECT_EQ(Outcome(Create("r", "acct-1", "B")), "REQUEST_ID_REUSED");
  EXPECT_EQ(Outcome(Create("r", "acct-1", "  A ")), "OK") << "white space at the ends is no content";
}

TEST_F(RequestsTest, OnlySuccessesAreStored) {
  v1::MoveCompanyRequest move;
  const std::string a = service_.NewAgreement("A");
  move.set_agreement_id(a);
  move.set_company_id(service_.NewCompany(a, "Nordlys"));
  move.set_request_id("r");
  EXPECT_EQ(Outcome(service_.Do(MoveCompany, move)), "ALREADY_IN_AGREEMENT");
  ASSERT_EQ(Outcome(service_.Move(move.company_id(), service_.NewAgreement("B"))), "OK");
  EXPECT_EQ(Outcome(service_.Do(MoveCompany, move)), "OK");
}

TEST_F(RequestsTest, WithoutAnIdAreEachNew) {
  EXPECT_NE(Create("", "acct-1").value().agreement().agreement_id(),
            Create("", "acct-1").value().agreement().agreement_id());
}

}  // namespace
}  // namespace agreements::testing
