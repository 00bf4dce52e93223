#include "storage/connection/call_runner.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "spdlog/spdlog.h"

namespace agreements::storage {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(1);

// The server's clock for row waits is coarser than ours.
constexpr absl::Duration kRowWaitSlack = absl::Milliseconds(100);

// How often a call runs again after a duplicate that its body did not expect. Two servers can make the same id, but not
// many times in a row.
constexpr int kMaxDuplicates = 5;

// A statement of a migration may take long.
constexpr absl::Duration kReadTimeoutSlack = absl::Seconds(5);

// Full jitter: a random pause up to a bound that doubles each time.
absl::Duration Backoff(int attempt, absl::Duration longest) {
  thread_local absl::BitGen generator;
  const absl::Duration bound = std::min(longest, kFirstBackoff * (1 << std::min(attempt, 20)));
  return bound * absl::Uniform<double>(generator, 0, 1);
}

void Pause(const Call& call, absl::Duration pause) {
  if (call.cancellation != nullptr) {
    call.cancellation->WaitFor(pause);
  } else {
    absl::SleepFor(pause);
  }
}

bool IsCancelled(const Call& call) { return call.cancellation != nullptr && call.cancellation->cancelled(); }

void CountRerun(const Call& call, RerunCause cause) {
  if (call.figures != nullptr) ++call.figures->reruns[static_cast<size_t>(cause)];
}

// Why an attempt runs again that ended so.
RerunCause CauseOf(const Session& session, const absl::Status& status) {
  if (session.failure()) return CauseOf(session.failure()->kind);
  return absl::IsAlreadyExists(status) ? RerunCause::kDuplicate : RerunCause::kStartedOver;
}

// Logs `text`, which no caller may see, under an id that the caller gets.
absl::Status LoggedInternalError(IdSource& ids, const std::string& text) {
  const std::string error_id = ids.Next("err-");
  spdlog::error("{} {}", error_id, text);
  return InternalError(error_id);
}

}  // namespace

bool IsAnswer(const Session& session, const absl::Status& status) {
  if (session.failure()) return session.failure()->kind == ErrorKind::kDefect;
  return !(absl::IsAborted(status) && ReasonOf(status) == v1::ERROR_REASON_UNSPECIFIED);
}

bool CallRunner::IsGone(absl::Time refused_since) const {
  return absl::Now() - std::min(refused_since, availability_.gone_since()) >= options_.unreachable_after;
}

absl::Status CallRunner::CheckGone() const {
  return IsGone(absl::InfiniteFuture()) ? DatabaseUnavailable() : absl::OkStatus();
}

absl::Status CallRunner::Run(const Call& call, bool autocommit, absl::FunctionRef<absl::Status(Session&)> attempt) {
  // Real time, not the injected clock: it bounds waiting.
  const absl::Time deadline = std::min(call.deadline, absl::Now() + options_.max_call);
  Runs runs;
  for (int run = 0;; ++run) {
    if (run > 0) Pause(call, std::min(Backoff(run, options_.max_backoff), deadline - absl::Now()));
    if (absl::Now() >= deadline) return DeadlinePassed();
    if (IsCancelled(call)) return absl::CancelledError();
    if (IsGone(runs.refused_since)) return DatabaseUnavailable();
    std::optional<absl::Status> answer = RunOnce(call, autocommit, deadline, runs, attempt);
    if (!answer) continue;
    if (answer->ok() && !autocommit) {
      lost_.IsWell();
      if (!call.validate_only) not_written_.IsWell();
    }
    return *std::move(answer);
  }
}

std::optional<absl::Status> CallRunner::RunOnce(const Call& call, bool autocommit, absl::Time deadline, Runs& runs,
                                                absl::FunctionRef<absl::Status(Session&)> attempt) {
  const absl::Time begin = absl::Now();
  if (!availability_.IsOutage()) availability_.EnsureHost().status().IgnoreError();
  absl::StatusOr<Pooled> pooled = pool_.Acquire(call, autocommit, /*may_connect=*/!availability_.IsOutage());
  if (!pooled.ok()) {
    runs.refused_since = std::min(runs.refused_since, begin);
    if (!absl::IsResourceExhausted(pooled.status())) availability_.BeginOutage(begin);
    return std::nullopt;
  }
  Session& session = *pooled->session;
  session.ClearFailure();
  Killable killable(call.cancellation.get(), killer_,
                    {.host = pooled->tenure->host, .connection_id = session.connection_id()});
  session.Serve(call.figures, call.cancellation.get());
  const absl::Duration left = deadline - begin;
  absl::Status status = session.Set({.autocommit = autocommit,
                                     .time_limit = call.is_background ? left : std::min(left, options_.max_statement),
                                     .row_wait = options_.row_wait});
  if (status.ok()) status = attempt(session);
  pooled->is_spoilt = killable.End();
  session.Serve(call.figures, nullptr);  // It may roll back.
  if (!session.failure() && (status.ok() || !IsCancelled(call))) {
    const RerunCause cause = CauseOf(session, status);
    std::optional<absl::Status> answer = AfterAttempt(*std::move(pooled), std::move(status), runs);
    if (!answer) CountRerun(call, cause);
    return answer;
  }
  if (IsCancelled(call)) {
    RollBack(*std::move(pooled));
    return absl::Now() >= call.deadline ? DeadlinePassed() : absl::CancelledError();
  }
  const RerunCause cause = CauseOf(session, status);
  std::optional<absl::Status> answer = AfterFailure(*std::move(pooled), begin, deadline, runs);
  if (!answer) CountRerun(call, cause);
  return answer;
}

std::optional<absl::Status> CallRunner::AfterAttempt(Pooled pooled, absl::Status status, Runs& runs) {
  pool_.Release(std::move(pooled));
  dropped_.IsWell();
  refused_.IsWell();
  if (status.ok() || ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED) return status;
  // Runs again after StartOver(), and after a duplicate that the body did not expect: another server made the same id.
  if (absl::IsAborted(status)) return std::nullopt;
  if (absl::IsAlreadyExists(status) && ++runs.duplicates <= kMaxDuplicates) return std::nullopt;
  return LoggedInternalError(ids_, status.ToString());
}

std::optional<absl::Status> CallRunner::AfterFailure(Pooled pooled, absl::Time begin, absl::Time deadline, Runs& runs) {
  const Session::Failure failure = *pooled.session->failure();
  switch (failure.kind) {
    case ErrorKind::kRerun:
    case ErrorKind::kRowLocked:
      runs.refused_since = absl::InfiniteFuture();  // It answers.
      RollBack(std::move(pooled));
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
      runs.refused_since = std::min(runs.refused_since, absl::Now());
      if (!pooled.tenure->is_over) availability_.BeginOutage(absl::Now());
      pool_.Leave(*pooled.tenure);
      return std::nullopt;
    case ErrorKind::kCannotWrite:
      runs.outcome_known = false;
      not_written_.Happened(failure.text);
      RollBack(std::move(pooled));
      runs.refused_since = std::min(runs.refused_since, absl::Now());
      return std::nullopt;
    case ErrorKind::kDuplicate:
    case ErrorKind::kDefect:
      break;
  }
  return LoggedInternalError(ids_, failure.text);
}

void CallRunner::RollBack(Pooled pooled) {
  // Always: a lock wait time-out leaves the transaction open with its earlier writes.
  if (!pooled.is_spoilt && pooled.session->Rollback().ok()) pool_.Release(std::move(pooled));
}

absl::StatusOr<std::unique_ptr<Session>> CallRunner::Connect() {
  ASSIGN_OR_RETURN(const size_t host, availability_.EnsureHost());
  return hosts_.Connect(
      host, {.connect_timeout = options_.connect_timeout, .read_timeout = options_.max_call + kReadTimeoutSlack});
}

DatabaseFigures CallRunner::figures() const {
  DatabaseFigures figures = pool_.figures();
  figures.fail_overs = availability_.fail_overs();
  figures.statements_killed = killer_.killed();
  figures.gone_since = availability_.gone_since();
  return figures;
}

}  // namespace agreements::storage
