// Counts connections that others close without notice.
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

  // Whether fewer than `limit` are open. It asks the kernel about each connection, but only if there seem to be too
  // many.
  bool HasRoom(size_t limit);

 private:
  // By descriptor. Another file can have its number by now, but not the inode of the socket.
  std::unordered_map<int, ino_t> inodes_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_OPEN_CONNECTIONS_H_
