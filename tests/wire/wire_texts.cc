#include "tests/wire/wire_texts.h"

namespace agreements::testing {
namespace {

std::string Repeated(int count, const std::string& text) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

const std::string kNul(1, '\0');
const std::string kBread = "\xf0\x9f\x8d\x9e";  // U+1F35E, four bytes
const std::string kCombining = "a\xcc\x8a";     // "a" and U+030A: two code points

const std::vector<std::string> kPlain = {"",          " ",     "   ",      "\xc2\xa0\xe3\x80\x80",
                                         "a",         " a ",   "\ta\n",    "\xe2\x80\xa8 a\xc2\x85",
                                         "\xc3\xa5",  kBread,  kCombining, "\xcc\x8a",
                                         "0",         "-1",    "NULL",     "~",
                                         "a.b_c:d-e", "00417", "A-1"};

const std::vector<std::string> kHostile = {"%",
                                           "_",
                                           "|",
                                           "\\",
                                           "%%",
                                           "a%",
                                           "a_b",
                                           "a|b",
                                           "a\\",
                                           "a\\'",
                                           "'",
                                           "\"",
                                           "`",
                                           "''",
                                           "'; DROP TABLE agreements; --",
                                           "' OR '1'='1",
                                           "\" OR 1=1 #",
                                           "1; SELECT SLEEP(10)",
                                           "x' UNION SELECT 1 -- ",
                                           "/*!50000 x*/",
                                           "${jndi:ldap://x}"};

const std::vector<std::string> kAlmostNumbersAndIds = {"974760673",
                                                       " 974760673 ",
                                                       "974760674",
                                                       "174760673",
                                                       "97476067",
                                                       "9747606730",
                                                       "97476067a",
                                                       "974 760 673",
                                                       "974\u00a0760\u00a0673",  // U+00A0
                                                       "974\u202f760\u2009673",  // U+202F, U+2009
                                                       "9 7 4 7 6 0 6 7 3",
                                                       "974 760 674",
                                                       "974\t760\t673",
                                                       "974.760.673",
                                                       "974\u200b760673",  // U+200B
                                                       "agr-0000000000000000",
                                                       "cmp-0000000000000000",
                                                       "dft-0000000000000000",
                                                       "AGR-0000000000000000",
                                                       "agr-000000000000000",
                                                       "agr-00000000000000000",
                                                       "agr-000000000000000u",
                                                       "agr-000000000000000A",
                                                       " agr-0000000000000000",
                                                       "cmp-0000000000000000 ",
                                                       "agr-",
                                                       "agr"};

const std::vector<std::string> kDaysAndPrices = {"2026-11-11",   "2026-02-30",   "2026-2-3",    "1999-11-11",
                                                 "3000-11-11",   " 2026-11-11",  "2026-11-11 ", "2026-11-11T00:00:00",
                                                 "423.00",       "0.125",        "0.0001",      "0.00001",
                                                 "1000000.0000", "1000000.0001", "10000000",    "5.",
                                                 ".5",           " 423.00",      "423,00",      "1e3"};

// Format characters, characters that are none, private and last ones: all of them are no control characters.
const std::vector<std::string> kStrange = {"\xe2\x80\x8d", "\xef\xbb\xbf", "\xc2\xad",
                                           "\xef\xbf\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"};

// What changes the direction of text: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. They mislead nobody,
// being escaped: NOLINTBEGIN(misc-misleading-bidirectional)
const std::vector<std::string> kDirections = {"\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa",
                                              "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
                                              "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9"};
// NOLINTEND(misc-misleading-bidirectional)

// What shows nothing where it stands alone: U+034F, U+115F, U+1160, U+17B4, U+180E, U+200B, U+2060, U+206A, U+2800,
// U+3164, U+FE0F, U+FFA0, U+FFF9, U+FFFB, U+13441, U+16FE4, U+1D159, U+1D173, U+E0020, U+E0100.
const std::vector<std::string> kInvisible = {
    "\xcd\x8f",         "\xe1\x85\x9f",     "\xe1\x85\xa0",     "\xe1\x9e\xb4",     "\xe1\xa0\x8e",
    "\xe2\x80\x8b",     "\xe2\x81\xa0",     "\xe2\x81\xaa",     "\xe2\xa0\x80",     "\xe3\x85\xa4",
    "\xef\xb8\x8f",     "\xef\xbe\xa0",     "\xef\xbf\xb9",     "\xef\xbf\xbb",     "\xf0\x93\x91\x81",
    "\xf0\x96\xbf\xa4", "\xf0\x9d\x85\x99", "\xf0\x9d\x85\xb3", "\xf3\xa0\x80\xa0", "\xf3\xa0\x84\x80"};

const std::vector<std::string> kControls = {kNul,       "\x01",         "\t",          "\n",       "\r",
                                            "\x1b",     "\x1f",         "\x7f",        "\xc2\x80", "\xc2\x85",
                                            "\xc2\x9f", "\xe2\x80\xa8", "\xe2\x80\xa9"};

const std::vector<std::string> kNotUtf8 = {"\xc3\x28",         "\x80",         "\xed\xa0\x80", "\xc0\xaf",
                                           "\xf4\x90\x80\x80", "\xf0\x9f\x8d", "\xff"};

}  // namespace

std::vector<std::string> AllTexts() {
  std::vector<std::string> texts;
  for (const auto& plain : {kPlain, kHostile, kAlmostNumbersAndIds, kDaysAndPrices}) {
    texts.insert(texts.end(), plain.begin(), plain.end());
  }
  for (const auto& characters : {kStrange, kDirections, kInvisible, kControls, kNotUtf8}) {
    for (const std::string& character : characters) {
      for (const std::string& text : {character, "a" + character, "a" + character + "b"}) texts.push_back(text);
    }
  }
  texts.push_back("\xe2\x80\x8b\xe2\xa0\x80 \xe3\x85\xa4");  // Several that show nothing
  // Limits are 32, 64 and 200; of two code points each, 100 are 200.
  for (const std::string& character : {std::string("a"), std::string("0"), std::string("%"), kBread, kCombining}) {
    for (const int length : {32, 64, 100, 200}) {
      texts.push_back(Repeated(length, character));
      texts.push_back(Repeated(length, character) + "a");
      texts.push_back(Repeated(length + 1, character));
      texts.push_back("  " + Repeated(length, character) + "\n");
    }
  }
  return texts;
}

}  // namespace agreements::testing
