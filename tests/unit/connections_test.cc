// Which connections the server takes, and how long it keeps them. The database is never asked by a call.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/status.h"
#include "server/ops/descriptors.h"
#include "server/rpc/listener.h"
#include "server/rpc/open_connections.h"
#include "server/rpc/server.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kSoon = absl::Milliseconds(200);

// Of a database that nobody waits for.
storage::DatabaseOptions NoDatabase() {
  storage::DatabaseOptions options;
  options.unreachable_after = absl::ZeroDuration();
  return options;
}

class ConnectionsTest : public ::testing::Test {
 protected:
  Server& Start(const ServerOptions& options) {
    server_ = Server::Start(options, database_, context_).value();
    return *server_;
  }

  // A call over a new connection.
  absl::Status Check(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return Check(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }

  static absl::Status Check(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    grpc::health::v1::HealthCheckResponse response;
    return FromGrpcStatus(grpc::health::v1::Health::NewStub(channel)->Check(&context, {}, &response));
  }

  storage::ClockIdSource ids_{absl::Now};
  storage::Database database_{NoDatabase(), ids_, absl::Now};
  const Context context_{.clock = {.now = absl::Now, .time_zone = absl::UTCTimeZone()}, .currency = "NOK"};
  std::unique_ptr<Server> server_;
};

TEST_F(ConnectionsTest, WhatIsBeyondTheLimitIsClosedAtOnceAndTakenAgainWhenThereIsRoom) {
  const Server& server = Start({.max_connections = 3});
  std::vector<std::unique_ptr<RawConnection>> connections;
  connections.reserve(3);
  for (int i = 0; i < 3; ++i) connections.push_back(std::make_unique<RawConnection>(server.address()));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(RawConnection(server.address()).IsClosedByPeer());
  EXPECT_EQ(Check(server.address()).code(), absl::StatusCode::kUnavailable);
  connections.pop_back();
  // gRPC has to notice it.
  absl::Status status;
  do {
    status = Check(server.address());
  } while (absl::IsUnavailable(status));
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(ConnectionsTest, TheServersOwnProbeIsTakenHoweverManyConnectionsThereAre) {
  for (const char* listen : {"127.0.0.1:0", "0.0.0.0:0", "localhost:0"}) {
    Server& server = Start({.listen = listen, .max_connections = 1});
    const std::string port = server.address().substr(server.address().rfind(':'));
    const RawConnection connection(absl::StrCat("127.0.0.1", port));
    EXPECT_TRUE(RawConnection(absl::StrCat("127.0.0.1", port)).IsClosedByPeer()) << listen;
    for (int i = 0; i < 20; ++i) {
      const absl::Status status = server.Probe(absl::Seconds(30));
      EXPECT_TRUE(status.ok()) << listen << ": " << status;
    }
  }
}

TEST_F(ConnectionsTest, TheServersOwnProbeIsTakenByIpv6Too) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no ::1";
  for (const char* listen : {"[::1]:0", "[::]:0"}) {
    const absl::Status status = Start({.listen = listen, .max_connections = 1}).Probe(absl::Seconds(30));
    EXPECT_TRUE(status.ok()) << listen << ": " << status;
  }
}

TEST_F(ConnectionsTest, AUnixSocketIsAsGood) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/agreements-", getpid(), ".sock");
  for (int i = 0; i < 2; ++i) {
    Server& server = Start({.listen = absl::StrCat("unix:", path), .max_connections = 1});
    EXPECT_EQ(server.address(), absl::StrCat("unix:", path));
    EXPECT_TRUE(Check(server.address()).ok());
    const absl::Status status = server.Probe(absl::Seconds(30));
    EXPECT_TRUE(status.ok()) << status;
    server_.reset();
    EXPECT_NE(access(path.c_str(), F_OK), 0);
  }
}

TEST_F(ConnectionsTest, AServerThatHasStoppedDoesNotAnswerItself) {
  Server& server = Start({});
  server.Shutdown();
  EXPECT_FALSE(server.Probe(absl::Seconds(1)).ok());
}

TEST_F(ConnectionsTest, AConnectionThatSaysNothingIsClosed) {
  RawConnection connection(Start({.handshake_timeout = kSoon}).address());
  EXPECT_TRUE(connection.IsClosedByPeer());
}

TEST_F(ConnectionsTest, AConnectionThatGivesNoSignOfLifeIsClosed) {
  RawConnection connection(Start({.keepalive_time = kSoon, .keepalive_timeout = kSoon}).address());
  connection.BeginHttp2();
  EXPECT_TRUE(connection.IsClosedByPeer());
}

TEST_F(ConnectionsTest, AConnectionWithoutCallsIsClosedAndACallLaterMakesANewOne) {
  const Server& server = Start({.max_connection_idle = kSoon});
  RawConnection connection(server.address());
  connection.BeginHttp2();
  EXPECT_TRUE(connection.IsClosedByPeer());
  const auto channel = grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials());
  EXPECT_TRUE(Check(channel).ok());
  grpc_connectivity_state state = channel->GetState(false);
  while (state == GRPC_CHANNEL_READY) {
    ASSERT_TRUE(channel->WaitForStateChange(state, absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
    state = channel->GetState(false);
  }
  EXPECT_TRUE(Check(channel).ok());
}

TEST(ListenerTest, AnAddressThatCannotBeListenedOnIsNamed) {
  const auto taken = Listener::Listen("127.0.0.1:0").value();
  for (const std::string& address :
       {taken->address(), std::string("127.0.0.1"), std::string("127.0.0.1:http"), std::string("127.0.0.1:70000"),
        std::string("no.such.host.invalid:1"), std::string("192.0.2.1:0"), std::string("unix:/nowhere/socket")}) {
    const absl::Status status = Listener::Listen(address).status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << address;
    EXPECT_EQ(status.message().find(absl::StrCat("cannot listen on ", address, ": ")), 0U) << status;
  }
}

TEST(ListenerTest, WhatIsListenedOnHasThePortThatWasTaken) {
  for (const std::string& host : {std::string("127.0.0.1"), std::string("0.0.0.0"), std::string("localhost")}) {
    const auto listener = Listener::Listen(absl::StrCat(host, ":0")).value();
    EXPECT_EQ(listener->address().find(absl::StrCat(host, ":")), 0U) << listener->address();
    int port = 0;
    ASSERT_TRUE(absl::SimpleAtoi(listener->address().substr(host.size() + 1), &port));
    EXPECT_GT(port, 0);
  }
}

TEST(OpenConnectionsTest, WhatWasClosedIsNotCountedEvenIfItsNumberIsAnotherFilesNow) {
  OpenConnections open;
  std::vector<int> fds;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(open.HasRoom(3));
    fds.push_back(socket(AF_UNIX, SOCK_STREAM, 0));
    open.Add(fds.back());
  }
  EXPECT_FALSE(open.HasRoom(3));
  close(fds[1]);
  EXPECT_TRUE(open.HasRoom(3));
  open.Add(dup2(fds[0], fds[1]));
  EXPECT_FALSE(open.HasRoom(3));
  const int other = socket(AF_UNIX, SOCK_STREAM, 0);
  dup2(other, fds[1]);
  EXPECT_TRUE(open.HasRoom(3));
  for (const int fd : {fds[0], fds[1], fds[2], other}) close(fd);
}

TEST(DescriptorsTest, ConnectionsGetWhatWorkersAndTheRestLeave) {
  EXPECT_EQ(MaxConnections(1024, 16, 0).value(), 928);
  EXPECT_EQ(MaxConnections(1024, 16, 928).value(), 928);
  EXPECT_EQ(MaxConnections(1024, 16, 5).value(), 5);
  EXPECT_EQ(MaxConnections(1 << 30, 16, 0).value(), 10000);
  EXPECT_EQ(MaxConnections(1 << 30, 16, 20000).value(), 20000);
  EXPECT_EQ(MaxConnections(97, 16, 0).value(), 1);
  EXPECT_EQ(MaxConnections(96, 16, 0).status().message(),
            "--max_connections=0 with --workers=16 needs 97 file descriptors, and the limit is 96 (ulimit -Hn)");
  EXPECT_FALSE(MaxConnections(1024, 16, 929).ok());
}

}  // namespace
}  // namespace agreements::testing
