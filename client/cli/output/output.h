// Answers as tables, CSV and JSON.
#ifndef AGREEMENTS_CLIENT_CLI_OUTPUT_OUTPUT_H_
#define AGREEMENTS_CLIENT_CLI_OUTPUT_OUTPUT_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/output/rows.h"

namespace agreements::cli {

enum class OutputFormat { kTable, kJson, kCsv };

struct OutputStyle {
  OutputFormat format = OutputFormat::kTable;
  std::vector<std::string> columns = {};  // Those that were asked for; none: what the type has.
  int width = 80;                         // Of the terminal.
  bool colours = false;
};

// RFC 4180, with its end of line.
std::string CsvRow(const std::vector<std::string>& cells);

// Prints messages of one type as rows, tables or CSV. A table is laid out by its first rows, and then printed as they
// come.
class RowPrinter {
 public:
  // INVALID_ARGUMENT names a column that there is not.
  static absl::StatusOr<std::unique_ptr<RowPrinter>> Create(std::ostream& out, const google::protobuf::Descriptor* type,
                                                            const OutputStyle& style);

  void Add(const google::protobuf::Message& message);
  // Prints what has waited for more. Rows can be added afterwards.
  void Flush();

  const google::protobuf::Descriptor* type() const { return type_; }
  // Messages that were added.
  int64_t count() const { return count_; }

 private:
  RowPrinter(std::ostream& out, const google::protobuf::Descriptor* type, const OutputStyle& style)
      : out_(out), type_(type), rows_of_(type), style_(style) {}

  std::vector<std::string> Selected(const std::vector<std::string>& cells) const;

  std::ostream& out_;
  const google::protobuf::Descriptor* type_;
  const RowType rows_of_;
  const OutputStyle style_;
  std::vector<size_t> selection_;
  std::vector<std::vector<std::string>> waiting_;
  std::unique_ptr<TableLayout> layout_;
  bool has_header_ = false;
  int64_t count_ = 0;
};

// Prints one answer: a block of its fields, with a table for each list in it. As CSV, its rows.
absl::Status PrintDocument(std::ostream& out, const google::protobuf::Message& response, const OutputStyle& style);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_OUTPUT_OUTPUT_H_
