#include "client/cli/output/output.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/commands/api.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kLaidOutBy = 50;  // Rows.
constexpr char kBold[] = "\x1b[1m";
constexpr char kPlain[] = "\x1b[0m";

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool IsMessage(const FieldDescriptor* field) {
  return field->type() == FieldDescriptor::TYPE_MESSAGE && !IsTimestamp(field->message_type()) &&
         !IsStatus(field->message_type());
}

std::string Bold(absl::string_view text, const OutputStyle& style) {
  return style.colours ? absl::StrCat(kBold, text, kPlain) : std::string(text);
}

// Names and values below each other. A value that does not fit is wrapped, or stands below its name if it is one word.
void PrintPairs(std::ostream& out, const Pairs& pairs, const OutputStyle& style) {
  constexpr int kGap = 2;
  constexpr int kIndent = 4;
  size_t widest = 0;
  for (const auto& [name, value] : pairs) widest = std::max(widest, name.size());
  const int left = static_cast<int>(widest) + kGap;
  for (const auto& [name, value] : pairs) {
    const bool is_word = value.find(' ') == std::string::npos;
    if (is_word && left + DisplayWidth(value) > style.width) {
      out << name << "\n" << std::string(kIndent, ' ') << value << "\n";
      continue;
    }
    std::string margin = absl::StrCat(name, std::string(widest + kGap - name.size(), ' '));
    for (const std::string& line : Wrapped(value, std::max(style.width - left, kIndent))) {
      out << margin << line << "\n";
      margin.assign(static_cast<size_t>(left), ' ');
    }
  }
}

// What a message has that is one value; of an answer also which of its lists are empty.
void AddPairs(const Message& message, bool is_answer, Pairs& pairs) {
  const Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const bool is_empty = field->is_repeated() && message.GetReflection()->FieldSize(message, field) == 0;
    if (is_answer && is_empty) pairs.emplace_back(std::string(field->name()), "none");
    if (IsMessage(field)) continue;
    std::string value = CellOf(message, field, CellStyle::kTable);
    if (!value.empty()) pairs.emplace_back(std::string(field->name()), std::move(value));
  }
}

std::vector<const FieldDescriptor*> MessageFields(const Descriptor* type, bool repeated) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type->field_count(); ++i) {
    if (IsMessage(type->field(i)) && type->field(i)->is_repeated() == repeated) fields.push_back(type->field(i));
  }
  return fields;
}

absl::Status PrintList(std::ostream& out, const Message& message, const FieldDescriptor* field,
                       const OutputStyle& style) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  ASSIGN_OR_RETURN(const auto printer, RowPrinter::Create(out, field->message_type(), style));
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    printer->Add(reflection->GetRepeatedMessage(message, field, i));
  }
  printer->Flush();
  return absl::OkStatus();
}

// The lists of a message, each with its name unless nothing stands above it.
absl::Status PrintLists(std::ostream& out, const Message& message, bool named, const OutputStyle& style) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  for (const FieldDescriptor* field : MessageFields(message.GetDescriptor(), true)) {
    if (reflection->FieldSize(message, field) == 0) continue;
    if (named) out << "\n" << Bold(field->name(), style) << "\n";
    RETURN_IF_ERROR(PrintList(out, message, field, style));
  }
  return absl::OkStatus();
}

absl::Status PrintBlocks(std::ostream& out, const Message& response, const OutputStyle& style) {
  const google::protobuf::Reflection* reflection = response.GetReflection();
  std::vector<const FieldDescriptor*> present;
  for (const FieldDescriptor* field : MessageFields(response.GetDescriptor(), false)) {
    if (reflection->HasField(response, field)) present.push_back(field);
  }
  Pairs own;
  AddPairs(response, true, own);
  bool is_first = true;
  for (const FieldDescriptor* field : present) {
    const Message& message = reflection->GetMessage(response, field);
    Pairs pairs;
    AddPairs(message, false, pairs);
    if (present.size() > 1) out << (is_first ? "" : "\n") << Bold(field->name(), style) << "\n";
    // What is said beside the only message is about it.
    if (present.size() == 1) pairs.insert(pairs.end(), own.begin(), own.end());
    PrintPairs(out, pairs, style);
    RETURN_IF_ERROR(PrintLists(out, message, true, style));
    is_first = false;
  }
  if (present.size() != 1) PrintPairs(out, own, style);
  return PrintLists(out, response, !present.empty() || !own.empty(), style);
}

}  // namespace

std::string CsvRow(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool quoted = cells[i].find_first_of(",\"\r\n") != std::string::npos;
    absl::StrAppend(&line, i == 0 ? "" : ",");
    absl::StrAppend(&line,
                    quoted ? absl::StrCat("\"", absl::StrReplaceAll(cells[i], {{"\"", "\"\""}}), "\"") : cells[i]);
  }
  return line + "\r\n";
}

absl::StatusOr<std::unique_ptr<RowPrinter>> RowPrinter::Create(std::ostream& out, const Descriptor* type,
                                                               const OutputStyle& style) {
  std::unique_ptr<RowPrinter> printer(new RowPrinter(out, type, style));
  const auto asked = printer->rows_of_.Select(style.columns);
  if (!style.columns.empty()) {
    RETURN_IF_ERROR(asked.status());
    printer->selection_ = *asked;
  } else if (style.format == OutputFormat::kTable) {
    printer->selection_ = printer->rows_of_.TableSelection();
  } else {
    for (size_t i = 0; i < printer->rows_of_.paths().size(); ++i) printer->selection_.push_back(i);
  }
  return printer;
}

std::vector<std::string> RowPrinter::Selected(const std::vector<std::string>& cells) const {
  std::vector<std::string> selected;
  for (const size_t index : selection_) selected.push_back(cells[index]);
  return selected;
}

void RowPrinter::Add(const Message& message) {
  ++count_;
  const bool is_table = style_.format == OutputFormat::kTable;
  if (!is_table && !std::exchange(has_header_, true)) out_ << CsvRow(Selected(rows_of_.paths()));
  for (const auto& row : rows_of_.RowsOf(message, is_table ? CellStyle::kTable : CellStyle::kExact)) {
    if (!is_table) {
      out_ << CsvRow(Selected(row));
    } else if (layout_ != nullptr) {
      out_ << layout_->Row(Selected(row));
    } else {
      waiting_.push_back(Selected(row));
    }
  }
  if (waiting_.size() >= kLaidOutBy) Flush();
}

void RowPrinter::Flush() {
  if (!waiting_.empty()) {
    const std::vector<TableColumn> all = rows_of_.TableColumns();
    std::vector<TableColumn> columns;
    for (const size_t index : selection_) columns.push_back(all[index]);
    layout_ = std::make_unique<TableLayout>(columns, waiting_, style_.width);
    std::string header = layout_->Header();
    header.pop_back();
    out_ << Bold(header, style_) << "\n";
    for (const auto& row : waiting_) out_ << layout_->Row(row);
    waiting_.clear();
  }
  out_.flush();
}

absl::Status PrintDocument(std::ostream& out, const Message& response, const OutputStyle& style) {
  if (style.format == OutputFormat::kJson) {
    out << Json(response, true) << "\n";
    return absl::OkStatus();
  }
  if (style.format == OutputFormat::kTable) return PrintBlocks(out, response, style);
  // An answer that has one thing only is that thing.
  const Descriptor* type = response.GetDescriptor();
  const FieldDescriptor* only = type->field_count() == 1 ? type->field(0) : nullptr;
  if (only != nullptr && IsMessage(only)) {
    if (only->is_repeated()) return PrintList(out, response, only, style);
    ASSIGN_OR_RETURN(const auto printer, RowPrinter::Create(out, only->message_type(), style));
    printer->Add(response.GetReflection()->GetMessage(response, only));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto printer, RowPrinter::Create(out, type, style));
  printer->Add(response);
  return absl::OkStatus();
}

}  // namespace agreements::cli
