// Kinds of characters, for the formats of fields. Pure.
#ifndef AGREEMENTS_SERVER_REQUESTS_CHARACTERS_H_
#define AGREEMENTS_SERVER_REQUESTS_CHARACTERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements {

// The code points of a text; nothing if it is not UTF-8.
std::optional<std::vector<char32_t>> CodePoints(absl::string_view text);

// Removes Unicode white space at both ends. What is not UTF-8 stays as it is.
void Trim(std::string& text);

// Removes spaces anywhere, no-break and thin ones too, but no tabs or line breaks. What is not UTF-8 stays as it is.
void RemoveSpaces(std::string& text);

// Controls, and the separators that break a line as controls do.
bool IsControl(char32_t code_point);

// Direction marks, embeddings, overrides and isolates. Text after or around them can run the other way.
bool ChangesDirection(char32_t code_point);

// False for white space, control and format characters, fillers and blanks.
bool CanBeSeen(char32_t code_point);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_CHARACTERS_H_
