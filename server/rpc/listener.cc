#include "server/rpc/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

constexpr char kUnix[] = "unix:";
constexpr int kPauseMilliseconds = 50;
constexpr absl::Duration kWarnInterval = absl::Seconds(10);

absl::Status SystemError(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", strerror(errno)));
}

// An address of any family.
struct Address {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }

  // Where an IPv4 or IPv6 address has its port; nullptr in others.
  in_port_t* port() {
    if (family() == AF_INET) return &reinterpret_cast<sockaddr_in*>(&storage)->sin_port;
    if (family() == AF_INET6) return &reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port;
    return nullptr;
  }
};

// Where the other end is: the bytes of its address and port. An IPv4 address is the same however a socket has it.
std::string PeerText(Address address) {
  std::string text;
  const auto append = [&text](const void* bytes, size_t size) { text.append(static_cast<const char*>(bytes), size); };
  if (address.family() == AF_INET) {
    append(&reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr, sizeof(in_addr));
  } else {
    const in6_addr& ipv6 = reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr;
    const size_t skipped = IN6_IS_ADDR_V4MAPPED(&ipv6) ? sizeof(in6_addr) - sizeof(in_addr) : 0;
    append(&ipv6.s6_addr[skipped], sizeof(in6_addr) - skipped);
  }
  append(address.port(), sizeof(in_port_t));
  return text;
}

Address AddressOf(int fd) {
  Address address;
  getsockname(fd, address.get(), &address.size);
  return address;
}

bool IsEverywhere(const Address& address) {
  if (address.family() == AF_INET) {
    return reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr.s_addr == htonl(INADDR_ANY);
  }
  return address.family() == AF_INET6 &&
         IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr);
}

// The same port by IPv4, which works even where IPv6 is switched off.
Address LoopbackAddress(Address everywhere) {
  Address address;
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(address.storage);
  ipv4.sin_family = AF_INET;
  ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ipv4.sin_port = *everywhere.port();
  address.size = sizeof(ipv4);
  return address;
}

Address PathAddress(const std::string& path) {
  Address address;
  auto& unix_address = reinterpret_cast<sockaddr_un&>(address.storage);
  unix_address.sun_family = AF_UNIX;
  path.copy(unix_address.sun_path, sizeof(unix_address.sun_path) - 1);
  address.size = sizeof(sockaddr_un);
  return address;
}

// The addresses of a host and a port.
absl::StatusOr<std::vector<Address>> Resolve(const std::string& host, const std::string& port) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return absl::UnavailableError(gai_strerror(error));
  }
  std::vector<Address> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
    Address& address = addresses.emplace_back();
    std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
    address.size = info->ai_addrlen;
  }
  freeaddrinfo(found);
  return addresses;
}

// A socket that listens. That of [::] takes IPv4, too.
absl::StatusOr<int> ListenOn(const Address& address) {
  const int fd = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return SystemError("socket");
  const int yes = 1;
  const int no = 0;
  if (address.family() != AF_UNIX) {
    // Otherwise connections from before a restart keep the port for a minute.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    // Connections inherit it. It sends answers at once instead of gathering them.
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  }
  if (address.family() == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
  if (bind(fd, address.get(), address.size) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return SystemError("bind");
}

// Until the descriptor can be read or written; false at the deadline.
bool WaitFor(int fd, int16_t events, absl::Time deadline) {
  pollfd waited_for = {.fd = fd, .events = events, .revents = 0};
  for (;;) {
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    const int ready = poll(&waited_for, 1, static_cast<int>(std::clamp<int64_t>(left, 0, 60000)));
    if (ready > 0) return true;
    if (left <= 0) return false;
  }
}

absl::Status ConnectTo(int fd, const Address& address, absl::Time deadline) {
  if (connect(fd, address.get(), address.size) == 0) return absl::OkStatus();
  if (errno != EINPROGRESS) return SystemError("connect");
  if (!WaitFor(fd, POLLOUT, deadline)) return absl::DeadlineExceededError("connect");
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  errno = error;
  return error == 0 ? absl::OkStatus() : SystemError("connect");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(const std::string& address) {
  std::unique_ptr<Listener> listener(new Listener);
  absl::Status status;
  const size_t colon = address.rfind(':');
  if (absl::StartsWith(address, kUnix)) {
    status = listener->ListenOnPath(address.substr(sizeof(kUnix) - 1));
    listener->address_ = address;
  } else if (colon == std::string::npos) {
    status = absl::UnavailableError("there is no port in it");
  } else {
    status = listener->ListenOnHost(address.substr(0, colon), address.substr(colon + 1));
  }
  if (status.ok() && (listener->stop_event_ = eventfd(0, EFD_CLOEXEC)) < 0) status = SystemError("eventfd");
  if (!status.ok()) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", status.message()));
  }
  return listener;
}

absl::Status Listener::ListenOnPath(const std::string& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::UnavailableError("the path is empty or too long");
  }
  const Address address = PathAddress(path);
  // A server that was killed leaves its socket behind.
  struct stat file = {};
  if (stat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode)) unlink(path.c_str());
  ASSIGN_OR_RETURN(const int fd, ListenOn(address));
  sockets_.push_back(fd);
  path_ = path;
  return absl::OkStatus();
}

absl::Status Listener::ListenOnHost(std::string host, const std::string& port) {
  int number = 0;
  if (!absl::SimpleAtoi(port, &number) || number < 0 || number > 65535) {
    return absl::UnavailableError("the port is not a number from 0 to 65535");
  }
  const std::string written_host = host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const bool is_everywhere = host == "0.0.0.0" || host == "::" || host == "*";
  ASSIGN_OR_RETURN(std::vector<Address> addresses, Resolve(is_everywhere ? "::" : host, port));
  if (is_everywhere) {
    // For machines without IPv6.
    ASSIGN_OR_RETURN(const std::vector<Address> ipv4, Resolve("0.0.0.0", port));
    addresses.insert(addresses.end(), ipv4.begin(), ipv4.end());
  }
  absl::Status status = absl::UnavailableError("there is no address of that name");
  for (Address& address : addresses) {
    *address.port() = htons(static_cast<uint16_t>(number));
    const absl::StatusOr<int> fd = ListenOn(address);
    if (!fd.ok()) {
      // A name can have addresses that this machine lacks, such as "localhost" without IPv6.
      if (errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT) return fd.status();
      status = fd.status();
      continue;
    }
    sockets_.push_back(*fd);
    Address taken = AddressOf(*fd);
    number = ntohs(*taken.port());  // The same one on every address.
    if (is_everywhere) break;
  }
  if (sockets_.empty()) return status;
  address_ = absl::StrCat(written_host, ":", number);
  return absl::OkStatus();
}

Listener::~Listener() {
  Stop();
  if (stop_event_ >= 0) close(stop_event_);
}

void Listener::Start(int max_connections, std::function<void(int fd, bool is_own)> take) {
  max_connections_ = max_connections;
  take_ = std::move(take);
  thread_ = std::thread([this] { Accept(); });
}

void Listener::Stop() {
  if (thread_.joinable()) {
    eventfd_write(stop_event_, 1);
    thread_.join();
  }
  for (const int fd : sockets_) close(fd);
  sockets_.clear();
  if (!path_.empty()) unlink(path_.c_str());
  path_.clear();
}

absl::StatusOr<int> Listener::Connect(absl::Time deadline) {
  if (sockets_.empty()) return absl::UnavailableError("it has been stopped");
  const Address listening = AddressOf(sockets_.front());
  Address address = IsEverywhere(listening) ? LoopbackAddress(listening) : listening;
  const int fd = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return SystemError("socket");
  absl::Status status;
  if (address.port() != nullptr) {
    // It must be known before the connection is accepted.
    Address own = address;
    *own.port() = 0;
    if (bind(fd, own.get(), own.size) != 0) status = SystemError("bind");
    const std::lock_guard lock(mutex_);
    own_address_ = PeerText(AddressOf(fd));
  }
  if (status.ok()) status = ConnectTo(fd, address, deadline);
  if (status.ok()) return fd;
  close(fd);
  return status;
}

void Listener::Accept() {
  std::vector<pollfd> waited_for = {{.fd = stop_event_, .events = POLLIN, .revents = 0}};
  for (const int fd : sockets_) waited_for.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  for (;;) {
    if (poll(waited_for.data(), waited_for.size(), -1) < 0) continue;  // A signal
    if (waited_for.front().revents != 0) return;
    for (size_t i = 1; i < waited_for.size(); ++i) {
      if (waited_for[i].revents != 0) AcceptFrom(waited_for[i].fd);
    }
  }
}

void Listener::AcceptFrom(int socket) {
  const int fd = accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
    // Out of descriptors or memory, or an unknown error. It may pass.
    Warn(absl::StrCat("cannot accept a connection: ", strerror(errno)));
    Pause();
    return;
  }
  const bool is_own = IsOwn(fd);
  if (!open_.HasRoom(static_cast<size_t>(max_connections_)) && !is_own) {
    Warn(absl::StrCat(max_connections_, " connections are open: further ones are closed at once"));
    close(fd);
    return;
  }
  open_.Add(fd);
  take_(fd, is_own);
}

bool Listener::IsOwn(int fd) {
  Address peer;
  if (getpeername(fd, peer.get(), &peer.size) != 0) return false;
  if (peer.port() != nullptr) {
    const std::lock_guard lock(mutex_);
    if (PeerText(peer) != own_address_) return false;
    own_address_.clear();  // The next one from there may be another's.
    return true;
  }
  ucred process = {};
  socklen_t size = sizeof(process);
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &process, &size) == 0 && process.pid == getpid();
}

void Listener::Warn(const std::string& text) {
  const absl::Time now = absl::Now();
  if (now - warned_ < kWarnInterval) return;
  warned_ = now;
  spdlog::warn("{}", text);
}

void Listener::Pause() const {
  pollfd waited_for = {.fd = stop_event_, .events = POLLIN, .revents = 0};
  poll(&waited_for, 1, kPauseMilliseconds);
}

}  // namespace agreements
