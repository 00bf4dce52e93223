#include "server/access/patterns.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace agreements {

bool IsPattern(absl::string_view text) {
  if (text.empty()) return false;
  const size_t wildcard = text.find('*');
  if (wildcard == absl::string_view::npos) return true;
  return wildcard == text.rfind('*') && (wildcard == 0 || wildcard == text.size() - 1);
}

Patterns::Patterns(std::vector<std::string> patterns) : list_(std::move(patterns)) {
  for (const std::string& pattern : list_) {
    if (pattern == "*") {
      any_ = true;
    } else if (pattern.back() == '*') {
      prefixes_.push_back(pattern.substr(0, pattern.size() - 1));
    } else if (pattern.front() == '*') {
      suffixes_.push_back(pattern.substr(1));
    } else {
      exact_.insert(pattern);
    }
  }
}

bool Patterns::Match(absl::string_view text) const {
  if (any_ && !text.empty()) return true;
  if (exact_.find(text) != exact_.end()) return true;
  const auto begins = [text](const std::string& prefix) { return absl::StartsWith(text, prefix); };
  const auto ends = [text](const std::string& suffix) { return absl::EndsWith(text, suffix); };
  return std::any_of(prefixes_.begin(), prefixes_.end(), begins) ||
         std::any_of(suffixes_.begin(), suffixes_.end(), ends);
}

}  // namespace agreements
