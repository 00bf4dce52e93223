// Instants as messages hold them. Thread-safe.
#ifndef AGREEMENTS_PROTO_TIMESTAMPS_H_
#define AGREEMENTS_PROTO_TIMESTAMPS_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace agreements {

// Cuts an instant to the microseconds that the database keeps.
absl::Time ToMicroseconds(absl::Time time);

// Cut to microseconds.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

absl::Time ToTime(const google::protobuf::Timestamp& timestamp);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_TIMESTAMPS_H_
