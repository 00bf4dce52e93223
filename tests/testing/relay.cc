#include "tests/testing/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace agreements::testing {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("too long for a socket: " + path);
  path.copy(address.sun_path, path.size());
  return address;
}

template <typename Call>
int OpenUnix(Call call, const std::string& path) {
  const sockaddr_un address = AddressOf(path);
  const int opened = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0 || call(opened, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("no socket at " + path);
  }
  return opened;
}

int ListenAt(const std::string& path) {
  unlink(path.c_str());
  const int listener = OpenUnix(bind, path);
  if (listen(listener, SOMAXCONN) != 0) throw std::runtime_error("cannot listen at " + path);
  return listener;
}

// At a free port.
int ListenOnTcp() {
  sockaddr_in any = {};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, reinterpret_cast<const sockaddr*>(&any), sizeof(any)) != 0 ||
      listen(listener, SOMAXCONN) != 0) {
    throw std::runtime_error("cannot listen on TCP");
  }
  return listener;
}

int Connect(const std::string& server) {
  if (server.front() == '/') return OpenUnix(connect, server);
  const size_t colon = server.rfind(':');
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(server.substr(colon + 1))));
  inet_pton(AF_INET, server.substr(0, colon).c_str(), &address.sin_addr);
  const int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0 || connect(opened, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("no server at " + server);
  }
  return opened;
}

// Until there is something to be received, which the end is, too: true; or until `until`: false.
bool WaitForBytes(int from, absl::Time until) {
  pollfd waiting = {.fd = from, .events = POLLIN, .revents = 0};
  const timespec time = absl::ToTimespec(std::max(until - absl::Now(), absl::ZeroDuration()));
  return ppoll(&waiting, 1, until == absl::InfiniteFuture() ? nullptr : &time, nullptr) > 0;
}

std::string NewPath() {
  static std::atomic<int> count = 0;
  return absl::StrCat("/tmp/agreements-proxy-", getpid(), "-", ++count);
}

}  // namespace

Relay::Relay(std::string server)
    : server_(std::move(server)), path_(NewPath()), listener_(ListenAt(path_)), tcp_listener_(ListenOnTcp()) {
  listening_ = std::thread([this] { Listen(listener_); });
  tcp_listening_ = std::thread([this] { Listen(tcp_listener_); });
}

std::string Relay::address() const {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  getsockname(tcp_listener_, reinterpret_cast<sockaddr*>(&address), &size);
  return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
}

Relay::~Relay() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  for (const int listener : {listener_, tcp_listener_}) shutdown(listener, SHUT_RDWR);  // Ends accept().
  listening_.join();
  tcp_listening_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
  close(tcp_listener_);
  unlink(path_.c_str());
}

void Relay::Hang() {
  const std::lock_guard lock(mutex_);
  hangs_ = true;
}

void Relay::GoOn() {
  const std::lock_guard lock(mutex_);
  hangs_ = false;
  changed_.notify_all();
}

void Relay::Cut() {
  const std::lock_guard lock(mutex_);
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
}

void Relay::LoseAnswers(const std::string& text, int count) {
  const std::lock_guard lock(mutex_);
  lost_text_ = text;
  to_lose_ = count;
}

int Relay::answers_lost() {
  const std::lock_guard lock(mutex_);
  return answers_lost_;
}

void Relay::Delay(absl::Duration delay) {
  const std::lock_guard lock(mutex_);
  delay_ = delay;
}

bool Relay::IsToBeLost(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (to_lose_ == 0 || message.find(lost_text_) == std::string::npos) return false;
  --to_lose_;
  return true;
}

void Relay::Listen(int listener) {
  for (;;) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = Connect(server_);
    const std::lock_guard lock(mutex_);
    sockets_.push_back(client);
    sockets_.push_back(server);
    std::atomic<bool>& lost = lost_.emplace_back(false);
    threads_.emplace_back([this, client, server, &lost] { PassOn(client, server, true, lost); });
    threads_.emplace_back([this, client, server, &lost] { PassOn(server, client, false, lost); });
  }
}

void Relay::PassOn(int from, int to, bool to_server, std::atomic<bool>& lost) {
  std::deque<Message> on_the_way;
  bool ended = false;
  while (!ended || !on_the_way.empty()) {
    const absl::Time due = on_the_way.empty() ? absl::InfiniteFuture() : on_the_way.front().due;
    if (ended) {
      absl::SleepFor(due - absl::Now());
    } else if (WaitForBytes(from, due)) {
      on_the_way.push_back(Receive(from));
      ended = on_the_way.back().bytes.empty();
    }
    if (on_the_way.empty() || on_the_way.front().due > absl::Now()) continue;
    if (!Deliver(on_the_way.front().bytes, from, to, to_server, lost)) return;
    on_the_way.pop_front();
  }
}

Relay::Message Relay::Receive(int from) {
  std::array<char, 65536> buffer;
  const ssize_t size = recv(from, buffer.data(), buffer.size(), 0);
  const std::lock_guard lock(mutex_);
  return {.due = absl::Now() + delay_,
          .bytes = std::string(buffer.data(), static_cast<size_t>(std::max<ssize_t>(size, 0)))};
}

bool Relay::Deliver(const std::string& bytes, int from, int to, bool to_server, std::atomic<bool>& lost) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !hangs_ || ends_; });
  lock.unlock();
  if (to_server && IsToBeLost(bytes)) lost = true;
  if (!to_server && lost) {
    lock.lock();
    ++answers_lost_;
    for (const int socket : {from, to}) shutdown(socket, SHUT_RDWR);
    return false;
  }
  if (!bytes.empty() && send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
    return true;
  }
  shutdown(to, SHUT_RDWR);
  return false;
}

}  // namespace agreements::testing
