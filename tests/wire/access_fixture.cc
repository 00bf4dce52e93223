#include "tests/wire/access_fixture.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "server/ops/tls_credentials.h"

namespace agreements::testing {

const char* const kPolicy = R"json({
  "name": "test",
  "allow_rules": [
    {"name": "all", "source": {"principals": ["spiffe://test/operator", "spiffe://test/limited"]}}
  ],
  "callers": [
    {"name": "operator", "principals": ["spiffe://test/operator", "spiffe://test/listed"], "accounts": ["*"],
     "may_name_actor": true},
    {"name": "limited", "principals": ["spiffe://test/limited"], "accounts": ["acct-mine"]}
  ]
})json";

AccessFiles::AccessFiles() {
  // Before the process has a server.
  static const bool required = (TlsCredentials::RequireTls13(), true);
  static_cast<void>(required);
  std::string name = std::filesystem::temp_directory_path() / "agreements-access.XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  directory_ = name;
  ReplaceIdentity(authority_.Sign({.sans = {"IP:127.0.0.1"}}));
  Replace("authorities.pem", authority_.certificate());
  Replace("policy.json", kPolicy);
}

AccessFiles::~AccessFiles() { std::filesystem::remove_all(directory_); }

void AccessFiles::Replace(const std::string& name, const std::string& content) const {
  std::ofstream(path(name + ".new")) << content;
  std::filesystem::rename(path(name + ".new"), path(name));
}

void AccessFiles::ReplaceIdentity(const Identity& identity) const {
  Replace("key.pem", identity.key);
  Replace("certificate.pem", identity.certificate);
}

AccessOptions AccessFiles::options() const {
  return {.tls = {.certificate = path("certificate.pem"),
                  .key = path("key.pem"),
                  .client_authorities = path("authorities.pem")},
          .policy_file = path("policy.json"),
          .check_interval = absl::Milliseconds(20)};
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(const Authority& trusted, const Identity& identity) {
  return grpc::SslCredentials({.pem_root_certs = trusted.certificate(),
                               .pem_private_key = identity.key,
                               .pem_cert_chain = identity.certificate});
}

AccessTest::AccessTest()
    : wire_({.access = files_.options(), .credentials = CredentialsOf({kOperator})}, statements_.hooks()) {}

std::shared_ptr<grpc::Channel> AccessTest::Connect(const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(wire_.address(), credentials, arguments);
}

std::string AccessTest::Get(const Sender& sender) {
  v1::GetAgreementRequest request;
  request.set_account_id("acct-mine");
  request.set_agreement_id("agr-0000000000000000");
  const absl::Status status = wire_.CallMethod(*AllMethods().at(1), request, sender).status();
  return Describe(status).substr(0, Describe(status).find(" agreement_id"));
}

}  // namespace agreements::testing
