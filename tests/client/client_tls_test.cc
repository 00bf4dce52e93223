// The client's side of mutual TLS, and its files that change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "agreements/agreement_client.h"
#include "agreements/errors.h"
#include "tests/testing/relay.h"
#include "tests/wire/access_fixture.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Minutes(2);

class ClientTlsTest : public AccessTest {
 protected:
  ClientTlsTest() {
    Show(kListed);
    files_.Replace("trusted.pem", files_.authority().certificate());
  }

  // The caller's certificate is this one's from now on.
  void Show(const std::string& san) const {
    const Identity identity = files_.authority().Sign({.sans = {san}});
    files_.Replace("caller.key", identity.key);
    files_.Replace("caller.pem", identity.certificate);
  }

  ClientOptions Options() {
    ClientOptions options;
    options.endpoint = relay_.address();
    options.certificate_file = files_.path("caller.pem");
    options.key_file = files_.path("caller.key");
    options.authority_file = files_.path("trusted.pem");
    options.timeouts.call = kPatience;
    options.on_files = [this](const absl::Status& status) {
      const std::lock_guard lock(mutex_);
      told_.emplace_back(status.message());
    };
    return options;
  }

  // Of a call for an agreement that does not exist.
  static v1::ErrorReason Get(const AgreementClient& client) {
    v1::GetAgreementRequest request;
    request.set_account_id("acct-mine");
    request.set_agreement_id("agr-0000000000000000");
    return ReasonOf(client.GetAgreement(request).status());
  }

  // What was told until now, sorted.
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> told = told_;
    std::sort(told.begin(), told.end());
    return told;
  }

  static bool Comes(const std::function<bool()>& condition) {
    for (const absl::Time deadline = absl::Now() + kPatience; !condition(); absl::SleepFor(absl::Milliseconds(10))) {
      if (absl::Now() > deadline) return false;
    }
    return true;
  }

  Relay relay_{wire_.address()};
  std::mutex mutex_;
  std::vector<std::string> told_;
};

TEST_F(ClientTlsTest, ACallerIsKnownByItsCertificateAndByTheNextOneWithoutARestart) {
  const AgreementClient client(Connection::Open(Options()).value());
  EXPECT_EQ(Get(client), v1::ERROR_REASON_NOT_ALLOWED);
  Show(kOperator);
  EXPECT_TRUE(Comes([&] {
    relay_.Cut();  // Connections that are open go on with the one that they have shown.
    return Get(client) == v1::ERROR_REASON_AGREEMENT_NOT_FOUND;
  }));
  EXPECT_TRUE(Comes([&] { return told() == std::vector<std::string>{""}; }));
}

TEST_F(ClientTlsTest, WhatIsNotInOrderIsToldAndNotTaken) {
  Show(kOperator);
  const AgreementClient client(Connection::Open(Options()).value());
  files_.Replace("caller.pem", "");
  files_.Replace("trusted.pem", "not PEM");
  EXPECT_TRUE(Comes([&] { return told().size() == 2; }));
  relay_.Cut();
  EXPECT_EQ(Get(client), v1::ERROR_REASON_AGREEMENT_NOT_FOUND) << "what was before stays in use";
  EXPECT_THAT(told(), ElementsAre(HasSubstr("authority_file " + files_.path("trusted.pem")),
                                  HasSubstr("certificate_file " + files_.path("caller.pem"))));
}

TEST_F(ClientTlsTest, AConnectionIsNotOpenedWithWrongFiles) {
  files_.Replace("caller.pem", files_.authority().Sign({.sans = {kOperator}}).certificate);
  EXPECT_THAT(std::string(Connection::Open(Options()).status().message()),
              HasSubstr("certificate_file " + files_.path("caller.pem")))
      << "the key is another one's";
}

TEST_F(ClientTlsTest, AServerThatAnotherAuthorityHasSignedIsNotTrusted) {
  files_.Replace("trusted.pem", Authority().certificate());
  ClientOptions options = Options();
  options.wait_for_ready = false;
  v1::GetAgreementRequest request;
  EXPECT_TRUE(absl::IsUnavailable(AgreementClient(Connection::Open(options).value()).GetAgreement(request).status()));
}

TEST_F(ClientTlsTest, AServerMustHaveTheNameThatIsAskedFor) {
  ClientOptions options = Options();
  options.wait_for_ready = false;
  options.server_name = "another";
  EXPECT_TRUE(absl::IsUnavailable(AgreementClient(Connection::Open(options).value()).GetAgreement({}).status()));
}

}  // namespace
}  // namespace agreements::testing
