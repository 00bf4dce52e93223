// The server's side of mutual TLS, from files that may change.
#ifndef AGREEMENTS_SERVER_OPS_TLS_CREDENTIALS_H_
#define AGREEMENTS_SERVER_OPS_TLS_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/files/published_file.h"
#include "proto/files/watched_files.h"

namespace agreements {

struct TlsFiles {
  std::string certificate;         // The server's, and those that lead to its authority, PEM.
  std::string key;                 // Its private key, PEM.
  std::string client_authorities;  // Whose certificates callers show, PEM.
};

// Each connection shows a certificate that the client authorities have signed, and speaks TLS 1.3. Files that change
// are read again and checked; new connections use them within seconds, and those that are open go on. gRPC never sees a
// file that does not pass the check: it would refuse every connection, or abort.
class TlsCredentials {
 public:
  // INVALID_ARGUMENT if a file cannot be used. Then looks at the files at `interval`.
  static absl::StatusOr<std::unique_ptr<TlsCredentials>> Create(const TlsFiles& files, absl::Duration interval);

  // Before gRPC's first use in the process: switches TLS 1.2 off for all servers in it.
  static void RequireTls13();

  std::shared_ptr<grpc::ServerCredentials> credentials() const { return credentials_; }

  // The certificate with its key, and the authorities.
  const WatchedFiles& certificate_files() const { return identity_files_; }
  const WatchedFiles& authority_files() const { return authority_files_; }

  // Until when what is used can be: the first certificate that expires, and the last authority. Thread-safe.
  absl::Time certificate_expiry() const { return absl::FromUnixSeconds(certificate_expiry_); }
  absl::Time authority_expiry() const { return absl::FromUnixSeconds(authority_expiry_); }

 private:
  explicit TlsCredentials(const TlsFiles& files);

  PublishedFile identity_;
  PublishedFile authorities_;
  std::atomic<int64_t> certificate_expiry_ = 0;  // Unix seconds
  std::atomic<int64_t> authority_expiry_ = 0;
  WatchedFiles identity_files_;
  WatchedFiles authority_files_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_TLS_CREDENTIALS_H_
