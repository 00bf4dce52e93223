#include "storage/connection/point_reads.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

// `sql` for a list with so many places. Both engines look up each row of the list by the key.
std::string WithPlaces(absl::string_view sql, std::initializer_list<absl::string_view> key, size_t places) {
  std::string condition;
  if (places == 1) {
    condition = absl::StrCat(absl::StrJoin(key, " = ? AND "), " = ?");
  } else {
    const std::string place = absl::StrCat("(", absl::StrJoin(std::vector<const char*>(key.size(), "?"), ", "), ")");
    condition = absl::StrCat("(", absl::StrJoin(key, ", "), ") IN (",
                             absl::StrJoin(std::vector<std::string>(places, place), ", "), ")");
  }
  return absl::StrReplaceAll(sql, {{"{key}", condition}});
}

std::string KeyText(absl::string_view account_id, absl::Span<const absl::string_view> key) {
  return absl::StrCat(account_id, "\n", absl::StrJoin(key, "\n"));
}

// The key of a row, see PointSelect.
std::string KeyText(const Row& row, size_t key_size) {
  std::string key = row.GetString(row.size());
  for (size_t i = 1; i < key_size; ++i) absl::StrAppend(&key, "\n", row.GetString(static_cast<int>(i)));
  return key;
}

}  // namespace

PointSelect::PointSelect(absl::string_view name, std::initializer_list<absl::string_view> key,
                         std::initializer_list<Statement::Part> parts, absl::string_view sql)
    : key_size_(key.size()),
      one_(name, parts, WithPlaces(sql, key, 1)),
      few_(absl::StrCat(name, "_of_", kFewKeys), parts, WithPlaces(sql, key, kFewKeys)),
      many_(absl::StrCat(name, "_of_", kMostKeys), parts, WithPlaces(sql, key, kMostKeys)) {}

size_t PointSelect::Places(size_t keys) const { return keys == 1 ? 1 : keys <= kFewKeys ? kFewKeys : kMostKeys; }

const Statement& PointSelect::ForKeys(size_t keys) const {
  const size_t places = Places(keys);
  return places == 1 ? one_ : places == kFewKeys ? few_ : many_;
}

void PointSelect::FillPlaces(size_t keys, std::vector<Value>& values) const {
  values.reserve(values.size() + (Places(keys) - keys) * key_size_);  // So that none of them moves.
  for (size_t i = keys; i < Places(keys); ++i) {
    for (size_t column = 0; column < key_size_; ++column) values.push_back(values[values.size() - key_size_]);
  }
}

void GatheredRows::Ask(size_t call, absl::string_view account_id, const PointSelect& select,
                       absl::Span<const Value> values, absl::Span<const absl::string_view> key,
                       const MessageReader& reader) {
  if (select_ == nullptr) {
    select_ = &select;
    reader_ = reader;
    values_.assign(values.begin(), values.end());
  }
  const auto [place, is_new] = place_of_key_.try_emplace(KeyText(account_id, key), places_.size());
  if (is_new) {
    places_.emplace_back();
    values_.emplace_back(account_id);
    values_.insert(values_.end(), key.begin(), key.end());
  }
  place_of_call_[call] = place->second;
  ++places_[place->second].takers;
}

absl::Status GatheredRows::Read(Session& session) {
  has_read_ = true;
  if (places_.empty()) return absl::OkStatus();
  const size_t key_size = select_->key_size();
  select_->FillPlaces(places_.size(), values_);
  return session.Query(select_->ForKeys(places_.size()), values_, [&](const Row& row) {
    const auto place = places_.size() == 1 ? place_of_key_.begin() : place_of_key_.find(KeyText(row, key_size));
    if (place != place_of_key_.end()) places_[place->second].row = reader_(row);
  });
}

std::unique_ptr<google::protobuf::Message> GatheredRows::Take(size_t call) {
  Place& place = places_[place_of_call_[call]];
  if (--place.takers == 0 || place.row == nullptr) return std::move(place.row);
  std::unique_ptr<google::protobuf::Message> copy(place.row->New());
  copy->CopyFrom(*place.row);
  return copy;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GatheredRead::GetRow(const PointSelect& select,
                                                                                absl::Span<const Value> values,
                                                                                absl::Span<const absl::string_view> key,
                                                                                const MessageReader& reader) {
  if (rows_.has_read()) return rows_.Take(call_);
  rows_.Ask(call_, account_id(), select, values, key, reader);
  return absl::AbortedError("");
}

}  // namespace agreements::storage
