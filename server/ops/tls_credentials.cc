#include "server/ops/tls_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/files/certificates.h"
#include "proto/status_macros.h"
#include "server/ops/reading_log.h"

namespace agreements {
namespace {

constexpr unsigned kProviderSeconds = 1;  // How often gRPC looks at what is published.

absl::Status In(const std::string& files, const absl::Status& status) {
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat(files, ": ", status.message()));
}

}  // namespace

TlsCredentials::TlsCredentials(const TlsFiles& files)
    : identity_files_(
          {files.certificate, files.key},
          [this, name = files.certificate](const std::vector<std::string>& contents) -> absl::Status {
            RETURN_IF_ERROR(In(name, CheckCertificate(contents[0], contents[1], absl::Now())));
            RETURN_IF_ERROR(identity_.Publish(absl::StrCat(contents[1], "\n", contents[0])));
            certificate_expiry_ = absl::ToUnixSeconds(ExpiryOf(contents[0]).first);
            return absl::OkStatus();
          },
          LogReading("the server's certificate")),
      authority_files_(
          {files.client_authorities},
          [this, name = files.client_authorities](const std::vector<std::string>& contents) -> absl::Status {
            RETURN_IF_ERROR(In(name, CheckAuthorities(contents[0], absl::Now())));
            RETURN_IF_ERROR(authorities_.Publish(contents[0]));
            authority_expiry_ = absl::ToUnixSeconds(ExpiryOf(contents[0]).last);
            return absl::OkStatus();
          },
          LogReading("the authority of clients' certificates")) {}

absl::StatusOr<std::unique_ptr<TlsCredentials>> TlsCredentials::Create(const TlsFiles& files, absl::Duration interval) {
  std::unique_ptr<TlsCredentials> tls(new TlsCredentials(files));
  RETURN_IF_ERROR(tls->identity_files_.Load());
  RETURN_IF_ERROR(tls->authority_files_.Load());
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(tls->identity_.path(), tls->identity_.path(),
                                                                           tls->authorities_.path(), kProviderSeconds));
  options.watch_identity_key_cert_pairs();
  options.watch_root_certs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls->credentials_ = grpc::experimental::TlsServerCredentials(options);
  tls->identity_files_.Watch(interval);
  tls->authority_files_.Watch(interval);
  return tls;
}

void TlsCredentials::RequireTls13() {
  // gRPC 1.51 has no setting for the version. Its list of ciphers is for TLS 1.2 only, and must name one: this one
  // needs a key that both sides share beforehand, and there is none.
  setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", /*overwrite=*/1);
}

}  // namespace agreements
