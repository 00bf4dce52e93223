// Certificates for tests of TLS, made on the spot.
#ifndef AGREEMENTS_TESTS_TESTING_CERTIFICATES_H_
#define AGREEMENTS_TESTS_TESTING_CERTIFICATES_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace agreements::testing {

// A certificate and its key, PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

struct CertificateOptions {
  std::vector<std::string> sans;  // As OpenSSL writes them: "URI:spiffe://test/caller", "DNS:localhost".
  absl::Time begin = absl::Now() - absl::Hours(1);
  absl::Time end = absl::Now() + absl::Hours(1);
};

// Signs certificates. Thread-safe.
class Authority {
 public:
  explicit Authority(absl::Time end = absl::Now() + absl::Hours(2));

  const std::string& certificate() const { return certificate_pem_; }
  Identity Sign(const CertificateOptions& options) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
  std::string certificate_pem_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_CERTIFICATES_H_
