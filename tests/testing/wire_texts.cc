#include "tests/testing/wire_texts.h"

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

// Format characters, characters that are none, private and last ones: all of them are no control characters. They
// mislead nobody, being escaped: NOLINTBEGIN(misc-misleading-bidirectional)
const std::vector<std::string> kStrange = {"\xe2\x80\x8d", "\xe2\x80\x8f", "\xe2\x80\xae", "\xef\xbb\xbf",
                                           "\xc2\xad",     "\xef\xbf\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"};
// NOLINTEND(misc-misleading-bidirectional)

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
  for (const auto& characters : {kStrange, kControls, kNotUtf8}) {
    for (const std::string& character : characters) {
      for (const std::string& text : {character, "a" + character, "a" + character + "b"}) texts.push_back(text);
    }
  }
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
