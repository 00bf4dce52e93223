#include "server/rpc/caller.h"

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
constexpr char kSpiffe[] = "spiffe://";

std::vector<std::string> Values(const grpc::AuthContext& peer, const char* property) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : peer.FindPropertyValues(property))
    values.emplace_back(value.data(), value.size());
  return values;
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

std::string TraceIdOf(const Metadata& metadata) {
  const auto found = metadata.find("traceparent");
  if (found == metadata.end()) return "";
  // Version, trace id, parent id, flags: https://www.w3.org/TR/trace-context/#traceparent-header
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(found->second.data(), found->second.size()), '-');
  const bool is_valid = parts.size() >= 4 && parts[0].size() == 2 && parts[0] != "ff" && parts[1].size() == 32 &&
                        IsHexadecimal(parts[0]) && IsHexadecimal(parts[1]) &&
                        parts[1].find_first_not_of('0') != std::string::npos;
  return is_valid ? parts[1] : "";
}

}  // namespace agreements
