// The client library against the real server: whatever happens on the way, each change happens once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "agreements/agreement_client.h"
#include "agreements/company_client.h"
#include "agreements/errors.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/relay.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);

std::shared_ptr<const Connection> Connect(const std::string& address) {
  ClientOptions options;
  options.endpoint = address;
  options.insecure = true;
  options.timeouts.call = kPatience;
  return Connection::Open(options).value();
}

v1::CreateAgreementRequest NewAgreement(const std::string& name) {
  v1::CreateAgreementRequest request;
  request.set_account_id(kAccount);
  request.set_display_name(name);
  return request;
}

// Cuts the connection when a change has been committed and before it is answered.
class CutTest : public ::testing::Test {
 protected:
  int OnStatement(const storage::StatementEvent& event) {
    if (event.name == "COMMIT" && event.phase == storage::StatementEvent::Phase::kAfter && cuts_.exchange(false)) {
      relay_->Cut();
    }
    return 0;
  }

  std::atomic<bool> cuts_ = false;
  const storage::TestHooks hooks_ = {
      .on_statement = [this](const storage::StatementEvent& event) { return OnStatement(event); },
      .interject = nullptr,
      .rewrite = nullptr};
  Wire wire_{{}, &hooks_};
  const std::unique_ptr<Relay> relay_ = std::make_unique<Relay>(wire_.address());
  const AgreementClient agreements_{Connect(relay_->address())};
  const CompanyClient companies_{Connect(relay_->address())};
};

TEST_F(CutTest, AChangeWhoseAnswerIsLostHappensOnce) {
  cuts_ = true;
  const auto agreement = agreements_.CreateAgreement(NewAgreement("A"));
  ASSERT_TRUE(agreement.ok()) << agreement.status();
  EXPECT_FALSE(cuts_) << "the connection was not cut";
  EXPECT_EQ(wire_.Sql("SELECT agreement_id FROM agreements"), agreement->agreement().agreement_id() + "\n");

  v1::CreateCompanyRequest company;
  company.set_account_id(kAccount);
  company.set_agreement_id(agreement->agreement().agreement_id());
  company.set_display_name("K");
  cuts_ = true;
  const auto created = companies_.CreateCompany(company);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(wire_.Sql("SELECT company_id FROM companies"), created->company().company_id() + "\n");

  v1::MoveCompanyToNewAgreementRequest move;
  move.set_account_id(kAccount);
  move.set_company_id(created->company().company_id());
  move.set_display_name("B");
  cuts_ = true;
  const auto moved = companies_.MoveCompanyToNewAgreement(move);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_FALSE(cuts_);
  EXPECT_EQ(wire_.Sql("SELECT display_name, company_count FROM agreements ORDER BY display_name"), "A|0\nB|1\n");
  EXPECT_EQ(wire_.Entries(), "acct-1|CreateAgreement|1\nacct-1|CreateCompany|1\nacct-1|MoveCompanyToNewAgreement|1\n");
}

TEST_F(CutTest, ACallThatMayBeSentOnlyOnceSaysThatItsOutcomeIsOpen) {
  ClientOptions options;
  options.endpoint = relay_->address();
  options.insecure = true;
  options.max_attempts = 1;
  const AgreementClient client(Connection::Open(options).value());
  CallOptions call;
  call.request_id = "r-1";
  cuts_ = true;
  EXPECT_TRUE(absl::IsUnavailable(client.CreateAgreement(NewAgreement("A"), call).status()));
  EXPECT_TRUE(client.CreateAgreement(NewAgreement("A"), call).ok()) << "the same call again";
  EXPECT_EQ(wire_.Sql("SELECT COUNT(*) FROM agreements"), "1\n");
}

TEST(RetriesTest, ACallThatABusyServerRefusesIsSentAgainWhenItSays) {
  Statements statements;
  Wire wire({.workers = 1, .max_queue = 1}, statements.hooks());
  const AgreementClient client(Connect(wire.address()));
  statements.HoldUp("insert_agreement");
  std::atomic<int> created = 0;
  std::vector<std::jthread> callers;
  const absl::Cleanup go_on = [&] { statements.LetGo(); };
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&, i] {
      const auto agreement = client.CreateAgreement(NewAgreement(absl::StrCat("A", i)));
      EXPECT_TRUE(agreement.ok()) << agreement.status();
      if (agreement.ok()) ++created;
    });
  }
  statements.WaitUntilHeldUp();
  const absl::Time patience = absl::Now() + kPatience;
  while (wire.server().metrics().Text().find(R"(reason="SERVER_BUSY")") == std::string::npos) {
    ASSERT_LT(absl::Now(), patience) << "nothing was refused";
    absl::SleepFor(absl::Milliseconds(1));
  }
  statements.LetGo();
  callers.clear();
  EXPECT_EQ(created, 4);
  EXPECT_EQ(wire.Sql("SELECT COUNT(*), COUNT(DISTINCT display_name) FROM agreements"), "4|4\n");
}

TEST(RetriesTest, NothingIsLostOrDoubledWhenTheServerIsKilledAndComesBack) {
  TestDatabase database;
  auto server = std::make_unique<ServerProcess>(DatabaseFlags(database));
  const std::string address = server->Address();
  const auto connection = Connect(address);
  std::atomic<int> created = 0;
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller](const std::stop_token& stop) {
      const AgreementClient client(connection);
      for (int i = 0; !stop.stop_requested(); ++i) {
        const auto agreement = client.CreateAgreement(NewAgreement(absl::StrCat(caller, "-", i)));
        EXPECT_TRUE(agreement.ok()) << agreement.status();
        if (agreement.ok()) ++created;
      }
    });
  }
  const absl::Time patience = absl::Now() + kPatience;
  for (int round = 1; round <= 3; ++round) {
    while (created < round * 50) {
      ASSERT_LT(absl::Now(), patience) << "round " << round;
      absl::SleepFor(absl::Milliseconds(1));
    }
    server->Signal(SIGKILL);
    server->Wait();
    std::vector<std::string> flags = DatabaseFlags(database);
    flags.push_back(absl::StrCat("--listen=", address));
    server = std::make_unique<ServerProcess>(flags);
    ASSERT_EQ(server->Address(), address) << server->Output();
  }
  for (std::jthread& caller : callers) caller.request_stop();
  callers.clear();
  EXPECT_EQ(database.Sql("SELECT COUNT(*), COUNT(DISTINCT display_name) FROM agreements"),
            absl::StrCat(created.load(), "|", created.load(), "\n"));
}

}  // namespace
}  // namespace agreements::testing
