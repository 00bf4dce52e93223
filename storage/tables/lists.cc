#include "storage/tables/lists.h"

#include "absl/strings/str_cat.h"

namespace agreements::storage {

std::string InPlaces(size_t count) {
  std::string places = "IN (?";
  for (size_t i = 1; i < count; ++i) absl::StrAppend(&places, ", ?");
  return places + ")";
}

std::vector<Value> BatchValues(absl::string_view account_id,
                               const google::protobuf::RepeatedPtrField<std::string>& ids) {
  const size_t places = static_cast<size_t>(ids.size()) <= kSmallBatch ? kSmallBatch : kLargeBatch;
  std::vector<Value> values = {account_id};
  for (const std::string& id : ids) values.emplace_back(id);
  while (values.size() < places + 1) values.emplace_back(ids[ids.size() - 1]);
  return values;
}

}  // namespace agreements::storage
