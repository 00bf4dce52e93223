// Files of certificates: two texts, divided by a zero byte.
#include <openssl/err.h>

#include <string>

#include "proto/files/certificates.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

void Handle(const std::string& text) {
  const size_t end = std::min(text.find('\0'), text.size());
  const std::string first = text.substr(0, end);
  const std::string second = text.substr(std::min(end + 1, text.size()));
  const absl::Time now = absl::FromUnixSeconds(1795000000);
  for (const absl::Status& status : {CheckCertificate(first, second, now), CheckAuthorities(first, now)}) {
    Require(status.ok() || !status.message().empty(), "an error says what is wrong");
    Require(ERR_peek_error() == 0, "no error of OpenSSL stays behind");
  }
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
