// Files that are read again when they change, e.g. certificates, a policy, a password.
#ifndef AGREEMENTS_PROTO_FILES_WATCHED_FILES_H_
#define AGREEMENTS_PROTO_FILES_WATCHED_FILES_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/files/periodic_task.h"

namespace agreements {

// The content of a file. INVALID_ARGUMENT, with the path, if it cannot be read or is larger than 1 MiB.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Looks at the contents, not at times: however the files are replaced, by a write, a rename, or the swap of a symbolic
// link to their directory, as Kubernetes does it.
class WatchedFiles {
 public:
  // Takes what is in the files, in the order of their paths, or says what is wrong with it. What was taken before stays
  // in use then.
  using Take = std::function<absl::Status(const std::vector<std::string>& contents)>;

  // Told by Look(): OK when new contents were taken, else why they are not, once for each reason.
  using Tell = std::function<void(const absl::Status& status)>;

  WatchedFiles(std::vector<std::string> paths, Take take, Tell tell);

  // Reads the files for the first time. Returns the error of a file, or of `take`.
  absl::Status Load();

  // REQUIRES: Load() has succeeded. Contents that are new are taken when two looks in a row have found them the same:
  // files that belong together change one after the other.
  void Look();

  // From now on looks at the files at this interval, in a thread of its own.
  void Watch(absl::Duration interval);

  // How often changed files were refused, or could not be read. Thread-safe.
  int64_t refused() const { return refused_; }

  // Whether what is in the files now is not what is in use, since it was refused. Thread-safe.
  bool is_refused() const { return is_refused_; }

 private:
  absl::StatusOr<std::vector<std::string>> Read() const;

  const std::vector<std::string> paths_;
  const Take take_;
  const Tell tell_;
  std::vector<std::string> taken_;
  std::vector<std::string> seen_;  // By the last look; the text of the error if it could not read them.
  std::string refusal_;            // Why what was seen is not taken; empty if it is.
  std::atomic<int64_t> refused_ = 0;
  std::atomic<bool> is_refused_ = false;
  std::unique_ptr<PeriodicTask> task_;
};

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_FILES_WATCHED_FILES_H_
