#include "server/pages.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "storage/sha256.h"

namespace agreements {
namespace {

constexpr size_t kSealLength = 16;

// What binds a key to the request that it is for. It covers the key, too, so that a token cannot be put together.
std::string Seal(const google::protobuf::Message& request, absl::string_view key) {
  const std::string hash = HashOf(request, {"page_size", "page_token"});
  return storage::Sha256Hex(absl::StrCat(hash, key)).substr(0, kSealLength);
}

}  // namespace

std::string HashOf(const google::protobuf::Message& request, std::initializer_list<const char*> ignored_fields) {
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  for (const char* name : ignored_fields) {
    if (const auto* field = copy->GetDescriptor()->FindFieldByName(name)) {
      copy->GetReflection()->ClearField(copy.get(), field);
    }
  }
  std::string content = copy->GetDescriptor()->full_name();
  content += '\0';
  {
    google::protobuf::io::StringOutputStream stream(&content);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return storage::Sha256Hex(content);
}

absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request, absl::string_view page_token) {
  if (page_token.empty()) return "";
  std::string token;
  if (!absl::WebSafeBase64Unescape(page_token, &token) || token.size() <= kSealLength) return PageTokenMismatch();
  const std::string key = token.substr(kSealLength);
  // Compared as it was given, since base64 can be written in more than one way.
  if (MakePageToken(request, key) != page_token) return PageTokenMismatch();
  return key;
}

std::string MakePageToken(const google::protobuf::Message& request, absl::string_view key) {
  return absl::WebSafeBase64Escape(absl::StrCat(Seal(request, key), key));
}

}  // namespace agreements
