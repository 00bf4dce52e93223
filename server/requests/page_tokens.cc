#include "server/requests/page_tokens.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/sha256.h"
#include "server/requests/request_hash.h"

namespace agreements {
namespace {

constexpr size_t kSealLength = 16;

// Binds a key to its request. It covers the key, too, so that nobody can make up a token.
std::string Seal(const google::protobuf::Message& request, absl::string_view key) {
  const std::string hash = HashOf(request, {"page_size", "page_token"});
  return Sha256Hex(absl::StrCat(hash, key)).substr(0, kSealLength);
}

}  // namespace

absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request, absl::string_view page_token) {
  if (page_token.empty()) return "";
  std::string token;
  if (!absl::WebSafeBase64Unescape(page_token, &token) || token.size() <= kSealLength) return PageTokenMismatch();
  const std::string key = token.substr(kSealLength);
  // Compared as text, since base64 has several spellings of the same bytes.
  if (MakePageToken(request, key) != page_token) return PageTokenMismatch();
  return key;
}

absl::Status CheckPageToken(const google::protobuf::Message& request, absl::string_view page_token) {
  return ReadPageToken(request, page_token).status();
}

std::string MakePageToken(const google::protobuf::Message& request, absl::string_view key) {
  return absl::WebSafeBase64Escape(absl::StrCat(Seal(request, key), key));
}

}  // namespace agreements
