// Order bases for tests, as the service would answer them.
#ifndef AGREEMENTS_TESTS_EXPORT_DOCUMENTS_H_
#define AGREEMENTS_TESTS_EXPORT_DOCUMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "agreements/v1/order_basis.pb.h"

namespace agreements::testing {

// Of October 2026, without lines: customer 00512, "Viddas Gruppe".
v1::OrderBasis OctoberDocument(const std::string& order_basis_id);

// The quantity is of user-days in 31, or of pieces.
v1::OrderBasisLine LicenseLine(const std::string& name, const std::string& unit_price, int64_t user_days,
                               const std::string& amount);
v1::OrderBasisLine TransactionLine(const std::string& name, const std::string& unit_price, int64_t quantity,
                                   const std::string& amount, const std::string& original_month = "");

// Adds the line, and its number.
void Append(v1::OrderBasis& document, v1::OrderBasisLine line);

// Two documents with three and two lines, names with æøå, semicolons and quotes, and leading zeros: 1430.46 in all.
std::vector<v1::OrderBasis> TwoDocuments();

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_EXPORT_DOCUMENTS_H_
