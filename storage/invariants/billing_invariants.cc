// Invariants of products, prices, transactions and order bases.
#include "storage/invariants/invariants.h"

#include "absl/strings/str_cat.h"
#include "agreements/v1/product.pb.h"
#include "storage/tables/columns.h"
#include "storage/tables/placement_sql.h"
#include "storage/tables/transactions.h"

namespace agreements::storage {
namespace {

const Statement kPrice = {"find_price", R"sql(
  SELECT CONCAT(v.product_id, ' from ', v.valid_from, ': ',
                IF(p.product_id IS NULL, 'the product is missing',
                   CONCAT('the price is ', v.unit_price, ' ten-thousandths'))),
         COUNT(*) OVER ()
  FROM prices AS v
  LEFT JOIN products AS p
    ON p.account_id = v.account_id AND p.product_id = v.product_id
  WHERE v.account_id = ?
    AND (p.product_id IS NULL OR v.unit_price NOT BETWEEN 0 AND 10000000000)
  ORDER BY v.product_id, v.valid_from
  LIMIT ?
)sql"};

// Only documents that end after priced_until can price a later day. They are few. The order of the joins is fixed: from
// a product, the engines would rather walk all its accesses for each document. And so is the key of transactions, which
// MariaDB would read all of an account while it has no statistics.
const Statement kPricedUntilLow = {
    "find_priced_until_low",
    {{"{first_date}", kFirstDate},
     {"{no_later_placement}", NoLaterPlacement("held", "GREATEST(x.from_day, d.from_day, d.priced_until)")}},
    R"sql(
  SELECT CONCAT(d.product_id, ': priced_until is ', IF(d.priced_until = '{first_date}', 'not set', d.priced_until),
                ', but ', d.order_basis_id, ' prices later days'),
         COUNT(*) OVER ()
  FROM (
    SELECT DISTINCT b.account_id, b.order_basis_id, b.agreement_id, b.from_day, b.until_day, l.product_id,
           COALESCE(p.priced_until, '{first_date}') AS priced_until
    FROM order_basis_lines AS l
    STRAIGHT_JOIN products AS p
      ON p.account_id = l.account_id AND p.product_id = l.product_id
    STRAIGHT_JOIN order_bases AS b
      ON b.account_id = l.account_id AND b.order_basis_id = l.order_basis_id
      AND b.until_day > COALESCE(p.priced_until, '{first_date}')
    WHERE l.account_id = ?
  ) AS d
  WHERE EXISTS (SELECT 1
                FROM transactions AS t FORCE INDEX (order_basis)
                WHERE t.account_id = d.account_id AND t.order_basis_id = d.order_basis_id
                  AND t.product_id = d.product_id
                  AND t.day >= d.priced_until)
     OR EXISTS (SELECT 1
                FROM placements AS held
                STRAIGHT_JOIN accesses AS x
                  ON x.account_id = held.account_id AND x.company_id = held.company_id
                  AND x.until_day > GREATEST(held.from_day, d.from_day, d.priced_until)
                  AND x.from_day < d.until_day
                WHERE held.account_id = d.account_id AND held.agreement_id = d.agreement_id
                  AND held.from_day < d.until_day
                  AND x.product_id = d.product_id
                  AND {no_later_placement})
  ORDER BY d.product_id, d.order_basis_id
  LIMIT ?
)sql"};

const Statement kPricedUntilHigh = {"find_priced_until_high", {{"{first_date}", kFirstDate}}, R"sql(
  SELECT CONCAT(product_id, ': priced_until is ', priced_until, ', order bases price it until ',
                COALESCE(priced, 'no day')),
         COUNT(*) OVER ()
  FROM (
    SELECT product_id, priced_until,
           (SELECT MAX(d.until_day)
            FROM order_basis_lines AS l
            JOIN order_bases AS d
              ON d.account_id = l.account_id AND d.order_basis_id = l.order_basis_id
            WHERE l.account_id = products.account_id
              AND l.product_id = products.product_id) AS priced
    FROM products
    WHERE account_id = ?
  ) AS p
  WHERE priced_until > COALESCE(priced, '{first_date}')
  ORDER BY product_id
  LIMIT ?
)sql"};

const Statement kTransactionOf = {"find_transaction_of", {{"{TRANSACTION}", v1::PRODUCT_KIND_TRANSACTION}}, R"sql(
  SELECT CONCAT(t.company_id, ' ', t.transaction_id, ': ',
                IF(c.company_id IS NULL, 'the company', CONCAT('product ', t.product_id)),
                IF(c.company_id IS NULL OR p.product_id IS NULL, ' is missing', ' is not of kind TRANSACTION')),
         COUNT(*) OVER ()
  FROM transactions AS t
  LEFT JOIN companies AS c
    ON c.account_id = t.account_id AND c.company_id = t.company_id
  LEFT JOIN products AS p
    ON p.account_id = t.account_id AND p.product_id = t.product_id
  WHERE t.account_id = ?
    AND (c.company_id IS NULL OR p.product_id IS NULL OR p.kind <> {TRANSACTION})
  ORDER BY t.company_id, t.transaction_id
  LIMIT ?
)sql"};

// Of transactions `t`, on their days.
const std::string kHolder = HolderOn("t.account_id", "t.company_id", "t.day");

const Statement kTransactionHeld = {
    "find_transaction_held", {{"{cancelled}", kCancelled}, {"{holder}", kHolder}}, R"sql(
  SELECT CONCAT(t.company_id, ' ', t.transaction_id, ': nobody holds the company on ', t.day), COUNT(*) OVER ()
  FROM transactions AS t
  WHERE t.account_id = ?
    AND t.order_basis_id <> '{cancelled}'
    AND {holder} IS NULL
  ORDER BY t.company_id, t.transaction_id
  LIMIT ?
)sql"};

const Statement kTransactionClaim = {
    "find_transaction_claim", {{"{cancelled}", kCancelled}, {"{holder}", kHolder}}, R"sql(
  SELECT CONCAT(t.company_id, ' ', t.transaction_id, ': is of ', t.day, ' and in ', t.order_basis_id,
                IF(d.order_basis_id IS NULL, ', which is missing',
                   CONCAT(', of ', d.agreement_id, ' until ', d.until_day))),
         COUNT(*) OVER ()
  FROM transactions AS t
  LEFT JOIN order_bases AS d
    ON d.account_id = t.account_id AND d.order_basis_id = t.order_basis_id
  WHERE t.account_id = ?
    AND t.order_basis_id NOT IN ('', '{cancelled}')
    AND NOT COALESCE(t.day < d.until_day
                     AND d.agreement_id = {holder}, 0)
  ORDER BY t.company_id, t.transaction_id
  LIMIT ?
)sql"};

// A call reads its clock up to half a minute before it commits, and the clocks of servers differ. An hour proves that
// the document could see the transaction. COUNT, since MySQL would turn EXISTS around, and look at all transactions for
// each document.
const Statement kTransactionSkipped = {"find_transaction_skipped", {{"{holder}", kHolder}}, R"sql(
  SELECT CONCAT(t.company_id, ' ', t.transaction_id, ': is of ', t.day, ', recorded at ', t.record_time,
                ', and in no order basis'),
         COUNT(*) OVER ()
  FROM (
    SELECT t.account_id, t.company_id, t.transaction_id, t.day, t.record_time,
           {holder} AS holder
    FROM transactions AS t
    WHERE t.account_id = ?
      AND t.order_basis_id = ''
  ) AS t
  WHERE (SELECT COUNT(*)
         FROM order_bases AS d
         WHERE d.account_id = t.account_id
           AND d.agreement_id = t.holder
           AND d.until_day > t.day
           AND d.create_time > t.record_time + INTERVAL 1 HOUR) > 0
  ORDER BY t.company_id, t.transaction_id
  LIMIT ?
)sql"};

const Statement kOrderBasisOf = {"find_order_basis_of", R"sql(
  SELECT CONCAT(d.order_basis_id, ': its agreement ', d.agreement_id, ' is missing'), COUNT(*) OVER ()
  FROM order_bases AS d
  LEFT JOIN agreements AS a
    ON a.account_id = d.account_id AND a.agreement_id = d.agreement_id
  WHERE d.account_id = ?
    AND a.agreement_id IS NULL
  ORDER BY d.order_basis_id
  LIMIT ?
)sql"};

const Statement kOrderBasisDays = {"find_order_basis_days", R"sql(
  SELECT CONCAT(d.order_basis_id, ': covers ', d.from_day, ' until ', d.until_day, '; next comes ', d.next_day),
         COUNT(*) OVER ()
  FROM (
    SELECT o.order_basis_id, o.from_day, o.until_day,
           COALESCE(LEAD(o.from_day) OVER (PARTITION BY o.agreement_id ORDER BY o.from_day),
                    a.settled_until) AS next_day
    FROM order_bases AS o
    JOIN agreements AS a
      ON a.account_id = o.account_id AND a.agreement_id = o.agreement_id
    WHERE o.account_id = ?
  ) AS d
  WHERE d.until_day <> d.next_day
     OR d.from_day >= d.until_day
     OR LAST_DAY(d.from_day) <> LAST_DAY(d.until_day - INTERVAL 1 DAY)
  ORDER BY d.order_basis_id
  LIMIT ?
)sql"};

const Statement kOrderBasisLine = {"find_order_basis_line", R"sql(
  SELECT CONCAT(l.order_basis_id, ' line ', l.line_number, ': ',
                CASE
                  WHEN d.order_basis_id IS NULL THEN 'the order basis is missing'
                  WHEN p.product_id IS NULL THEN CONCAT('product ', l.product_id, ' is missing')
                  ELSE CONCAT('is the one with number ', l.number)
                END),
         COUNT(*) OVER ()
  FROM (
    SELECT account_id, order_basis_id, line_number, product_id,
           ROW_NUMBER() OVER (PARTITION BY order_basis_id ORDER BY line_number) AS number
    FROM order_basis_lines
    WHERE account_id = ?
  ) AS l
  LEFT JOIN order_bases AS d
    ON d.account_id = l.account_id AND d.order_basis_id = l.order_basis_id
  LEFT JOIN products AS p
    ON p.account_id = l.account_id AND p.product_id = l.product_id
  WHERE d.order_basis_id IS NULL
     OR p.product_id IS NULL
     OR l.line_number <> l.number
  ORDER BY l.order_basis_id, l.line_number
  LIMIT ?
)sql"};

const Statement kWaitingTransactions = {"find_waiting_transactions", {{"{holder}", kHolder}}, R"sql(
  SELECT CONCAT(t.company_id, ' ', t.transaction_id, ': of ', t.day, ', in ', t.holder), COUNT(*) OVER ()
  FROM (
    SELECT t.account_id, t.company_id, t.transaction_id, t.day,
           {holder} AS holder
    FROM transactions AS t
    WHERE t.account_id = ?
      AND t.order_basis_id = ''
  ) AS t
  WHERE (SELECT COUNT(*)
         FROM agreements AS a
         WHERE a.account_id = t.account_id AND a.agreement_id = t.holder
           AND a.settled_until > t.day) > 0
  ORDER BY t.company_id, t.transaction_id
  LIMIT ?
)sql"};

}  // namespace

std::vector<Invariant> BillingInvariants() {
  return {
      {"prices", "its product is there, and the price between 0 and 1,000,000", &kPrice},
      {"products", "priced_until is later than any day that an order basis prices", &kPricedUntilLow},
      {"products", "priced_until is not later than the order bases that price it", &kPricedUntilHigh},
      {"transactions", "its company is there, and its product, of kind TRANSACTION", &kTransactionOf},
      {"transactions", "an agreement holds its company on its day, unless it is cancelled", &kTransactionHeld},
      {"transactions", "an order basis that has it is there, of a later day, and its holder's on its day",
       &kTransactionClaim},
      {"transactions", "it was not there already when an order basis settled its day without it", &kTransactionSkipped},
      {"order bases", "its agreement is there", &kOrderBasisOf},
      {"order bases", "its days are in one month, and go on until the next one of its agreement, or settled_until",
       &kOrderBasisDays},
      {"order basis lines", "its order basis is there, and its product, and it is numbered in turn", &kOrderBasisLine},
  };
}

const Invariant& WaitingTransactions() {
  static const Invariant kInvariant = {"transactions", "arrived late and wait for their agreement's next order basis",
                                       &kWaitingTransactions};
  return kInvariant;
}

}  // namespace agreements::storage
