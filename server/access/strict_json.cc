#include "server/access/strict_json.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/status_macros.h"
#include "rapidjson/error/en.h"

namespace agreements {
namespace {

constexpr size_t kMaxQuoted = 60;  // Bytes

// Iterative: a file of a million brackets must not use up the stack.
constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

// "line 3, column 7"
std::string PlaceOf(absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t column = newline == absl::string_view::npos ? before.size() + 1 : before.size() - newline;
  return absl::StrCat("line ", std::count(before.begin(), before.end(), '\n') + 1, ", column ", column);
}

absl::string_view ToView(const rapidjson::Value& text) { return {text.GetString(), text.GetStringLength()}; }

std::string MemberPath(const JsonNode& node, absl::string_view name) {
  return node.path.empty() ? std::string(name) : absl::StrCat(node.path, ".", name);
}

}  // namespace

absl::Status WrongJson(absl::string_view path, absl::string_view what) {
  return absl::InvalidArgumentError(path.empty() ? std::string(what) : absl::StrCat(path, ": ", what));
}

std::string QuotedJson(absl::string_view text) {
  const bool cut = text.size() > kMaxQuoted;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMaxQuoted)), cut ? "..." : "", "\"");
}

absl::Status ParseJson(absl::string_view text, size_t max_size, rapidjson::Document& document) {
  if (text.size() > max_size) return WrongJson("", absl::StrCat("has more than ", max_size, " bytes"));
  if (absl::StripAsciiWhitespace(text).empty()) return WrongJson("", "is empty");
  // The parser would take it for the end.
  if (const size_t nul = text.find('\0'); nul != absl::string_view::npos) {
    return WrongJson(PlaceOf(text, nul), "a NUL byte");
  }
  document.Parse<kParseFlags>(text.data(), text.size());
  if (!document.HasParseError()) return absl::OkStatus();
  return WrongJson(PlaceOf(text, document.GetErrorOffset()), rapidjson::GetParseError_En(document.GetParseError()));
}

absl::StatusOr<JsonMembers> ReadMembers(const JsonNode& node, std::initializer_list<absl::string_view> known) {
  if (!node.value->IsObject()) return WrongJson(node.path, "must be an object");
  JsonMembers members;
  for (const auto& member : node.value->GetObject()) {
    const absl::string_view name = ToView(member.name);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return WrongJson(node.path,
                       absl::StrCat("unknown member ", QuotedJson(name), "; there are ", absl::StrJoin(known, ", ")));
    }
    const std::string path = MemberPath(node, name);
    if (!members.emplace(name, JsonNode{.value = &member.value, .path = path}).second) {
      return WrongJson(path, "is there twice");
    }
  }
  return members;
}

absl::StatusOr<JsonNode> RequiredMember(const JsonNode& node, const JsonMembers& members, const std::string& name) {
  const auto member = members.find(name);
  if (member == members.end()) return WrongJson(MemberPath(node, name), "is required");
  return member->second;
}

absl::StatusOr<std::string> ReadText(const JsonNode& node, size_t max_size) {
  if (!node.value->IsString()) return WrongJson(node.path, "must be a string");
  const absl::string_view text = ToView(*node.value);
  if (text.empty()) return WrongJson(node.path, "is empty");
  if (text.size() > max_size) return WrongJson(node.path, absl::StrCat("has more than ", max_size, " bytes"));
  if (std::any_of(text.begin(), text.end(), absl::ascii_iscntrl)) {
    return WrongJson(node.path, "has a control character");
  }
  return std::string(text);
}

absl::StatusOr<std::vector<std::string>> ReadTexts(const JsonNode& node, size_t max_size,
                                                   const std::function<absl::string_view(absl::string_view)>& fault) {
  if (!node.value->IsArray()) return WrongJson(node.path, "must be a list of strings");
  if (node.value->Empty()) return WrongJson(node.path, "is an empty list");
  std::vector<std::string> texts;
  for (const auto& item : node.value->GetArray()) {
    const JsonNode text_node{.value = &item, .path = absl::StrCat(node.path, "[", texts.size(), "]")};
    ASSIGN_OR_RETURN(std::string text, ReadText(text_node, max_size));
    if (const absl::string_view what = fault(text); !what.empty()) return WrongJson(text_node.path, what);
    texts.push_back(std::move(text));
  }
  return texts;
}

absl::StatusOr<std::vector<JsonNode>> ReadItems(const JsonNode& node, size_t max_items) {
  if (!node.value->IsArray()) return WrongJson(node.path, "must be a list of objects");
  if (node.value->Size() > max_items) return WrongJson(node.path, absl::StrCat("has more than ", max_items, " items"));
  std::vector<JsonNode> items;
  for (const auto& item : node.value->GetArray()) {
    items.push_back({.value = &item, .path = absl::StrCat(node.path, "[", items.size(), "]")});
  }
  return items;
}

absl::StatusOr<bool> ReadOptionalBool(const JsonMembers& members, const std::string& name) {
  const auto member = members.find(name);
  if (member == members.end()) return false;
  if (!member->second.value->IsBool()) return WrongJson(member->second.path, "must be true or false");
  return member->second.value->GetBool();
}

}  // namespace agreements
