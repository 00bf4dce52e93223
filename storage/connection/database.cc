#include "storage/connection/database.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "spdlog/spdlog.h"
#include "storage/connection/changes.h"
#include "storage/connection/requests.h"

namespace agreements::storage {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(1);

// The server's clock for row waits is coarser than ours.
constexpr absl::Duration kRowWaitSlack = absl::Milliseconds(100);

// How often a call runs again after a duplicate that its body did not expect. Two servers can make the same id, but not
// many times in a row.
constexpr int kMaxDuplicates = 5;

// Full jitter: a random pause up to a bound that doubles each time.
absl::Duration Backoff(int attempt, absl::Duration longest) {
  thread_local absl::BitGen generator;
  const absl::Duration bound = std::min(longest, kFirstBackoff * (1 << std::min(attempt, 20)));
  return bound * absl::Uniform<double>(generator, 0, 1);
}

// Logs `text`, which no caller may see, under an id that the caller gets.
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
  if (!stored.response) return absl::InternalError("a recorded request has no response");
  if (!response.ParseFromString(*stored.response)) return absl::InternalError("a stored response does not parse");
  return absl::OkStatus();
}

// Whether the result of an attempt goes to the caller. If not, it runs again.
bool IsAnswer(const Session& session, const absl::Status& status) {
  if (session.failure()) return session.failure()->kind == ErrorKind::kDefect;
  return !(absl::IsAborted(status) && ReasonOf(status) == v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace

absl::Status StartOver() { return absl::AbortedError("the transaction starts over"); }

Database::Database(DatabaseOptions options, IdSource& ids, std::function<absl::Time()> now)
    : options_(std::move(options)), ids_(ids), now_(std::move(now)), pool_(options_) {}

absl::Status Database::InSnapshot(Session& session, absl::FunctionRef<absl::Status()> run) {
  RETURN_IF_ERROR(session.BeginSnapshot());
  RETURN_IF_ERROR(session.SetMark());
  absl::Status status = run();
  if (!IsAnswer(session, status)) return status;
  RETURN_IF_ERROR(session.CheckMark());
  if (!session.failure()) RETURN_IF_ERROR(session.Rollback());
  return status;
}

absl::Status Database::RunReadWrite(Call call, bool is_idempotent, absl::FunctionRef<absl::Status(Transaction&)> body,
                                    google::protobuf::Message& response) {
  if (call.request_id.empty()) call.request_id = NewRequestId(ids_);
  absl::Status done = Run(call, /*autocommit=*/false, [&](Session& session) -> absl::Status {
    absl::Status status = call.validate_only ? AttemptValidation(session, call, body, response)
                                             : Attempt(session, call, is_idempotent, body, response);
    if (!status.ok() && !session.failure()) RETURN_IF_ERROR(session.Rollback());
    // An attempt that ended in a lost COMMIT may have recorded it.
    if (is_idempotent) call.request_id = NewRequestId(ids_);
    return status;
  });
  if (done.ok() && !call.validate_only) not_written_.IsWell();
  if (done.ok()) lost_.IsWell();
  return done;
}

// Runs `body` once as a transaction. If it fails, the caller rolls back.
absl::Status Database::Attempt(Session& session, const Call& call, bool is_idempotent,
                               absl::FunctionRef<absl::Status(Transaction&)> body,
                               google::protobuf::Message& response) {
  Transaction tx(session, call.account_id, ids_);
  RETURN_IF_ERROR(session.Begin());
  const std::string claim_id = ids_.Next(kClaimPrefix);
  ASSIGN_OR_RETURN(const bool first_time, InsertRequest(tx, call, claim_id, ToMicroseconds(now_())));
  if (!first_time) {
    if (is_idempotent) return StartOver();  // Another server has made the same request_id.
    ASSIGN_OR_RETURN(const std::optional<StoredRequest> stored, GetRequest(tx, call));
    if (!stored) return StartOver();  // Purged since.
    RETURN_IF_ERROR(Replay(*stored, call, response));
    if (call.figures != nullptr) call.figures->replayed = true;
    return session.Rollback();
  }
  tx.ForgetChangedRows();
  absl::Status status = body(tx);
  if (!IsAnswer(session, status)) return status;
  if (!status.ok() || session.failure()) {
    // The body may have failed only because the transaction had ended, and its earlier writes were gone.
    const auto recorded = GetRequest(tx, call);
    if (session.failure() && session.failure()->kind != ErrorKind::kDefect) return recorded.status();
    if (!recorded.ok() || !*recorded || (*recorded)->claim_id != claim_id) {
      return session.LoseTransaction("the record was gone when the body had failed");
    }
    // A body that ignores an error must not commit.
    return session.failure() ? absl::InternalError(session.failure()->text) : status;
  }
  return Finish(tx, session, call, claim_id, is_idempotent, response);
}

// Ends a transaction whose body has succeeded.
absl::Status Database::Finish(Transaction& tx, Session& session, const Call& call, absl::string_view claim_id,
                              bool is_idempotent, const google::protobuf::Message& response) {
  if (tx.changed_rows() && !tx.trail().was_told()) {
    return absl::InternalError("rows were changed, and the trail was not told");
  }
  if (is_idempotent && tx.trail().empty()) {
    // Nothing was changed, so nothing needs a record.
    ASSIGN_OR_RETURN(const auto recorded, GetRequest(tx, call));
    if (!recorded) return session.LoseTransaction("the record was gone before ROLLBACK");
    return session.Rollback();
  }
  const std::string bytes = is_idempotent ? "" : response.SerializeAsString();
  ASSIGN_OR_RETURN(const bool recorded, InsertChange(tx, call, claim_id, bytes));
  if (!recorded) return session.LoseTransaction("the record was gone before COMMIT");
  // If the answer to this COMMIT is lost, running again is safe: the recorded request tells whether it was done.
  return session.Commit();
}

// The same for a call that is validate_only: rolls back, and records nothing.
absl::Status Database::AttemptValidation(Session& session, const Call& call,
                                         absl::FunctionRef<absl::Status(Transaction&)> body,
                                         google::protobuf::Message& response) {
  Transaction tx(session, call.account_id, ids_);
  RETURN_IF_ERROR(session.Begin());
  RETURN_IF_ERROR(session.SetMark());
  absl::Status status = body(tx);
  if (!IsAnswer(session, status)) return status;
  RETURN_IF_ERROR(session.CheckMark());
  if (session.failure()) return absl::InternalError(session.failure()->text);
  RETURN_IF_ERROR(status);
  ClearIds(tx.new_ids(), response);
  return session.Rollback();
}

absl::Status Database::Run(const Call& call, bool autocommit, absl::FunctionRef<absl::Status(Session&)> attempt) {
  // Real time, not the injected clock: it bounds waiting.
  const absl::Time deadline = std::min(call.deadline, absl::Now() + options_.max_call);
  Runs runs;
  for (int run = 0;; ++run) {
    if (run > 0) absl::SleepFor(std::min(Backoff(run, options_.max_backoff), deadline - absl::Now()));
    const absl::Time now = absl::Now();
    if (now >= deadline) return DeadlinePassed();
    if (now - runs.refused_since >= options_.unreachable_after) return DatabaseUnavailable();

    absl::StatusOr<Pooled> pooled = pool_.Acquire(autocommit, call.figures);
    if (!pooled.ok()) {
      runs.refused_since = std::min(runs.refused_since, now);
      continue;
    }
    Session& session = *pooled->session;
    session.ClearFailure();
    absl::Status status =
        session.Set({.autocommit = autocommit, .time_limit = deadline - now, .row_wait = options_.row_wait});
    if (status.ok()) status = attempt(session);
    const RerunCause cause = session.failure()               ? CauseOf(session.failure()->kind)
                             : absl::IsAlreadyExists(status) ? RerunCause::kDuplicate
                                                             : RerunCause::kStartedOver;
    std::optional<absl::Status> answer = session.failure() ? AfterFailure(*std::move(pooled), now, deadline, runs)
                                                           : AfterAttempt(*std::move(pooled), status, runs);
    if (answer) return *std::move(answer);
    if (call.figures != nullptr) ++call.figures->reruns[static_cast<size_t>(cause)];
  }
}

std::optional<absl::Status> Database::AfterAttempt(Pooled pooled, absl::Status status, Runs& runs) {
  pool_.Release(std::move(pooled));
  dropped_.IsWell();
  refused_.IsWell();
  if (status.ok() || ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED) return status;
  // Runs again after StartOver(), and after a duplicate that the body did not expect: another server made the same id.
  if (absl::IsAborted(status)) return std::nullopt;
  if (absl::IsAlreadyExists(status) && ++runs.duplicates <= kMaxDuplicates) return std::nullopt;
  return LoggedInternalError(ids_, status.ToString());
}

std::optional<absl::Status> Database::AfterFailure(Pooled pooled, absl::Time begin, absl::Time deadline, Runs& runs) {
  Session& session = *pooled.session;
  const Session::Failure failure = *session.failure();
  switch (failure.kind) {
    case ErrorKind::kRerun:
    case ErrorKind::kRowLocked:
      runs.refused_since = absl::InfiniteFuture();  // It answers.
      // ROLLBACK first, always: a lock wait time-out leaves the transaction open with its earlier writes.
      if (session.Rollback().ok()) pool_.Release(std::move(pooled));
      if (failure.kind == ErrorKind::kRowLocked) runs.waited_for_rows += absl::Now() - begin;
      if (runs.waited_for_rows >= options_.row_wait - kRowWaitSlack && absl::Now() < deadline) {
        // Only RowLocked() says that nothing was done.
        return runs.outcome_known ? RowLocked() : DatabaseUnavailable();
      }
      return std::nullopt;
    case ErrorKind::kTransactionLost:
      lost_.Happened(failure.text);
      return std::nullopt;
    case ErrorKind::kConnectionLost:
      runs.outcome_known = false;
      dropped_.Happened(failure.text);
      return std::nullopt;
    case ErrorKind::kServerRefuses:
      refused_.Happened(failure.text);
      pool_.DropAll();
      runs.refused_since = std::min(runs.refused_since, absl::Now());
      return std::nullopt;
    case ErrorKind::kCannotWrite:
      runs.outcome_known = false;
      not_written_.Happened(failure.text);
      if (session.Rollback().ok()) pool_.Release(std::move(pooled));
      runs.refused_since = std::min(runs.refused_since, absl::Now());
      return std::nullopt;
    case ErrorKind::kDuplicate:
    case ErrorKind::kDefect:
      break;
  }
  return LoggedInternalError(ids_, failure.text);
}

absl::StatusOr<int64_t> Database::ExecuteAlone(const Statement& statement, absl::Span<const Value> values) {
  int64_t changed = 0;
  RETURN_IF_ERROR(Run(Call(), /*autocommit=*/true, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(changed, session.Execute(statement, values));
    return absl::OkStatus();
  }));
  return changed;
}

}  // namespace agreements::storage
