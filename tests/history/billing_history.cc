#include "tests/history/billing_history.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"

namespace agreements::testing {

std::string Source(int number) { return absl::StrCat(number); }
std::string Source(bool value) { return value ? "true" : "false"; }
std::string Source(const std::string& text) { return absl::StrCat("\"", text, "\""); }
std::string Source(const std::pair<int, int>& pair) { return absl::StrCat("{", pair.first, ", ", pair.second, "}"); }
std::string Source(const Item& item) {
  return absl::StrCat("{", item.company, ", ", item.transaction, ", ", item.product, ", ", item.quantity, ", ",
                      Source(item.occur_time), "}");
}

std::string FreshAccount() {
  static std::atomic<int> count = 0;
  return absl::StrCat("acct-history-", ++count);
}

History& History::Record(const std::vector<Item>& items) {
  Add("Record", &Replay::Record, items);
  steps_.back().smaller = [=] {
    History without;
    for (size_t i = 0; items.size() > 1 && i < items.size(); ++i) {
      std::vector<Item> fewer = items;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      without.Record(fewer);
    }
    return without.steps_;
  };
  return *this;
}

std::string History::Run(Service& service) const {
  Replay replay(service, FreshAccount());
  for (const Step& step : steps_) {
    if (const std::string difference = step.run(replay); !difference.empty()) {
      return absl::StrCat(step.text, "\n", difference);
    }
  }
  return replay.Check();
}

History History::Shrunk(Service& service) const {
  History shrunk = *this;
  for (size_t chunk = std::max<size_t>(steps_.size() / 2, 1); chunk > 0;) {
    bool shorter = false;
    for (size_t from = 0; from < shrunk.steps_.size();) {
      History attempt = shrunk;
      const auto begin = attempt.steps_.begin() + static_cast<std::ptrdiff_t>(from);
      const size_t count = std::min(chunk, attempt.steps_.size() - from);
      attempt.steps_.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      if (attempt.Run(service).empty()) {
        from += chunk;
      } else {
        shrunk = attempt;
        shorter = true;
      }
    }
    // Single steps again and again: leaving one out can make another one needless.
    if (chunk > 1 || !shorter) chunk /= 2;
  }
  for (size_t step = 0; step < shrunk.steps_.size(); ++step) shrunk.ShrinkStep(step, service);
  return shrunk;
}

void History::ShrinkStep(size_t step, Service& service) {
  for (bool shorter = true; shorter && steps_[step].smaller;) {
    shorter = false;
    for (const Step& smaller : steps_[step].smaller()) {
      History attempt = *this;
      attempt.steps_[step] = smaller;
      if (attempt.Run(service).empty()) continue;
      *this = attempt;
      shorter = true;
      break;
    }
  }
}

std::string History::Text() const {
  std::string text = "  Service service;\n  EXPECT_EQ(History()";
  for (const Step& step : steps_) absl::StrAppend(&text, "\n                ", step.text);
  return absl::StrCat(text, "\n                .Run(service),\n            \"\");\n");
}

}  // namespace agreements::testing
