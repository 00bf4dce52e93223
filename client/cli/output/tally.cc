#include "client/cli/output/tally.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/commands/api.h"
#include "client/cli/output/errors.h"
#include "proto/money.h"

namespace agreements::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kRefused[] = "refused";
constexpr size_t kMostRefusals = 1000;
constexpr absl::Duration kOnTerminal = absl::Milliseconds(200);
constexpr absl::Duration kElsewhere = absl::Seconds(10);

const Message* Within(const Message& message, const std::string& name) {
  const FieldDescriptor* field = MessageField(message.GetDescriptor(), name);
  if (field == nullptr || !message.GetReflection()->HasField(message, field)) return nullptr;
  return &message.GetReflection()->GetMessage(message, field);
}

std::string Text(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return "";
  return message.GetReflection()->GetString(message, field);
}

// std::nullopt: it has no such number.
std::optional<int64_t> Number(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated()) return std::nullopt;
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) return message.GetReflection()->GetInt32(message, field);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) return message.GetReflection()->GetInt64(message, field);
  return std::nullopt;
}

}  // namespace

const FieldDescriptor* MessageField(const Descriptor* type, const std::string& name) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  return field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE && !field->is_repeated() ? field : nullptr;
}

void Tally::Add(const Message& row, absl::string_view kind, const std::string& label) {
  const FieldDescriptor* outcome = row.GetDescriptor()->FindFieldByName("outcome");
  const bool has_outcome = outcome != nullptr && outcome->type() == FieldDescriptor::TYPE_ENUM;
  const std::string name = has_outcome ? ShortName(row.GetReflection()->GetEnum(row, outcome)) : KebabCase(kind);
  has_outcomes_ = has_outcomes_ || has_outcome;
  Group& group = groups_[name];
  // One that is continued is the same: a user with many accesses.
  const std::string first = Text(row, std::string(row.GetDescriptor()->field(0)->name()));
  if (has_outcome || first.empty() || first != std::exchange(last_, first)) ++group.count;
  for (const char* number : {"days", "quantity"}) {
    if (const auto value = Number(row, number)) group.sums[number] += *value;
  }
  if (const Message* document = Within(row, "order_basis"); document != nullptr) {
    const std::string amount = Text(*document, "total_amount");
    if (!amount.empty()) group.hundredths += ParseAmount(amount);
    currency_ = Text(*document, "currency");
  }
  const Message* error = Within(row, "error");
  if (error == nullptr || !IsStatus(error->GetDescriptor()) || name != kRefused) return;
  ++refused_;
  if (refusals_.size() < kMostRefusals) refusals_.emplace_back(label, ToStatus(*error));
}

std::string Tally::Summary() const {
  int64_t all = 0;
  std::vector<std::string> parts;
  for (const auto& [name, group] : groups_) {
    all += group.count;
    const std::string amount =
        group.hundredths == 0 ? "" : absl::StrCat(" (", FormatAmount(group.hundredths), " ", currency_, ")");
    // "1 user"
    const absl::string_view kind = has_outcomes_ || group.count != 1 ? name : absl::StripSuffix(name, "s");
    parts.push_back(absl::StrCat(group.count, " ", kind, amount));
    for (const auto& [number, sum] : group.sums) parts.push_back(absl::StrCat(sum, " ", number));
  }
  if (all == 0) return "";
  return absl::StrCat(has_outcomes_ ? absl::StrCat(all, all == 1 ? " result: " : " results: ") : "",
                      absl::StrJoin(parts, ", "));
}

void Progress::Tell(const Message& response, int64_t rows, absl::Time now) {
  if (now - last_ < (is_terminal_ ? kOnTerminal : kElsewhere)) return;
  last_ = now;
  std::string text = absl::StrCat(rows);
  if (const Message* progress = Within(response, "progress"); progress != nullptr) {
    const auto done = Number(*progress, "done");
    const auto total = Number(*progress, "total");
    if (done && total) text = absl::StrCat(*done, " of ", *total);
  }
  Clear();
  out_ << text << (is_terminal_ ? " ..." : "\n") << std::flush;
  is_shown_ = is_terminal_;
}

void Progress::Clear() {
  if (is_shown_) out_ << "\r\x1b[K" << std::flush;
  is_shown_ = false;
}

}  // namespace agreements::cli
