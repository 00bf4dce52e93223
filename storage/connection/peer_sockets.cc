#include "storage/connection/peer_sockets.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace agreements::storage {
namespace {

// "" if it is neither of these.
std::string TextOf(const sockaddr_storage& address, socklen_t length) {
  if (address.ss_family == AF_UNIX) {
    constexpr size_t kPath = offsetof(sockaddr_un, sun_path);
    if (length <= kPath) return "";
    const char* path = reinterpret_cast<const sockaddr_un&>(address).sun_path;
    return std::string(path, strnlen(path, length - kPath));
  }
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return "";
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return address.ss_family == AF_INET ? absl::StrCat(host, ":", port) : absl::StrCat("[", host, "]:", port);
}

// 0 if it is no socket.
uint64_t IdOf(int descriptor) {
  uint64_t id = 0;
  socklen_t length = sizeof(id);
  return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &id, &length) == 0 ? id : 0;
}

// Calls `body` for each socket of this process. It may be closed meanwhile.
void ForEachSocket(absl::FunctionRef<void(int, uint64_t)> body) {
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    int number = -1;
    if (!absl::SimpleAtoi(entries->path().filename().native(), &number)) continue;
    if (const uint64_t id = IdOf(number); id != 0) body(number, id);
  }
}

}  // namespace

PeerAddresses ResolvePeer(absl::string_view address) {
  if (absl::ConsumePrefix(&address, "unix://")) {
    std::error_code error;
    const std::filesystem::path path = std::filesystem::canonical(std::string(address), error);
    return error ? PeerAddresses() : PeerAddresses{std::string(address), path.native()};
  }
  PeerAddresses found;
  if (!absl::ConsumePrefix(&address, "tcp://")) return found;
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return found;
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* addresses = nullptr;
  if (getaddrinfo(std::string(address.substr(0, colon)).c_str(), std::string(address.substr(colon + 1)).c_str(), &hints,
                  &addresses) != 0) {
    return found;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(addresses, freeaddrinfo);
  for (const addrinfo* one = addresses; one != nullptr; one = one->ai_next) {
    sockaddr_storage storage = {};
    memcpy(&storage, one->ai_addr, one->ai_addrlen);
    found.insert(TextOf(storage, one->ai_addrlen));
  }
  return found;
}

SocketIds SocketsTo(const PeerAddresses& peers) {
  SocketIds found;
  if (peers.empty()) return found;
  ForEachSocket([&](int socket, uint64_t id) {
    sockaddr_storage peer = {};
    socklen_t length = sizeof(peer);
    if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return;
    if (peers.count(TextOf(peer, length)) > 0) found.insert(id);
  });
  return found;
}

void ShutDown(const SocketIds& sockets) {
  if (sockets.empty()) return;
  ForEachSocket([&](int number, uint64_t id) {
    if (sockets.count(id) == 0) return;
    // A descriptor of our own for the socket: the other may be closed, and its number another's, at any time.
    const int socket = dup(number);
    if (socket >= 0 && IdOf(socket) == id) shutdown(socket, SHUT_RDWR);
    if (socket >= 0) close(socket);
  });
}

}  // namespace agreements::storage
