#include "storage/connection/row_list.h"

#include "absl/strings/str_format.h"

namespace agreements::storage {

void RowList::AddColumn(absl::string_view text) {
  json_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json_ += '\\';
      json_ += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      absl::StrAppendFormat(&json_, "\\u%04x", c);
    } else {
      json_ += c;
    }
  }
  json_ += "\",";
}

}  // namespace agreements::storage
