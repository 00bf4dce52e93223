// Connections of both families, more of them than there are file descriptors, and a server that can accept none.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A call over a connection of its own.
grpc::Status Call(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub =
      v1::AgreementService::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  v1::ListAgreementsRequest request;
  request.set_account_id("acct-1");
  v1::ListAgreementsResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  context.set_wait_for_ready(true);
  return stub->ListAgreements(&context, request, &response);
}

class ConnectionsTest : public ::testing::Test {
 protected:
  TestDatabase database_;
  const std::vector<std::string> flags_ = DatabaseFlags(database_);
};

TEST_F(ConnectionsTest, CallsComeByIpv6AndToAllAddressesByBoth) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no ::1";
  for (const std::string host : {"[::1]", "[::]"}) {
    std::vector<std::string> flags = flags_;
    flags.push_back(absl::StrCat("--listen=", host, ":0"));
    ServerProcess server(flags);
    const std::string address = server.Address();
    ASSERT_THAT(address, StartsWith(absl::StrCat(host, ":"))) << server.Output();
    const std::string port = address.substr(host.size());
    EXPECT_TRUE(Call(absl::StrCat("[::1]", port)).ok()) << host;
    if (host == "[::]") {
      EXPECT_TRUE(Call(absl::StrCat("127.0.0.1", port)).ok());
    }
    server.Signal(SIGTERM);
    EXPECT_EQ(server.Wait(), EXIT_SUCCESS) << server.Output();
  }
}

TEST_F(ConnectionsTest, MoreConnectionsThanDescriptorsForAMomentDoNoLastingHarm) {
  ServerProcess server(flags_, {}, "256:256");
  const std::string address = server.Address();
  ASSERT_NE(address, "") << server.Output();
  ASSERT_TRUE(Call(address).ok());
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 300; ++i) connections.push_back(std::make_unique<RawConnection>(address));
  // By then, the server has met every one.
  EXPECT_TRUE(connections.back()->IsClosedByPeer());
  connections.clear();
  const grpc::Status status = Call(address);
  EXPECT_TRUE(status.ok()) << status.error_message() << "\n" << server.Output();
  EXPECT_THAT(server.Output(), HasSubstr("160 connections are open: further ones are closed at once"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), EXIT_SUCCESS) << server.Output();
}

TEST_F(ConnectionsTest, AServerThatHasNoDescriptorForAnyConnectionEndsWithinSeconds) {
  ServerProcess server(flags_);
  const std::string address = server.Address();
  ASSERT_NE(address, "") << server.Output();
  ASSERT_TRUE(Call(address).ok());
  // Fewer than it has: it can open no further one.
  const rlimit limit = {.rlim_cur = 8, .rlim_max = 8};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  EXPECT_EQ(server.Wait(), EXIT_FAILURE);
  EXPECT_THAT(server.Output(), HasSubstr("[critical] ending: the server does not answer on its own address"));
}

}  // namespace
}  // namespace agreements::testing
