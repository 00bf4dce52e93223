#include "server/ops/tls_credentials.h"

#include <fcntl.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
#include "server/ops/certificates.h"

namespace agreements {
namespace {

constexpr unsigned kProviderSeconds = 1;  // How often gRPC looks at what is published.

absl::Status SystemError(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", strerror(errno)));
}

absl::Status In(const std::string& files, const absl::Status& status) {
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat(files, ": ", status.message()));
}

}  // namespace

PublishedFile::~PublishedFile() {
  if (fd_ >= 0) close(fd_);
}

// In memory, so that keys are on no disk and the file system may be read-only. dup2() puts a new file in the place of
// the old one at once.
absl::Status PublishedFile::Publish(const std::string& content) {
  const int fd = memfd_create("certificates", MFD_CLOEXEC);
  if (fd < 0) return SystemError("memfd_create");
  // gRPC reads a key and a certificate one after the other, and again if the time has changed meanwhile. It looks at
  // seconds only.
  generation_ = std::max(generation_ + 1, absl::ToUnixSeconds(absl::Now()));
  const std::array<timespec, 2> times = {timespec{.tv_sec = generation_, .tv_nsec = 0},
                                         timespec{.tv_sec = generation_, .tv_nsec = 0}};
  absl::Status status;
  if (write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      futimens(fd, times.data()) != 0 || (fd_ >= 0 && dup3(fd, fd_, O_CLOEXEC) < 0)) {
    status = SystemError("memfd");
  }
  if (status.ok() && fd_ < 0) {
    fd_ = fd;
  } else {
    close(fd);
  }
  return status;
}

std::string PublishedFile::path() const { return absl::StrCat("/proc/self/fd/", fd_); }

TlsCredentials::TlsCredentials(const TlsFiles& files)
    : identity_files_("the server's certificate", {files.certificate, files.key},
                      [this, name = files.certificate](const std::vector<std::string>& contents) -> absl::Status {
                        RETURN_IF_ERROR(In(name, CheckCertificate(contents[0], contents[1], absl::Now())));
                        RETURN_IF_ERROR(identity_.Publish(absl::StrCat(contents[1], "\n", contents[0])));
                        certificate_expiry_ = absl::ToUnixSeconds(ExpiryOf(contents[0]).first);
                        return absl::OkStatus();
                      }),
      authority_files_(
          "the authority of clients' certificates", {files.client_authorities},
          [this, name = files.client_authorities](const std::vector<std::string>& contents) -> absl::Status {
            RETURN_IF_ERROR(In(name, CheckAuthorities(contents[0], absl::Now())));
            RETURN_IF_ERROR(authorities_.Publish(contents[0]));
            authority_expiry_ = absl::ToUnixSeconds(ExpiryOf(contents[0]).last);
            return absl::OkStatus();
          }) {}

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
