#include "client/cli/answers.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "client/cli/input/prepare.h"
#include "client/cli/input/request.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPage = 500;
constexpr size_t kRefusalsTold = 20;

// What names a row: its texts, or the ids of the item that it is about.
std::string LabelOf(const Message& row, const Message* item) {
  const Message& named = item == nullptr ? row : *item;
  std::vector<std::string> words;
  for (int i = 0; i < named.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = named.GetDescriptor()->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || field->is_repeated() || words.size() == 2) continue;
    const std::string word = CellOf(named, field, CellStyle::kTable);
    if (!word.empty()) words.push_back(word);
  }
  return absl::StrJoin(words, " ");
}

}  // namespace

Answers::Answers(const Api& api, const Command& command, const OutputStyle& style, const Caller& caller,
                 const ErrorStyle& error_style)
    : api_(api),
      command_(command),
      style_(style),
      caller_(caller),
      error_style_(error_style),
      progress_(std::cerr, isatty(STDERR_FILENO) == 1, absl::Now()) {}

// Rows of another type make another table.
absl::Status Answers::AddRow(const Message& row, const Message* item, absl::string_view kind) {
  tally_.Add(row, kind, LabelOf(row, item));
  if (style_.format == OutputFormat::kJson) return absl::OkStatus();
  if (printers_.empty() || printers_.back()->type() != row.GetDescriptor()) {
    if (!printers_.empty()) printers_.back()->Flush();
    ASSIGN_OR_RETURN(std::unique_ptr<RowPrinter> printer, RowPrinter::Create(std::cout, row.GetDescriptor(), style_));
    printers_.push_back(std::move(printer));
  }
  progress_.Clear();
  printers_.back()->Add(row);
  return absl::OkStatus();
}

absl::Status Answers::AddRows(const Message& response, const FieldDescriptor* list, const Message* request) {
  const google::protobuf::Reflection* reflection = response.GetReflection();
  const int count = reflection->FieldSize(response, list);
  const FieldDescriptor* items = request == nullptr ? nullptr : ItemsOf(command_);
  const bool has_items = items != nullptr && items->message_type() != nullptr &&
                         request->GetReflection()->FieldSize(*request, items) == count;
  for (int i = 0; i < count; ++i) {
    const Message* item = has_items ? &request->GetReflection()->GetRepeatedMessage(*request, items, i) : nullptr;
    RETURN_IF_ERROR(AddRow(reflection->GetRepeatedMessage(response, list, i), item, list->name()));
  }
  return absl::OkStatus();
}

// One of several answers that belong together.
absl::Status Answers::Collect(const Message& response, const Message* request, const FieldDescriptor* list) {
  RETURN_IF_ERROR(AddRows(response, list, request));
  if (all_ == nullptr) all_ = api_.New(response.GetDescriptor());
  Message* part = all_.get();
  if (style_.format == OutputFormat::kJson) {
    part->MergeFrom(response);
  } else {
    // The rest of it, which follows the rows.
    const std::unique_ptr<Message> rest(response.New());
    rest->CopyFrom(response);
    rest->GetReflection()->ClearField(rest.get(), list);
    part->MergeFrom(*rest);
  }
  return absl::OkStatus();
}

absl::Status Answers::List(Message& request, int limit) {
  const google::protobuf::Reflection* reflection = request.GetReflection();
  const FieldDescriptor* page_size = command_.FieldOf("page_size");
  const FieldDescriptor* page_token = command_.FieldOf("page_token");
  const Descriptor* type = command_.method->output_type();
  const FieldDescriptor* list = FirstList(type);
  const FieldDescriptor* next = type->FindFieldByName("next_page_token");
  const int asked = reflection->GetInt32(request, page_size);
  int rows = 0;
  std::string token;
  do {
    int page = asked > 0 ? asked : kPage;
    if (limit > 0) page = std::min(page, limit - rows);
    // A size that the server is to refuse is sent as it is.
    reflection->SetInt32(&request, page_size, asked < 0 ? asked : page);
    RETURN_IF_ERROR(caller_.Call(command_, request, [&](const Message& response) {
      rows += response.GetReflection()->FieldSize(response, list);
      token = response.GetReflection()->GetString(response, next);
      if (all_ != nullptr) all_->GetReflection()->ClearField(all_.get(), next);
      return Collect(response, nullptr, list);
    }));
    reflection->SetString(&request, page_token, token);
  } while (!token.empty() && (limit == 0 || rows < limit));
  for (const auto& printer : printers_) printer->Flush();
  if (style_.format == OutputFormat::kJson) {
    std::cout << Json(*all_, true) << "\n";
    return absl::OkStatus();
  }
  if (rows == 0) std::cerr << "none: there are no such " << KebabCase(std::string(list->name())) << "\n";
  if (!token.empty()) std::cerr << "there are more: --limit ended the list\n";
  all_->GetReflection()->ClearField(all_.get(), next);
  return absl::OkStatus();
}

absl::Status Answers::Stream(const Message& request) {
  absl::Status status = caller_.Call(command_, request, [&](const Message& response) {
    const Descriptor* type = response.GetDescriptor();
    if (style_.format == OutputFormat::kJson) std::cout << Json(response, false) << std::endl;
    const bool is_row = IsRow(type);
    int64_t rows = 0;
    if (is_row) {
      const bool is_only_progress = response.GetReflection()->GetString(response, type->field(0)).empty();
      if (!is_only_progress) RETURN_IF_ERROR(AddRow(response, nullptr, "results"));
    }
    for (int i = 0; i < type->field_count() && !is_row; ++i) {
      if (type->field(i)->is_repeated() && type->field(i)->message_type() != nullptr) {
        RETURN_IF_ERROR(AddRows(response, type->field(i), nullptr));
      }
    }
    for (const auto& printer : printers_) rows += printer->count();
    progress_.Tell(response, rows, absl::Now());
    return absl::OkStatus();
  });
  progress_.Clear();
  for (const auto& printer : printers_) printer->Flush();
  return status;
}

absl::Status Answers::Parts(const std::vector<std::unique_ptr<Message>>& parts) {
  const FieldDescriptor* list = FirstList(command_.method->output_type());
  int64_t done = 0;
  absl::Status status;
  for (const auto& part : parts) {
    status = caller_.Call(command_, *part, [&](const Message& response) {
      RETURN_IF_ERROR(Collect(response, part.get(), list));
      done += response.GetReflection()->FieldSize(response, list);
      progress_.Tell(response, done, absl::Now());
      return absl::OkStatus();
    });
    if (!status.ok()) break;
  }
  progress_.Clear();
  for (const auto& printer : printers_) printer->Flush();
  if (style_.format == OutputFormat::kJson && all_ != nullptr) std::cout << Json(*all_, true) << "\n";
  if (!status.ok() && done > 0) {
    std::cerr << "after " << done << " results; repeating all of it is safe\n";
  }
  if (style_.format == OutputFormat::kTable && all_ != nullptr) {
    for (int i = 0; i < all_->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = all_->GetDescriptor()->field(i);
      const std::string rest = field == list ? "" : CellOf(*all_, field, CellStyle::kTable);
      if (!rest.empty()) std::cout << field->name() << ": " << rest << "\n";
    }
  }
  return status;
}

absl::Status Answers::Unary(const Message& request) {
  return caller_.Call(command_, request, [&](const Message& response) {
    const FieldDescriptor* findings = response.GetDescriptor()->FindFieldByName("findings");
    has_findings_ =
        findings != nullptr && findings->is_repeated() && response.GetReflection()->FieldSize(response, findings) > 0;
    return PrintDocument(std::cout, response, style_);
  });
}

int Answers::Conclude() {
  std::cout.flush();
  size_t told = 0;
  for (const auto& [label, refusal] : tally_.refusals()) {
    if (++told > kRefusalsTold) break;
    std::cerr << FormatError(refusal, &command_, error_style_, label);
  }
  if (tally_.refused() > static_cast<int64_t>(kRefusalsTold)) {
    std::cerr << "and " << tally_.refused() - static_cast<int64_t>(kRefusalsTold) << " more are refused\n";
  }
  const bool sums = command_.method->server_streaming() || ItemsOf(command_) != nullptr;
  if (const std::string summary = tally_.Summary(); sums && !summary.empty()) std::cerr << summary << "\n";
  return tally_.refused() > 0 || has_findings_ ? kExitRefusals : 0;
}

}  // namespace agreements::cli
