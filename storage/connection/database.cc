#include "storage/connection/database.h"

#include <algorithm>

#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/changes.h"
#include "storage/connection/requests.h"

namespace agreements::storage {
namespace {

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

}  // namespace

std::vector<const Trail*> Transaction::EarlierEntries() const {
  if (further_entries_.empty()) return {};
  std::vector<const Trail*> earlier = {&trail_};
  for (const Trail& trail : further_entries_) earlier.push_back(&trail);
  earlier.pop_back();
  return earlier;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadTransaction::GetRow(
    const PointSelect& select, absl::Span<const Value> values, absl::Span<const absl::string_view> key,
    const MessageReader& reader) {
  std::vector<Value> all(values.begin(), values.end());
  all.emplace_back(account_id());
  all.insert(all.end(), key.begin(), key.end());
  std::unique_ptr<google::protobuf::Message> found;
  RETURN_IF_ERROR(session_.Query(select.for_one(), all, [&](const Row& row) { found = reader(row); }));
  if (found != nullptr && trail_ != nullptr) trail_->Saw(*found);
  return found;
}

absl::Status StartOver() { return absl::AbortedError("the transaction starts over"); }

Database::Database(const DatabaseOptions& options, IdSource& ids, std::function<absl::Time()> now)
    : ids_(ids), now_(std::move(now)), runner_(options, ids) {}

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
  return runner_.Run(call, /*autocommit=*/false, [&](Session& session) -> absl::Status {
    absl::Status status = call.validate_only ? AttemptValidation(session, call, body, response)
                                             : Attempt(session, call, is_idempotent, body, response);
    if (!status.ok() && !session.failure()) RETURN_IF_ERROR(session.Rollback());
    // An attempt that ended in a lost COMMIT may have recorded it.
    if (is_idempotent) call.request_id = NewRequestId(ids_);
    return status;
  });
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
  RETURN_IF_ERROR(RecordEarlierEntries(tx, call));
  ASSIGN_OR_RETURN(const bool recorded, InsertChange(tx, call, claim_id, bytes));
  if (!recorded) return session.LoseTransaction("the record was gone before COMMIT");
  // If the answer to this COMMIT is lost, running again is safe: the recorded request tells whether it was done.
  return session.Commit();
}

// Writes all entries but the last one, each with a request of its own, as if it had been a call by itself.
absl::Status Database::RecordEarlierEntries(Transaction& tx, const Call& call) {
  const std::vector<const Trail*> trails = tx.EarlierEntries();
  if (trails.empty()) return absl::OkStatus();
  std::vector<RecordedEntry> entries;
  entries.reserve(trails.size());
  for (const Trail* trail : trails) {
    entries.push_back({.request_id = NewRequestId(ids_), .claim_id = ids_.Next(kClaimPrefix), .trail = trail});
  }
  RETURN_IF_ERROR(InsertRequests(tx, call, entries, ToMicroseconds(now_())));
  return InsertChanges(tx, call, entries);
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

Call Database::Alone() {
  Call call;
  call.is_background = true;
  return call;
}

absl::StatusOr<int64_t> Database::ExecuteAlone(const Statement& statement, absl::Span<const Value> values) {
  int64_t changed = 0;
  RETURN_IF_ERROR(runner_.Run(Alone(), /*autocommit=*/true, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(changed, session.Execute(statement, values));
    return absl::OkStatus();
  }));
  return changed;
}

}  // namespace agreements::storage
