#include "server/requests/characters.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace agreements {
namespace {

UChar32 ToIcu(char32_t code_point) { return static_cast<UChar32>(code_point); }

// Characters that fonts show as nothing, although Unicode does not call them ignorable.
bool IsBlank(char32_t code_point) {
  switch (code_point) {
    case 0x2800:   // Braille pattern blank
    case 0xFFF9:   // Interlinear annotation: anchor,
    case 0xFFFA:   // separator
    case 0xFFFB:   // and terminator
    case 0x13441:  // Egyptian hieroglyph full blank
    case 0x13442:  // and half blank
    case 0x16FE4:  // Khitan small script filler
    case 0x1D159:  // Musical symbol null notehead
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<std::vector<char32_t>> CodePoints(absl::string_view text) {
  std::vector<char32_t> code_points;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) return std::nullopt;
    code_points.push_back(static_cast<char32_t>(code_point));
  }
  return code_points;
}

void Trim(std::string& text) {
  const auto length = static_cast<int32_t>(text.size());
  int32_t begin = 0;
  int32_t end = 0;
  for (int32_t i = 0; i < length;) {
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) return;
    const bool space = u_isUWhiteSpace(code_point) != 0;
    if (space && end == 0) begin = i;
    if (!space) end = i;
  }
  text = end == 0 ? "" : text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

void RemoveSpaces(std::string& text) {
  std::string without;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    const int32_t begin = i;
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) return;
    if (u_charType(code_point) == U_SPACE_SEPARATOR) continue;
    without.append(text, static_cast<size_t>(begin), static_cast<size_t>(i - begin));
  }
  text = without;
}

bool IsControl(char32_t code_point) {
  return u_isISOControl(ToIcu(code_point)) != 0 || code_point == 0x2028 || code_point == 0x2029;
}

bool ChangesDirection(char32_t code_point) { return u_hasBinaryProperty(ToIcu(code_point), UCHAR_BIDI_CONTROL) != 0; }

bool CanBeSeen(char32_t code_point) {
  const UChar32 icu = ToIcu(code_point);
  return u_isUWhiteSpace(icu) == 0 && u_hasBinaryProperty(icu, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0 &&
         !IsControl(code_point) && !IsBlank(code_point);
}

}  // namespace agreements
