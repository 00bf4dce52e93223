// How message fields become column values, for the files of the tables.
#ifndef AGREEMENTS_STORAGE_COLUMNS_H_
#define AGREEMENTS_STORAGE_COLUMNS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/statement.h"

namespace agreements::storage {

inline Value ToValue(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// The delete_time of a resource; NULL unless it is deleted.
template <typename Resource>
Value DeleteTime(const Resource& resource) {
  if (!resource.has_delete_time()) return std::nullopt;
  return ToValue(resource.delete_time());
}

// For `LIKE ? ESCAPE '|'`: what begins with exactly `prefix`. (A backslash would depend on the session's mode.)
inline std::string LikePrefix(absl::string_view prefix) {
  return absl::StrCat(absl::StrReplaceAll(prefix, {{"|", "||"}, {"%", "|%"}, {"_", "|_"}}), "%");
}

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_COLUMNS_H_
