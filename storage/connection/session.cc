#include "storage/connection/session.h"

#include <cppconn/connection.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/status_macros.h"
#include "storage/connection/dialect.h"

namespace agreements::storage {
namespace {

// The sql_mode of every session, in the order in which it is checked. The connector adds modes of its own when it
// connects.
constexpr char kSqlMode[] =
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES";

void Bind(sql::PreparedStatement& prepared, absl::Span<const Value> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto index = static_cast<unsigned>(i + 1);
    const auto& value = values[i].get();
    if (const auto* number = std::get_if<int64_t>(&value)) {
      prepared.setInt64(index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      prepared.setString(index, *text);
    } else {
      prepared.setNull(index, 0);
    }
  }
}

}  // namespace

Session::Session(std::unique_ptr<sql::Connection> connection, const TestHooks* hooks)
    : connection_(std::move(connection)), hooks_(hooks) {}

Session::~Session() = default;

absl::Status Session::Prepare() {
  return Guarded("prepare session", [this] {
    const std::vector<std::string> server = QueryTexts("SELECT VERSION(), CONNECTION_ID()");
    engine_ = absl::StrContains(server.at(0), "MariaDB") ? Engine::kMariaDb : Engine::kMySql;
    connection_id_ = std::stoll(server.at(1));
    has_json_table_ = HasJsonTable(server.at(0));
    const bool mariadb = engine_ == Engine::kMariaDb;
    const absl::string_view isolation = mariadb ? "tx_isolation" : "transaction_isolation";
    // On a Galera cluster, a read waits for what other nodes have committed, and so does the first statement of a
    // transaction, whatever it is: 1 is for SELECT, 2 for UPDATE and DELETE, 4 for INSERT. Later ones do not wait.
    // MariaDB 11.6 and later would let an UPDATE with a subquery that has waited for its row fail with 1020.
    DoCommand(absl::StrCat("SET SESSION sql_mode = '", kSqlMode, "', time_zone = '+00:00', ", isolation,
                           " = 'READ-COMMITTED'",
                           mariadb ? ", wsrep_sync_wait = 7 /*M!110602 , innodb_snapshot_isolation = OFF */" : ""));
    // A member that has left its group may have read_only off, and super_read_only on.
    const std::vector<std::string> settings =
        QueryTexts(absl::StrCat("SELECT @@sql_mode, @@time_zone, @@", isolation, ", @@autocommit, ",
                                mariadb ? "@@global.read_only" : "@@global.read_only + @@global.super_read_only"));
    std::vector<std::string> mode = absl::StrSplit(settings.at(0), ',');
    std::sort(mode.begin(), mode.end());
    if (absl::StrJoin(mode, ",") != kSqlMode || settings.at(1) != "+00:00" || settings.at(2) != "READ-COMMITTED" ||
        settings.at(3) != "1") {
      throw sql::SQLException("the server did not take the session's settings");
    }
    if (settings.at(4) != "0") throw sql::SQLException("the server is read-only", "HY000", kReadOnlyError);
    if (!mariadb) RequirePrimary();
  });
}

void Session::RequirePrimary() {
  const std::vector<std::string> plugin = QueryTexts(
      "SELECT COUNT(*) FROM information_schema.plugins "
      "WHERE plugin_name = 'group_replication' AND plugin_status = 'ACTIVE'");
  if (plugin.at(0) == "0") return;
  std::vector<std::string> member;
  try {
    member = QueryTexts(
        "SELECT member_state, member_role FROM performance_schema.replication_group_members "
        "WHERE member_id = @@server_uuid");
  } catch (const sql::SQLException& error) {
    if (KindOf(error.getErrorCode(), error.what()) != ErrorKind::kDefect) throw;
    throw sql::SQLException(
        absl::StrCat("whether the server is the primary of its replication group cannot be asked: GRANT SELECT ON "
                     "performance_schema.replication_group_members to the user (",
                     error.what(), ")"),
        "HY000", kReadOnlyError);
  }
  if (member != std::vector<std::string>{"ONLINE", "PRIMARY"}) {
    throw sql::SQLException(absl::StrCat("the server is not the primary of its replication group: ",
                                         member.empty() ? "no member of it" : absl::StrJoin(member, " ")),
                            "HY000", kReadOnlyError);
  }
}

absl::Status Session::ReadConnectionId() {
  return Guarded("read connection id",
                 [this] { connection_id_ = std::stoll(QueryTexts("SELECT CONNECTION_ID()").at(0)); });
}

absl::Status Session::PrepareStatements() {
  return Guarded("prepare statements", [this] {
    for (const Statement* statement : Statement::All()) {
      try {
        prepared_[statement] = NewPrepared(*statement);
      } catch (const sql::SQLException& error) {
        if (KindOf(error.getErrorCode(), error.what()) != ErrorKind::kDefect) throw;
        unprepared_[statement] = absl::StrCat(error.getErrorCode(), " ", error.what());
      }
    }
  });
}

absl::Status Session::Set(SessionSettings settings) {
  absl::Duration& limit = settings.time_limit;
  limit = absl::Ceil(limit, limit > absl::Seconds(1) ? absl::Seconds(1) : absl::Milliseconds(100));
  limit = std::max(limit, absl::Milliseconds(100));
  settings.row_wait = std::max(absl::Trunc(std::min(settings.row_wait, limit), absl::Seconds(1)), absl::Seconds(1));
  if (settings == settings_) return absl::OkStatus();
  // MySQL limits only the time of a SELECT. Other statements wait for locks, which innodb_lock_wait_timeout limits.
  const std::string bound = engine_ == Engine::kMariaDb
                                ? absl::StrFormat("max_statement_time = %.1f", absl::ToDoubleSeconds(limit))
                                : absl::StrCat("max_execution_time = ", absl::ToInt64Milliseconds(limit));
  settings_.reset();
  RETURN_IF_ERROR(Command(absl::StrCat("SET SESSION ", bound,
                                       ", innodb_lock_wait_timeout = ", absl::ToInt64Seconds(settings.row_wait),
                                       ", autocommit = ", settings.autocommit ? 1 : 0)));
  settings_ = settings;
  autocommit_ = settings.autocommit;
  return absl::OkStatus();
}

absl::Status Session::Begin() {
  in_transaction_ = true;
  return autocommit_ ? Command("START TRANSACTION") : absl::OkStatus();
}

absl::Status Session::BeginSnapshot() {
  // For the next transaction only. At READ COMMITTED the server would ignore WITH CONSISTENT SNAPSHOT.
  RETURN_IF_ERROR(Command("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
  in_transaction_ = true;
  return Command("START TRANSACTION WITH CONSISTENT SNAPSHOT");
}

absl::Status Session::Commit() {
  RETURN_IF_ERROR(Command("COMMIT"));
  in_transaction_ = false;
  return absl::OkStatus();
}

absl::Status Session::Rollback() {
  RETURN_IF_ERROR(Command("ROLLBACK"));
  in_transaction_ = false;
  return absl::OkStatus();
}

absl::Status Session::SetMark() { return Command("SAVEPOINT mark"); }

absl::Status Session::CheckMark() {
  std::optional<Failure> earlier = std::exchange(failure_, std::nullopt);
  RETURN_IF_ERROR(Command("RELEASE SAVEPOINT mark"));
  failure_ = std::move(earlier);
  return absl::OkStatus();
}

absl::Status Session::LoseTransaction(const std::string& text) {
  failure_ = Failure{.kind = ErrorKind::kTransactionLost, .text = text};
  return absl::InternalError(text);
}

absl::StatusOr<int64_t> Session::Execute(const Statement& statement, absl::Span<const Value> values) {
  int64_t changed = 0;
  RETURN_IF_ERROR(Guarded(statement.name(), [&] {
    sql::PreparedStatement& prepared = Prepared(statement);
    Bind(prepared, values);
    const RoundTrip trip(figures_, &statement.nanoseconds_);
    changed = prepared.executeUpdate();
    ++statement.executions_;
  }));
  return changed;
}

absl::Status Session::Query(const Statement& statement, absl::Span<const Value> values,
                            absl::FunctionRef<void(const Row&)> read) {
  return Guarded(statement.name(), [&] {
    sql::PreparedStatement& prepared = Prepared(statement);
    Bind(prepared, values);
    const std::unique_ptr<sql::ResultSet> result([&] {
      const RoundTrip trip(figures_, &statement.nanoseconds_);
      return prepared.executeQuery();
    }());
    ++statement.executions_;
    while (result->next()) read(Row(*result));
  });
}

absl::Status Session::Command(const std::string& sql) {
  return Guarded(sql.substr(0, sql.find(' ')), [&] { DoCommand(sql); });
}

// Runs `body` between the hooks, and converts an exception to a status.
template <typename Body>
absl::Status Session::Guarded(absl::string_view name, Body body) {
  if (cancellation_ != nullptr && cancellation_->cancelled()) {
    const std::string text = absl::StrCat(name, ": the call is cancelled");
    if (!failure_) failure_ = Failure{.kind = ErrorKind::kRerun, .text = text};
    return absl::CancelledError(text);
  }
  if (end_ != nullptr && *end_) {
    const std::string text = absl::StrCat(name, ": the host is not used any more");
    if (!failure_) failure_ = Failure{.kind = ErrorKind::kConnectionLost, .text = text};
    return absl::UnavailableError(text);
  }
  try {
    Raise(name, StatementEvent::Phase::kBefore);
    body();
    Raise(name, StatementEvent::Phase::kAfter);
    return absl::OkStatus();
  } catch (const sql::SQLException& error) {
    const int number = error.getErrorCode();
    const ErrorKind kind =
        number == kNoSavepointError && name == "RELEASE" ? ErrorKind::kTransactionLost : KindOf(number, error.what());
    if (kind == ErrorKind::kDuplicate) return absl::AlreadyExistsError(DuplicateKeyName(error.what()));
    const std::string text = absl::StrCat(name, ": ", number, " ", error.what());
    if (!failure_) failure_ = Failure{.kind = kind, .number = number, .text = text};
    return absl::InternalError(text);
  }
}

void Session::Raise(absl::string_view name, StatementEvent::Phase phase) const {
  if (hooks_ == nullptr) return;
  const StatementEvent event = {.name = name, .phase = phase, .connection_id = connection_id_};
  if (hooks_->interject && phase == StatementEvent::Phase::kBefore) {
    if (const std::string sql = hooks_->interject(event); !sql.empty()) {
      const std::unique_ptr<sql::Statement> command(connection_->createStatement());
      command->execute(sql);
    }
  }
  const int error_number = hooks_->on_statement ? hooks_->on_statement(event) : 0;
  if (error_number != 0) throw sql::SQLException("raised by a test", "HY000", error_number);
}

sql::PreparedStatement& Session::Prepared(const Statement& statement) {
  std::unique_ptr<sql::PreparedStatement>& prepared = prepared_[&statement];
  if (prepared == nullptr) {
    if (in_transaction_) {
      const auto refused = unprepared_.find(&statement);
      throw sql::SQLException(absl::StrCat("cannot be prepared inside a transaction, and was not before",
                                           refused == unprepared_.end() ? "" : ": ",
                                           refused == unprepared_.end() ? "" : refused->second));
    }
    prepared = NewPrepared(statement);
  }
  return *prepared;
}

std::unique_ptr<sql::PreparedStatement> Session::NewPrepared(const Statement& statement) {
  const bool rewritten = hooks_ != nullptr && hooks_->rewrite;
  const std::string sql = rewritten ? hooks_->rewrite(statement) : statement.sql();
  const RoundTrip trip(figures_);
  return std::unique_ptr<sql::PreparedStatement>(
      connection_->prepareStatement(has_json_table_ ? sql : WithoutJsonTable(sql)));
}

void Session::DoCommand(const std::string& sql) {
  const RoundTrip trip(figures_);
  const std::unique_ptr<sql::Statement> command(connection_->createStatement());
  command->execute(sql);
}

std::vector<std::string> Session::QueryTexts(const std::string& sql) {
  const RoundTrip trip(figures_);
  const std::unique_ptr<sql::Statement> command(connection_->createStatement());
  const std::unique_ptr<sql::ResultSet> result(command->executeQuery(sql));
  std::vector<std::string> texts;
  if (!result->next()) return texts;
  const unsigned columns = result->getMetaData()->getColumnCount();
  for (unsigned i = 1; i <= columns; ++i) texts.push_back(result->getString(i));
  return texts;
}

}  // namespace agreements::storage
