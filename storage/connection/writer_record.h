// Which host of the database the servers write to, as the database itself has it.
//
// Two hosts may take writes at the same time: a primary that has failed and comes back beside the one that took over,
// or two nodes of a cluster. So the schema has one record, which is replicated as all rows are: the host that is
// written to, and an epoch that counts up whenever another host takes over. A host that has a lower epoch than another
// one lacks what was written since, and whatever is written to it will be lost.
#ifndef AGREEMENTS_STORAGE_CONNECTION_WRITER_RECORD_H_
#define AGREEMENTS_STORAGE_CONNECTION_WRITER_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/connection/session.h"

namespace agreements::storage {

struct WriterRecord {
  int64_t epoch = 0;
  std::string host;  // Its address as the servers have it, e.g. "tcp://db-1:3306". Empty: none has been written to.
};

// Epoch 0 in a schema that has no such record yet.
absl::StatusOr<WriterRecord> ReadWriterRecord(Session& session);

// Records that `host` is written to from now on, under the next epoch. Returns the new record or, if another one has
// been made since `seen` was read, that one. A schema that has no such record yet stays so.
absl::StatusOr<WriterRecord> RecordWriter(Session& session, const WriterRecord& seen, absl::string_view host);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_WRITER_RECORD_H_
