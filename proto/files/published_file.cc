#include "proto/files/published_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace agreements {
namespace {

absl::Status SystemError(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", strerror(errno)));
}

}  // namespace

PublishedFile::~PublishedFile() {
  if (fd_ >= 0) close(fd_);
}

// In memory, so that keys are on no disk and the file system may be read-only. dup2() puts a new file in the place of
// the old one at once.
absl::Status PublishedFile::Publish(const std::string& content) {
  const int fd = memfd_create("certificates", MFD_CLOEXEC);
  if (fd < 0) return SystemError("memfd_create");
  // gRPC reads a key and a certificate one after the other, and again if the time has changed meanwhile. It looks at
  // seconds only.
  generation_ = std::max(generation_ + 1, absl::ToUnixSeconds(absl::Now()));
  const std::array<timespec, 2> times = {timespec{.tv_sec = generation_, .tv_nsec = 0},
                                         timespec{.tv_sec = generation_, .tv_nsec = 0}};
  absl::Status status;
  if (write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      futimens(fd, times.data()) != 0 || (fd_ >= 0 && dup3(fd, fd_, O_CLOEXEC) < 0)) {
    status = SystemError("memfd");
  }
  if (status.ok() && fd_ < 0) {
    fd_ = fd;
  } else {
    close(fd);
  }
  return status;
}

std::string PublishedFile::path() const { return absl::StrCat("/proc/self/fd/", fd_); }

}  // namespace agreements
