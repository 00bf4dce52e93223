// What explanations keep until their callers have taken it.
#ifndef AGREEMENTS_SERVER_OPERATIONS_EXPLANATION_MEMORY_H_
#define AGREEMENTS_SERVER_OPERATIONS_EXPLANATION_MEMORY_H_

#include <atomic>
#include <utility>

namespace agreements {

// Divides memory among explanations, so that callers who are slow to take theirs cannot fill it. It is counted in rows,
// accesses or transactions: an access takes 75 bytes. Thread-safe. Must outlive its shares.
class ExplanationMemory {
 public:
  static constexpr int kMost = 200'000;     // Rows of an explanation, while so many are left: 15 MiB.
  static constexpr int kLeast = 10'000;     // Otherwise.
  static constexpr int kInAll = 1'000'000;  // 75 MiB.

  // What one explanation may keep. Given back when it is destroyed.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept { *this = std::move(other); }
    Share& operator=(Share&& other) noexcept {
      std::swap(memory_, other.memory_);
      std::swap(rows_, other.rows_);
      return *this;
    }
    ~Share() { Keep(0); }

    int rows() const { return rows_; }
    // Gives back all but so many. REQUIRES: it has them.
    void Keep(int rows) {
      if (memory_ != nullptr) memory_->taken_ -= rows_ - rows;
      rows_ = rows;
    }

   private:
    friend class ExplanationMemory;
    Share(ExplanationMemory& memory, int rows) : memory_(&memory), rows_(rows) {}

    ExplanationMemory* memory_ = nullptr;
    int rows_ = 0;
  };

  Share Take() {
    if ((taken_ += kMost) <= kInAll) return Share(*this, kMost);
    taken_ -= kMost - kLeast;
    return Share(*this, kLeast);
  }

 private:
  std::atomic<int> taken_ = 0;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_EXPLANATION_MEMORY_H_
