#include "client/cli/export/order_export.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/export/csv.h"
#include "client/cli/export/formats.h"
#include "client/cli/export/order_numbers.h"
#include "proto/money.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

constexpr absl::string_view kByteOrderMark = "\ufeff";

struct Order {
  const v1::OrderBasis* document;
  std::string number;
};

// Hundredths, of exactly what FormatAmount() writes, or of that after a minus sign.
std::optional<int64_t> Hundredths(absl::string_view amount) {
  const bool negative = absl::ConsumePrefix(&amount, "-");
  const int64_t hundredths = ParseAmount(amount);
  if (hundredths < 0 || FormatAmount(hundredths) != amount) return std::nullopt;
  return negative ? -hundredths : hundredths;
}

std::string Amount(int64_t hundredths) {
  return hundredths < 0 ? absl::StrCat("-", FormatAmount(-hundredths)) : FormatAmount(hundredths);
}

bool IsCharged(const v1::OrderBasis& document) {
  const std::string& total = document.total_amount();
  return document.lines_size() > 0 || document.line_count() > 0 || (!total.empty() && Hundredths(total) != 0);
}

absl::Status CheckCustomerNumbers(const std::vector<Order>& orders) {
  std::set<std::string> agreements;
  for (const Order& order : orders) {
    if (!order.document->customer_number().empty()) continue;
    agreements.insert(
        absl::StrCat(order.document->agreement_id(), " (", order.document->agreement_display_name(), ")"));
  }
  if (agreements.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("no customer number: ", absl::StrJoin(agreements, ", "),
                                                    "; nothing was exported, set the customer numbers first"));
}

absl::Status CheckCurrency(const v1::OrderBasis& document, const Format& format) {
  if (format.only_currency.empty() || document.currency() == format.only_currency) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(document.order_basis_id(), " is in ", document.currency(),
                                                 ": the format ", format.name, " has no column for a currency, and ",
                                                 format.only_currency, " would be invoiced"));
}

// Finds by number or id the document that was seen first.
absl::Status CheckUnique(std::map<std::string, std::string>& seen, const Order& order) {
  const std::string& id = order.document->order_basis_id();
  const auto [first, is_new] = seen.emplace(order.number, id);
  if (is_new) return absl::OkStatus();
  if (first->second == id) return absl::InvalidArgumentError(absl::StrCat(id, " is there twice"));
  return absl::InvalidArgumentError(absl::StrCat(first->second, " and ", id, " would both have the order number ",
                                                 order.number, ", and be imported as one order"));
}

absl::Status Contradiction(const v1::OrderBasis& document, absl::string_view what) {
  return absl::InternalError(absl::StrCat(document.order_basis_id(), " ", what, "; nothing was exported"));
}

bool IsDay(absl::string_view text) {
  absl::CivilDay day;
  return absl::ParseCivilTime(text, &day);
}

absl::Status CheckLine(const v1::OrderBasis& document, const v1::OrderBasisLine& line) {
  const auto contradiction = [&](absl::string_view what) {
    return Contradiction(document, absl::StrCat("has a line, number ", line.line_number(), ", ", what));
  };
  const bool is_license = line.kind() == v1::PRODUCT_KIND_LICENSE && line.user_days() > 0 && line.days_in_month() > 0;
  const bool is_transaction = line.kind() == v1::PRODUCT_KIND_TRANSACTION && line.quantity() > 0;
  if (!is_license && !is_transaction) return contradiction("of an unknown kind, or without a quantity");
  if (!ParseUnitPrice(line.unit_price())) return contradiction("without a price");
  if (!line.original_month().empty() && !IsDay(line.original_month() + "-01")) {
    return contradiction("whose original month is none");
  }
  return absl::OkStatus();
}

// The sum of the lines, which must be the document's total.
absl::StatusOr<int64_t> CheckedSum(const v1::OrderBasis& document) {
  if (document.lines_size() != document.line_count()) {
    return Contradiction(document, absl::StrCat("has ", document.line_count(), " lines, but ", document.lines_size(),
                                                " of them are there"));
  }
  if (!IsDay(document.from_day()) || !IsDay(document.until_day())) return Contradiction(document, "has no days");
  int64_t sum = 0;
  for (const v1::OrderBasisLine& line : document.lines()) {
    RETURN_IF_ERROR(CheckLine(document, line));
    const std::optional<int64_t> amount = Hundredths(line.amount());
    if (!amount || __builtin_add_overflow(sum, *amount, &sum)) {
      return Contradiction(document, absl::StrCat("has a line with the amount '", line.amount(), "'"));
    }
  }
  if (Hundredths(document.total_amount()) != sum) {
    return Contradiction(
        document, absl::StrCat("has the total ", document.total_amount(), ", but its lines add up to ", Amount(sum)));
  }
  return sum;
}

absl::StatusOr<std::string> NumberOf(const v1::OrderBasis& document, const OrderExportOptions& options) {
  if (document.order_basis_id().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("what ", document.agreement_id(), " is charged is a preview: create the order basis first"));
  }
  if (options.short_order_numbers) return ShortOrderNumber(document.order_basis_id());
  ASSIGN_OR_RETURN(std::string number, OrderNumber(document.order_basis_id()));
  return Describe(options.format).order_numbers == OrderNumbers::kId ? document.order_basis_id() : number;
}

absl::StatusOr<ControlTotal> Check(std::vector<Order>& orders, const OrderExportOptions& options) {
  RETURN_IF_ERROR(CheckCustomerNumbers(orders));
  ControlTotal total;
  std::map<std::string, std::string> seen;
  for (Order& order : orders) {
    const v1::OrderBasis& document = *order.document;
    ASSIGN_OR_RETURN(order.number, NumberOf(document, options));
    RETURN_IF_ERROR(CheckUnique(seen, order));
    RETURN_IF_ERROR(CheckCurrency(document, Describe(options.format)));
    ASSIGN_OR_RETURN(const int64_t sum, CheckedSum(document));
    int64_t& hundredths = total.hundredths[document.currency()];
    if (__builtin_add_overflow(hundredths, sum, &hundredths)) return Contradiction(document, "makes the sum too large");
    total.documents += 1;
    total.lines += document.lines_size();
  }
  return total;
}

// The cells from `begin` to the one before `end`; the others are empty.
std::string Row(const Format& format, const OrderRow& row, size_t begin, size_t end) {
  std::vector<std::string> cells(format.columns.size());
  for (size_t i = begin; i < end; ++i) cells[i] = format.columns[i].cell(row);
  return CsvLine(cells);
}

void AppendOrder(const Order& order, const OrderExportOptions& options, std::vector<std::string>& rows) {
  const Format& format = Describe(options.format);
  for (const v1::OrderBasisLine& line : order.document->lines()) {
    const OrderRow row = {.document = *order.document, .line = line, .order_number = order.number, .options = options};
    const bool begins = &line == &order.document->lines(0);
    if (begins && format.first_line_column > 0) rows.push_back(Row(format, row, 0, format.first_line_column));
    rows.push_back(Row(format, row, format.first_line_column, format.columns.size()));
  }
}

std::vector<std::string> Headers(const Format& format) {
  std::vector<std::string> rows;
  std::vector<std::string> cells(format.columns.size());
  if (!format.title.empty()) {
    cells[0] = std::string(format.title);
    rows.push_back(CsvLine(cells));
  }
  for (size_t i = 0; i < cells.size(); ++i) cells[i] = std::string(format.columns[i].header);
  rows.push_back(CsvLine(cells));
  return rows;
}

}  // namespace

std::optional<OrderFormat> OrderFormatOf(absl::string_view name) {
  for (const OrderFormat format : OrderFormats()) {
    if (Describe(format).name == name) return format;
  }
  return std::nullopt;
}

std::string ToString(const ControlTotal& total) {
  std::string text = absl::StrCat(total.documents, total.documents == 1 ? " order basis, " : " order bases, ",
                                  total.lines, total.lines == 1 ? " line" : " lines");
  for (const auto& [currency, hundredths] : total.hundredths) {
    absl::StrAppend(&text, ", ", Amount(hundredths), " ", currency);
  }
  return text;
}

absl::StatusOr<OrderFile> ExportOrders(const std::vector<v1::OrderBasis>& documents,
                                       const OrderExportOptions& options) {
  std::vector<Order> orders;
  for (const v1::OrderBasis& document : documents) {
    if (IsCharged(document)) orders.push_back({.document = &document, .number = ""});
  }
  ASSIGN_OR_RETURN(ControlTotal total, Check(orders, options));
  const Format& format = Describe(options.format);
  std::vector<std::string> rows = Headers(format);
  for (const Order& order : orders) AppendOrder(order, options, rows);
  return OrderFile{.content = absl::StrCat(kByteOrderMark, absl::StrJoin(rows, format.line_end)),
                   .control_total = std::move(total)};
}

}  // namespace agreements::cli
