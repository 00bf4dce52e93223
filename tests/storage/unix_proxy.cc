#include "tests/storage/unix_proxy.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"

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
int Open(Call call, const std::string& path) {
  const sockaddr_un address = AddressOf(path);
  const int opened = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0 || call(opened, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("no socket at " + path);
  }
  return opened;
}

}  // namespace

UnixProxy::UnixProxy(std::string server)
    : server_(std::move(server)), path_(absl::StrCat("/tmp/agreements-proxy-", getpid())), listener_([this] {
        unlink(path_.c_str());
        const int listener = Open(bind, path_);
        if (listen(listener, SOMAXCONN) != 0) throw std::runtime_error("cannot listen at " + path_);
        return listener;
      }()) {
  listening_ = std::thread([this] { Listen(); });
}

UnixProxy::~UnixProxy() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  shutdown(listener_, SHUT_RDWR);  // Ends accept().
  listening_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
  unlink(path_.c_str());
}

void UnixProxy::Hang() {
  const std::lock_guard lock(mutex_);
  hangs_ = true;
}

void UnixProxy::GoOn() {
  const std::lock_guard lock(mutex_);
  hangs_ = false;
  changed_.notify_all();
}

void UnixProxy::Listen() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = Open(connect, server_);
    sockets_.push_back(client);
    sockets_.push_back(server);
    threads_.emplace_back([this, client, server] { PassOn(client, server); });
    threads_.emplace_back([this, client, server] { PassOn(server, client); });
  }
}

void UnixProxy::PassOn(int from, int to) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t size = recv(from, buffer.data(), buffer.size(), 0);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !hangs_ || ends_; });
    lock.unlock();
    if (size <= 0 || send(to, buffer.data(), static_cast<size_t>(size), MSG_NOSIGNAL) != size) {
      shutdown(to, SHUT_RDWR);
      return;
    }
  }
}

}  // namespace agreements::testing
