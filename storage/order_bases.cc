#include "storage/order_bases.h"

#include "proto/errors.h"
#include "proto/money.h"
#include "storage/columns.h"
#include "storage/status_macros.h"

namespace agreements::storage {
namespace {

const Statement kInsertOrderBasis = {"insert_order_basis", R"sql(
  INSERT INTO order_bases (account_id, order_basis_id, agreement_id, agreement_display_name, customer_number, from_day,
                           until_day, line_count, total_amount, digest, create_time)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)sql"};

const Statement kInsertOrderBasisLine = {"insert_order_basis_line", R"sql(
  INSERT INTO order_basis_lines (account_id, order_basis_id, line_number, product_id, product_display_name, kind,
                                 price_valid_from, unit_price, user_days, days_in_month, quantity, original_month,
                                 amount)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)sql"};

const Statement kGetOrderBasis = {"get_order_basis", R"sql(
  SELECT order_basis_id, agreement_id, agreement_display_name, customer_number, from_day, until_day, line_count,
         total_amount, digest, create_time
  FROM order_bases
  WHERE account_id = ? AND order_basis_id = ?
)sql"};

const Statement kListOrderBasisLines = {"list_order_basis_lines", R"sql(
  SELECT line_number, product_id, product_display_name, kind, price_valid_from, unit_price, user_days, days_in_month,
         quantity, original_month, amount
  FROM order_basis_lines
  WHERE account_id = ? AND order_basis_id = ?
  ORDER BY line_number
)sql"};

const Statement kFindOrderBasisFrom = {"find_order_basis_from", R"sql(
  SELECT order_basis_id, agreement_id, agreement_display_name, customer_number, from_day, until_day, line_count,
         total_amount, digest, create_time
  FROM order_bases
  WHERE account_id = ? AND agreement_id = ?
    AND from_day = ?
)sql"};

const Statement kFindOrderBasisCovering = {"find_order_basis_covering", R"sql(
  SELECT order_basis_id, agreement_id, agreement_display_name, customer_number, from_day, until_day, line_count,
         total_amount, digest, create_time
  FROM order_bases
  WHERE account_id = ? AND agreement_id = ?
    AND from_day <= ?
    AND until_day > ?
)sql"};

// Empty filters let everything through.
const Statement kListOrderBases = {"list_order_bases", R"sql(
  SELECT order_basis_id, agreement_id, agreement_display_name, customer_number, from_day, until_day, line_count,
         total_amount, digest, create_time
  FROM order_bases
  WHERE account_id = ?
    AND order_basis_id < ?
    AND (? = '' OR agreement_id = ?)
    AND (? = '' OR customer_number = ?)
    AND (? IS NULL OR until_day > ?)
    AND (? IS NULL OR from_day < ?)
    AND (? = 1 OR line_count > 0)
  ORDER BY order_basis_id DESC
  LIMIT ?
)sql"};

v1::OrderBasis ReadOrderBasis(const Row& row) {
  v1::OrderBasis order_basis;
  order_basis.set_order_basis_id(row.GetString(1));
  order_basis.set_agreement_id(row.GetString(2));
  order_basis.set_agreement_display_name(row.GetString(3));
  order_basis.set_customer_number(row.GetString(4));
  order_basis.set_from_day(row.GetString(5));
  order_basis.set_until_day(row.GetString(6));
  order_basis.set_line_count(static_cast<int32_t>(row.GetInt64(7)));
  order_basis.set_total_amount(FormatAmount(row.GetInt64(8)));
  order_basis.set_digest(row.GetString(9));
  *order_basis.mutable_create_time() = row.GetTimestamp(10);
  return order_basis;
}

v1::OrderBasisLine ReadOrderBasisLine(const Row& row) {
  v1::OrderBasisLine line;
  line.set_line_number(static_cast<int32_t>(row.GetInt64(1)));
  line.set_product_id(row.GetString(2));
  line.set_product_display_name(row.GetString(3));
  line.set_kind(static_cast<v1::ProductKind>(row.GetInt64(4)));
  line.set_price_valid_from(row.GetString(5));
  line.set_unit_price(FormatUnitPrice(row.GetInt64(6)));
  line.set_user_days(row.GetInt64(7));
  line.set_days_in_month(static_cast<int32_t>(row.GetInt64(8)));
  line.set_quantity(row.GetInt64(9));
  // The first of the month is stored, "2026-10-01".
  line.set_original_month(row.GetString(10).substr(0, 7));
  line.set_amount(FormatAmount(row.GetInt64(11)));
  return line;
}

Value OriginalMonth(const v1::OrderBasisLine& line) {
  if (line.original_month().empty()) return std::nullopt;
  return line.original_month() + "-01";
}

Value OptionalDay(const std::string& day) {
  if (day.empty()) return std::nullopt;
  return day;
}

}  // namespace

absl::Status InsertOrderBasis(Transaction& tx, absl::string_view account_id, const v1::OrderBasis& order_basis) {
  RETURN_IF_ERROR(tx.Execute(kInsertOrderBasis, {account_id, order_basis.order_basis_id(), order_basis.agreement_id(),
                                                 order_basis.agreement_display_name(), order_basis.customer_number(),
                                                 order_basis.from_day(), order_basis.until_day(),
                                                 order_basis.line_count(), ParseAmount(order_basis.total_amount()),
                                                 order_basis.digest(), ToValue(order_basis.create_time())})
                      .status());
  for (const v1::OrderBasisLine& line : order_basis.lines()) {
    RETURN_IF_ERROR(tx.Execute(kInsertOrderBasisLine,
                               {account_id, order_basis.order_basis_id(), line.line_number(), line.product_id(),
                                line.product_display_name(), static_cast<int>(line.kind()), line.price_valid_from(),
                                ParseUnitPrice(line.unit_price()).value_or(0), line.user_days(), line.days_in_month(),
                                line.quantity(), OriginalMonth(line), ParseAmount(line.amount())})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::OrderBasis> GetOrderBasis(ReadTransaction& tx, absl::string_view account_id,
                                             absl::string_view order_basis_id) {
  ASSIGN_OR_RETURN(std::optional<v1::OrderBasis> order_basis,
                   tx.QueryOne(kGetOrderBasis, {account_id, order_basis_id}, ReadOrderBasis));
  if (!order_basis) return OrderBasisNotFound(order_basis_id);
  ASSIGN_OR_RETURN(auto lines, tx.Query(kListOrderBasisLines, {account_id, order_basis_id}, ReadOrderBasisLine));
  for (v1::OrderBasisLine& line : lines) *order_basis->add_lines() = std::move(line);
  return *std::move(order_basis);
}

absl::StatusOr<std::optional<v1::OrderBasis>> FindOrderBasisFrom(ReadTransaction& tx, absl::string_view account_id,
                                                                 absl::string_view agreement_id,
                                                                 absl::CivilDay from_day) {
  return tx.QueryOne(kFindOrderBasisFrom, {account_id, agreement_id, from_day}, ReadOrderBasis);
}

absl::StatusOr<std::optional<v1::OrderBasis>> FindOrderBasisCovering(ReadTransaction& tx, absl::string_view account_id,
                                                                     absl::string_view agreement_id,
                                                                     absl::CivilDay day) {
  return tx.QueryOne(kFindOrderBasisCovering, {account_id, agreement_id, day, day}, ReadOrderBasis);
}

absl::StatusOr<std::vector<v1::OrderBasis>> ListOrderBases(ReadTransaction& tx,
                                                           const v1::ListOrderBasesRequest& request,
                                                           absl::string_view before_id, int limit) {
  const Value from_day = OptionalDay(request.from_day());
  const Value until_day = OptionalDay(request.until_day());
  return tx.Query(
      kListOrderBases,
      {request.account_id(), before_id, request.agreement_id(), request.agreement_id(), request.customer_number(),
       request.customer_number(), from_day, from_day, until_day, until_day, request.show_empty(), limit},
      ReadOrderBasis);
}

}  // namespace agreements::storage
