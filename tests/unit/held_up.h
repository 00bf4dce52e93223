// Tasks that keep workers busy.
#ifndef AGREEMENTS_TESTS_UNIT_HELD_UP_H_
#define AGREEMENTS_TESTS_UNIT_HELD_UP_H_

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>

#include "server/rpc/workers.h"

namespace agreements {

// Without shares, tasks would wait for ever.
inline constexpr auto kLong = std::chrono::seconds(20);

// Tasks that each hold up a worker until they are let go.
class HeldUp {
 public:
  explicit HeldUp(Workers& workers) : workers_(workers) {}
  ~HeldUp() { LetGo(); }

  HeldUp& Queue(const TaskOwner& owner, int tasks = 1) {
    for (int i = 0; i < tasks; ++i) {
      workers_.Run(owner, absl::InfiniteDuration(), [this](const Admission& admission) {
        EXPECT_FALSE(admission.refusal);
        std::unique_lock lock(mutex_);
        ++begun_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return may_go_; });
        ++ended_;
        changed_.notify_all();
      });
    }
    tasks_ += tasks;
    return *this;
  }

  HeldUp& WaitUntilBegun(int tasks) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kLong, [&] { return begun_ >= tasks; })) << "only " << begun_ << " have begun";
    return *this;
  }

  int begun() {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

  void Go() {
    const std::lock_guard lock(mutex_);
    may_go_ = true;
    changed_.notify_all();
  }

  // Returns when all have run.
  void LetGo() {
    Go();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ == tasks_; });
  }

 private:
  Workers& workers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int tasks_ = 0;
  int begun_ = 0;
  int ended_ = 0;
  bool may_go_ = false;
};

// Returns when a task of this owner has run.
inline void RunOne(Workers& workers, const TaskOwner& owner) {
  const auto done = std::make_shared<std::promise<void>>();
  workers.Run(owner, absl::InfiniteDuration(), [done](const Admission&) { done->set_value(); });
  EXPECT_EQ(done->get_future().wait_for(kLong), std::future_status::ready) << "no worker is free for it";
}

}  // namespace agreements

#endif  // AGREEMENTS_TESTS_UNIT_HELD_UP_H_
