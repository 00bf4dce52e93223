// Counts connections that somebody else closes without telling.
#ifndef AGREEMENTS_SERVER_RPC_OPEN_CONNECTIONS_H_
#define AGREEMENTS_SERVER_RPC_OPEN_CONNECTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <unordered_map>

namespace agreements {

// Not thread-safe.
class OpenConnections {
 public:
  // `fd` is an open socket of this process.
  void Add(int fd);

  // Whether there are fewer than `limit`. Looks which are still open only if it seems that there are not, since that
  // asks the kernel about each one.
  bool HasRoom(size_t limit);

 private:
  // By descriptor. Its number can have been given to another file since; the socket's inode tells.
  std::unordered_map<int, ino_t> inodes_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_OPEN_CONNECTIONS_H_
