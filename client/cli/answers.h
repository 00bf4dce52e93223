// The answers to a command, on their way to the terminal.
#ifndef AGREEMENTS_CLIENT_CLI_ANSWERS_H_
#define AGREEMENTS_CLIENT_CLI_ANSWERS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/call.h"
#include "client/cli/output/errors.h"
#include "client/cli/output/output.h"
#include "client/cli/output/tally.h"

namespace agreements::cli {

// Makes the calls of one command, and prints what is answered as it arrives. One at a time.
class Answers {
 public:
  // What it is given must outlive it.
  Answers(const Api& api, const Command& command, const OutputStyle& style, const Caller& caller,
          const ErrorStyle& error_style);

  // Walks the pages, all of them if there is no limit.
  absl::Status List(google::protobuf::Message& request, int limit);
  absl::Status Stream(const google::protobuf::Message& request);
  // Requests whose answers belong together.
  absl::Status Parts(const std::vector<std::unique_ptr<google::protobuf::Message>>& parts);
  absl::Status Unary(const google::protobuf::Message& request);

  // What there is to say about results, on standard error. The exit code.
  int Conclude();

 private:
  absl::Status AddRow(const google::protobuf::Message& row, const google::protobuf::Message* item,
                      absl::string_view kind);
  absl::Status AddRows(const google::protobuf::Message& response, const google::protobuf::FieldDescriptor* list,
                       const google::protobuf::Message* request);
  absl::Status Collect(const google::protobuf::Message& response, const google::protobuf::Message* request,
                       const google::protobuf::FieldDescriptor* list);

  const Api& api_;
  const Command& command_;
  const OutputStyle style_;
  const Caller& caller_;
  const ErrorStyle error_style_;
  Progress progress_;
  Tally tally_;
  std::vector<std::unique_ptr<RowPrinter>> printers_;
  std::unique_ptr<google::protobuf::Message> all_;  // As JSON, a list is one document.
  bool has_findings_ = false;
};

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_ANSWERS_H_
