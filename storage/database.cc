#include "storage/database.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "spdlog/spdlog.h"
#include "storage/requests.h"
#include "storage/status_macros.h"

namespace agreements::storage {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(1);

// A connection that has been silent for so much longer than any statement may take is taken for dead.
constexpr absl::Duration kReadTimeoutSlack = absl::Seconds(5);

// Full jitter: anything up to a bound that doubles each time.
absl::Duration Backoff(int attempt, absl::Duration longest) {
  thread_local absl::BitGen generator;
  const absl::Duration bound = std::min(longest, kFirstBackoff * (1 << std::min(attempt, 20)));
  return bound * absl::Uniform<double>(generator, 0, 1);
}

// Logs what no caller may see, under an id that the caller gets.
absl::Status LoggedInternalError(IdSource& ids, const std::string& text) {
  const std::string error_id = ids.Next("err-");
  spdlog::error("{} {}", error_id, text);
  return InternalError(error_id);
}

// Empties the fields that hold one of `ids`, in `message` and in the messages within it.
void ClearIds(const std::vector<std::string>& ids, google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool holds_messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (holds_messages && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        ClearIds(ids, *reflection->MutableRepeatedMessage(&message, field, i));
      }
    } else if (holds_messages) {
      ClearIds(ids, *reflection->MutableMessage(&message, field));
    } else if (!field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
               std::find(ids.begin(), ids.end(), reflection->GetString(message, field)) != ids.end()) {
      reflection->ClearField(&message, field);
    }
  }
}

absl::Status Replay(const StoredRequest& stored, const Call& call, google::protobuf::Message& response) {
  if (stored.request_hash != call.request_hash) return RequestIdReused();
  if (!response.ParseFromString(stored.response)) return absl::InternalError("a stored response does not parse");
  return absl::OkStatus();
}

}  // namespace

absl::Status StartOver() { return absl::AbortedError("the transaction starts over"); }

Database::Database(DatabaseOptions options, IdSource& ids, std::function<absl::Time()> now)
    : options_(std::move(options)), ids_(ids), now_(std::move(now)) {}

void Database::InitializeLibrary() { get_driver_instance(); }

absl::Status Database::InSnapshot(Session& session, absl::FunctionRef<absl::Status()> run) {
  // For the next transaction only; at READ COMMITTED a consistent snapshot is ignored.
  RETURN_IF_ERROR(session.Command("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
  RETURN_IF_ERROR(session.Command("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
  absl::Status status = run();
  if (!session.failure()) RETURN_IF_ERROR(session.Command("ROLLBACK"));
  return status;
}

absl::Status Database::RunReadWrite(Call call, bool records_request, absl::FunctionRef<absl::Status(Transaction&)> body,
                                    google::protobuf::Message& response) {
  // "~" is no character of a caller's request_id.
  if (call.request_id.empty()) call.request_id = ids_.Next("~");
  return Run(call, [&](Session& session) -> absl::Status {
    absl::Status status = records_request && !call.validate_only ? Attempt(session, call, body, response)
                                                                 : AttemptUnrecorded(session, call, body, response);
    if (!status.ok() && !session.failure()) RETURN_IF_ERROR(session.Command("ROLLBACK"));
    return status;
  });
}

// One run of `body` as a transaction. When it fails, the caller rolls back.
absl::Status Database::Attempt(Session& session, const Call& call, absl::FunctionRef<absl::Status(Transaction&)> body,
                               google::protobuf::Message& response) {
  Transaction tx(session, ids_);
  RETURN_IF_ERROR(session.Command("START TRANSACTION"));
  ASSIGN_OR_RETURN(const bool first_time, InsertRequest(tx, call, ToMicroseconds(now_())));
  if (!first_time) {
    ASSIGN_OR_RETURN(const std::optional<StoredRequest> stored, GetRequest(tx, call));
    if (!stored) return StartOver();  // Purged since.
    RETURN_IF_ERROR(Replay(*stored, call, response));
    return session.Command("ROLLBACK");
  }
  RETURN_IF_ERROR(body(tx));
  // A body that goes on after an error must not commit what it has left.
  if (session.failure()) return absl::InternalError(session.failure()->text);
  RETURN_IF_ERROR(SetResponse(tx, call, response.SerializeAsString()));
  // Whatever becomes of this COMMIT, running again is safe: the request tells whether it was done.
  return session.Command("COMMIT");
}

// The same without a request, and for validate_only.
absl::Status Database::AttemptUnrecorded(Session& session, const Call& call,
                                         absl::FunctionRef<absl::Status(Transaction&)> body,
                                         google::protobuf::Message& response) {
  Transaction tx(session, ids_);
  RETURN_IF_ERROR(session.Command("START TRANSACTION"));
  RETURN_IF_ERROR(body(tx));
  if (session.failure()) return absl::InternalError(session.failure()->text);
  if (!call.validate_only) return session.Command("COMMIT");
  ClearIds(tx.new_ids(), response);
  return session.Command("ROLLBACK");
}

absl::Status Database::Run(const Call& call, absl::FunctionRef<absl::Status(Session&)> attempt) {
  // Real time, not the injected clock: it bounds waiting.
  const absl::Time deadline = std::min(call.deadline, absl::Now() + options_.max_call);
  absl::Time refused_since = absl::InfiniteFuture();
  for (int run = 0;; ++run) {
    if (run > 0) absl::SleepFor(std::min(Backoff(run, options_.max_backoff), deadline - absl::Now()));
    const absl::Time now = absl::Now();
    if (now >= deadline) return DeadlinePassed();
    if (now - refused_since >= options_.unreachable_after) return DatabaseUnavailable();

    absl::StatusOr<Pooled> pooled = Acquire();
    if (!pooled.ok()) {
      refused_since = std::min(refused_since, now);
      continue;
    }
    Session& session = *pooled->session;
    session.ClearFailure();
    absl::Status status = session.SetTimeLimit(deadline - now);
    if (status.ok()) status = attempt(session);
    if (!session.failure()) {
      Release(*std::move(pooled));
      if (status.ok() || ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED) return status;
      // StartOver(), or a duplicate that nobody expected: another server made the same id.
      if (absl::IsAborted(status) || absl::IsAlreadyExists(status)) continue;
      return LoggedInternalError(ids_, status.ToString());
    }
    // Without Release() the connection is closed, and the server rolls back.
    const Session::Failure failure = *session.failure();
    switch (failure.kind) {
      case ErrorKind::kRerun:
        refused_since = absl::InfiniteFuture();  // It answers.
        // ROLLBACK first, always: a lock wait time-out leaves the transaction open with its earlier writes.
        if (session.Command("ROLLBACK").ok()) Release(*std::move(pooled));
        break;
      case ErrorKind::kConnectionLost:
        spdlog::warn("connection dropped: {}", failure.text);
        break;
      case ErrorKind::kServerRefuses:
        spdlog::warn("server refuses: {}", failure.text);
        DropAll();
        refused_since = std::min(refused_since, absl::Now());
        break;
      case ErrorKind::kDuplicate:
      case ErrorKind::kDefect:
        return LoggedInternalError(ids_, failure.text);
    }
  }
}

absl::StatusOr<int64_t> Database::ExecuteAlone(const Statement& statement, std::initializer_list<Value> values) {
  int64_t changed = 0;
  RETURN_IF_ERROR(Run(Call(), [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(changed, session.Execute(statement, values));
    return absl::OkStatus();
  }));
  return changed;
}

absl::Status Database::Check() {
  absl::StatusOr<Pooled> pooled = Acquire();
  if (!pooled.ok()) return DatabaseUnavailable();
  // A node without quorum still answers a ping; this fails there.
  RETURN_IF_ERROR(pooled->session->Prepare());
  Release(*std::move(pooled));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Session>> Database::Connect() {
  if (!options_.socket.empty()) return ConnectTo(absl::StrCat("unix://", options_.socket));
  absl::Status status = absl::UnavailableError("no database host is configured");
  for (const std::string& host : options_.hosts) {
    absl::StatusOr<std::unique_ptr<Session>> session =
        ConnectTo(absl::StrCat("tcp://", host, absl::StrContains(host, ':') ? "" : ":3306"));
    if (session.ok()) return session;
    status = session.status();
  }
  return status;
}

absl::StatusOr<std::unique_ptr<Session>> Database::ConnectTo(const std::string& address) {
  const auto seconds = [](absl::Duration duration) { return static_cast<int>(absl::ToInt64Seconds(duration)); };
  const int read_timeout = seconds(options_.max_call + kReadTimeoutSlack);
  sql::ConnectOptionsMap connect_options;
  connect_options["hostName"] = address;
  connect_options["userName"] = options_.user;
  connect_options["password"] = options_.password;
  connect_options["schema"] = options_.schema;
  connect_options["OPT_CHARSET_NAME"] = "utf8mb4";
  connect_options["OPT_CONNECT_TIMEOUT"] = seconds(options_.connect_timeout);
  connect_options["OPT_READ_TIMEOUT"] = read_timeout;
  connect_options["OPT_WRITE_TIMEOUT"] = read_timeout;
  try {
    auto session = std::make_unique<Session>(
        std::unique_ptr<sql::Connection>(get_driver_instance()->connect(connect_options)), options_.hooks);
    RETURN_IF_ERROR(session->Prepare());
    return session;
  } catch (const sql::SQLException& error) {
    spdlog::warn("cannot connect to {}: {} {}", address, error.getErrorCode(), error.what());
    return absl::UnavailableError(absl::StrCat("cannot connect to ", address, ": ", error.what()));
  }
}

absl::StatusOr<Database::Pooled> Database::Acquire() {
  int generation = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Pooled pooled = std::move(idle_.back());
      idle_.pop_back();
      return pooled;
    }
    generation = generation_;
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Connect());
  return Pooled{.session = std::move(session), .generation = generation};
}

void Database::Release(Pooled pooled) {
  const std::lock_guard lock(mutex_);
  if (pooled.generation == generation_) idle_.push_back(std::move(pooled));
}

void Database::DropAll() {
  std::vector<Pooled> dropped;
  const std::lock_guard lock(mutex_);
  ++generation_;
  dropped.swap(idle_);
}

}  // namespace agreements::storage
