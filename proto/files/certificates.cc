#include "proto/files/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"

namespace agreements {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using SslContext = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;

// With OpenSSL's reason. Empties its queue of errors, which gRPC would otherwise find.
absl::Status Invalid(absl::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return absl::InvalidArgumentError(reason == nullptr ? std::string(what) : absl::StrCat(what, ": ", reason));
}

// Without it OpenSSL would ask at the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*is_write*/, void* /*data*/) { return -1; }

Bio Open(const std::string& pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

absl::StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& pem) {
  std::vector<Certificate> certificates;
  const Bio bio = Open(pem);
  while (Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr)}) {
    certificates.push_back(std::move(certificate));
  }
  const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (is_at_end) ERR_clear_error();
  if (!is_at_end) return Invalid(absl::StrCat("certificate ", certificates.size() + 1, " cannot be read"));
  if (certificates.empty()) return Invalid("there is no certificate (PEM) in it");
  return certificates;
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts = {};
  ASN1_TIME_to_tm(time, &parts);
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string Day(const ASN1_TIME* time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", ToTime(time), absl::UTCTimeZone());
}

absl::Status CheckDates(const X509& certificate, absl::Time now) {
  std::time_t seconds = absl::ToTimeT(now);
  const ASN1_TIME* begin = X509_get0_notBefore(&certificate);
  const ASN1_TIME* end = X509_get0_notAfter(&certificate);
  if (X509_cmp_time(begin, &seconds) > 0) return Invalid(absl::StrCat("is not valid before ", Day(begin)));
  if (X509_cmp_time(end, &seconds) < 0) return Invalid(absl::StrCat("has expired at ", Day(end)));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCertificate(const std::string& chain, const std::string& key, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<Certificate> certificates, ReadCertificates(chain));
  for (size_t i = 0; i < certificates.size(); ++i) {
    if (const absl::Status status = CheckDates(*certificates[i], now); !status.ok()) {
      return Invalid(absl::StrCat("certificate ", i + 1, " ", status.message()));
    }
  }
  const Bio bio = Open(key);
  const Key private_key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (private_key == nullptr) return Invalid("the private key cannot be read");
  if (X509_check_private_key(certificates.front().get(), private_key.get()) != 1) {
    return Invalid("the private key is not that of the certificate");
  }
  // What gRPC does with them: it refuses keys and signatures that are too weak.
  const SslContext context(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate(context.get(), certificates.front().get()) != 1) {
    return Invalid("the certificate cannot be used");
  }
  for (size_t i = 1; i < certificates.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context.get(), certificates[i].get()) != 1) {
      return Invalid(absl::StrCat("certificate ", i + 1, " cannot be used"));
    }
  }
  if (SSL_CTX_use_PrivateKey(context.get(), private_key.get()) != 1) return Invalid("the private key cannot be used");
  return absl::OkStatus();
}

absl::Status CheckAuthorities(const std::string& certificates, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<Certificate> authorities, ReadCertificates(certificates));
  absl::Status dates;
  for (size_t i = 0; i < authorities.size(); ++i) {
    if (X509_check_ca(authorities[i].get()) == 0) {
      return Invalid(absl::StrCat("certificate ", i + 1, " is not one of an authority"));
    }
    dates = CheckDates(*authorities[i], now);
    if (dates.ok()) return dates;
  }
  return Invalid(absl::StrCat("no authority is valid: the last one ", dates.message()));
}

Expiry ExpiryOf(const std::string& certificates) {
  Expiry expiry;
  const absl::StatusOr<std::vector<Certificate>> all = ReadCertificates(certificates);
  if (!all.ok()) return expiry;
  for (const Certificate& certificate : *all) {
    const absl::Time end = ToTime(X509_get0_notAfter(certificate.get()));
    expiry.first = std::min(expiry.first, end);
    expiry.last = std::max(expiry.last, end);
  }
  return expiry;
}

}  // namespace agreements
