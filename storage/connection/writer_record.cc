#include "storage/connection/writer_record.h"

#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

const Statement kGetWriter = {"get_writer", R"sql(
  SELECT epoch, host
  FROM writer
  WHERE id = 1
)sql"};

const Statement kInsertWriter = {"insert_writer", R"sql(
  INSERT IGNORE INTO writer (id, epoch, host)
  VALUES (1, 1, ?)
)sql"};

const Statement kUpdateWriter = {"update_writer", R"sql(
  UPDATE writer
  SET epoch = epoch + 1,
      host = ?
  WHERE id = 1
    AND epoch = ?
)sql"};

// Whether the statement failed since the schema has no such table: it is not migrated yet, and nobody can use it.
bool HasNoRecord(Session& session) {
  if (session.failure()->number != kNoSuchTableError) return false;
  session.ClearFailure();
  return true;
}

}  // namespace

absl::StatusOr<WriterRecord> ReadWriterRecord(Session& session) {
  WriterRecord record;
  const absl::Status status = session.Query(
      kGetWriter, {}, [&](const Row& row) { record = {.epoch = row.GetInt64(1), .host = row.GetString(2)}; });
  if (!status.ok() && !HasNoRecord(session)) return status;
  return record;
}

absl::StatusOr<WriterRecord> RecordWriter(Session& session, const WriterRecord& seen, absl::string_view host) {
  const absl::Status status = seen.epoch == 0 ? session.Execute(kInsertWriter, {host}).status()
                                              : session.Execute(kUpdateWriter, {host, seen.epoch}).status();
  if (status.ok()) return ReadWriterRecord(session);
  if (HasNoRecord(session)) return WriterRecord{.host = std::string(host)};
  return status;
}

}  // namespace agreements::storage
