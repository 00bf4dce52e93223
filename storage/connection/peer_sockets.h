// Sockets of this process by whom they are connected to. The connector does not tell which is a connection's, and a
// thread that waits in it for an answer can be woken in no other way than by its socket.
#ifndef AGREEMENTS_STORAGE_CONNECTION_PEER_SOCKETS_H_
#define AGREEMENTS_STORAGE_CONNECTION_PEER_SOCKETS_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// What the system knows of a peer: its numeric address and port, or the path of its Unix socket. As text, e.g.
// "10.0.0.7:3306", "[::1]:3306", "/run/mysqld/mysqld.sock".
using PeerAddresses = std::set<std::string>;

// The kernel's numbers of sockets (SO_COOKIE), which it gives to no other socket later.
using SocketIds = std::set<uint64_t>;

// The addresses of "tcp://host:port", for which it asks the resolver, or of "unix://path". Empty if there are none.
PeerAddresses ResolvePeer(absl::string_view address);

// The sockets of this process that are connected to one of `peers`. Looks at every descriptor. Thread-safe.
SocketIds SocketsTo(const PeerAddresses& peers);

// Shuts these down: whoever waits for one gets an error at once. They stay open, and their owners'. Thread-safe.
void ShutDown(const SocketIds& sockets);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_PEER_SOCKETS_H_
