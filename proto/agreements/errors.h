// What an error of the service says, for programs that decide by it and for people who read it. Thread-safe.
#ifndef AGREEMENTS_ERRORS_H_
#define AGREEMENTS_ERRORS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "agreements/v1/error_reason.pb.h"
#include "google/rpc/status.pb.h"

namespace agreements {

// The reason, on which programs decide; ERROR_REASON_UNSPECIFIED for a status that is not the service's own, e.g. of a
// connection that broke.
v1::ErrorReason ReasonOf(const absl::Status& status);

// The same, and all that follows, of one item's error within a response, e.g. a TransactionResult's.
absl::Status ErrorOf(const google::rpc::Status& error);
v1::ErrorReason ReasonOf(const google::rpc::Status& error);

// What the reason's comment promises, e.g. {"current_revision", "7"}; empty if there is none.
std::map<std::string, std::string> MetadataOf(const absl::Status& status);

// When to try again; std::nullopt if it does not say.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

struct Violation {
  std::string field;        // Path from the request, e.g. "first_company_draft.display_name".
  std::string description;  // What is wrong, in English, for developers.
};

// Every bad field of the request; empty if the error is about something else.
std::vector<Violation> ViolationsOf(const absl::Status& status);

// A sentence in Norwegian for the person in front of the screen; empty if there is none.
std::string SentenceOf(const absl::Status& status);

}  // namespace agreements

#endif  // AGREEMENTS_ERRORS_H_
