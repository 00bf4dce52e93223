#include "tests/testing/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace agreements::testing {
namespace {

void Require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL");
}

std::shared_ptr<EVP_PKEY> NewKey() {
  std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  Require(key != nullptr);
  return key;
}

template <typename Write>
std::string Pem(const Write& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  Require(write(bio.get()) == 1);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string Pem(X509* certificate) {
  return Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

// With a name of its own, by which an issuer is found.
std::shared_ptr<X509> NewCertificate(EVP_PKEY* key, absl::Time begin, absl::Time end) {
  static std::atomic<int64_t> last_serial = 0;
  const int64_t serial = ++last_serial;
  const std::string name = absl::StrCat("test ", serial);
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(x509), serial);
  Require(ASN1_TIME_set(X509_getm_notBefore(x509), absl::ToTimeT(begin)) != nullptr);
  Require(ASN1_TIME_set(X509_getm_notAfter(x509), absl::ToTimeT(end)) != nullptr);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  Require(X509_set_pubkey(x509, key) == 1);
  return certificate;
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  Require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Authority::Authority(absl::Time end) : key_(NewKey()) {
  certificate_ = NewCertificate(key_.get(), absl::Now() - absl::Hours(2), end);
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  Require(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
  certificate_pem_ = Pem(certificate_.get());
}

Identity Authority::Sign(const CertificateOptions& options) const {
  const std::shared_ptr<EVP_PKEY> key = NewKey();
  const std::shared_ptr<X509> certificate = NewCertificate(key.get(), options.begin, options.end);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  if (!options.sans.empty()) {
    AddExtension(certificate.get(), NID_subject_alt_name, absl::StrJoin(options.sans, ","));
  }
  Require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  return {.certificate = Pem(certificate.get()), .key = Pem([&](BIO* bio) {
                                                   return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0,
                                                                                   nullptr, nullptr);
                                                 })};
}

}  // namespace agreements::testing
