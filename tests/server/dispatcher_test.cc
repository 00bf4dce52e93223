// Streams, over the wire, from sources that this file makes. The database is never asked.
#include "server/dispatcher.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.grpc.pb.h"

namespace agreements {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// More than the transport takes for a client that does not read.
constexpr size_t kLarge = 1 << 20;

// What the streams of a test are made of: message `i` is what `next` returns for i, from 0. Thread-safe.
class Source {
 public:
  using Next = std::function<absl::StatusOr<std::optional<std::string>>(int i, const storage::Call& call)>;

  explicit Source(Next next) : next_(std::move(next)) {}

  // RunBilling, with the message as agreement_id.
  Stream<v1::RunBillingResponse> Open() {
    const auto alive = std::make_shared<Alive>(*this);
    return [this, alive, i = 0](const storage::Call& call) mutable { return Read(i++, call); };
  }

  int reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
  }

  void WaitForReads(int reads) const {
    WaitFor([&] { return reads_ >= reads; });
  }

  // Until every stream is gone, with all that it holds.
  void WaitForEnd() const {
    WaitFor([&] { return open_ == 0; });
  }

 private:
  struct Alive {
    explicit Alive(Source& its_source) : source(its_source) { source.Change(source.open_, 1); }
    ~Alive() { source.Change(source.open_, -1); }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    Source& source;
  };

  absl::StatusOr<std::optional<v1::RunBillingResponse>> Read(int i, const storage::Call& call) {
    Change(reads_, 1);
    auto text = next_(i, call);
    if (!text.ok()) return text.status();
    if (!*text) return std::nullopt;
    v1::RunBillingResponse response;
    response.set_agreement_id(**std::move(text));
    return response;
  }

  void Change(int& number, int by) {
    const std::lock_guard lock(mutex_);
    number += by;
    changed_.notify_all();
  }

  template <typename Condition>
  void WaitFor(const Condition& condition) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, condition);
  }

  const Next next_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int reads_ = 0;
  int open_ = 0;
};

Source* source = nullptr;

Stream<v1::RunBillingResponse> OpenSource(Environment& /*env*/, const v1::RunBillingRequest& /*request*/) {
  return source->Open();
}

absl::StatusOr<v1::GetAgreementResponse> Answer(Environment& /*env*/, const storage::Call& /*call*/,
                                                const v1::GetAgreementRequest& /*request*/) {
  return v1::GetAgreementResponse();
}

class Service final : public v1::AgreementService::CallbackService {
 public:
  explicit Service(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  grpc::ServerUnaryReactor* GetAgreement(grpc::CallbackServerContext* context, const v1::GetAgreementRequest* request,
                                         v1::GetAgreementResponse* response) override {
    return dispatcher_.Run(context, request, response, Answer);
  }

  grpc::ServerWriteReactor<v1::RunBillingResponse>* RunBilling(grpc::CallbackServerContext* context,
                                                               const v1::RunBillingRequest* request) override {
    return dispatcher_.RunStream(context, request, OpenSource);
  }

 private:
  Dispatcher& dispatcher_;
};

// A call to RunBilling.
class Call {
 public:
  explicit Call(v1::AgreementService::Stub& stub, absl::Duration timeout = absl::Seconds(30),
                const std::string& account_id = "acct-1") {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    v1::RunBillingRequest request;
    request.set_account_id(account_id);
    request.set_validate_only(true);
    reader_ = stub.RunBilling(&context_, request);
  }
  ~Call() {
    if (reader_ != nullptr) static_cast<void>(Finish());
  }

  // Takes the next message; nothing at the end.
  std::optional<std::string> Read() {
    v1::RunBillingResponse response;
    if (!reader_->Read(&response)) return std::nullopt;
    return response.agreement_id();
  }

  std::vector<std::string> ReadAll() {
    std::vector<std::string> all;
    while (const auto text = Read()) all.push_back(*text);
    return all;
  }

  void Cancel() { context_.TryCancel(); }

  // Takes what is left.
  absl::Status Finish() {
    ReadAll();
    const grpc::Status status = reader_->Finish();
    reader_.reset();
    return FromGrpcStatus(status);
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::RunBillingResponse>> reader_;
};

// One worker, so that whoever keeps it is noticed, and a queue of two.
class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    // The transport reads no further ahead than that.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 16);
    stub_ = v1::AgreementService::NewStub(
        grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials(), arguments));
  }
  ~DispatcherTest() override {
    workers_.Stop();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
    server_.reset();
    source = nullptr;
  }

  void Serve(Source::Next next) {
    source_ = std::make_unique<Source>(std::move(next));
    source = source_.get();
  }

  absl::Status Get() {
    grpc::ClientContext context;
    v1::GetAgreementRequest request;
    request.set_account_id("acct-1");
    request.set_agreement_id("agr-0000000000000000");
    v1::GetAgreementResponse response;
    return FromGrpcStatus(stub_->GetAgreement(&context, request, &response));
  }

  storage::ClockIdSource ids_{absl::Now};
  storage::Database database_{{}, ids_, absl::Now};
  Environment env_{.database = database_, .now = absl::Now, .time_zone = absl::UTCTimeZone()};
  std::unique_ptr<Source> source_;  // Outlives the streams
  Workers workers_{1, 2};
  Dispatcher dispatcher_{env_, workers_};
  Service service_{dispatcher_};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::AgreementService::Stub> stub_;
};

absl::StatusOr<std::optional<std::string>> Endless(int i, const storage::Call& /*call*/) { return absl::StrCat(i); }

absl::StatusOr<std::optional<std::string>> ThreeLargeOnes(int i, const storage::Call& /*call*/) {
  if (i == 3) return std::nullopt;
  return std::string(kLarge, 'x');
}

TEST_F(DispatcherTest, AStreamHasEveryMessageInOrderAndEndsWell) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 1000) return std::nullopt;
    return absl::StrCat(i);
  });
  Call call(*stub_);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call.Read(), absl::StrCat(i));
  EXPECT_EQ(call.Read(), std::nullopt);
  EXPECT_TRUE(call.Finish().ok());
  source->WaitForEnd();
}

TEST_F(DispatcherTest, AStreamMayBeEmpty) {
  Serve([](int, const storage::Call&) { return std::nullopt; });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), IsEmpty());
  EXPECT_TRUE(call.Finish().ok());
}

TEST_F(DispatcherTest, EachMessageKnowsTheCall) {
  Serve([](int i, const storage::Call& call) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 2) return std::nullopt;
    const bool near = call.deadline <= absl::Now() + absl::Seconds(31);
    return absl::StrCat(call.account_id, call.validate_only ? " checks only" : "", near ? " in time" : "");
  });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), ElementsAre("acct-1 checks only in time", "acct-1 checks only in time"));
}

TEST_F(DispatcherTest, AStreamWhoseSourceFailsEndsWithThatError) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 2) return OrderBasisNotFound("ord-1");
    return absl::StrCat(i);
  });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), ElementsAre("0", "1"));
  EXPECT_EQ(ReasonOf(call.Finish()), v1::ERROR_REASON_ORDER_BASIS_NOT_FOUND);
  EXPECT_EQ(source->reads(), 3);
}

TEST_F(DispatcherTest, ASourceThatThrowsCostsItsOwnStreamOnly) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 1) throw std::runtime_error("a defect");
    return absl::StrCat(i);
  });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), ElementsAre("0"));
  const absl::Status status = call.Finish();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_INTERNAL_ERROR) << status;
  EXPECT_TRUE(Get().ok());
}

TEST_F(DispatcherTest, AnInvalidRequestOpensNoStream) {
  Serve(Endless);
  Call call(*stub_, absl::Seconds(30), "");
  EXPECT_EQ(ReasonOf(call.Finish()), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(source->reads(), 0);
}

TEST_F(DispatcherTest, AStreamWithoutEndStarvesNobody) {
  Serve(Endless);
  Call call(*stub_);
  std::thread reader([&] { call.ReadAll(); });
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(Get().ok());
  const int reads = source->reads();
  source->WaitForReads(reads + 100);
  call.Cancel();
  reader.join();
  EXPECT_TRUE(absl::IsCancelled(call.Finish()));
  source->WaitForEnd();
}

TEST_F(DispatcherTest, AClientThatTakesNoMessagesKeepsNoWorkerAndGetsNoFurtherOnes) {
  Serve(ThreeLargeOnes);
  Call call(*stub_);
  source->WaitForReads(1);
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(Get().ok());
  EXPECT_EQ(source->reads(), 1);
  EXPECT_EQ(call.ReadAll().size(), 3U);
  EXPECT_TRUE(call.Finish().ok());
}

TEST_F(DispatcherTest, AFullQueueRefusesANewStreamAndNotTheNextMessageOfAnother) {
  Serve(ThreeLargeOnes);
  Call begun(*stub_);
  source->WaitForReads(1);
  std::latch held_up(1);
  std::latch let_go(1);
  while (!workers_
              .TryRun([&] {
                held_up.count_down();
                let_go.wait();
              })
              .ok()) {
  }
  held_up.wait();
  while (workers_.TryRun([] {}).ok()) {
  }
  EXPECT_EQ(ReasonOf(Call(*stub_).Finish()), v1::ERROR_REASON_SERVER_BUSY);
  EXPECT_EQ(begun.Read()->size(), kLarge);
  let_go.count_down();
  EXPECT_EQ(begun.ReadAll().size(), 2U);
  EXPECT_TRUE(begun.Finish().ok());
}

TEST_F(DispatcherTest, AStreamWhoseClientHasGoneEndsWhetherItIsWorkedOnOrNotTaken) {
  std::promise<void> let_go;
  const std::shared_future<void> may_go = let_go.get_future().share();
  Serve([may_go](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    may_go.wait();
    return absl::StrCat(i);
  });
  Call worked_on(*stub_);
  source->WaitForReads(1);
  worked_on.Cancel();
  EXPECT_TRUE(absl::IsCancelled(worked_on.Finish()));
  let_go.set_value();
  source->WaitForEnd();

  Serve(ThreeLargeOnes);
  Call not_taken(*stub_);
  source->WaitForReads(1);
  not_taken.Cancel();
  EXPECT_TRUE(absl::IsCancelled(not_taken.Finish()));
  source->WaitForEnd();
  EXPECT_EQ(source->reads(), 1);
}

TEST_F(DispatcherTest, AStreamEndsWhenItsDeadlineHasPassed) {
  Serve([](int i, const storage::Call& call) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 1) absl::SleepFor(call.deadline - absl::Now());
    return absl::StrCat(i);
  });
  Call slow(*stub_, absl::Milliseconds(200));
  EXPECT_TRUE(absl::IsDeadlineExceeded(slow.Finish()));
  source->WaitForEnd();
  EXPECT_LE(source->reads(), 2);

  Serve(ThreeLargeOnes);
  Call not_taken(*stub_, absl::Milliseconds(200));
  source->WaitForReads(1);
  source->WaitForEnd();
  EXPECT_EQ(source->reads(), 1);
}

TEST_F(DispatcherTest, StoppingEndsStreamsAtTheirNextMessage) {
  Serve(Endless);
  Call call(*stub_);
  source->WaitForReads(1);
  std::thread stopper([this] { dispatcher_.Stop(); });
  const std::vector<std::string> taken = call.ReadAll();
  const absl::Status status = call.Finish();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_SERVER_STOPPING) << status;
  EXPECT_EQ(static_cast<int>(taken.size()), source->reads()) << "each message that was made was sent";
  stopper.join();
  EXPECT_EQ(ReasonOf(Call(*stub_).Finish()), v1::ERROR_REASON_SERVER_STOPPING);
  EXPECT_EQ(ReasonOf(Get()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(DispatcherTest, StoppingWaitsForNoClientThatTakesNoMessages) {
  Serve(ThreeLargeOnes);
  Call call(*stub_);
  source->WaitForReads(1);
  dispatcher_.Stop();
  EXPECT_EQ(call.ReadAll().size(), 1U);
  EXPECT_EQ(ReasonOf(call.Finish()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(DispatcherTest, AServerShutsDownUnderAClientThatTakesNoMessages) {
  Serve(ThreeLargeOnes);
  Call call(*stub_);
  source->WaitForReads(1);
  dispatcher_.Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
  source->WaitForEnd();
  EXPECT_FALSE(call.Finish().ok());
}

// Ends that meet at random: what was opened is always closed, once.
TEST_F(DispatcherTest, EveryStreamEndsHoweverItsEndsMeet) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 3) return std::nullopt;
    return std::string(i == 2 ? kLarge : 1, 'x');
  });
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([this, client] {
      for (int i = 0; i < 50; ++i) {
        Call call(*stub_, absl::Microseconds(200 + 37 * (client * 50 + i) % 3000));
        if ((client + i) % 2 == 0) call.Read();
        if ((client + i) % 3 == 0) call.Cancel();
      }
    });
  }
  for (std::thread& client : clients) client.join();
  source->WaitForEnd();
  // What is late is still in the queue.
  absl::Status status;
  do {
    status = Get();
  } while (ReasonOf(status) == v1::ERROR_REASON_SERVER_BUSY);
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace agreements
