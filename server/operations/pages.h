// Pages of lists and batches, made of rows. Pure.
#ifndef AGREEMENTS_SERVER_OPERATIONS_PAGES_H_
#define AGREEMENTS_SERVER_OPERATIONS_PAGES_H_

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "proto/id_prefixes.h"
#include "server/requests/page_tokens.h"
#include "storage/tables/lists.h"

namespace agreements {

// Where the page of a list in the order of names begins: the key is the row's id, which is 20 characters, and its
// name's key.
template <typename Request>
absl::StatusOr<storage::NamePosition> PagePosition(const Request& request) {
  absl::StatusOr<std::string> key = ReadPageToken(request, request.page_token());
  if (!key.ok()) return key.status();
  if (key->empty()) return storage::NamePosition();
  return storage::NamePosition{.name_key = key->substr(std::min(kIdLength, key->size())),
                               .id = key->substr(0, kIdLength)};
}

// Moves `rows` into the response's `page`. `rows` may have one row more than a page, which only says that there is a
// next page. Returns the token for the next page, or "" if there is none. `key_of` gives a row's key.
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

// Puts the resources into the order of `ids`, and lists the ids that have none.
template <typename Resource, typename IdOf>
void FillBatch(const google::protobuf::RepeatedPtrField<std::string>& ids, std::vector<Resource> resources, IdOf id_of,
               google::protobuf::RepeatedPtrField<Resource>& found,
               google::protobuf::RepeatedPtrField<std::string>& missing) {
  std::map<std::string, Resource> by_id;
  for (Resource& resource : resources) {
    std::string id = id_of(resource);
    by_id[std::move(id)] = std::move(resource);
  }
  for (const std::string& id : ids) {
    if (const auto it = by_id.find(id); it != by_id.end()) {
      *found.Add() = std::move(it->second);
    } else {
      *missing.Add() = id;
    }
  }
}

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_PAGES_H_
