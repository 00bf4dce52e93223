// What a line of an order basis says to the person who gets the invoice, in Norwegian.
#ifndef AGREEMENTS_CLIENT_CLI_EXPORT_LINE_TEXT_H_
#define AGREEMENTS_CLIENT_CLI_EXPORT_LINE_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "agreements/v1/order_basis.pb.h"

namespace agreements::cli {

// Product, days, quantity and price: "Regnskap oktober 2026: 16 brukerdager av 31 à 423,00", in a part settlement
// "Regnskap 1.–15. oktober 2026: ...", "EHF-faktura oktober 2026: 1200 stk. à 0,52", and for transactions that arrived
// late "EHF-faktura fra september 2026: 40 stk. à 0,52". An invoice must say when something was delivered.
std::string LineText(const v1::OrderBasis& document, const v1::OrderBasisLine& line);

// "573.10" as "573,10".
std::string DecimalComma(absl::string_view decimal);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_EXPORT_LINE_TEXT_H_
