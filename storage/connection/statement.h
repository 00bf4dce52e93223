// Named SQL statements, their values and their rows.
#ifndef AGREEMENTS_STORAGE_CONNECTION_STATEMENT_H_
#define AGREEMENTS_STORAGE_CONNECTION_STATEMENT_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace sql {
class ResultSet;
}  // namespace sql

namespace agreements::storage {

// A SQL statement with a name. Define it with static storage, next to the function that executes it:
//
//   const Statement kGetCompany = {"get_company", R"sql(SELECT ... WHERE account_id = ?)sql"};
//
// Text that several statements share, and constants, go in by name:
//
//   const Statement kListDrafts = {"list_drafts", {{"{columns}", kColumns}, {"{OPEN}", v1::COMPANY_DRAFT_STATE_OPEN}},
//                                  R"sql(SELECT {columns} ... WHERE state = {OPEN})sql"};
//
// Values go in through `?` only. Immutable except for the count and the time of its executions. Thread-safe.
class Statement {
 public:
  // Replaces `name`, braces included, in the text. REQUIRES: the part is the same for every call.
  struct Part {
    Part(absl::string_view part_name, absl::string_view part_text) : name(part_name), text(part_text) {}
    Part(absl::string_view part_name, int number) : name(part_name), text(std::to_string(number)) {}

    absl::string_view name;
    std::string text;
  };

  Statement(absl::string_view name, absl::string_view sql) : Statement(name, {}, sql) {}
  Statement(absl::string_view name, std::initializer_list<Part> parts, absl::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  const std::string& name() const { return name_; }
  const std::string& sql() const { return sql_; }

  // How often it was executed in this process. A test fails if one never was.
  int64_t executions() const { return executions_; }

  // The time that sessions have waited for it in this process, including executions that failed. Preparing is not in
  // it.
  absl::Duration time() const { return absl::Nanoseconds(nanoseconds_.load()); }

  // Every statement of the program.
  static std::vector<const Statement*> All();

 private:
  friend class Session;

  std::string name_;
  std::string sql_;
  mutable std::atomic<int64_t> executions_ = 0;
  mutable std::atomic<int64_t> nanoseconds_ = 0;
};

// A value for a `?`. std::nullopt is NULL.
class Value {
 public:
  Value(std::nullopt_t) {}
  Value(std::integral auto number) : value_(static_cast<int64_t>(number)) {}
  Value(std::string text) : value_(std::move(text)) {}
  Value(absl::string_view text) : value_(std::string(text)) {}
  Value(const char* text) : value_(std::string(text)) {}
  Value(absl::Time time);  // Whole microseconds, see ToMicroseconds().
  Value(absl::CivilDay day);
  template <typename T>
  Value(const std::optional<T>& value) {
    if (value) *this = Value(*value);
  }

  const std::variant<std::monostate, int64_t, std::string>& get() const { return value_; }

 private:
  std::variant<std::monostate, int64_t, std::string> value_;
};

// One row of a result; columns count from 1. Valid during the call that it is passed to.
class Row {
 public:
  explicit Row(const sql::ResultSet& result) : result_(result) {}

  int size() const;  // The number of columns
  bool IsNull(int column) const;
  int64_t GetInt64(int column) const;
  std::string GetString(int column) const;  // "" for NULL
  absl::CivilDay GetDay(int column) const;
  google::protobuf::Timestamp GetTimestamp(int column) const;

 private:
  const sql::ResultSet& result_;
};

// The name of a table's primary key, on both engines.
inline constexpr char kPrimaryKey[] = "PRIMARY";

// Whether `status` is the ALREADY_EXISTS of the unique key `key_name`.
bool IsDuplicate(const absl::Status& status, absl::string_view key_name);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_STATEMENT_H_
