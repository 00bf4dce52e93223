#include "storage/invariants/entries.h"

#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "storage/connection/changes.h"
#include "storage/connection/ids.h"
#include "storage/tables/transactions.h"

namespace agreements::storage {
namespace {

const Statement kCountEntries = {"count_entries", {{"{ENTRY}", kEntryRow}}, R"sql(
  SELECT COUNT(*)
  FROM changes
  WHERE account_id = ? AND kind = {ENTRY} AND term = ''
    AND change_id >= ?
)sql"};

const Statement kListEntries = {"list_entries", {{"{ENTRY}", kEntryRow}, {"{RESPONSE}", kResponseRow}}, R"sql(
  SELECT e.change_id, e.content,
         (SELECT COUNT(*)
          FROM changes AS c
          WHERE c.account_id = e.account_id AND c.change_id = e.change_id AND c.kind > {RESPONSE})
  FROM changes AS e
  WHERE e.account_id = ? AND e.kind = {ENTRY} AND e.term = ''
    AND e.change_id > ?
  ORDER BY e.change_id
  LIMIT ?
)sql"};

const Statement kListResourcesOf = {
    "list_resources_of",
    {{"{first}", RowOf(v1::RESOURCE_KIND_AGREEMENT)}, {"{none}", RowOf(v1::ResourceKind(0))}},
    R"sql(
  SELECT kind - {none}, term
  FROM changes
  WHERE account_id = ? AND change_id = ?
    AND kind >= {first}
)sql"};

const Statement kCountClaimed = {"count_claimed", R"sql(
  SELECT COUNT(*)
  FROM transactions
  WHERE account_id = ? AND order_basis_id = ?
)sql"};

const Statement kCountTransactions = {"count_transactions", {{"{cancelled}", kCancelled}}, R"sql(
  SELECT COUNT(*), COUNT(IF(order_basis_id = '{cancelled}', 1, NULL)), COUNT(IF(record_time >= ?, 1, NULL)),
         COUNT(IF(record_time >= ?, 1, NULL))
  FROM transactions
  WHERE account_id = ? AND company_id = ?
)sql"};

// Groups both sides: no key finds a request by its claim_id.
const Statement kFindResponsesAlone = {"find_responses_alone", {{"{RESPONSE}", kResponseRow}}, R"sql(
  SELECT CONCAT(MAX(change_id), ': answers a request that is missing'), COUNT(*) OVER ()
  FROM (
    SELECT term AS claim_id, change_id
    FROM changes
    WHERE account_id = ? AND kind = {RESPONSE}
      AND change_id >= ?
    UNION ALL
    SELECT claim_id, NULL
    FROM requests
    WHERE account_id = ?
      AND claim_id IS NOT NULL
  ) AS claims
  GROUP BY claim_id
  HAVING COUNT(change_id) = COUNT(*)
  ORDER BY MAX(change_id)
  LIMIT ?
)sql"};

int64_t ReadNumber(const Row& row) { return row.GetInt64(1); }

Entry ReadEntry(const Row& row) {
  Entry entry;
  entry.change.ParseFromString(row.GetString(2));
  entry.change.set_change_id(row.GetString(1));
  entry.found_by = row.GetInt64(3);
  return entry;
}

ResourceName ReadResourceName(const Row& row) {
  return {static_cast<v1::ResourceKind>(row.GetInt64(1)), row.GetString(2)};
}

TransactionCounts ReadTransactionCounts(const Row& row) {
  return {.all = row.GetInt64(1),
          .cancelled = row.GetInt64(2),
          .recorded_since_earlier = row.GetInt64(3),
          .recorded_since_later = row.GetInt64(4)};
}

// What is wrong, and how much is.
std::pair<std::string, int64_t> ReadAlone(const Row& row) { return {row.GetString(1), row.GetInt64(2)}; }

}  // namespace

absl::StatusOr<int64_t> CountEntries(ReadTransaction& tx, absl::Time since) {
  ASSIGN_OR_RETURN(const auto count,
                   tx.QueryOne(kCountEntries, {tx.account_id(), FirstId(kChangePrefix, since)}, ReadNumber));
  return *count;
}

absl::StatusOr<std::vector<Entry>> ListEntries(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListEntries, {tx.account_id(), after_id, limit}, ReadEntry);
}

absl::StatusOr<std::vector<ResourceName>> ListResourcesOf(ReadTransaction& tx, absl::string_view change_id) {
  return tx.Query(kListResourcesOf, {tx.account_id(), change_id}, ReadResourceName);
}

absl::StatusOr<int64_t> CountClaimed(ReadTransaction& tx, absl::string_view order_basis_id) {
  ASSIGN_OR_RETURN(const auto count, tx.QueryOne(kCountClaimed, {tx.account_id(), order_basis_id}, ReadNumber));
  return *count;
}

absl::StatusOr<TransactionCounts> CountTransactions(ReadTransaction& tx, absl::string_view company_id,
                                                    absl::Time earlier, absl::Time later) {
  ASSIGN_OR_RETURN(const auto counts, tx.QueryOne(kCountTransactions, {earlier, later, tx.account_id(), company_id},
                                                  ReadTransactionCounts));
  return *counts;
}

absl::StatusOr<Breaches> FindResponsesAlone(ReadTransaction& tx, absl::Time since, int limit) {
  ASSIGN_OR_RETURN(const auto found,
                   tx.Query(kFindResponsesAlone,
                            {tx.account_id(), FirstId(kChangePrefix, since), tx.account_id(), limit}, ReadAlone));
  Breaches breaches;
  for (const auto& [text, count] : found) {
    breaches.first.push_back(text);
    breaches.count = count;
  }
  return breaches;
}

}  // namespace agreements::storage
