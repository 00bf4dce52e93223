// SIGTERM: every call that the server has accepted gets its answer, and the others change nothing.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRounds = 50;

// Many times what it takes, so that it does not pass on a busy machine either.
constexpr std::chrono::seconds kPatience(120);

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  // Otherwise channels to one address would share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<v1::AgreementService::Stub> Connect(const std::string& address) {
  return v1::AgreementService::NewStub(OpenChannel(address));
}

void SetDeadline(grpc::ClientContext& context) { context.set_deadline(std::chrono::system_clock::now() + kPatience); }

// Creates an agreement, and returns its id, or "" if that fails.
std::string Create(const std::string& address) {
  v1::CreateAgreementRequest request;
  request.set_account_id("acct-1");
  request.set_display_name("Fjordkraft Regnskap");
  v1::CreateAgreementResponse response;
  grpc::ClientContext context;
  SetDeadline(context);
  const grpc::Status status = Connect(address)->CreateAgreement(&context, request, &response);
  return status.ok() ? response.agreement().agreement_id() : "";
}

bool IsHealthy(const std::string& address) {
  grpc::ClientContext context;
  SetDeadline(context);
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = grpc::health::v1::Health::NewStub(OpenChannel(address))->Check(&context, {}, &response);
  return status.ok() && response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

// The whole answer.
std::string GetPage(const std::string& address, const std::string& path) {
  RawConnection connection(address);
  connection.Say(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", address, "\r\nConnection: close\r\n\r\n"));
  return connection.ReadToEnd();
}

// Callers that create agreements, one after the other each, until the server takes no more calls. All are connected
// before the first one calls: one that could not connect any more would not have been turned away by a server that
// stops.
class Load {
 public:
  Load(const std::string& address, const std::string& account_id, int callers) {
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < callers; ++i) channels.push_back(OpenChannel(address));
    for (const auto& channel : channels) channel->GetState(/*try_to_connect=*/true);
    for (const auto& channel : channels) {
      EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + kPatience));
    }
    for (int i = 0; i < callers; ++i) {
      callers_.emplace_back([this, channel = channels[static_cast<size_t>(i)], account_id, i] {
        Run(*v1::AgreementService::NewStub(channel), account_id, i);
      });
    }
  }
  ~Load() { Join(); }

  // Returns when there are that many answers, or a call has failed.
  void WaitForAnswers(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return agreement_ids_.size() >= count || !early_failures_.empty(); });
  }

  // Runs `tell`, by which the server learns that it is to end. From then on a call may fail.
  template <typename Function>
  void Tell(const Function& tell) {
    const std::lock_guard lock(mutex_);
    is_told_ = true;
    tell();
  }

  // Returns when every caller was turned away.
  void Join() {
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }

  // After Join(): the ids in the answers, sorted, each on a line.
  std::string AgreementIds() {
    std::sort(agreement_ids_.begin(), agreement_ids_.end());
    return absl::StrCat(absl::StrJoin(agreement_ids_, "\n"), "\n");
  }

  // After Join(): how each caller was turned away.
  const std::vector<grpc::Status>& failures() const { return failures_; }

  // After Join(): how calls failed before the server was told. None may.
  const std::vector<grpc::Status>& early_failures() const { return early_failures_; }

 private:
  void Run(v1::AgreementService::Stub& stub, const std::string& account_id, int caller) {
    v1::CreateAgreementRequest request;
    request.set_account_id(account_id);
    for (int number = 0;; ++number) {
      request.set_display_name(absl::StrCat("Avtale ", caller, "-", number));
      v1::CreateAgreementResponse response;
      grpc::ClientContext context;
      SetDeadline(context);
      const grpc::Status status = stub.CreateAgreement(&context, request, &response);
      const std::lock_guard lock(mutex_);
      if (status.ok()) {
        agreement_ids_.push_back(response.agreement().agreement_id());
      } else {
        (is_told_ ? failures_ : early_failures_).push_back(status);
      }
      changed_.notify_all();
      if (!status.ok()) return;
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> agreement_ids_;
  std::vector<grpc::Status> failures_;
  std::vector<grpc::Status> early_failures_;
  bool is_told_ = false;
  std::vector<std::thread> callers_;
};

class SigtermTest : public ::testing::Test {
 protected:
  std::vector<std::string> WithFlags(const std::vector<std::string>& flags) {
    std::vector<std::string> all = DatabaseFlags(database_);
    all.insert(all.end(), flags.begin(), flags.end());
    return all;
  }

  // A signal comes while a call runs, and another one if it is asked twice.
  void EndDuringACall(bool is_asked_twice);

  // Under the load of `callers`, a server with these flags is told to end, and everything is answered.
  void EndUnderLoad(const std::vector<std::string>& flags, int callers, int signal_number);

  // Makes updates of agreements and deletions of requests wait for this test's lock, while the test has it. For a row
  // they would wait but some seconds.
  void MakeStatementsWait() {
    for (const char* trigger : {"update_waits", "deletion_waits"}) {
      database_.Sql(absl::StrCat("DROP TRIGGER IF EXISTS ", trigger));
    }
    database_.Sql(
        "CREATE TRIGGER update_waits BEFORE UPDATE ON agreements FOR EACH ROW "
        "DO IF(GET_LOCK(DATABASE(), 120), RELEASE_LOCK(DATABASE()), 0)");
    database_.Sql(
        "CREATE TRIGGER deletion_waits BEFORE DELETE ON requests FOR EACH ROW "
        "DO IF(GET_LOCK(DATABASE(), 120), RELEASE_LOCK(DATABASE()), 0)");
    database_.Sql("DO GET_LOCK(DATABASE(), 0)");
  }

  TestDatabase database_;
  int round_ = 0;
  std::mt19937 random_{20261123};
};

void SigtermTest::EndUnderLoad(const std::vector<std::string>& flags, int callers, int signal_number) {
  const std::string account_id = absl::StrCat("acct-", ++round_);
  SCOPED_TRACE(account_id);
  std::vector<std::string> all_flags = WithFlags(flags);
  all_flags.emplace_back("--queue_target=inf");  // Callers wait for their turn, however long it takes.
  ServerProcess server(all_flags);
  const std::string address = server.Address();
  ASSERT_NE(address, "") << server.Output();

  Load load(address, account_id, callers);
  load.WaitForAnswers(200 + random_() % 200);
  const absl::Time told = absl::Now();
  load.Tell([&] { server.Signal(signal_number); });
  load.Join();
  EXPECT_EQ(server.Wait(), EXIT_SUCCESS) << server.Output();
  EXPECT_LT(absl::Now() - told, absl::FromChrono(kPatience));

  EXPECT_EQ(load.AgreementIds(), database_.Sql(absl::StrCat("SELECT agreement_id FROM agreements WHERE account_id = '",
                                                            account_id, "' ORDER BY agreement_id")));
  for (const grpc::Status& failure : load.early_failures()) {
    ADD_FAILURE() << "before the signal: " << failure.error_code() << " " << failure.error_message();
  }
  for (const grpc::Status& failure : load.failures()) {
    // Ours while calls are still answered, then gRPC's own, without details.
    EXPECT_EQ(failure.error_code(), grpc::StatusCode::UNAVAILABLE) << failure.error_message();
    EXPECT_THAT(ReasonOf(FromGrpcStatus(failure)),
                AnyOf(v1::ERROR_REASON_SERVER_STOPPING, v1::ERROR_REASON_UNSPECIFIED))
        << failure.error_message();
  }
}

TEST_F(SigtermTest, CallsThatRunAreAnswered) {
  for (int i = 0; i < Rounds(kRounds); ++i) EndUnderLoad({}, 16, SIGTERM);
}

TEST_F(SigtermTest, CallsThatWaitForAWorkerAreAnswered) {
  for (int i = 0; i < Rounds(kRounds); ++i) EndUnderLoad({"--workers=1"}, 32, SIGTERM);
}

TEST_F(SigtermTest, SigintIsAsGood) {
  for (int i = 0; i < Rounds(kRounds) / 2; ++i) EndUnderLoad({}, 16, SIGINT);
}

TEST_F(SigtermTest, ACallThatLastsIsWaitedForUnlessThereIsASecondSignal) {
  for (const bool is_asked_twice : {false, true}) {
    SCOPED_TRACE(is_asked_twice);
    EndDuringACall(is_asked_twice);
  }
}

// Balancers see that it stops before it refuses anything.
TEST_F(SigtermTest, ItIsNotReadyBeforeItRefusesCalls) {
  ServerProcess server(WithFlags({"--drain_delay=5m"}));
  const std::string address = server.Address();
  const std::string pages = server.HttpAddress();
  EXPECT_THAT(GetPage(pages, "/readyz"), HasSubstr(" 200 "));
  EXPECT_TRUE(IsHealthy(address));
  server.Signal(SIGTERM);
  const absl::Time deadline = absl::Now() + absl::FromChrono(kPatience);
  while (IsHealthy(address) && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_FALSE(IsHealthy(address));
  EXPECT_THAT(GetPage(pages, "/readyz"), AllOf(HasSubstr(" 503 "), HasSubstr("the server is stopping")));
  EXPECT_THAT(GetPage(pages, "/healthz"), HasSubstr(" 200 "));
  EXPECT_NE(Create(address), "");
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 128 + SIGTERM);
}

void SigtermTest::EndDuringACall(bool is_asked_twice) {
  MakeStatementsWait();
  // To be purged at the start: housekeeping that waits keeps nothing from being refused.
  database_.Sql(
      "INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time) "
      "VALUES ('acct-1', '', 'old', '', '', '2020-01-01')");
  ServerProcess server(WithFlags({}));
  const std::string address = server.Address();
  ASSERT_TRUE(database_.SessionsWaitForUserLock(1)) << "the purge does not";
  const std::string agreement_id = Create(address);

  // A call that lasts until the lock is released.
  auto update = std::async(std::launch::async, [&] {
    v1::UpdateAgreementRequest request;
    request.set_account_id("acct-1");
    request.set_agreement_id(agreement_id);
    request.set_customer_number("00417");
    v1::UpdateAgreementResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    return Connect(address)->UpdateAgreement(&context, request, &response);
  });
  ASSERT_TRUE(database_.SessionsWaitForUserLock(2)) << "the update does not";

  server.Signal(SIGTERM);
  while (!Create(address).empty()) {
  }
  if (is_asked_twice) {
    server.Signal(SIGINT);
    EXPECT_EQ(server.Wait(), 128 + SIGINT) << server.Output();
    EXPECT_EQ(update.get().error_code(), grpc::StatusCode::UNAVAILABLE);
    database_.Sql("DO RELEASE_LOCK(DATABASE())");
    return;
  }
  EXPECT_EQ(update.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_THAT(server.Output(), Not(HasSubstr("stopped")));

  database_.Sql("DO RELEASE_LOCK(DATABASE())");
  const grpc::Status status = update.get();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(server.Wait(), EXIT_SUCCESS) << server.Output();
  EXPECT_EQ(database_.Sql("SELECT customer_number FROM agreements WHERE customer_number <> ''"), "00417\n");
}

}  // namespace
}  // namespace agreements::testing
