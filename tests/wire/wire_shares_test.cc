// Calls that wait for one row hold up no others. See also workers_test.cc.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

constexpr int kCalls = 20;  // More than there are workers.

TEST(WireSharesTest, CallsThatWaitForOneAgreementsRowHoldUpNoOtherCalls) {
  Statements statements;
  Wire wire({.workers = 16}, statements.hooks());
  const Names names = wire.Populate("acct-1");
  const Names other = wire.Populate("acct-2");
  const int before = statements.Count("update_agreement");

  wire.Sql("START TRANSACTION");
  wire.Sql(absl::StrCat("SELECT agreement_id FROM agreements WHERE account_id = 'acct-1' AND agreement_id = '",
                        names.at("$agreement"), "' FOR UPDATE"));
  std::atomic<int> answers = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < kCalls; ++i) {
    callers.emplace_back([&, i] {
      const std::string text = absl::StrCat("agreement_id: '$agreement' customer_number: '", i, "'");
      static_cast<void>(wire.Call(&Agreements::UpdateAgreement, text, names));
      ++answers;
    });
  }
  while (statements.Count("update_agreement") - before < 8) std::this_thread::yield();
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_TRUE(wire.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", other).ok());
    EXPECT_TRUE(wire.Call(&Agreements::UpdateAgreement, "agreement_id: '$agreement' customer_number: '1'", other).ok());
    EXPECT_TRUE(wire.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", names).ok());
    EXPECT_TRUE(wire.Call(&Companies::GetCompany, "company_id: '$company'", names).ok());
  }
  EXPECT_EQ(answers, 0) << "calls that wait for the row have come to their end first";
  wire.Sql("COMMIT");
  for (std::jthread& caller : callers) caller.join();
}

}  // namespace
}  // namespace agreements::testing
