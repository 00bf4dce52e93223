// Calls of methods that are known by their descriptors only.
#ifndef AGREEMENTS_CLIENT_CLI_CALL_H_
#define AGREEMENTS_CLIENT_CLI_CALL_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "agreements/connection.h"
#include "client/cli/commands/commands.h"

namespace agreements::cli {

class Caller {
 public:
  Caller(const Api& api, std::shared_ptr<const Connection> connection, std::string actor)
      : api_(api), connection_(std::move(connection)), actor_(std::move(actor)) {}

  // Calls `on_response` with each response as it arrives: one, or those of a stream. If that is not OK, the call ends
  // with what it returned.
  absl::Status Call(const Command& command, const google::protobuf::Message& request,
                    const std::function<absl::Status(const google::protobuf::Message&)>& on_response) const;

 private:
  const Api& api_;
  std::shared_ptr<const Connection> connection_;
  std::string actor_;
};

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_CALL_H_
