// The formats in which sales modules import orders.
#ifndef AGREEMENTS_CLIENT_CLI_EXPORT_FORMATS_H_
#define AGREEMENTS_CLIENT_CLI_EXPORT_FORMATS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agreements/v1/order_basis.pb.h"
#include "client/cli/export/order_export.h"

namespace agreements::cli {

// What a row of the file is made of.
struct OrderRow {
  const v1::OrderBasis& document;
  const v1::OrderBasisLine& line;
  const std::string& order_number;
  const OrderExportOptions& options;
};

struct Column {
  absl::string_view header;
  std::string (*cell)(const OrderRow& row);
};

// How order numbers look. kId is the order basis's id itself.
enum class OrderNumbers { kNumeric, kId };

struct Format {
  absl::string_view name;
  std::vector<Column> columns;
  // The only currency there is, if no column names one.
  absl::string_view only_currency = "";
  OrderNumbers order_numbers = OrderNumbers::kNumeric;
  // Not empty: stands alone in a line before the header's.
  absl::string_view title = "";
  // More than 0: an order is a row of its own with the cells before this column, and its lines follow without them.
  size_t first_line_column = 0;
  absl::string_view line_end = "\r\n";
};

const Format& Describe(OrderFormat format);

// All there are.
const std::vector<OrderFormat>& OrderFormats();

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_EXPORT_FORMATS_H_
