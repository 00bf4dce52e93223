// Rows that are read by their keys, one by one or many in one statement.
#ifndef AGREEMENTS_STORAGE_CONNECTION_POINT_READS_H_
#define AGREEMENTS_STORAGE_CONNECTION_POINT_READS_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
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

// A SELECT of rows by their keys: a statement for one key, and one for any number of them, which come as a JSON array.
// Define it as you define a Statement:
//
//   const PointSelect kGetProduct = {"get_product", "products AS p", {"p.account_id", "p.product_id"},
//   kProductColumns};
class PointSelect {
 public:
  // REQUIRES: `key` begins with account_id, and is a unique key of the table. Its columns are ascii_bin, of 64
  // characters at most.
  PointSelect(absl::string_view name, absl::string_view table, std::initializer_list<absl::string_view> key,
              absl::string_view columns);

  // Values: those of the columns, if any, then the key.
  const Statement& for_one() const { return one_; }
  // Values: those of the columns, if any, then the keys. A row's last column is the number of its key, from 0.
  const Statement& for_many() const { return many_; }

 private:
  const Statement one_;
  const Statement many_;
};

// Keys for PointSelect::for_many().
class PointKeys {
 public:
  // `key` is without the account.
  void Add(absl::string_view account_id, absl::Span<const absl::string_view> key);
  size_t size() const { return size_; }
  // All of them. REQUIRES: there is one.
  std::string ToJson() const { return json_ + "]"; }

 private:
  std::string json_;
  size_t size_ = 0;
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
  explicit GatheredRows(size_t calls) : calls_(calls) {}

  // The call asks for a row. REQUIRES: all calls ask with the same `select` and the same kind of reader. `values` are
  // those of the first call.
  void Ask(size_t call, absl::string_view account_id, const PointSelect& select, absl::Span<const Value> values,
           absl::Span<const absl::string_view> key, const MessageReader& reader);

  // Reads what was asked for, in one round trip, or in none if that is nothing.
  absl::Status Read(Session& session);

  bool has_read() const { return has_read_; }
  bool HasAsked(size_t call) const { return calls_[call].has_asked; }

  // The row of a call, which is taken out, or nullptr if there is none. REQUIRES: it has asked, and was read.
  std::unique_ptr<google::protobuf::Message> Take(size_t call) { return std::move(calls_[call].row); }

 private:
  struct Asked {
    bool has_asked = false;
    std::unique_ptr<google::protobuf::Message> row;
  };

  std::vector<Asked> calls_;
  // Of the first call that asks:
  const PointSelect* select_ = nullptr;
  MessageReader reader_;
  std::vector<Value> values_;   // Of the columns.
  std::vector<Value> one_key_;  // Its key.
  // Of all that ask:
  PointKeys keys_;
  std::vector<size_t> call_of_key_;
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
