// Rows that are read by their keys, one by one or many in one statement.
#ifndef AGREEMENTS_STORAGE_CONNECTION_POINT_READS_H_
#define AGREEMENTS_STORAGE_CONNECTION_POINT_READS_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "storage/connection/session.h"
#include "storage/connection/statement.h"

namespace agreements::storage {

// A SELECT of rows by their keys: three statements, for one key and for lists of two lengths, so that each is prepared
// once. Places of a list that are left over hold the last key again. Define it as you define a Statement, with {key} as
// the condition:
//
//   const PointSelect kGetProduct = {"get_product", {"account_id", "product_id"}, {{"{columns}", kColumns}}, R"sql(
//     SELECT {columns}, account_id FROM products WHERE {key})sql"};
//
// A row begins with the columns of the key after account_id, in the key's order, and ends with account_id.
class PointSelect {
 public:
  static constexpr size_t kFewKeys = 10;
  static constexpr size_t kMostKeys = 100;

  // REQUIRES: `key` begins with account_id, and is a unique key of the table.
  PointSelect(absl::string_view name, std::initializer_list<absl::string_view> key,
              std::initializer_list<Statement::Part> parts, absl::string_view sql);

  // The number of columns of a key.
  size_t key_size() const { return key_size_; }

  // The statement for so many keys, 1 to kMostKeys.
  const Statement& ForKeys(size_t keys) const;

  // Fills the places of that statement which are left over. REQUIRES: `values` ends with the last key.
  void FillPlaces(size_t keys, std::vector<Value>& values) const;

 private:
  size_t Places(size_t keys) const;

  const size_t key_size_;
  const Statement one_;
  const Statement few_;
  const Statement many_;
};

// Makes the message of a row.
using MessageReader = std::function<std::unique_ptr<google::protobuf::Message>(const Row&)>;

// Reads single rows of one account.
class PointReader {
 public:
  virtual ~PointReader() = default;
  PointReader(const PointReader&) = delete;
  PointReader& operator=(const PointReader&) = delete;

  // The account whose rows all statements read and write.
  const std::string& account_id() const { return account_id_; }

  // Returns the row with this key, or std::nullopt if there is none. `key` is without the account. `reader` converts
  // the row to a message. `values` are those of the statement before its keys.
  template <typename T>
  absl::StatusOr<std::optional<T>> Get(const PointSelect& select, std::initializer_list<absl::string_view> key,
                                       T (*reader)(const Row&), absl::Span<const Value> values = {}) {
    auto row = GetRow(select, values, {key.begin(), key.size()},
                      [reader](const Row& read) { return std::make_unique<T>(reader(read)); });
    if (!row.ok()) return row.status();
    if (*row == nullptr) return std::nullopt;
    return std::move(static_cast<T&>(**row));
  }

 protected:
  explicit PointReader(std::string account_id) : account_id_(std::move(account_id)) {}

 private:
  // Returns nullptr if there is no such row.
  virtual absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GetRow(const PointSelect& select,
                                                                            absl::Span<const Value> values,
                                                                            absl::Span<const absl::string_view> key,
                                                                            const MessageReader& reader) = 0;

  const std::string account_id_;
};

// The rows that several calls ask for, one each, and that one statement reads. Not thread-safe.
class GatheredRows {
 public:
  // REQUIRES: 1 to PointSelect::kMostKeys calls.
  explicit GatheredRows(size_t calls) : place_of_call_(calls, kNothing) {}

  // The call asks for a row. REQUIRES: all calls ask with the same `select` and the same kind of reader. `values` are
  // those of the first call.
  void Ask(size_t call, absl::string_view account_id, const PointSelect& select, absl::Span<const Value> values,
           absl::Span<const absl::string_view> key, const MessageReader& reader);

  // Reads what was asked for, in one round trip, or in none if that is nothing.
  absl::Status Read(Session& session);

  bool has_read() const { return has_read_; }
  bool HasAsked(size_t call) const { return place_of_call_[call] != kNothing; }

  // The row of a call, which is taken out, or nullptr if there is none. REQUIRES: it has asked, and was read.
  std::unique_ptr<google::protobuf::Message> Take(size_t call);

 private:
  static constexpr size_t kNothing = ~size_t{0};

  // What one key, which several calls may ask for, has found.
  struct Place {
    std::unique_ptr<google::protobuf::Message> row;
    size_t takers = 0;
  };

  const PointSelect* select_ = nullptr;  // That of the calls; null before the first.
  MessageReader reader_;
  std::vector<Value> values_;  // Of the statement: those before its keys, then the keys.
  std::vector<Place> places_;
  std::unordered_map<std::string, size_t> place_of_key_;
  std::vector<size_t> place_of_call_;
  bool has_read_ = false;
};

// Reads the row of a call in a round trip that calls share, see Database::ReadGathered.
class GatheredRead final : public PointReader {
 public:
  GatheredRead(GatheredRows& rows, size_t call, std::string account_id)
      : PointReader(std::move(account_id)), rows_(rows), call_(call) {}

 private:
  // ABORTED, without a reason, while nothing has been read.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GetRow(const PointSelect& select,
                                                                    absl::Span<const Value> values,
                                                                    absl::Span<const absl::string_view> key,
                                                                    const MessageReader& reader) override;

  GatheredRows& rows_;
  const size_t call_;
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_POINT_READS_H_
