// Messages as rows of a table or of CSV.
#ifndef AGREEMENTS_CLIENT_CLI_OUTPUT_ROWS_H_
#define AGREEMENTS_CLIENT_CLI_OUTPUT_ROWS_H_

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/output/table.h"

namespace agreements::cli {

enum class CellStyle {
  kTable,  // For people: enum values by their short names, times to the second, no control characters.
  kExact,  // As JSON has it.
};

// One field of a row's message, or of a message in it.
struct Node {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string path;            // "order_basis.total_amount"
  bool is_spread = false;      // A repeated message, each of which is a row of its own.
  std::vector<Node> children;  // Of messages; none: it is one cell.
};

// How messages of a type become rows: a cell for each field, in their order, also of messages within. The first
// repeated message within is spread: it makes as many rows as there are.
class RowType {
 public:
  explicit RowType(const google::protobuf::Descriptor* type);
  RowType(const RowType&) = delete;
  RowType& operator=(const RowType&) = delete;

  // What a table shows by default, and of what importance each is.
  std::vector<TableColumn> TableColumns() const;
  // The indices of the columns that these name, in that order. INVALID_ARGUMENT names one that is unknown.
  absl::StatusOr<std::vector<size_t>> Select(const std::vector<std::string>& names) const;
  // Those that a table has; all if nothing is said about the type.
  std::vector<size_t> TableSelection() const;

  const std::vector<std::string>& paths() const { return paths_; }
  // At least one row. In a table, what a row shares with the one above it is left empty.
  std::vector<std::vector<std::string>> RowsOf(const google::protobuf::Message& message, CellStyle style) const;

 private:
  std::vector<Node> nodes_;
  std::vector<const Node*> leaves_;
  std::vector<std::string> paths_;
  std::string name_;
};

// A field's value in a cell.
std::string CellOf(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                   CellStyle style);

// Whether its values are numbers, to be aligned at the right.
bool IsNumber(const google::protobuf::FieldDescriptor* field);

// Protobuf's JSON with the proto's names and with fields that are empty. On one line, or indented.
std::string Json(const google::protobuf::Message& message, bool indented);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_OUTPUT_ROWS_H_
