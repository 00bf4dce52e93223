// Page tokens. A token says where the next page of a list begins. It is bound to the request's method, account and
// filters. Pure.
#ifndef AGREEMENTS_SERVER_REQUESTS_PAGE_TOKENS_H_
#define AGREEMENTS_SERVER_REQUESTS_PAGE_TOKENS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "proto/days.h"

namespace agreements {

inline constexpr int kDefaultPageSize = 50;

// Keys before the first row of a list that begins with the newest.
inline constexpr char kAfterAllIds[] = "~";
inline constexpr char kAfterAllDays[] = "9999-12-31";

// Where the page of `request` begins: the key of the last row before it, or nothing on the first page. INVALID_ARGUMENT
// PAGE_TOKEN_MISMATCH unless the token is for a request like this one.
absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request, absl::string_view page_token);

// INVALID_ARGUMENT PAGE_TOKEN_MISMATCH unless the token is for a request like this one, or empty.
absl::Status CheckPageToken(const google::protobuf::Message& request, absl::string_view page_token);

// The token for the page after the row with this key. REQUIRES: the key is not empty.
std::string MakePageToken(const google::protobuf::Message& request, absl::string_view key);

// The same, with the key `first` for the first page.
template <typename Request>
absl::StatusOr<std::string> PageKey(const Request& request, const char* first) {
  absl::StatusOr<std::string> key = ReadPageToken(request, request.page_token());
  if (key.ok() && key->empty()) return first;
  return key;
}

template <typename Request>
int PageSize(const Request& request) {
  return request.page_size() == 0 ? kDefaultPageSize : request.page_size();
}

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_PAGE_TOKENS_H_
