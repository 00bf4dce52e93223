#include "tests/testing/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace agreements::testing {

bool HasIpv6() {
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 loopback = {};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&loopback), sizeof(loopback)) == 0;
  close(fd);
  return bound;
}

RawConnection::RawConnection(const std::string& address) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const size_t colon = address.rfind(':');
  sockaddr_in peer = {};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
  const timeval patience = {.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) != 0) throw std::runtime_error("connect");
}

RawConnection::~RawConnection() { close(fd_); }

void RawConnection::Say(const std::string& bytes) {
  if (send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("send");
}

void RawConnection::BeginHttp2() {
  // The preface, and SETTINGS without any.
  Say(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + std::string("\0\0\0\4\0\0\0\0\0", 9));
}

std::string RawConnection::ReadToEnd() {
  std::string all;
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    if (size > 0) all.append(bytes.data(), static_cast<size_t>(size));
    if (size == 0 || (size < 0 && errno != EINTR)) return all;
  }
}

bool RawConnection::IsClosedByPeer() {
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    if (size == 0 || (size < 0 && errno == ECONNRESET)) return true;
    if (size < 0 && errno != EINTR) return false;
  }
}

}  // namespace agreements::testing
