// How message fields become column values.
#ifndef AGREEMENTS_STORAGE_TABLES_COLUMNS_H_
#define AGREEMENTS_STORAGE_TABLES_COLUMNS_H_

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/connection/statement.h"

namespace agreements::storage {

// The first and the last day that a DATE can hold.
inline constexpr char kFirstDate[] = "1000-01-01";
inline constexpr char kLastDate[] = "9999-12-31";

inline Value ToValue(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// The delete_time of a resource, or NULL if it is not deleted.
template <typename Resource>
Value DeleteTime(const Resource& resource) {
  if (!resource.has_delete_time()) return std::nullopt;
  return ToValue(resource.delete_time());
}

// The last name that begins with `prefix`: of the greatest length, filled with the last code point. Names with a prefix
// are found by
//
//   name >= {prefix} AND name <= {LastWithPrefix(prefix)} AND LOCATE({prefix}, name) = 1
//
// The range uses the index. LOCATE is exact, since comparisons ignore spaces at the end. LIKE would be shorter, but in
// an index both engines search only up to U+FFFF, and miss names that continue with an emoji.
inline std::string LastWithPrefix(absl::string_view prefix) {
  constexpr int kNameLength = 200;
  const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; };
  const auto length = static_cast<int>(prefix.size() - std::count_if(prefix.begin(), prefix.end(), continues));
  std::string last(prefix);
  for (int i = length; i < kNameLength; ++i) last += "\U0010FFFF";
  return last;
}

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_COLUMNS_H_
