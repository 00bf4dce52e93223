// What the results of a call come to, and how far it is.
#ifndef AGREEMENTS_CLIENT_CLI_OUTPUT_TALLY_H_
#define AGREEMENTS_CLIENT_CLI_OUTPUT_TALLY_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace agreements::cli {

// The field of this name and kind, or nullptr.
const google::protobuf::FieldDescriptor* MessageField(const google::protobuf::Descriptor* type,
                                                      const std::string& name);

// Counts rows: by their outcome with the amounts of their order bases, or by their kind with days and quantities.
class Tally {
 public:
  // `kind` is what rows are, in the plural; `label` tells which one it is.
  void Add(const google::protobuf::Message& row, absl::string_view kind, const std::string& label);

  // Rows that were refused, with the error of each. Never more than the first thousand of them are kept.
  const std::vector<std::pair<std::string, absl::Status>>& refusals() const { return refusals_; }
  int64_t refused() const { return refused_; }

  // "3 results: 1 created (668.97 NOK), 2 refused", "2 users, 41 days"; empty if there is nothing to say.
  std::string Summary() const;

 private:
  struct Group {
    int64_t count = 0;
    int64_t hundredths = 0;
    std::map<std::string, int64_t> sums;
  };

  bool has_outcomes_ = false;
  std::string last_;  // What the row before was about: its first text.
  std::map<std::string, Group> groups_;
  std::string currency_;
  int64_t refused_ = 0;
  std::vector<std::pair<std::string, absl::Status>> refusals_;
};

// Tells on a terminal, and now and then elsewhere, how far a call is.
class Progress {
 public:
  Progress(std::ostream& out, bool is_terminal, absl::Time now) : out_(out), is_terminal_(is_terminal), last_(now) {}

  // With the response's own word on how far it is, if it has one; else with how many rows there were.
  void Tell(const google::protobuf::Message& response, int64_t rows, absl::Time now);
  // Takes the line back, so that others can write.
  void Clear();

 private:
  std::ostream& out_;
  const bool is_terminal_;
  absl::Time last_;
  bool is_shown_ = false;
};

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_OUTPUT_TALLY_H_
