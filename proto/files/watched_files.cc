#include "proto/files/watched_files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"

namespace agreements {
namespace {

constexpr size_t kMaxSize = 1 << 20;

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(kMaxSize + 1, '\0');
  if (file) file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read: ", strerror(errno)));
  }
  content.resize(static_cast<size_t>(file.gcount()));
  if (content.size() > kMaxSize) return absl::InvalidArgumentError(absl::StrCat(path, ": is larger than 1 MiB"));
  return content;
}

WatchedFiles::WatchedFiles(std::vector<std::string> paths, Take take, Tell tell)
    : paths_(std::move(paths)), take_(std::move(take)), tell_(std::move(tell)) {}

absl::Status WatchedFiles::Load() {
  ASSIGN_OR_RETURN(taken_, Read());
  seen_ = taken_;
  return take_(taken_);
}

void WatchedFiles::Watch(absl::Duration interval) {
  task_ = std::make_unique<PeriodicTask>(interval, [this] { Look(); });
}

absl::StatusOr<std::vector<std::string>> WatchedFiles::Read() const {
  std::vector<std::string> contents;
  for (const std::string& path : paths_) {
    ASSIGN_OR_RETURN(contents.emplace_back(), ReadFile(path));
  }
  return contents;
}

void WatchedFiles::Look() {
  const absl::StatusOr<std::vector<std::string>> read = Read();
  std::vector<std::string> found = read.ok() ? *read : std::vector<std::string>{std::string(read.status().message())};
  const bool is_settled = found == seen_;
  seen_ = std::move(found);
  if (!is_settled) return;
  if (seen_ == taken_) {
    refusal_.clear();
    is_refused_ = false;
    return;
  }
  // At every look: a certificate that is not yet valid will be.
  const absl::Status status = read.ok() ? take_(*read) : read.status();
  if (status.ok()) {
    taken_ = seen_;
    refusal_.clear();
    is_refused_ = false;
    tell_(status);
    return;
  }
  if (status.message() == refusal_) return;
  refusal_ = std::string(status.message());
  ++refused_;
  is_refused_ = true;
  tell_(status);
}

}  // namespace agreements
