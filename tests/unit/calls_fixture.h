// A fixture for tests of calls over the wire, with streams from sources that the test makes. The database is
// never asked.
#ifndef AGREEMENTS_TESTS_UNIT_CALLS_FIXTURE_H_
#define AGREEMENTS_TESTS_UNIT_CALLS_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "server/rpc/methods.h"

namespace agreements::testing {

// More than the transport takes for a client that does not read.
inline constexpr size_t kLarge = 1 << 20;

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

// Sources: without end; and of three messages of kLarge.
absl::StatusOr<std::optional<std::string>> Endless(int i, const storage::Call& call);
absl::StatusOr<std::optional<std::string>> ThreeLargeOnes(int i, const storage::Call& call);

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

// One worker, so that whoever keeps it is noticed, and a queue of four, of which an account takes two.
class CallsTest : public ::testing::Test {
 protected:
  CallsTest();
  ~CallsTest() override;

  // What streams are made of from now on.
  void Serve(Source::Next next);

  // A unary call.
  absl::Status Get();

  storage::ClockIdSource ids_{absl::Now};
  storage::Database database_{{}, ids_, absl::Now};
  const Context context_{.clock = {.now = absl::Now, .time_zone = absl::UTCTimeZone()}, .currency = "NOK"};
  std::unique_ptr<Source> source_;  // Outlives the streams
  Workers workers_{{.workers = 1, .max_queue = 4, .target = absl::InfiniteDuration()}};
  Metrics metrics_{"NOK"};
  const Authorizer authorizer_{metrics_};
  Methods methods_{database_, context_, workers_, {database_, authorizer_, metrics_, nullptr}};
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::AgreementService::Stub> stub_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_UNIT_CALLS_FIXTURE_H_
