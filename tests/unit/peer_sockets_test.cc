// Which sockets of this process are shut down, by whom they are connected to.
#include "storage/connection/peer_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/testing/raw_connection.h"

namespace agreements::storage {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

TEST(PeerSocketsTest, NamesAreResolvedAndPathsFollowed) {
  EXPECT_THAT(ResolvePeer("tcp://localhost:3306"), Contains("127.0.0.1:3306"));
  EXPECT_THAT(ResolvePeer("tcp://[nonsense"), IsEmpty());
  const std::string path = absl::StrCat("/tmp/agreements-peer-", getpid());
  ASSERT_EQ(symlink("/etc/passwd", path.c_str()), 0);
  EXPECT_THAT(ResolvePeer("unix://" + path), Contains("/etc/passwd"));
  unlink(path.c_str());
  EXPECT_THAT(ResolvePeer("unix://" + path), IsEmpty());
}

// Takes connections, and never answers.
class SilentServer {
 public:
  SilentServer() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    socklen_t length = sizeof(address);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
  ~SilentServer() { close(listener_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  const std::string& address() const { return address_; }

  // Whether the peer of the first connection, which was not taken yet, can still send.
  bool IsConnected() const {
    const int taken = accept(listener_, nullptr, nullptr);
    char byte = 0;
    const bool is_open = recv(taken, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
    close(taken);
    return is_open;
  }

 private:
  const int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string address_;
};

TEST(PeerSocketsTest, WhoWaitsForThePeerIsWokenAndNobodyElse) {
  const SilentServer silent;
  const SilentServer other;
  testing::RawConnection waiting(silent.address());
  const testing::RawConnection untouched(other.address());
  bool was_closed = false;
  std::jthread waiter([&] { was_closed = waiting.IsClosedByPeer(); });
  ShutDown(SocketsTo(ResolvePeer("tcp://" + silent.address())));
  waiter.join();
  EXPECT_TRUE(was_closed);
  EXPECT_FALSE(silent.IsConnected());
  EXPECT_TRUE(other.IsConnected());
}

}  // namespace
}  // namespace agreements::storage
