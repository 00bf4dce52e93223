// JSON of which whatever is not understood is refused: unknown members, members that stand twice, empty lists. Every
// error is INVALID_ARGUMENT and begins with the place. Thread-safe.
#ifndef AGREEMENTS_SERVER_ACCESS_STRICT_JSON_H_
#define AGREEMENTS_SERVER_ACCESS_STRICT_JSON_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rapidjson/document.h"

namespace agreements {

// A value of a document, which must outlive it.
struct JsonNode {
  const rapidjson::Value* value = nullptr;
  std::string path;  // From the root, e.g. "allow_rules[2].source".
};
using JsonMembers = std::map<std::string, JsonNode>;

// "allow_rules[2].source: must be an object".
absl::Status WrongJson(absl::string_view path, absl::string_view what);

// In quotation marks, cut and escaped so that it fits into a line of a log.
std::string QuotedJson(absl::string_view text);

// Of text that is no JSON, the error has the line and the column, which counts bytes.
absl::Status ParseJson(absl::string_view text, size_t max_size, rapidjson::Document& document);

// The members of an object, all of which have `known` names.
absl::StatusOr<JsonMembers> ReadMembers(const JsonNode& node, std::initializer_list<absl::string_view> known);

// The member with this name, which must be there. `node` is the object that `members` are of.
absl::StatusOr<JsonNode> RequiredMember(const JsonNode& node, const JsonMembers& members, const std::string& name);

// A text that is not empty and has no control characters.
absl::StatusOr<std::string> ReadText(const JsonNode& node, size_t max_size);

// The texts of a list that is not empty. `fault` says what is wrong with a text; nothing if it is right.
absl::StatusOr<std::vector<std::string>> ReadTexts(const JsonNode& node, size_t max_size,
                                                   const std::function<absl::string_view(absl::string_view)>& fault);

// The items of a list.
absl::StatusOr<std::vector<JsonNode>> ReadItems(const JsonNode& node, size_t max_items);

// True or false; false if `members` have none of this name.
absl::StatusOr<bool> ReadOptionalBool(const JsonMembers& members, const std::string& name);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_ACCESS_STRICT_JSON_H_
