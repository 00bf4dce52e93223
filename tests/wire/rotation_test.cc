// Certificates and the policy change while calls go on: none of them fails, and what is not in order is not taken.
#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/wire/access_fixture.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr char kNotFound[] = "NOT_FOUND AGREEMENT_NOT_FOUND";

// Whether it comes true, before patience ends.
bool Comes(const std::function<bool()>& condition) {
  for (const absl::Time deadline = absl::Now() + kPatience; !condition(); absl::SleepFor(absl::Milliseconds(10))) {
    if (absl::Now() > deadline) return false;
  }
  return true;
}

class RotationTest : public AccessTest {
 protected:
  // The certificate that the server shows to a new connection, or "" if that fails.
  std::string Shown() {
    const auto stub = v1::AgreementService::NewStub(Connect(operator_));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    v1::ListAgreementsRequest request;
    request.set_account_id("acct-mine");
    v1::ListAgreementsResponse response;
    const grpc::Status status = stub->ListAgreements(&context, request, &response);
    if (!status.ok()) ADD_FAILURE() << status.error_code() << " " << status.error_message();
    ++connections_;
    const auto shown = context.auth_context()->FindPropertyValues("x509_pem_cert");
    return shown.empty() ? "" : std::string(shown.front().data(), shown.front().size());
  }

  // Calls over new connections in two threads while `run` runs.
  void UnderLoad(const std::function<void()>& run) {
    std::atomic<bool> ending = false;
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i) {
      callers.emplace_back([&] {
        while (!ending) Shown();
      });
    }
    run();
    ending = true;
    for (std::jthread& caller : callers) caller.join();
  }

  // Of all sorts.
  double RefusedFiles() {
    double refused = 0;
    for (const absl::string_view line : absl::StrSplit(wire_.server().metrics().Text(), '\n')) {
      double value = 0;
      if (absl::StartsWith(line, "agreements_files_refused_total{") &&
          absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) {
        refused += value;
      }
    }
    return refused;
  }

  Identity NewIdentity() const { return files_.authority().Sign({.sans = {"IP:127.0.0.1"}}); }

  // A file is not taken, and calls go on as before.
  void Refuses(const std::function<void()>& change, const std::string& what) {
    SCOPED_TRACE(what);
    const std::string shown = Shown();
    const double refused = RefusedFiles();
    change();
    EXPECT_TRUE(Comes([&] { return RefusedFiles() > refused; }));
    EXPECT_EQ(Shown(), shown);
    EXPECT_EQ(Get(From(kLimited)), kNotFound);
  }

  const std::shared_ptr<grpc::ChannelCredentials> operator_ = CredentialsOf({kOperator});
  std::atomic<int> connections_ = 0;
};

TEST_F(RotationTest, NoCallFailsWhileCertificatesChange) {
  UnderLoad([&] {
    for (int i = 0; i < Rounds(40); ++i) {
      const Identity identity = NewIdentity();
      files_.ReplaceIdentity(identity);
      ASSERT_TRUE(Comes([&] { return Shown() == identity.certificate; })) << i;
    }
  });
  RecordProperty("connections", connections_);
}

TEST_F(RotationTest, ACertificateOfAnotherAuthorityIsTakenFromThenOn) {
  const Authority other;
  const auto newcomer = Credentials(files_.authority(), other.Sign({.sans = {kOperator}}));
  EXPECT_EQ(Get({.channel = Connect(newcomer), .metadata = {}}), "UNAVAILABLE");
  UnderLoad([&] {
    files_.Replace("authorities.pem", files_.authority().certificate() + other.certificate());
    EXPECT_TRUE(Comes([&] { return Get({.channel = Connect(newcomer), .metadata = {}}) == kNotFound; }));
  });
}

TEST_F(RotationTest, WhatIsNotInOrderIsNotTaken) {
  const Identity identity = NewIdentity();
  const absl::Time now = absl::Now();
  const Identity expired =
      files_.authority().Sign({.sans = {"IP:127.0.0.1"}, .begin = now - absl::Hours(2), .end = now - absl::Hours(1)});
  const Identity future =
      files_.authority().Sign({.sans = {"IP:127.0.0.1"}, .begin = now + absl::Hours(1), .end = now + absl::Hours(2)});
  const auto replace = [this](const std::string& name, const std::string& content) {
    return [=, this] { files_.Replace(name, content); };
  };
  UnderLoad([&] {
    Refuses(replace("certificate.pem", ""), "an empty certificate");
    Refuses(replace("certificate.pem", identity.certificate.substr(0, 200)), "a truncated certificate");
    Refuses(replace("certificate.pem", identity.certificate), "another key's certificate");
    Refuses(replace("key.pem", "no key"), "no key");
    Refuses([&] { std::filesystem::remove(files_.path("key.pem")); }, "a removed key");
    Refuses([&] { files_.ReplaceIdentity(expired); }, "an expired certificate");
    Refuses([&] { files_.ReplaceIdentity(future); }, "a certificate that is not yet valid");
    Refuses(replace("authorities.pem", "garbage"), "no authority");
    Refuses(replace("authorities.pem", identity.certificate), "a certificate of no authority");
    Refuses([&] { std::filesystem::remove(files_.path("authorities.pem")); }, "removed authorities");
    Refuses(replace("policy.json", ""), "an empty policy");
    Refuses(replace("policy.json", std::string(kPolicy).substr(0, 200)), "half a policy");
    Refuses([&] { std::filesystem::remove(files_.path("policy.json")); }, "a removed policy");
    // All mended.
    files_.Replace("authorities.pem", files_.authority().certificate());
    files_.ReplaceIdentity(identity);
    EXPECT_TRUE(Comes([&] { return Shown() == identity.certificate; }));
    files_.Replace("policy.json", absl::StrReplaceAll(kPolicy, {{", \"spiffe://test/limited\"]}}", "]}}"}}));
    EXPECT_TRUE(Comes([&] { return Get(From(kLimited)) != kNotFound; }));
  });
}

// As Kubernetes replaces what it mounts: the files' directory is a symbolic link to one that is never changed.
TEST_F(RotationTest, TheDirectoryOfTheFilesMayBeSwapped) {
  const auto write = [&](const std::string& version, const Identity& identity) {
    std::filesystem::create_directory(files_.path(version));
    for (const auto* name : {"authorities.pem", "policy.json"}) {
      std::filesystem::copy(files_.path(name), files_.path(version + "/" + name));
    }
    files_.Replace(version + "/certificate.pem", identity.certificate);
    files_.Replace(version + "/key.pem", identity.key);
    std::filesystem::create_directory_symlink(version, files_.path("link.new"));
    std::filesystem::rename(files_.path("link.new"), files_.path("link"));
  };
  for (const auto* name : {"certificate.pem", "key.pem"}) {
    std::filesystem::remove(files_.path(name));
    std::filesystem::create_symlink(absl::StrCat("link/", name), files_.path(name));
  }
  Identity identity = NewIdentity();
  write("0", identity);
  UnderLoad([&] {
    for (int i = 1; i <= Rounds(40); ++i) {
      ASSERT_TRUE(Comes([&] { return Shown() == identity.certificate; })) << i;
      identity = NewIdentity();
      write(absl::StrCat(i), identity);
    }
  });
}

}  // namespace
}  // namespace agreements::testing
