#ifndef AGREEMENTS_PROTO_SHA256_H_
#define AGREEMENTS_PROTO_SHA256_H_

#include <openssl/sha.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace agreements {

// The SHA-256 of `data` in 64 lower-case hexadecimal digits.
inline std::string Sha256Hex(absl::string_view data) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), sizeof(digest)});
}

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_SHA256_H_
