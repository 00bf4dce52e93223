#include "storage/connection/statement.h"

#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>

#include <mutex>
#include <utility>

#include "absl/strings/str_replace.h"
#include "storage/connection/date_times.h"

namespace agreements::storage {
namespace {

constexpr char kTimeFormat[] = "%Y-%m-%d %H:%M:%E*S";

struct Registry {
  std::mutex mutex;
  std::vector<const Statement*> statements;
};

Registry& StatementRegistry() {
  static auto* const registry = new Registry;
  return *registry;
}

std::string WithParts(absl::string_view sql, std::initializer_list<Statement::Part> parts) {
  std::vector<std::pair<absl::string_view, absl::string_view>> replacements;
  for (const Statement::Part& part : parts) replacements.emplace_back(part.name, part.text);
  return absl::StrReplaceAll(sql, replacements);
}

}  // namespace

Statement::Statement(absl::string_view name, std::initializer_list<Part> parts, absl::string_view sql)
    : name_(name), sql_(WithParts(sql, parts)) {
  Registry& registry = StatementRegistry();
  const std::lock_guard lock(registry.mutex);
  registry.statements.push_back(this);
}

std::vector<const Statement*> Statement::All() {
  Registry& registry = StatementRegistry();
  const std::lock_guard lock(registry.mutex);
  return registry.statements;
}

Value::Value(absl::Time time) : value_(absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone())) {}

Value::Value(absl::CivilDay day) : value_(absl::FormatCivilTime(day)) {}

int Row::size() const { return static_cast<int>(result_.getMetaData()->getColumnCount()); }

bool Row::IsNull(int column) const { return result_.isNull(static_cast<uint32_t>(column)); }

int64_t Row::GetInt64(int column) const { return result_.getInt64(static_cast<uint32_t>(column)); }

std::string Row::GetString(int column) const { return result_.getString(static_cast<uint32_t>(column)); }

absl::CivilDay Row::GetDay(int column) const {
  const std::optional<absl::CivilDay> day = ParseDate(GetString(column));
  if (!day) throw sql::SQLException("not a day: " + GetString(column));
  return *day;
}

google::protobuf::Timestamp Row::GetTimestamp(int column) const {
  std::optional<google::protobuf::Timestamp> timestamp = ParseDateTime(GetString(column));
  if (!timestamp) throw sql::SQLException("not a time: " + GetString(column));
  return *std::move(timestamp);
}

bool IsDuplicate(const absl::Status& status, absl::string_view key_name) {
  return absl::IsAlreadyExists(status) && status.message() == key_name;
}

}  // namespace agreements::storage
