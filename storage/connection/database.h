// Transactions. A transaction is a function that you pass to Database::ReadWrite:
//
//   return database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::MoveCompanyResponse> { ... });
//
// It may run several times, so it returns its value and touches nothing outside.
#ifndef AGREEMENTS_STORAGE_CONNECTION_DATABASE_H_
#define AGREEMENTS_STORAGE_CONNECTION_DATABASE_H_

#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_field.h"
#include "storage/connection/call.h"
#include "storage/connection/call_runner.h"
#include "storage/connection/ids.h"
#include "storage/connection/point_reads.h"
#include "storage/connection/session.h"
#include "storage/connection/trail.h"

namespace agreements::storage {

// Reads the rows of one account. Each statement sees everything that is committed when it begins.
class ReadTransaction : public PointReader {
 public:
  ReadTransaction(Session& session, std::string account_id)
      : ReadTransaction(session, std::move(account_id), nullptr) {}

  // Returns all rows of a SELECT. `reader` converts each one.
  template <typename T>
  absl::StatusOr<std::vector<T>> Query(const Statement& statement, absl::Span<const Value> values,
                                       T (*reader)(const Row&)) {
    std::vector<T> rows;
    absl::Status status = session_.Query(statement, values, [&](const Row& row) { rows.push_back(reader(row)); });
    if (!status.ok()) return status;
    for (const T& row : rows) Saw(row);
    return rows;
  }

  // Returns the only row of a SELECT, or std::nullopt if it has none.
  template <typename T>
  absl::StatusOr<std::optional<T>> QueryOne(const Statement& statement, absl::Span<const Value> values,
                                            T (*reader)(const Row&)) {
    std::optional<T> found;
    absl::Status status = session_.Query(statement, values, [&](const Row& row) { found = reader(row); });
    if (!status.ok()) return status;
    if (found) Saw(*found);
    return found;
  }

  // Returns the rows that have these ids for keys, in no order. REQUIRES: there is one.
  template <typename T>
  absl::StatusOr<std::vector<T>> GetAll(const PointSelect& select,
                                        const google::protobuf::RepeatedPtrField<std::string>& ids,
                                        T (*reader)(const Row&)) {
    PointKeys keys;
    for (const absl::string_view id : ids) keys.Add(account_id(), {&id, 1});
    return Query(select.for_many(), {keys.ToJson()}, reader);
  }

  // Remembers what was read, if this transaction has a trail. Query() and QueryOne() do so for rows that are messages.
  template <typename T>
  void Saw(const T& row) {
    if constexpr (std::is_base_of_v<google::protobuf::Message, T>) {
      if (trail_ != nullptr) trail_->Saw(row);
    }
  }

 protected:
  ReadTransaction(Session& session, std::string account_id, Trail* trail)
      : PointReader(std::move(account_id)), session_(session), trail_(trail) {}

  Session& session_;

 private:
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GetRow(const PointSelect& select,
                                                                    absl::Span<const Value> values,
                                                                    absl::Span<const absl::string_view> key,
                                                                    const MessageReader& reader) override;

  Trail* const trail_;
};

// Reads the rows of one account as they were committed when the snapshot began. Use it for rows that must fit together,
// and for a long SELECT.
class Snapshot : public ReadTransaction {
 public:
  using ReadTransaction::ReadTransaction;

  // Passes all rows of a SELECT to `take`, one after the other, as `reader` converts them. Keeps none of them.
  template <typename T>
  absl::Status ForEach(const Statement& statement, absl::Span<const Value> values, T (*reader)(const Row&),
                       absl::FunctionRef<void(const T&)> take) {
    return session_.Query(statement, values, [&](const Row& row) { take(reader(row)); });
  }
};

// Reads and writes the rows of one account, at READ COMMITTED. A function that writes tells the trail what it has
// written. A transaction that changes rows and does not tell is not committed.
class Transaction : public ReadTransaction {
 public:
  Transaction(Session& session, std::string account_id, IdSource& ids)
      : ReadTransaction(session, std::move(account_id), &trail_), ids_(ids) {}

  // Executes a statement that changes rows, and returns how many rows it changed. See Session::Execute.
  absl::StatusOr<int64_t> Execute(const Statement& statement, absl::Span<const Value> values) {
    absl::StatusOr<int64_t> changed = session_.Execute(statement, values);
    changed_rows_ = changed_rows_ || (changed.ok() && *changed > 0);
    return changed;
  }

  // The trail of the entry that it tells now.
  Trail& trail() { return further_entries_.empty() ? trail_ : further_entries_.back(); }

  // A transaction has one entry in the trail, unless it calls this: then it has one for what was changed before, if
  // anything was, and one for what the trail is told after each call. See Database::ReadWriteIdempotent().
  void BeginEntry() {
    if (!trail().empty()) further_entries_.emplace_back();
  }

  // All but the last, in their order.
  std::vector<const Trail*> EarlierEntries() const;

  // Whether rows were changed since the transaction began, or since ForgetChangedRows().
  bool changed_rows() const { return changed_rows_; }
  void ForgetChangedRows() { changed_rows_ = false; }

  // Returns a new id with this prefix. In the response of a validate_only call the id is replaced with "".
  std::string NewId(absl::string_view prefix) { return new_ids_.emplace_back(ids_.Next(prefix)); }

  // Every id that NewId() returned.
  const std::vector<std::string>& new_ids() const { return new_ids_; }

 private:
  IdSource& ids_;
  std::vector<std::string> new_ids_;
  Trail trail_;
  std::deque<Trail> further_entries_;
  bool changed_rows_ = false;
};

// A transaction returns this when another one has changed what it read. It then runs again from the beginning.
absl::Status StartOver();

// The transactions on one database. Thread-safe.
class Database {
 public:
  Database(const DatabaseOptions& options, IdSource& ids, std::function<absl::Time()> now);

  // REQUIRES: no other thread runs yet. The connector's set-up is not thread-safe. Call it in main.
  static void InitializeLibrary() { Hosts::InitializeLibrary(); }

  // Runs `body` in a transaction, and commits if it returns a value. `body` returns absl::StatusOr<Response>, Response
  // a protobuf message.
  //
  // - Runs it again, with growing random pauses, after an error or StartOver() that has undone everything.
  // - Runs it again if the transaction has ended and the server did not report it, as Galera clusters sometimes do. The
  //   last statement before COMMIT checks this. If the transaction ends after that check, only the server can tell.
  // - Commits once for each request_id. The request is recorded in the same transaction, with the response. A repeated
  //   call returns that response and does not run. So it is safe to run again after a COMMIT whose answer was lost. A
  //   call without a request_id gets one from the server for this.
  // - Writes the call's entry in the trail in the same transaction.
  // - validate_only: rolls back, and empties the new ids in the response.
  //
  // Errors: those of `body`; INVALID_ARGUMENT REQUEST_ID_REUSED; UNAVAILABLE DATABASE_UNAVAILABLE or ROW_LOCKED,
  // DEADLINE_EXCEEDED, INTERNAL; CANCELLED, after which it may be committed or not: only a repeat of the request tells.
  template <typename Body>
  std::invoke_result_t<Body, Transaction&> ReadWrite(const Call& call, const Body& body) {
    return Write</*is_idempotent=*/false>(call, body);
  }

  // The same for a `body` that is idempotent. REQUIRES: committing it twice has the effect of committing it once. It
  // runs again after a COMMIT whose answer was lost. Without changes it leaves no entry in the trail. It may have
  // several entries, see Transaction::BeginEntry(). It may return absl::StatusOr of any type; then it takes its new ids
  // out itself if the call is validate_only.
  template <typename Body>
  std::invoke_result_t<Body, Transaction&> ReadWriteIdempotent(const Call& call, const Body& body) {
    return Write</*is_idempotent=*/true>(call, body);
  }

  // Runs `body`, which returns absl::StatusOr of any type. Each statement sees everything that is committed by then.
  template <typename Body>
  std::invoke_result_t<Body, ReadTransaction&> ReadOnly(const Call& call, const Body& body) {
    return Read<ReadTransaction>(call, body, [](Session& /*session*/, auto run) { return run(); });
  }

  // Runs `body`, which returns absl::StatusOr of any type. All statements see the same state.
  template <typename Body>
  std::invoke_result_t<Body, Snapshot&> ReadSnapshot(const Call& call, const Body& body) {
    return Read<Snapshot>(call, body, InSnapshot);
  }

  // Runs `body(read, i)` for each of several calls, by the number of its account in `account_ids`, and returns what
  // each run returned. All that they ask `read` for comes in one round trip, whose statement begins when the last has
  // asked: so `body` runs twice, and a run that is told ABORTED must return it. REQUIRES: `body` asks for one row at
  // most. The account of `call` is not used. Errors: those of the database, for all of them.
  template <typename Body>
  absl::StatusOr<std::vector<std::invoke_result_t<Body, GatheredRead&, size_t>>> ReadGathered(
      const Call& call, absl::Span<const std::string> account_ids, const Body& body) {
    std::vector<std::invoke_result_t<Body, GatheredRead&, size_t>> results;
    absl::Status status = runner_.Run(call, /*autocommit=*/true, [&](Session& session) {
      GatheredRows rows(account_ids.size());
      const auto run = [&](size_t i) {
        GatheredRead read(rows, i, account_ids[i]);
        return body(read, i);
      };
      results.clear();
      for (size_t i = 0; i < account_ids.size(); ++i) results.push_back(run(i));
      absl::Status read = rows.Read(session);
      if (!read.ok()) return read;
      for (size_t i = 0; i < account_ids.size(); ++i) {
        if (rows.HasAsked(i)) results[i] = run(i);
      }
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return results;
  }

  // Executes one statement outside any call and account, and returns how many rows it changed. It may run twice. It is
  // background work: housekeeping.
  absl::StatusOr<int64_t> ExecuteAlone(const Statement& statement, absl::Span<const Value> values);

  // Executes one SELECT outside any call and account, and returns all its rows. `reader` converts each one.
  template <typename T>
  absl::StatusOr<std::vector<T>> QueryAlone(const Statement& statement, absl::Span<const Value> values,
                                            T (*reader)(const Row&)) {
    return ReadOnly(Alone(), [&](ReadTransaction& tx) { return tx.Query(statement, values, reader); });
  }

  // UNAVAILABLE if no host has taken writes for DatabaseOptions::unreachable_after: every call would get this. Cheap.
  absl::Status Availability() const { return runner_.CheckGone(); }

  // Looks at the hosts, on connections of its own. OK if one can be used, otherwise UNAVAILABLE, after some times
  // DatabaseOptions::check_timeout at the most. Call it twice a second: it finds out that the host has fallen silent or
  // has been succeeded, and leaves it for another one.
  absl::Status Check() { return runner_.Check(); }

  DatabaseFigures figures() const { return runner_.figures(); }

  // Opens a connection outside the pool, for migrations. Each statement is prepared when it is first executed.
  absl::StatusOr<std::unique_ptr<Session>> Connect() { return runner_.Connect(); }

 private:
  template <bool is_idempotent, typename Body>
  std::invoke_result_t<Body, Transaction&> Write(const Call& call, const Body& body) {
    using Response = typename std::invoke_result_t<Body, Transaction&>::value_type;
    Response response;
    const auto run = [&](Transaction& tx) -> absl::Status {
      auto result = body(tx);
      if (!result.ok()) return result.status();
      response = *std::move(result);
      return absl::OkStatus();
    };
    absl::Status status;
    if constexpr (std::is_base_of_v<google::protobuf::Message, Response>) {
      status = RunReadWrite(call, is_idempotent, run, response);
    } else {
      static_assert(is_idempotent, "only a message is a response that can be stored");
      google::protobuf::Empty none;
      status = RunReadWrite(call, is_idempotent, run, none);
    }
    if (!status.ok()) return status;
    return response;
  }

  template <typename Tx, typename Body, typename Around>
  std::invoke_result_t<Body, Tx&> Read(const Call& call, const Body& body, const Around& around) {
    std::invoke_result_t<Body, Tx&> result = absl::UnknownError("did not run");
    absl::Status status = runner_.Run(call, /*autocommit=*/true, [&](Session& session) {
      return around(session, [&] {
        Tx tx(session, call.account_id);
        result = body(tx);
        return result.status();
      });
    });
    if (!status.ok()) return status;
    return result;
  }

  // The call of a statement outside any call.
  static Call Alone();
  // Runs `run` in one snapshot.
  static absl::Status InSnapshot(Session& session, absl::FunctionRef<absl::Status()> run);

  absl::Status RunReadWrite(Call call, bool is_idempotent, absl::FunctionRef<absl::Status(Transaction&)> body,
                            google::protobuf::Message& response);
  absl::Status Attempt(Session& session, const Call& call, bool is_idempotent,
                       absl::FunctionRef<absl::Status(Transaction&)> body, google::protobuf::Message& response);
  absl::Status Finish(Transaction& tx, Session& session, const Call& call, absl::string_view claim_id,
                      bool is_idempotent, const google::protobuf::Message& response);
  absl::Status RecordEarlierEntries(Transaction& tx, const Call& call);
  absl::Status AttemptValidation(Session& session, const Call& call, absl::FunctionRef<absl::Status(Transaction&)> body,
                                 google::protobuf::Message& response);

  IdSource& ids_;
  const std::function<absl::Time()> now_;
  CallRunner runner_;
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_DATABASE_H_
