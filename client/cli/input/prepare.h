// From the command line to requests that can be sent.
#ifndef AGREEMENTS_CLIENT_CLI_INPUT_PREPARE_H_
#define AGREEMENTS_CLIENT_CLI_INPUT_PREPARE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/input/arguments.h"
#include "client/cli/input/contexts.h"
#include "client/cli/output/output.h"

namespace agreements::cli {

// The first list of messages in an answer, or nullptr.
const google::protobuf::FieldDescriptor* FirstList(const google::protobuf::Descriptor* type);
// Whether each message of a stream is a row: it has values of its own. Another one carries rows in lists.
bool IsRow(const google::protobuf::Descriptor* streamed);

// The request that the arguments make, with the account of the settings and a request_id where it has none.
// INVALID_ARGUMENT says what is wrong with which flag or file.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> MakeRequest(const Api& api, const Arguments& arguments,
                                                                       const Settings& settings);

// --output and --columns, of which each must be in the answer.
absl::StatusOr<OutputStyle> OutputStyleOf(const Arguments& arguments);

// --limit; 0: there is none.
absl::StatusOr<int> LimitOf(const Arguments& arguments);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_INPUT_PREPARE_H_
