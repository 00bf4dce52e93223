// What the server answers when five times as many calls come as it can: overload_benchmark [SECONDS]. Started by
// tests/benchmark/run.
//
// The database's time is made: ListCompanies takes 5 ms, ListAgreements 300 ms, so that the workers and not this
// machine are the limit. Get calls would share their time. Calls are 50 short ones to a long one, over mutual TLS, from
// two callers. First as many are on their way as the server works on at once: its peak. Then they come at five times
// that rate, whatever becomes of them: nearly all from a greedy caller, and from a polite one what it could have by
// itself.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "spdlog/spdlog.h"
#include "tests/benchmark/figures.h"
#include "tests/wire/access_fixture.h"

namespace agreements::benchmark {
namespace {

using testing::AccessFiles;
using testing::Wire;

constexpr absl::Duration kShort = absl::Milliseconds(5);
constexpr absl::Duration kLong = absl::Milliseconds(300);
constexpr absl::Duration kShortDeadline = absl::Milliseconds(250);
constexpr absl::Duration kLongDeadline = absl::Seconds(2);
constexpr int kShortsToALong = 50;
constexpr int kWorkers = 16;
constexpr int kReaders = 12;  // Reads have three quarters of the workers.

// What became of calls of one sort. Thread-safe.
class Outcomes {
 public:
  void Add(const grpc::Status& status, absl::Duration latency) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (status.ok()) latencies_.push_back(latency);
    if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) ++refused_;
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) ++late_;
  }

  int64_t answered() const { return static_cast<int64_t>(latencies_.size()); }
  absl::Duration p99() {
    if (latencies_.empty()) return absl::ZeroDuration();
    std::sort(latencies_.begin(), latencies_.end());
    return latencies_[latencies_.size() * 99 / 100];
  }

  std::string Row(const std::string& what, absl::Duration time) {
    return absl::StrFormat("| %s | %d | %.0f | %d | %d | %.0f ms |\n", what, calls_,
                           static_cast<double>(answered()) / absl::ToDoubleSeconds(time), refused_, late_,
                           absl::ToDoubleMilliseconds(p99()));
  }

 private:
  std::mutex mutex_;
  int64_t calls_ = 0;
  int64_t refused_ = 0;
  int64_t late_ = 0;
  std::vector<absl::Duration> latencies_;  // Of those that were answered.
};

// The calls of one caller.
class Caller {
 public:
  Caller(const AccessFiles& files, const std::string& address, const std::string& san, std::string account_id)
      : account_id_(std::move(account_id)) {
    const auto credentials = Credentials(files.authority(), files.authority().Sign({.sans = {san}}));
    const auto channel = grpc::CreateChannel(address, credentials);
    agreements_ = v1::AgreementService::NewStub(channel);
    companies_ = v1::CompanyService::NewStub(channel);
  }
  ~Caller() { Wait(); }

  // Begins a call, and runs `then` at its end.
  void Begin(std::function<void()> then = {}) {
    if (begun_++ % kShortsToALong == kShortsToALong - 1) {
      v1::ListAgreementsRequest request;
      request.set_account_id(account_id_);
      Begin(*agreements_->async(), &v1::AgreementService::Stub::async::ListAgreements, request, kLongDeadline, longs,
            std::move(then));
    } else {
      v1::ListCompaniesRequest request;
      request.set_account_id(account_id_);
      Begin(*companies_->async(), &v1::CompanyService::Stub::async::ListCompanies, request, kShortDeadline, shorts,
            std::move(then));
    }
  }

  // Until every call has ended.
  void Wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return open_ == 0; });
  }

  // Worker time that was of use to somebody.
  absl::Duration Work() const { return shorts.answered() * kShort + longs.answered() * kLong; }

  Outcomes shorts;
  Outcomes longs;

 private:
  template <typename Stub, typename Request, typename Response>
  void Begin(Stub& stub,
             void (Stub::*method)(grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>),
             std::type_identity_t<Request> request, absl::Duration deadline, Outcomes& outcomes,
             std::function<void()> then) {
    struct State {
      grpc::ClientContext context;
      Request request;
      Response response;
    };
    auto state = std::make_shared<State>();
    state->request = std::move(request);
    const absl::Time begin = absl::Now();
    state->context.set_deadline(absl::ToChronoTime(begin + deadline));
    ++open_;
    (stub.*method)(&state->context, &state->request, &state->response,
                   [this, state, begin, &outcomes, then = std::move(then)](const grpc::Status& status) {
                     outcomes.Add(status, absl::Now() - begin);
                     if (then) then();
                     const std::lock_guard lock(mutex_);
                     if (--open_ == 0) ended_.notify_all();
                   });
  }

  const std::string account_id_;
  std::unique_ptr<v1::AgreementService::Stub> agreements_;
  std::unique_ptr<v1::CompanyService::Stub> companies_;
  std::atomic<int64_t> begun_ = 0;
  std::atomic<int64_t> open_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
};

// Has `concurrency` calls on their way, for so long.
void RunClosed(Caller& caller, int concurrency, absl::Duration time) {
  const absl::Time end = absl::Now() + time;
  std::function<void()> next = [&] {
    if (absl::Now() < end) caller.Begin(next);
  };
  for (int i = 0; i < concurrency; ++i) next();
  absl::SleepFor(time);
  caller.Wait();
}

// Begins calls at random moments, whatever becomes of those before.
void RunOpen(Caller& caller, double per_second, absl::Duration time) {
  std::mt19937 random(20261126);
  std::exponential_distribution<double> gaps(per_second);
  const absl::Time begin = absl::Now();
  for (absl::Duration at; at < time; at += absl::Seconds(gaps(random))) {
    absl::SleepFor(begin + at - absl::Now());
    caller.Begin();
  }
  caller.Wait();
}

// The longest that health and metrics took to answer while `run` ran.
absl::Duration SlowestLook(Wire& wire, const std::function<void()>& run) {
  std::atomic<bool> ending = false;
  absl::Duration slowest;
  std::jthread looking([&] {
    const auto health = grpc::health::v1::Health::NewStub(wire.channel());
    while (!ending) {
      slowest = std::max(slowest, TimeOf([&] {
                           grpc::ClientContext context;
                           grpc::health::v1::HealthCheckResponse response;
                           Require(health->Check(&context, {}, &response).ok(), "health answers");
                           Require(!wire.server().metrics().Text().empty(), "metrics answer");
                         }));
      absl::SleepFor(absl::Milliseconds(50));
    }
  });
  run();
  ending = true;
  looking.join();
  return slowest;
}

void Measure(absl::Duration time) {
  storage::TestHooks hooks;
  hooks.on_statement = [](const storage::StatementEvent& event) {
    if (event.phase == storage::StatementEvent::Phase::kBefore) {
      if (event.name == "list_companies") absl::SleepFor(kShort);
      if (event.name == "list_agreements") absl::SleepFor(kLong);
    }
    return 0;
  };
  const AccessFiles files;
  Wire wire({.workers = kWorkers,
             .queue_target = QueueOptions().target,
             .access = files.options(),
             .credentials = Credentials(files.authority(), files.authority().Sign({.sans = {testing::kOperator}}))},
            &hooks);
  const auto new_caller = [&](const char* san) {
    return std::make_unique<Caller>(files, wire.address(), san, "acct-mine");
  };
  // Two, since one caller cannot have all the workers, and they must not have one account.
  const auto peak = std::make_unique<Caller>(files, wire.address(), testing::kOperator, "acct-1");
  const auto peak_too = new_caller(testing::kLimited);
  std::jthread other([&] { RunClosed(*peak_too, kReaders / 2, time); });
  RunClosed(*peak, kReaders / 2, time);
  other.join();
  const double per_second = static_cast<double>(peak->shorts.answered() + peak->longs.answered() +
                                                peak_too->shorts.answered() + peak_too->longs.answered()) /
                            absl::ToDoubleSeconds(time);
  const absl::Duration peak_work = peak->Work() + peak_too->Work();

  const auto greedy = std::make_unique<Caller>(files, wire.address(), testing::kOperator, "acct-1");
  const auto polite = new_caller(testing::kLimited);
  const double before = ReadMemory().resident;
  ResetPeak();
  const absl::Duration slowest = SlowestLook(wire, [&] {
    std::jthread beside([&] { RunOpen(*polite, per_second / 4, time); });
    RunOpen(*greedy, per_second * 4.75, time);
    beside.join();
  });
  const absl::Duration work = greedy->Work() + polite->Work();

  std::printf("| | calls | answered a second | refused | late | p99 |\n|---|---|---|---|---|---|\n%s%s%s%s%s%s",
              peak->shorts.Row("peak, short (one of two callers)", time).c_str(),
              peak->longs.Row("peak, long", time).c_str(), greedy->shorts.Row("5 times, greedy, short", time).c_str(),
              greedy->longs.Row("5 times, greedy, long", time).c_str(),
              polite->shorts.Row("5 times, polite, short", time).c_str(),
              polite->longs.Row("5 times, polite, long", time).c_str());
  std::printf("\ngoodput at five times the peak's rate: %.0f %% of the peak's work\n",
              100 * absl::FDivDuration(work, peak_work));
  std::printf("memory: %.0f MiB more at most, clients included\n", ReadMemory().peak - before);
  std::printf("health and metrics answered within %.0f ms\n", absl::ToDoubleMilliseconds(slowest));
}

}  // namespace
}  // namespace agreements::benchmark

int main(int argc, char** argv) {
  agreements::storage::Database::InitializeLibrary();
  spdlog::set_level(spdlog::level::err);
  try {
    double seconds = 10;
    if (argc > 1) agreements::benchmark::Require(absl::SimpleAtod(argv[1], &seconds), "SECONDS is a number");
    agreements::benchmark::Measure(absl::Seconds(seconds));
  } catch (const std::exception& error) {
    std::cerr << "overload_benchmark: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
