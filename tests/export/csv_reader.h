// Reads what the export wrote, in a way of its own.
#ifndef AGREEMENTS_TESTS_EXPORT_CSV_READER_H_
#define AGREEMENTS_TESTS_EXPORT_CSV_READER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace agreements::testing {

using Table = std::vector<std::vector<std::string>>;

// The cells of a CSV file with semicolons and a byte order mark, which must be there. Throws std::runtime_error if it
// is malformed.
Table ReadCsv(const std::string& content);

// "-218,32" as -21832. Throws std::runtime_error if it is anything else than digits, a comma and two digits.
int64_t ReadDecimalComma(const std::string& cell);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_EXPORT_CSV_READER_H_
