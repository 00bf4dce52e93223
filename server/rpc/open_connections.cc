#include "server/rpc/open_connections.h"

#include <sys/stat.h>

#include <optional>

namespace agreements {
namespace {

// Nothing if `fd` is not open.
std::optional<ino_t> InodeOf(int fd) {
  struct stat file = {};
  if (fstat(fd, &file) != 0) return std::nullopt;
  return file.st_ino;
}

}  // namespace

void OpenConnections::Add(int fd) {
  if (const auto inode = InodeOf(fd)) inodes_.insert_or_assign(fd, *inode);
}

bool OpenConnections::HasRoom(size_t limit) {
  if (inodes_.size() < limit) return true;
  std::erase_if(inodes_, [](const auto& connection) { return InodeOf(connection.first) != connection.second; });
  return inodes_.size() < limit;
}

}  // namespace agreements
