#include "storage/tables/order_bases.h"

#include <algorithm>
#include <utility>

#include "proto/errors.h"
#include "proto/money.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/row_list.h"
#include "storage/tables/columns.h"
#include "storage/tables/lists.h"

namespace agreements::storage {
namespace {

const Statement kInsertOrderBases = {"insert_order_bases", R"sql(
  INSERT INTO order_bases (account_id, order_basis_id, agreement_id, agreement_display_name, customer_number, from_day,
                           until_day, line_count, total_amount, digest, create_time)
  SELECT ?, order_basis_id, agreement_id, agreement_display_name, customer_number, from_day, until_day, line_count,
         total_amount, digest, create_time
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         order_basis_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]',
         agreement_display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[2]',
         customer_number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$[3]',
         from_day VARCHAR(10) CHARACTER SET ascii PATH '$[4]',
         until_day VARCHAR(10) CHARACTER SET ascii PATH '$[5]',
         line_count INT PATH '$[6]',
         total_amount BIGINT PATH '$[7]',
         digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[8]',
         create_time VARCHAR(26) CHARACTER SET ascii PATH '$[9]')) AS batch
)sql"};

const Statement kInsertOrderBasisLines = {"insert_order_basis_lines", R"sql(
  INSERT INTO order_basis_lines (account_id, order_basis_id, line_number, product_id, product_display_name, kind,
                                 price_valid_from, unit_price, user_days, days_in_month, quantity, amount,
                                 original_month)
  SELECT ?, order_basis_id, line_number, product_id, product_display_name, kind, price_valid_from, unit_price,
         user_days, days_in_month, quantity, amount, original_month
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         order_basis_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         line_number INT PATH '$[1]',
         product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[2]',
         product_display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[3]',
         kind INT PATH '$[4]',
         price_valid_from VARCHAR(10) CHARACTER SET ascii PATH '$[5]',
         unit_price BIGINT PATH '$[6]',
         user_days BIGINT PATH '$[7]',
         days_in_month INT PATH '$[8]',
         quantity BIGINT PATH '$[9]',
         amount BIGINT PATH '$[10]',
         original_month VARCHAR(10) CHARACTER SET ascii PATH '$[11]')) AS batch
)sql"};

constexpr int kLinesAtOnce = 1000;  // That one statement inserts. They have less than 1.2 MiB.

// What ReadOrderBasis reads.
constexpr char kColumns[] = R"sql(order_basis_id, agreement_id, agreement_display_name, customer_number, from_day,
         until_day, line_count, total_amount, digest, create_time)sql";

const Statement kGetOrderBasis = {"get_order_basis", {{"{columns}", kColumns}}, R"sql(
  SELECT {columns}
  FROM order_bases
  WHERE account_id = ? AND order_basis_id = ?
)sql"};

// What ReadOrderBasisLine reads.
constexpr char kLineColumns[] = R"sql(line_number, product_id, product_display_name, kind, price_valid_from,
         unit_price, user_days, days_in_month, quantity, original_month, amount)sql";

const Statement kListOrderBasisLines = {"list_order_basis_lines", {{"{columns}", kLineColumns}}, R"sql(
  SELECT {columns}
  FROM order_basis_lines
  WHERE account_id = ? AND order_basis_id = ?
    AND line_number > ?
  ORDER BY line_number
  LIMIT ?
)sql"};

// If there are fewer documents than kOrderBasesAtOnce, the last id is repeated.
const Statement kListFirstLines = {
    "list_first_lines", {{"{columns}", kLineColumns}, {"{ids}", InPlaces(kOrderBasesAtOnce)}}, R"sql(
  SELECT {columns}, order_basis_id
  FROM order_basis_lines
  WHERE account_id = ?
    AND order_basis_id {ids}
    AND line_number <= ?
  ORDER BY order_basis_id DESC, line_number
)sql"};

const Statement kFindOrderBasisFrom = {"find_order_basis_from", {{"{columns}", kColumns}}, R"sql(
  SELECT {columns}
  FROM order_bases
  WHERE account_id = ? AND agreement_id = ?
    AND from_day = ?
)sql"};

const Statement kFindOrderBasesCovering = {
    "find_order_bases_covering", {{"{columns}", kColumns}, {"{agreements}", InPlaces(kIdsAtOnce)}}, R"sql(
  SELECT {columns}
  FROM order_bases
  WHERE account_id = ? AND agreement_id {agreements}
    AND from_day <= ?
    AND until_day > ?
)sql"};

// Empty filters let everything through.
const Statement kListOrderBases = {"list_order_bases", {{"{columns}", kColumns}}, R"sql(
  SELECT {columns}
  FROM order_bases
  WHERE account_id = ?
    AND order_basis_id < ?
    AND (? = '' OR agreement_id = ?)
    AND (? = '' OR customer_number = ?)
    AND (? IS NULL OR until_day > ?)
    AND (? IS NULL OR from_day < ?)
    AND (? IS NULL OR create_time >= ?)
    AND (? IS NULL OR create_time < ?)
    AND (? = 1 OR line_count > 0)
  ORDER BY order_basis_id DESC
  LIMIT ?
)sql"};

// In the order of creation times. Ids have it only as far as the servers' clocks agree. The filters agreement_id and
// customer_number are missing: they have indexes in the order of ids.
const Statement kListOrderBasesByTime = {"list_order_bases_by_time", {{"{columns}", kColumns}}, R"sql(
  SELECT {columns}
  FROM order_bases
  WHERE account_id = ?
    AND create_time >= ?
    AND create_time < ?
    AND create_time <= ?
    AND (create_time < ? OR order_basis_id < ?)
    AND (? IS NULL OR until_day > ?)
    AND (? IS NULL OR from_day < ?)
    AND (? = 1 OR line_count > 0)
  ORDER BY create_time DESC, order_basis_id DESC
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

LineOfOrderBasis ReadLineOfOrderBasis(const Row& row) {
  return {.order_basis_id = row.GetString(12), .line = ReadOrderBasisLine(row)};
}

void AddLine(const std::string& order_basis_id, const v1::OrderBasisLine& line, RowList& rows) {
  const auto add = [&](const auto&... original_month) {
    rows.Add(order_basis_id, line.line_number(), line.product_id(), line.product_display_name(),
             static_cast<int>(line.kind()), line.price_valid_from(), ParseUnitPrice(line.unit_price()).value_or(0),
             line.user_days(), line.days_in_month(), line.quantity(), ParseAmount(line.amount()), original_month...);
  };
  if (line.original_month().empty()) {
    add();
  } else {
    add(line.original_month() + "-01");
  }
}

absl::Status InsertLines(Transaction& tx, const std::vector<v1::OrderBasis>& order_bases) {
  RowList rows;
  int count = 0;
  const auto insert = [&] {
    count = 0;
    return tx.Execute(kInsertOrderBasisLines, {tx.account_id(), std::exchange(rows, {}).Json()}).status();
  };
  for (const v1::OrderBasis& order_basis : order_bases) {
    for (const v1::OrderBasisLine& line : order_basis.lines()) {
      AddLine(order_basis.order_basis_id(), line, rows);
      if (++count == kLinesAtOnce) RETURN_IF_ERROR(insert());
    }
  }
  return count == 0 ? absl::OkStatus() : insert();
}

Value OptionalDay(const std::string& day) {
  if (day.empty()) return std::nullopt;
  return day;
}

// The first and the last time that a DATETIME can hold.
const absl::Time kFirstTime = absl::FromCivil(absl::CivilYear(1000), absl::UTCTimeZone());
const absl::Time kLastTime = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone()) - absl::Microseconds(1);

absl::Time Storable(const google::protobuf::Timestamp& timestamp) {
  return std::clamp(ToTime(timestamp), kFirstTime, kLastTime);
}

}  // namespace

absl::Status InsertOrderBases(Transaction& tx, const std::vector<v1::OrderBasis>& order_bases) {
  RowList rows;
  for (const v1::OrderBasis& order_basis : order_bases) {
    rows.Add(order_basis.order_basis_id(), order_basis.agreement_id(), order_basis.agreement_display_name(),
             order_basis.customer_number(), order_basis.from_day(), order_basis.until_day(), order_basis.line_count(),
             ParseAmount(order_basis.total_amount()), order_basis.digest(),
             std::get<std::string>(ToValue(order_basis.create_time()).get()));
  }
  RETURN_IF_ERROR(tx.Execute(kInsertOrderBases, {tx.account_id(), std::move(rows).Json()}).status());
  return InsertLines(tx, order_bases);
}

absl::StatusOr<v1::OrderBasis> GetOrderBasis(ReadTransaction& tx, absl::string_view order_basis_id) {
  ASSIGN_OR_RETURN(std::optional<v1::OrderBasis> order_basis,
                   tx.QueryOne(kGetOrderBasis, {tx.account_id(), order_basis_id}, ReadOrderBasis));
  if (!order_basis) return OrderBasisNotFound(order_basis_id);
  return *std::move(order_basis);
}

absl::StatusOr<std::vector<v1::OrderBasisLine>> ListOrderBasisLines(ReadTransaction& tx,
                                                                    absl::string_view order_basis_id,
                                                                    int after_line_number, int limit) {
  return tx.Query(kListOrderBasisLines, {tx.account_id(), order_basis_id, after_line_number, limit},
                  ReadOrderBasisLine);
}

absl::StatusOr<std::vector<LineOfOrderBasis>> ListFirstLines(ReadTransaction& tx,
                                                             const std::vector<std::string>& order_basis_ids,
                                                             int last_line_number) {
  std::vector<Value> values = {tx.account_id()};
  values.insert(values.end(), order_basis_ids.begin(), order_basis_ids.end());
  values.resize(1 + kOrderBasesAtOnce, order_basis_ids.back());
  values.emplace_back(last_line_number);
  return tx.Query(kListFirstLines, values, ReadLineOfOrderBasis);
}

absl::StatusOr<std::optional<v1::OrderBasis>> FindOrderBasisFrom(ReadTransaction& tx, absl::string_view agreement_id,
                                                                 absl::CivilDay from_day) {
  return tx.QueryOne(kFindOrderBasisFrom, {tx.account_id(), agreement_id, from_day}, ReadOrderBasis);
}

absl::StatusOr<std::vector<v1::OrderBasis>> FindOrderBasesCovering(ReadTransaction& tx,
                                                                   const std::vector<std::string>& agreement_ids,
                                                                   absl::CivilDay day) {
  std::vector<Value> values = {tx.account_id()};
  AddPlaces(agreement_ids, kIdsAtOnce, values);
  values.emplace_back(day);
  values.emplace_back(day);
  return tx.Query(kFindOrderBasesCovering, values, ReadOrderBasis);
}

absl::StatusOr<std::optional<v1::OrderBasis>> FindOrderBasisCovering(ReadTransaction& tx,
                                                                     absl::string_view agreement_id,
                                                                     absl::CivilDay day) {
  ASSIGN_OR_RETURN(auto found, FindOrderBasesCovering(tx, {std::string(agreement_id)}, day));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::vector<v1::OrderBasis>> ListOrderBases(ReadTransaction& tx,
                                                           const v1::ListOrderBasesRequest& request,
                                                           absl::string_view before_id, int limit) {
  const Value from_day = OptionalDay(request.from_day());
  const Value until_day = OptionalDay(request.until_day());
  const Value from_time = request.has_from_create_time() ? Value(Storable(request.from_create_time())) : std::nullopt;
  const Value until_time =
      request.has_until_create_time() ? Value(Storable(request.until_create_time())) : std::nullopt;
  return tx.Query(kListOrderBases,
                  {tx.account_id(), before_id, request.agreement_id(), request.agreement_id(),
                   request.customer_number(), request.customer_number(), from_day, from_day, until_day, until_day,
                   from_time, from_time, until_time, until_time, request.show_empty(), limit},
                  ReadOrderBasis);
}

absl::StatusOr<std::vector<v1::OrderBasis>> ListOrderBasesByTime(ReadTransaction& tx,
                                                                 const v1::ListOrderBasesRequest& request,
                                                                 const OrderBasisTime& before, int limit) {
  const Value from_day = OptionalDay(request.from_day());
  const Value until_day = OptionalDay(request.until_day());
  const absl::Time from_time = request.has_from_create_time() ? Storable(request.from_create_time()) : kFirstTime;
  const absl::Time until_time = request.has_until_create_time() ? Storable(request.until_create_time()) : kLastTime;
  const absl::Time before_time = std::min(before.create_time, kLastTime);
  return tx.Query(kListOrderBasesByTime,
                  {tx.account_id(), from_time, until_time, before_time, before_time, before.order_basis_id, from_day,
                   from_day, until_day, until_day, request.show_empty(), limit},
                  ReadOrderBasis);
}

}  // namespace agreements::storage
