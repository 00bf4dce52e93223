// Checks certificates before they are used. Thread-safe.
#ifndef AGREEMENTS_PROTO_FILES_CERTIFICATES_H_
#define AGREEMENTS_PROTO_FILES_CERTIFICATES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace agreements {

// Whether a server can show this certificate at `now`: `chain` is the certificate and those that lead to its authority,
// `key` its private key without a passphrase, both PEM. INVALID_ARGUMENT says what is wrong: not PEM, cut off, expired,
// not yet valid, too weak, or the key is another one's.
absl::Status CheckCertificate(const std::string& chain, const std::string& key, absl::Time now);

// Whether these are certificates of authorities, PEM, at least one of them valid at `now`. INVALID_ARGUMENT if not.
absl::Status CheckAuthorities(const std::string& certificates, absl::Time now);

// When the first and the last of these certificates, PEM, expires. REQUIRES: they have been checked.
struct Expiry {
  absl::Time first = absl::InfiniteFuture();
  absl::Time last = absl::InfinitePast();
};
Expiry ExpiryOf(const std::string& certificates);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_FILES_CERTIFICATES_H_
