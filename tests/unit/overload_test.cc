// Five times as many calls as the workers can answer: how many are answered in time. A simulation, in which time is a
// number, so that it shows the same on every machine. tests/benchmark has the real server.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/rpc/call_queue.h"

namespace agreements {
namespace {

constexpr int kWorkers = 16;
constexpr absl::Duration kWarmUp = absl::Seconds(1);  // A flood must be noticed first.

// Calls of one sort that come at random moments.
struct Load {
  std::string name;
  TaskOwner owner;
  absl::Duration takes;     // A worker, each call.
  absl::Duration deadline;  // Of each, from its beginning.
  double per_second;
  int accounts = 1000;
};

struct Outcome {
  int calls = 0;
  int in_time = 0;
  int refused = 0;
  int late = 0;                           // A worker worked for nothing.
  std::vector<absl::Duration> latencies;  // Of those in time, but for the first.

  absl::Duration p99() {
    std::sort(latencies.begin(), latencies.end());
    return latencies.empty() ? absl::ZeroDuration() : latencies.at(latencies.size() * 99 / 100);
  }
};

class Simulation {
 public:
  explicit Simulation(const QueueOptions& options) : queue_(options) {}

  std::map<std::string, Outcome> Run(const std::vector<Load>& loads, absl::Duration time) {
    for (const Load& load : loads) ComeAgain(load);
    while (!events_.empty() && now_ < time) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      event.happen();
      Work();
    }
    return outcomes_;
  }

  size_t most_queued() const { return most_queued_; }

 private:
  struct Event {
    absl::Duration time;
    std::function<void()> happen;
    bool operator<(const Event& other) const { return time > other.time; }
  };

  struct Call {
    const Load* load;
    absl::Duration begin;
  };

  void ComeAgain(const Load& load) {
    const double seconds = std::exponential_distribution(load.per_second)(random_);
    events_.push({.time = now_ + absl::Seconds(seconds), .happen = [this, &load] {
                    Come(load);
                    ComeAgain(load);
                  }});
  }

  void Come(const Load& load) {
    Outcome& outcome = outcomes_[load.name];
    ++outcome.calls;
    TaskOwner owner = load.owner;
    absl::StrAppend(&owner.account_id, random_() % static_cast<size_t>(load.accounts));
    Task task = [this, call = Call{&load, now_}](const Admission& admission) { Begin(call, admission); };
    if (queue_.Push(owner, now_, load.deadline, task)) ++outcome.refused;
    most_queued_ = std::max(most_queued_, queue_.queued());
  }

  void Work() {
    while (busy_ < kWorkers) {
      auto next = queue_.Pop(now_);
      if (!next) return;
      takes_ = absl::ZeroDuration();
      next->task({.refusal = next->is_refused ? std::optional(Refusal::kStandingQueue) : std::nullopt,
                  .waited = next->waited,
                  .retry_delay = {}});
      if (next->is_refused) continue;
      ++busy_;
      events_.push({.time = now_ + takes_, .happen = [this, ended = *std::move(next)] {
                      --busy_;
                      queue_.Finish(ended, now_);
                    }});
    }
  }

  // As CallInFlight does: what is late already is not begun.
  void Begin(const Call& call, const Admission& admission) {
    Outcome& outcome = outcomes_[call.load->name];
    if (admission.refusal) {
      ++outcome.refused;
    } else if (now_ < call.begin + call.load->deadline) {
      takes_ = call.load->takes;
      const absl::Duration latency = now_ + takes_ - call.begin;
      if (latency <= call.load->deadline) {
        ++outcome.in_time;
        if (call.begin >= kWarmUp) outcome.latencies.push_back(latency);
      } else {
        ++outcome.late;
      }
    }
  }

  CallQueue queue_;
  std::mt19937 random_{20261126};
  absl::Duration now_;
  std::priority_queue<Event> events_;
  std::map<std::string, Outcome> outcomes_;
  int busy_ = 0;
  absl::Duration takes_;  // The task that has just begun.
  size_t most_queued_ = 0;
};

constexpr absl::Duration kTime = absl::Seconds(10);

// Calls a second. Reads may use three quarters of the workers, one caller's five eighths.
double Capacity(absl::Duration takes, int workers) { return workers / absl::ToDoubleSeconds(takes); }

double Goodput(const Outcome& outcome, double capacity) {
  return outcome.in_time / (capacity * absl::ToDoubleSeconds(kTime));
}

void Print(const std::string& what, Outcome& outcome, double capacity) {
  std::printf("%-40s goodput %3.0f %%, %d calls, %d refused, %d late, p99 %s\n", what.c_str(),
              100 * Goodput(outcome, capacity), outcome.calls, outcome.refused, outcome.late,
              absl::FormatDuration(absl::Trunc(outcome.p99(), absl::Milliseconds(1))).c_str());
}

TEST(OverloadTest, FiveTimesTheLoadOfLongCalls) {
  const absl::Duration takes = absl::Milliseconds(300);
  const double capacity = Capacity(takes, 10);
  const std::vector<Load> loads = {{"reads", {"gateway", "a", TaskKind::kRead}, takes, absl::Seconds(1), 5 * capacity}};
  // Without Codel, what they are admitted by is the mean of what calls have taken.
  std::map<absl::Duration, double> goodput;
  for (const absl::Duration target : {absl::Milliseconds(5), absl::InfiniteDuration()}) {
    Simulation simulation({.workers = kWorkers, .target = target});
    Outcome outcome = simulation.Run(loads, kTime)["reads"];
    Print(absl::StrCat("300 ms, a second, target ", absl::FormatDuration(target)), outcome, capacity);
    goodput[target] = Goodput(outcome, capacity);
  }
  EXPECT_GT(goodput[absl::Milliseconds(5)], 0.9);
  EXPECT_LT(goodput[absl::InfiniteDuration()], 0.9);
}

TEST(OverloadTest, ShortCallsStayInTimeBesideLongOnes) {
  const double capacity = Capacity(absl::Milliseconds(3), 10);
  const std::vector<Load> loads = {
      {"short", {"gateway", "a", TaskKind::kRead}, absl::Milliseconds(3), absl::Milliseconds(250), 2.5 * capacity},
      {"long", {"reports", "a", TaskKind::kRead}, absl::Milliseconds(300), absl::Seconds(2), 2.5 * capacity / 100}};
  Simulation simulation({.workers = kWorkers});
  auto outcomes = simulation.Run(loads, kTime);
  Print("3 ms beside 300 ms", outcomes["short"], capacity);
  Print("300 ms beside 3 ms", outcomes["long"], capacity / 100);
  // Together they have twelve workers, of which each work takes its part.
  EXPECT_GT(Goodput(outcomes["short"], capacity) + Goodput(outcomes["long"], capacity / 100), 0.9 * 12 / 10);
  EXPECT_LT(outcomes["short"].p99(), absl::Milliseconds(20));
  EXPECT_LT(outcomes["short"].late, outcomes["short"].in_time / 100);
}

TEST(OverloadTest, AGreedyCallerTakesNobodysShare) {
  const double capacity = Capacity(absl::Milliseconds(3), 12);
  const std::vector<Load> loads = {
      {"greedy", {"greedy", "a", TaskKind::kRead}, absl::Milliseconds(3), absl::Milliseconds(250), 5 * capacity},
      {"polite", {"polite", "b", TaskKind::kRead}, absl::Milliseconds(3), absl::Milliseconds(250), capacity / 4}};
  Simulation simulation({.workers = kWorkers});
  auto outcomes = simulation.Run(loads, kTime);
  Print("a greedy caller", outcomes["greedy"], capacity);
  Print("a polite one beside it", outcomes["polite"], capacity);
  EXPECT_EQ(outcomes["polite"].refused, 0);
  EXPECT_EQ(outcomes["polite"].late, 0);
  EXPECT_GE(outcomes["polite"].in_time, outcomes["polite"].calls - 1);  // One may be on its way.
  EXPECT_LT(outcomes["polite"].p99(), absl::Milliseconds(20));
  EXPECT_GT(Goodput(outcomes["greedy"], capacity), 0.9 * 0.75);
}

TEST(OverloadTest, BackgroundGoesOnUnderAnyLoad) {
  const double capacity = Capacity(absl::Milliseconds(3), 10);
  const std::vector<Load> loads = {
      {"reads", {"gateway", "a", TaskKind::kRead}, absl::Milliseconds(3), absl::Milliseconds(250), 5 * capacity},
      {"changes", {"gateway", "a", TaskKind::kChange}, absl::Milliseconds(3), absl::Milliseconds(250), 5 * capacity},
      {"billing", {"billing", "b", TaskKind::kBackground}, absl::Milliseconds(500), absl::Hours(1), 1}};
  Simulation simulation({.workers = kWorkers});
  auto outcomes = simulation.Run(loads, kTime);
  Print("billing beside a flood", outcomes["billing"], 2);
  EXPECT_GE(outcomes["billing"].in_time, outcomes["billing"].calls - 2);  // They may be on their way.
}

}  // namespace
}  // namespace agreements
