#include "client/cli/output/rows.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/api.h"
#include "client/cli/commands/suggestions.h"
#include "client/cli/output/errors.h"

namespace agreements::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Cells = std::vector<std::string>;

// What a table shows of some messages, the most important first. Of the others it shows all, and what there is no room
// for goes from the right to the left, after what is of least use.
struct Shown {
  absl::string_view type;
  absl::string_view columns;
};
constexpr Shown kShown[] = {
    {"Access", "company_id user_id product_id state from_day until_day expire_time"},
    {"Change", "create_time method id field new_value old_value actor"},
    {"OrderBasis",
     "order_basis_id agreement_display_name customer_number from_day until_day total_amount lines.line_number "
     "lines.product_id lines.amount currency agreement_id"},
    {"RunBillingResponse", "agreement_id month outcome order_basis.total_amount error order_basis.order_basis_id"},
    {"TransactionResult",
     "transaction.transaction_id outcome transaction.product_id transaction.quantity transaction.day error "
     "transaction.company_id"},
    {"UserShare", "user_id days company_id from_day until_day access_id"},
};
constexpr absl::string_view kOfLeastUse[] = {"request_id", "trace_id",    "digest",          "update_time",
                                             "revision",   "create_time", "record_time",     "occur_time",
                                             "currency",   "kind",        "price_valid_from"};
constexpr int kMostImportant = 1000;

bool HasSelection(absl::string_view type) {
  return std::any_of(std::begin(kShown), std::end(kShown), [&](const Shown& shown) { return shown.type == type; });
}

bool IsOneCell(const FieldDescriptor* field) {
  return field->type() != FieldDescriptor::TYPE_MESSAGE || IsTimestamp(field->message_type()) ||
         IsStatus(field->message_type());
}

// `spread` is whether a repeated message was met. Types that contain themselves end in a cell.
std::vector<Node> NodesOf(const Descriptor* type, const std::string& prefix, int depth, bool& spread) {
  constexpr int kDeepest = 4;
  std::vector<Node> nodes;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    Node node;
    node.field = field;
    node.path = prefix + std::string(field->name());
    const bool is_inner = !IsOneCell(field) && depth < kDeepest;
    if (is_inner && field->is_repeated() && !spread) node.is_spread = true;
    if (is_inner && (!field->is_repeated() || node.is_spread)) {
      bool spread_within = node.is_spread ? false : spread;
      node.children = NodesOf(field->message_type(), node.path + ".", depth + 1, spread_within);
      spread = spread || node.is_spread || spread_within;
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

void AddLeaves(const std::vector<Node>& nodes, std::vector<const Node*>& leaves) {
  for (const Node& node : nodes) {
    if (node.children.empty()) leaves.push_back(&node);
    AddLeaves(node.children, leaves);
  }
}

size_t LeafCount(const Node& node) {
  std::vector<const Node*> leaves;
  AddLeaves(node.children, leaves);
  return leaves.empty() ? 1 : leaves.size();
}

std::vector<Cells> Expand(const std::vector<Node>& nodes, const Message& message, CellStyle style);

std::vector<Cells> ExpandNode(const Node& node, const Message& message, CellStyle style) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  if (node.children.empty()) return {{CellOf(message, node.field, style)}};
  std::vector<Cells> rows;
  if (node.is_spread) {
    for (int i = 0; i < reflection->FieldSize(message, node.field); ++i) {
      for (Cells& row : Expand(node.children, reflection->GetRepeatedMessage(message, node.field, i), style)) {
        rows.push_back(std::move(row));
      }
    }
  } else if (reflection->HasField(message, node.field)) {
    rows = Expand(node.children, reflection->GetMessage(message, node.field), style);
  }
  if (rows.empty()) rows.emplace_back(LeafCount(node));
  return rows;
}

// At most one of the nodes makes more than one row.
std::vector<Cells> Expand(const std::vector<Node>& nodes, const Message& message, CellStyle style) {
  std::vector<Cells> rows = {{}};
  for (const Node& node : nodes) {
    const std::vector<Cells> added = ExpandNode(node, message, style);
    if (added.size() > 1) {
      rows.resize(added.size(), style == CellStyle::kTable ? Cells(rows.front().size()) : rows.front());
    }
    for (size_t r = 0; r < rows.size(); ++r) {
      const bool is_shared = added.size() == 1 && r > 0;
      const Cells& cells = is_shared && style == CellStyle::kTable ? Cells(added.front().size())
                           : is_shared                             ? added.front()
                                                                   : added[std::min(r, added.size() - 1)];
      rows[r].insert(rows[r].end(), cells.begin(), cells.end());
    }
  }
  return rows;
}

std::string Clean(std::string text) {
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  return text;
}

std::string MessageCell(const Message& value, CellStyle style) {
  if (IsTimestamp(value.GetDescriptor())) {
    const std::string quoted = Json(value, false);
    std::string time = quoted.size() < 2 ? quoted : quoted.substr(1, quoted.size() - 2);
    const size_t point = time.find('.');
    if (style == CellStyle::kTable && point != std::string::npos) time = time.substr(0, point) + "Z";
    return time;
  }
  if (IsStatus(value.GetDescriptor()) && style == CellStyle::kTable) return ReasonOfStatus(value);
  return Json(value, false);
}

std::string ValueCell(const Message& message, const FieldDescriptor* field, int index, CellStyle style) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  const bool many = field->is_repeated();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      scratch = many ? reflection->GetRepeatedString(message, field, index) : reflection->GetString(message, field);
      return style == CellStyle::kTable ? Clean(scratch) : scratch;
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection->GetRepeatedBool(message, field, index) : reflection->GetBool(message, field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value =
          many ? reflection->GetRepeatedEnum(message, field, index) : reflection->GetEnum(message, field);
      if (style == CellStyle::kExact) return std::string(value->name());
      return value->number() == 0 ? "" : ShortName(value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageCell(
          many ? reflection->GetRepeatedMessage(message, field, index) : reflection->GetMessage(message, field), style);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? reflection->GetRepeatedInt32(message, field, index)
                               : reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? reflection->GetRepeatedInt64(message, field, index)
                               : reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(many ? reflection->GetRepeatedUInt32(message, field, index)
                               : reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(many ? reflection->GetRepeatedUInt64(message, field, index)
                               : reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(many ? reflection->GetRepeatedDouble(message, field, index)
                               : reflection->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(many ? reflection->GetRepeatedFloat(message, field, index)
                               : reflection->GetFloat(message, field));
  }
  return "";
}

}  // namespace

std::string Json(const Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(message, &json, options);
  return printed.ok() ? std::string(absl::StripTrailingAsciiWhitespace(json)) : message.ShortDebugString();
}

bool IsNumber(const FieldDescriptor* field) {
  const std::string& name = field->name();
  return (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || absl::EndsWith(name, "amount") ||
          absl::EndsWith(name, "_price")) &&
         field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM && field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL &&
         field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated();
}

std::string CellOf(const Message& message, const FieldDescriptor* field, CellStyle style) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  if (!field->is_repeated()) {
    if (field->has_presence() && !reflection->HasField(message, field)) return "";
    return ValueCell(message, field, 0, style);
  }
  Cells values;
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) values.push_back(ValueCell(message, field, i, style));
  const bool json = field->type() == FieldDescriptor::TYPE_MESSAGE && style == CellStyle::kExact;
  return json ? absl::StrCat("[", absl::StrJoin(values, ","), "]") : absl::StrJoin(values, ", ");
}

RowType::RowType(const Descriptor* type) : name_(type->name()) {
  bool spread = false;
  nodes_ = NodesOf(type, "", 0, spread);
  AddLeaves(nodes_, leaves_);
  for (const Node* leaf : leaves_) paths_.push_back(leaf->path);
}

std::vector<Cells> RowType::RowsOf(const Message& message, CellStyle style) const {
  return Expand(nodes_, message, style);
}

// Names are matched by their last part, too, since tables show only that.
absl::StatusOr<std::vector<size_t>> RowType::Select(const std::vector<std::string>& names) const {
  std::vector<size_t> selection;
  for (const std::string& name : names) {
    const auto is_meant = [&](const std::string& path) { return path == name || absl::EndsWith(path, "." + name); };
    auto found = std::find(paths_.begin(), paths_.end(), name);
    if (found == paths_.end()) found = std::find_if(paths_.begin(), paths_.end(), is_meant);
    if (found == paths_.end()) {
      return absl::InvalidArgumentError(absl::StrCat("--columns: there is no column '", name, "'",
                                                     DidYouMean(name, paths_),
                                                     " There is: ", absl::StrJoin(paths_, ", "), "."));
    }
    selection.push_back(static_cast<size_t>(found - paths_.begin()));
  }
  return selection;
}

std::vector<size_t> RowType::TableSelection() const {
  for (const Shown& shown : kShown) {
    if (shown.type != name_) continue;
    const auto selection = Select(absl::StrSplit(shown.columns, ' '));
    if (selection.ok()) return *selection;
  }
  std::vector<size_t> all;
  for (size_t i = 0; i < leaves_.size(); ++i) all.push_back(i);
  return all;
}

std::vector<TableColumn> RowType::TableColumns() const {
  std::map<std::string, int> uses;
  for (const Node* leaf : leaves_) ++uses[std::string(leaf->field->name())];
  std::vector<TableColumn> columns;
  for (size_t i = 0; i < leaves_.size(); ++i) {
    const std::string& name = leaves_[i]->field->name();
    TableColumn column;
    const std::string& path = leaves_[i]->path;
    column.name = uses[name] == 1 || !absl::StrContains(path, '.') ? name : path;
    column.right = IsNumber(leaves_[i]->field);
    column.list = absl::EndsWith(name, "_ids");
    const bool is_id = absl::EndsWith(name, "_id") || name == "id";
    column.whole = is_id || leaves_[i]->field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || column.right ||
                   absl::EndsWith(name, "_day") || absl::EndsWith(name, "_from") || absl::EndsWith(name, "_until");
    const auto* of_least_use = std::find(std::begin(kOfLeastUse), std::end(kOfLeastUse), name);
    if (of_least_use != std::end(kOfLeastUse)) {
      column.importance = static_cast<int>(of_least_use - std::begin(kOfLeastUse)) - kMostImportant;
    } else {
      column.importance = i == 0 || absl::EndsWith(name, "amount") ? kMostImportant : -static_cast<int>(i);
    }
    columns.push_back(column);
  }
  const std::vector<size_t> selection = TableSelection();
  if (HasSelection(name_)) {
    for (size_t i = 0; i < selection.size(); ++i)
      columns[selection[i]].importance = kMostImportant - static_cast<int>(i);
  }
  return columns;
}

}  // namespace agreements::cli
