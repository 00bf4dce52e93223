#include "server/access/caller.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/requests/fields.h"

namespace agreements {
namespace {

constexpr size_t kMaxName = 255;  // Of the column `caller`.
constexpr size_t kMaxXRequestId = 64;
constexpr char kSpiffe[] = "spiffe://";

std::vector<std::string> Values(const grpc::AuthContext& peer, const char* property) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : peer.FindPropertyValues(property))
    values.emplace_back(value.data(), value.size());
  return values;
}

// The first value, or "".
absl::string_view ValueOf(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : absl::string_view(found->second.data(), found->second.size());
}

bool IsVisible(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }

bool IsHexadecimal(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

absl::StatusOr<std::string> CallerName(const grpc::AuthContext& peer) {
  if (!peer.IsPeerAuthenticated()) return CallerUnknown("the connection shows no certificate");
  const std::vector<std::string> uris = Values(peer, "peer_uri");
  const bool is_spiffe =
      std::any_of(uris.begin(), uris.end(), [](const std::string& uri) { return absl::StartsWith(uri, kSpiffe); });
  if (uris.size() > 1) return CallerUnknown("the certificate has more than one URI");
  // gRPC lists only a URI of the right form there.
  const std::vector<std::string> names = Values(peer, is_spiffe ? "peer_spiffe_id" : "peer_dns");
  if (names.size() > 1) return CallerUnknown("the certificate has no spiffe:// URI, and more than one DNS name");
  if (names.empty()) {
    return CallerUnknown(is_spiffe ? "the certificate's spiffe:// URI is not of the right form"
                                   : "the certificate has neither a spiffe:// URI nor a DNS name");
  }
  const std::string& name = names.front();
  if (name.empty() || name.size() > kMaxName || !std::all_of(name.begin(), name.end(), IsVisible)) {
    return CallerUnknown("the name in the certificate is not 1 to 255 visible ASCII characters");
  }
  return name;
}

absl::StatusOr<std::string> ActorOf(const Metadata& metadata) {
  const auto [begin, end] = metadata.equal_range(kActorKey);
  if (begin == end) return "";
  std::string actor(begin->second.data(), begin->second.size());
  RETURN_IF_ERROR(Fields()
                      .UserId(kActorKey, actor)
                      .Check(std::next(begin) == end, kActorKey, "is there twice", "Brukeren er oppgitt to ganger.")
                      .status());
  return actor;
}

Trace TraceOf(const Metadata& metadata) {
  // Version, trace id, parent id, flags: https://www.w3.org/TR/trace-context/#traceparent-header
  const std::vector<std::string> parts = absl::StrSplit(ValueOf(metadata, "traceparent"), '-');
  const auto is_number = [](const std::string& part, size_t digits) {
    return part.size() == digits && IsHexadecimal(part);
  };
  const auto is_id = [&](const std::string& part, size_t digits) {
    return is_number(part, digits) && part.find_first_not_of('0') != std::string::npos;
  };
  const bool is_valid =
      parts.size() >= 4 && is_number(parts[0], 2) && parts[0] != "ff" && is_id(parts[1], 32) && is_id(parts[2], 16);
  return is_valid ? Trace{.trace_id = parts[1], .span_id = parts[2]} : Trace();
}

std::string XRequestIdOf(const Metadata& metadata) {
  const absl::string_view value = ValueOf(metadata, kXRequestIdKey);
  const bool is_valid = value.size() <= kMaxXRequestId && std::all_of(value.begin(), value.end(), IsVisible);
  return is_valid ? std::string(value) : "";
}

}  // namespace agreements
