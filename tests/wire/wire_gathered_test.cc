// Get calls that wait for a worker are read for together.
#include <atomic>
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/status.h"
#include "tests/testing/metric_text.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

constexpr char kOne[] = "get_agreement";
constexpr char kMany[] = "get_agreement_of_many";
constexpr absl::Duration kLongest = absl::Minutes(1);

// One worker, that another call keeps while calls come together.
class WireGatheredTest : public ::testing::Test {
 protected:
  explicit WireGatheredTest(int workers = 1) : wire_({.workers = workers}, statements_.hooks()) {}

  double Metric(const std::string& series) { return MetricIn(wire_.server().metrics().Text(), series); }

  void WaitFor(const std::string& series, double value) {
    const absl::Time deadline = absl::Now() + kLongest;
    while (Metric(series) != value && absl::Now() < deadline) std::this_thread::yield();
    ASSERT_EQ(Metric(series), value) << series;
  }

  // Until the server has ended a call of GetAgreement without an answer. Whether its deadline has passed there, too,
  // when the caller no longer waits, is a matter of milliseconds.
  void WaitUntilOneIsGivenUp() {
    const auto ended = [this](const char* code) {
      return Metric(absl::StrCat(R"(grpc_server_handled_total{grpc_code=")", code,
                                 R"(",grpc_method="GetAgreement",grpc_service="agreements.v1.AgreementService",)"
                                 R"(grpc_type="unary"})"));
    };
    const absl::Time deadline = absl::Now() + kLongest;
    while (ended("Canceled") + ended("DeadlineExceeded") < 1 && absl::Now() < deadline) std::this_thread::yield();
    EXPECT_EQ(ended("Canceled") + ended("DeadlineExceeded"), 1);
  }

  // Calls of GetAgreement that wait together, for three agreements in turn.
  void Gather(int calls) {
    statements_.HoldUp("get_company");
    holder_ = std::jthread([this] { EXPECT_TRUE(wire_.Call(&Companies::GetCompany, kCompany, names_).ok()); });
    statements_.WaitUntilHeldUp();
    for (int i = 0; i < calls; ++i) {
      contexts_.push_back(std::make_unique<grpc::ClientContext>());
      grpc::ClientContext& context = *contexts_.back();
      if (deadline_ != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(deadline_));
      deadline_ = absl::InfiniteFuture();
      const std::string& agreement_id = names_.at(std::vector{"$agreement", "$other", "$empty"}.at(i % 3));
      answers_.push_back(std::async(std::launch::async, [this, &context, &agreement_id] {
        v1::GetAgreementRequest request;
        request.set_account_id("acct-1");
        request.set_agreement_id(agreement_id);
        v1::GetAgreementResponse response;
        absl::Status status = FromGrpcStatus(wire_.agreements().GetAgreement(&context, request, &response));
        if (status.ok()) {
          EXPECT_EQ(response.agreement().agreement_id(), agreement_id);
        }
        return status;
      }));
    }
    WaitFor("agreements_queue_length{kind=\"read\"}", calls);
  }

  // Lets them be read, up to the statement of this name.
  void LetGoUntil(const std::string& statement) {
    statements_.HoldUp(statement);
    statements_.WaitUntilHeldUp();
  }

  static constexpr char kCompany[] = "company_id: '$company'";

  Statements statements_;
  Wire wire_;
  const Names names_ = wire_.Populate("acct-1");
  const int ones_ = statements_.Count(kOne);
  const int manys_ = statements_.Count(kMany);
  absl::Time deadline_ = absl::InfiniteFuture();  // Of the next call.
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<std::future<absl::Status>> answers_;
  std::jthread holder_;
};

TEST_F(WireGatheredTest, CallsThatWaitShareARoundTripAndALoneOneHasItsOwn) {
  EXPECT_TRUE(wire_.Call(&Companies::GetCompany, kCompany, names_).ok());  // So that the connection is set for reads.
  const double before = Metric("agreements_database_round_trips_total");
  Gather(5);
  statements_.LetGo();
  for (auto& answer : answers_) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(statements_.Count(kMany), manys_ + 1);
  EXPECT_EQ(statements_.Count(kOne), ones_);
  EXPECT_TRUE(wire_.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", names_).ok());
  EXPECT_EQ(statements_.Count(kMany), manys_ + 1);
  EXPECT_EQ(statements_.Count(kOne), ones_ + 1);
  // GetCompany's, theirs, and that of the last.
  WaitFor("agreements_database_round_trips_total", before + 3);
}

TEST_F(WireGatheredTest, ACallThatIsCancelledIsAnsweredAtOnceAndLeavesTheOthersTheirRead) {
  Gather(3);
  LetGoUntil(kMany);
  contexts_[1]->TryCancel();
  EXPECT_TRUE(absl::IsCancelled(answers_[1].get()));
  WaitUntilOneIsGivenUp();
  statements_.LetGo();
  EXPECT_TRUE(answers_[0].get().ok());
  EXPECT_TRUE(answers_[2].get().ok());
  EXPECT_EQ(statements_.Count(kMany), manys_ + 1);
  EXPECT_EQ(Metric("agreements_database_statements_killed_total"), 0);
}

TEST_F(WireGatheredTest, ACallWhoseDeadlinePassesIsAnsweredThen) {
  deadline_ = absl::Now() + absl::Seconds(2);
  Gather(3);
  LetGoUntil(kMany);
  EXPECT_TRUE(absl::IsDeadlineExceeded(answers_[0].get()));
  WaitUntilOneIsGivenUp();
  statements_.LetGo();
  EXPECT_TRUE(answers_[1].get().ok());
  EXPECT_TRUE(answers_[2].get().ok());
}

TEST_F(WireGatheredTest, ARowOfAnotherAccountIsNotThere) {
  const Names other = wire_.Populate("acct-2");
  const int manys = statements_.Count(kMany);
  Gather(2);
  auto foreign = std::async(std::launch::async, [&] {
    Names names = other;
    names["$agreement"] = names_.at("$agreement");
    return wire_.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", names).status();
  });
  auto own = std::async(std::launch::async,
                        [&] { return wire_.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", other); });
  WaitFor("agreements_queue_length{kind=\"read\"}", 4);
  statements_.LetGo();
  EXPECT_EQ(ReasonOf(foreign.get()), v1::ERROR_REASON_AGREEMENT_NOT_FOUND);
  EXPECT_EQ(own.get()->agreement().agreement_id(), other.at("$agreement"));
  for (auto& answer : answers_) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(statements_.Count(kMany), manys + 1);
}

TEST_F(WireGatheredTest, AnErrorOfTheDatabaseIsEveryCalls) {
  Gather(3);
  statements_.Fail(kMany, 1146);
  statements_.LetGo();
  for (auto& answer : answers_) EXPECT_EQ(ReasonOf(answer.get()), v1::ERROR_REASON_INTERNAL_ERROR);
}

TEST_F(WireGatheredTest, ReadsOfDifferentMethodsDoNotMix) {
  Gather(2);
  std::vector<std::future<absl::Status>> companies;
  for (const char* company : {"$company", "$drafted_company"}) {
    const std::string text = absl::StrCat("company_id: '", company, "'");
    companies.push_back(std::async(std::launch::async,
                                   [&, text] { return wire_.Call(&Companies::GetCompany, text, names_).status(); }));
  }
  WaitFor("agreements_queue_length{kind=\"read\"}", 4);
  statements_.LetGo();
  for (auto& answer : answers_) EXPECT_TRUE(answer.get().ok());
  for (auto& answer : companies) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(statements_.Count(kMany), manys_ + 1);
  EXPECT_EQ(statements_.Count("get_company_of_many"), 1);
}

TEST(WireGatheredReadsTest, AReadThatNobodyAwaitsIsStopped) {
  Statements statements;
  statements.Edit(kOne, "WHERE", "WHERE SLEEP(600) = 0 AND");
  Wire wire({.max_call = 10 * kLongest, .max_statement = 10 * kLongest}, statements.hooks());
  v1::GetAgreementRequest request;
  request.set_account_id("acct-1");
  request.set_agreement_id(wire.NewAgreement("A", "acct-1"));
  grpc::ClientContext context;
  auto answer = std::async(std::launch::async, [&] {
    v1::GetAgreementResponse response;
    return FromGrpcStatus(wire.agreements().GetAgreement(&context, request, &response));
  });
  while (statements.Count(kOne) == 0) std::this_thread::yield();
  context.TryCancel();
  EXPECT_TRUE(absl::IsCancelled(answer.get()));
  const auto metric = [&](const char* series) { return MetricIn(wire.server().metrics().Text(), series); };
  const absl::Time deadline = absl::Now() + kLongest;
  while (metric("agreements_queue_running{kind=\"read\"}") > 0 && absl::Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(metric("agreements_queue_running{kind=\"read\"}"), 0) << "a worker still waits for the row";
}

TEST(WireGatheredReadsTest, ASlowReadHoldsUpNoCallThatCameLater) {
  Statements statements;
  Wire wire({.workers = 4}, statements.hooks());
  const Names names = wire.Populate("acct-1");
  const auto get = [&] { return wire.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", names).status(); };
  std::atomic<bool> is_held = true;
  // Only the first of them is slow.
  statements.HoldUpOnce(kOne);
  std::jthread slow([&] {
    EXPECT_TRUE(get().ok());
    EXPECT_FALSE(is_held) << "it was not slow";
  });
  statements.WaitUntilHeldUp();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(get().ok());
  is_held = false;
  statements.LetGo();
}

// Each writer says which revision was acknowledged last, and whoever reads after that sees it or a later one.
TEST(WireGatheredReadsTest, AReadThatBeginsAfterAnAcknowledgedChangeSeesIt) {
  constexpr int kReaders = 12;
  Wire wire({.workers = 4});
  const Names names = wire.Populate("acct-1");
  std::atomic<int64_t> acknowledged = 0;
  std::atomic<bool> ends = false;
  std::atomic<int> reads = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!ends) {
        const int64_t at_least = acknowledged;
        const auto agreement = wire.Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", names);
        ASSERT_TRUE(agreement.ok()) << agreement.status();
        ASSERT_GE(agreement->agreement().revision(), at_least);
        ++reads;
      }
    });
  }
  const int rounds = Rounds(2000);
  for (int i = 0; i < rounds || reads < rounds; ++i) {
    const auto updated = wire.Call(&Agreements::UpdateAgreement,
                                   absl::StrCat("agreement_id: '$agreement' customer_number: '", i, "'"), names);
    ASSERT_TRUE(updated.ok()) << updated.status();
    acknowledged = updated->agreement().revision();
  }
  ends = true;
}

}  // namespace
}  // namespace agreements::testing
