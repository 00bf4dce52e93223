// A server with mutual TLS and a policy, and callers with certificates.
#ifndef AGREEMENTS_TESTS_WIRE_ACCESS_FIXTURE_H_
#define AGREEMENTS_TESTS_WIRE_ACCESS_FIXTURE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/testing/certificates.h"
#include "tests/testing/wire.h"

namespace agreements::testing {

// The files of TLS and the policy, in a directory of their own.
class AccessFiles {
 public:
  AccessFiles();
  ~AccessFiles();
  AccessFiles(const AccessFiles&) = delete;
  AccessFiles& operator=(const AccessFiles&) = delete;

  const std::string& directory() const { return directory_; }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  // Writes the file beside its place and renames it.
  void Replace(const std::string& name, const std::string& content) const;

  // A new certificate of the server.
  void ReplaceIdentity(const Identity& identity) const;

  const Authority& authority() const { return authority_; }
  AccessOptions options() const;

 private:
  const Authority authority_;
  std::string directory_;
};

// May do everything.
inline constexpr char kOperator[] = "URI:spiffe://test/operator";

// Everything is allowed to kOperator and to `kLimited`, which may act for acct-mine only and name no actor. kListed is
// among the callers, and no rule allows it anything.
inline constexpr char kLimited[] = "URI:spiffe://test/limited";
inline constexpr char kListed[] = "URI:spiffe://test/listed";
extern const char* const kPolicy;

// Credentials of a caller that shows `identity`, and trusts the authority.
std::shared_ptr<grpc::ChannelCredentials> Credentials(const Authority& trusted, const Identity& identity);

class AccessTest : public ::testing::Test {
 protected:
  AccessTest();

  std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const std::vector<std::string>& sans) const {
    return Credentials(files_.authority(), files_.authority().Sign({.sans = sans}));
  }

  // A new connection.
  std::shared_ptr<grpc::Channel> Connect(const std::shared_ptr<grpc::ChannelCredentials>& credentials) const;
  Sender From(const std::string& san) const { return {.channel = Connect(CredentialsOf({san})), .metadata = {}}; }

  // The error of a call of GetAgreement, of an agreement that does not exist: AGREEMENT_NOT_FOUND for who may call it.
  std::string Get(const Sender& sender);

  const AccessFiles files_;
  Statements statements_;
  Wire wire_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_WIRE_ACCESS_FIXTURE_H_
