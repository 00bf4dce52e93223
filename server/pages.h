// Pages of lists. A page token holds where the next page begins, and is bound to the request's method, account and
// filters. Pure.
#ifndef AGREEMENTS_SERVER_PAGES_H_
#define AGREEMENTS_SERVER_PAGES_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "storage/lists.h"

namespace agreements {

inline constexpr int kDefaultPageSize = 50;

// Keys that come before the first row of a list from the newest down.
inline constexpr char kAfterAllIds[] = "~";
inline constexpr char kAfterAllDays[] = "9999-12-31";

// Where the page of `request` begins: the key of the last row before it, or nothing on the first page. INVALID_ARGUMENT
// PAGE_TOKEN_MISMATCH unless the token is for a request like this one.
absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request, absl::string_view page_token);

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

// The same of a list in the order of names: the key is the row's id, which is 20 characters, and its name's key.
template <typename Request>
absl::StatusOr<storage::NamePosition> PagePosition(const Request& request) {
  constexpr size_t kIdLength = 20;
  absl::StatusOr<std::string> key = ReadPageToken(request, request.page_token());
  if (!key.ok()) return key.status();
  if (key->empty()) return storage::NamePosition();
  return storage::NamePosition{.name_key = key->substr(std::min(kIdLength, key->size())),
                               .id = key->substr(0, kIdLength)};
}

// Moves `rows`, of which one more than the page's size was asked for, into the response's `page` without that one, and
// returns the token for the next page, "" if there is none. `key_of` gives a row's key.
template <typename Request, typename Row, typename Repeated, typename KeyOf>
std::string FillPage(const Request& request, std::vector<Row> rows, Repeated& page, KeyOf key_of) {
  const auto size = static_cast<size_t>(PageSize(request));
  const bool more = rows.size() > size;
  if (more) rows.resize(size);
  std::string token = more ? MakePageToken(request, key_of(rows.back())) : "";
  for (Row& row : rows) *page.Add() = std::move(row);
  return token;
}

// The same for a list in the order of names.
template <typename Request, typename Resource, typename Repeated, typename IdOf>
std::string FillSortedPage(const Request& request, std::vector<storage::SortedRow<Resource>> rows, Repeated& page,
                           IdOf id_of) {
  const auto size = static_cast<size_t>(PageSize(request));
  const bool more = rows.size() > size;
  if (more) rows.resize(size);
  std::string token = more ? MakePageToken(request, id_of(rows.back().row) + rows.back().name_key) : "";
  for (storage::SortedRow<Resource>& named : rows) *page.Add() = std::move(named.row);
  return token;
}

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_PAGES_H_
