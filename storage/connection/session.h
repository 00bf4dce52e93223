// A session (one connection to a server) that executes statements.
#ifndef AGREEMENTS_STORAGE_CONNECTION_SESSION_H_
#define AGREEMENTS_STORAGE_CONNECTION_SESSION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/connection/cancellation.h"
#include "storage/connection/figures.h"
#include "storage/connection/mysql_errors.h"
#include "storage/connection/statement.h"

namespace sql {
class Connection;
class PreparedStatement;
}  // namespace sql

namespace agreements::storage {

// Where a statement is in its execution, for tests that break it there.
struct StatementEvent {
  enum class Phase { kBefore, kAfter };
  absl::string_view name;  // A Statement's name, or the first word of a command: "START", "COMMIT", "ROLLBACK", "SET".
  Phase phase;             // kAfter: the server has done it, the answer has not been read.
  int64_t connection_id;   // The server's, for KILL.
};

// Tests only: ways to break statements that no client of a healthy server sees.
struct TestHooks {
  // Called around every execution, in the thread that executes. A number other than 0 is raised as the server's error.
  std::function<int(const StatementEvent&)> on_statement;
  // Returns SQL that the session executes before a statement without knowing of it, e.g. "ROLLBACK"; "" is none.
  std::function<std::string(const StatementEvent&)> interject;
  // Returns the text to prepare for a statement, e.g. without its guard. Called each time that one is prepared.
  std::function<std::string(const Statement&)> rewrite;
};

enum class Engine { kMariaDb, kMySql };

// Settings of a session. They hold until they are set again.
struct SessionSettings {
  // Whether a statement outside a transaction is committed at once. Off for transactions that write: if one has ended
  // unnoticed, the next statements open another one, which nobody commits.
  bool autocommit = true;
  absl::Duration time_limit;  // Of each statement. Rounded up to 100 ms, or to seconds if it is longer than one.
  absl::Duration row_wait;    // The longest wait for a locked row. Whole seconds, at least one.

  friend bool operator==(const SessionSettings& a, const SessionSettings& b) {
    return a.autocommit == b.autocommit && a.time_limit == b.time_limit && a.row_wait == b.row_wait;
  }
};

// One connection with its prepared statements. Not thread-safe.
//
// No statement is prepared inside a transaction. A Galera cluster does not report that it has aborted a transaction
// while a statement is prepared. The rest of the transaction would be committed without its beginning.
class Session {
 public:
  Session(std::unique_ptr<sql::Connection> connection, const TestHooks* hooks);
  ~Session();

  // Sets and checks what every session must have: UTC, strict mode, READ COMMITTED. Fails if the server takes no
  // writes: it is read-only, or not the primary of its replication group.
  absl::Status Prepare();

  // Prepares every statement of the program, so that all can be executed inside a transaction. A statement that does
  // not fit the schema is left out. Executing it fails with the server's error.
  absl::Status PrepareStatements();

  Engine engine() const { return engine_; }

  // The server's number of this connection, for KILL. 0 before Prepare() or ReadConnectionId().
  int64_t connection_id() const { return connection_id_; }
  absl::Status ReadConnectionId();

  // Takes a round trip if a setting changes, which is seldom. REQUIRES: no transaction has begun.
  absl::Status Set(SessionSettings settings);
  // From now on, counts round trips in `figures`, and executes nothing once `cancellation` is cancelled. Either may be
  // null. They must live until the next call of this.
  void Serve(CallFigures* figures, const Cancellation* cancellation) {
    figures_ = figures;
    cancellation_ = cancellation;
  }

  // Executes nothing any more once `end` is true.
  void EndWith(std::shared_ptr<const std::atomic<bool>> end) { end_ = std::move(end); }

  // See SessionSettings.
  bool autocommit() const { return autocommit_; }

  // Begins a transaction at READ COMMITTED, until Commit() or Rollback(). No round trip unless autocommit is on.
  absl::Status Begin();
  // Begins a transaction at REPEATABLE READ for reading. Its snapshot is taken at once. Not READ ONLY, which TiDB does
  // not take. So end it with Rollback(), which undoes whatever was written.
  absl::Status BeginSnapshot();
  absl::Status Commit();
  absl::Status Rollback();

  // SetMark() sets a mark in a transaction that has begun. CheckMark() looks for it, once. If it is gone, the
  // transaction ended in between: failure() becomes kTransactionLost, and nothing that was read or written is reliable.
  absl::Status SetMark();
  absl::Status CheckMark();
  // Makes failure() kTransactionLost, for a caller that has found it out in another way.
  absl::Status LoseTransaction(const std::string& text);

  // Executes a statement that changes rows, and returns how many rows it *changed*. A row that had the values already
  // does not count. ALREADY_EXISTS if a unique key has the value, see IsDuplicate(). Any other error sets failure(),
  // which then decides how the transaction ends.
  absl::StatusOr<int64_t> Execute(const Statement& statement, absl::Span<const Value> values);

  // Executes a SELECT and passes each row to `read`.
  absl::Status Query(const Statement& statement, absl::Span<const Value> values,
                     absl::FunctionRef<void(const Row&)> read);

  // Executes text without preparing it, e.g. SET or a statement of a migration.
  absl::Status Command(const std::string& sql);

  // The first error since ClearFailure() that ends the transaction.
  struct Failure {
    ErrorKind kind;
    int number = 0;    // The server's or the connector's, 0 if it is neither.
    std::string text;  // With the statement's name; not for callers.
  };
  const std::optional<Failure>& failure() const { return failure_; }
  void ClearFailure() { failure_.reset(); }

 private:
  template <typename Body>
  absl::Status Guarded(absl::string_view name, Body body);
  void Raise(absl::string_view name, StatementEvent::Phase phase) const;
  sql::PreparedStatement& Prepared(const Statement& statement);
  std::unique_ptr<sql::PreparedStatement> NewPrepared(const Statement& statement);
  void DoCommand(const std::string& sql);
  // The columns of the only row, each as text. Empty if there is no row.
  std::vector<std::string> QueryTexts(const std::string& sql);
  // Throws if the server is a member of a replication group, and not its primary.
  void RequirePrimary();

  std::unique_ptr<sql::Connection> connection_;
  const TestHooks* hooks_;                        // May be null.
  const Cancellation* cancellation_ = nullptr;    // May be null.
  std::shared_ptr<const std::atomic<bool>> end_;  // May be null.
  CallFigures* figures_ = nullptr;                // May be null.
  Engine engine_ = Engine::kMariaDb;
  bool has_json_table_ = true;
  int64_t connection_id_ = 0;
  bool autocommit_ = true;
  bool in_transaction_ = false;
  std::optional<SessionSettings> settings_;  // Empty before the first, and when setting them has failed.
  std::unordered_map<const Statement*, std::unique_ptr<sql::PreparedStatement>> prepared_;
  std::unordered_map<const Statement*, std::string> unprepared_;  // The server's errors of those that are left out.
  std::optional<Failure> failure_;
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_SESSION_H_
