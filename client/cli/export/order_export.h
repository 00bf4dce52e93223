// Re-invoicing: writes order bases as a file of orders that a sales module imports. Pure.
//
// The sums survive the import. Each line has quantity 1 and the frozen amount as its price, and says in its text what
// was counted: "16 brukerdager av 31 à 423,00". A system that multiplied would get another amount, since 0,52 x 423 is
// not 218,32.
#ifndef AGREEMENTS_CLIENT_CLI_EXPORT_ORDER_EXPORT_H_
#define AGREEMENTS_CLIENT_CLI_EXPORT_ORDER_EXPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/order_basis.pb.h"

namespace agreements::cli {

// Whose order import reads the file. formats.cc has the columns, and where they are described.
enum class OrderFormat { kUnimicro, kTripletex, kPowerOffice };

// By "unimicro", "tripletex" or "poweroffice"; nothing if `name` is none of them.
std::optional<OrderFormat> OrderFormatOf(absl::string_view name);

struct OrderExportOptions {
  OrderFormat format = OrderFormat::kUnimicro;
  absl::CivilDay order_date;  // Of all orders in the file. REQUIRED.
  // The sales module's number of a product, by product_id. A product without one has its product_id; in a file for
  // Tripletex, where a line needs no product, none.
  std::map<std::string, std::string> product_numbers;
  std::string our_reference;   // "Vår referanse" of all orders. Only Unimicro's file has it.
  std::string vat_code = "3";  // Of all lines: in Tripletex, 3 is the high rate. Only Tripletex's file has it.
  // Nine digits, for a sales module that takes no longer order numbers. Two documents of one file that would have the
  // same one are refused. Otherwise an order number has fifteen digits, and for Tripletex is the order basis's id.
  bool short_order_numbers = false;
};

// What the file holds, to be compared with what the sales module says that it has imported.
struct ControlTotal {
  int64_t documents = 0;
  int64_t lines = 0;
  std::map<std::string, int64_t> hundredths;  // By currency, without VAT.
};

// "2 order bases, 5 lines, 1430.46 NOK".
std::string ToString(const ControlTotal& total);

struct OrderFile {
  // CSV in UTF-8 with a byte order mark. Not empty: without orders it has its header. It is to be imported as it is: a
  // spreadsheet that opens and saves it drops leading zeros, unless told that the customer numbers are texts.
  std::string content;
  ControlTotal control_total;
};

// Each of `documents` must have all its lines: GetOrderBasis has the first 1,000, ListOrderBasisLines the others. Those
// without lines are left out.
//
// - FAILED_PRECONDITION if agreements have no customer number: all of them are named
// - INVALID_ARGUMENT if a document is a preview, is there twice, or has a currency that the format cannot name
// - INTERNAL if a document contradicts itself: lines that are missing, or do not add up to its total
absl::StatusOr<OrderFile> ExportOrders(const std::vector<v1::OrderBasis>& documents, const OrderExportOptions& options);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_EXPORT_ORDER_EXPORT_H_
