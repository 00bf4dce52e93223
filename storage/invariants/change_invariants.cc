// Invariants of requests and of the trail.
#include "absl/strings/str_cat.h"
#include "agreements/v1/company.pb.h"
#include "storage/connection/changes.h"
#include "storage/invariants/invariants.h"

namespace agreements::storage {
namespace {

// A request of a server that did not know of changes has its response itself.
const Statement kRequestResponse = {
    "find_request_response", {{"{ENTRY}", kEntryRow}, {"{RESPONSE}", kResponseRow}}, R"sql(
  SELECT CONCAT(r.request_id, ': has no ', IF(r.claim_id IS NULL OR c.change_id IS NULL, 'response', 'entry')),
         COUNT(*) OVER ()
  FROM requests AS r
  LEFT JOIN changes AS c
    ON c.account_id = r.account_id AND c.kind = {RESPONSE} AND c.term = r.claim_id
  LEFT JOIN changes AS e
    ON e.account_id = c.account_id AND e.change_id = c.change_id AND e.kind = {ENTRY} AND e.term = ''
  WHERE r.account_id = ?
    AND IF(r.claim_id IS NULL, r.response = '', e.change_id IS NULL)
  ORDER BY r.request_id
  LIMIT ?
)sql"};

const Statement kChangeEntry = {"find_change_entry", {{"{ENTRY}", kEntryRow}}, R"sql(
  SELECT CONCAT(change_id, ': is no entry, but is found by ', MIN(term)), COUNT(*) OVER ()
  FROM changes
  WHERE account_id = ?
  GROUP BY change_id
  HAVING MIN(kind) <> {ENTRY}
  ORDER BY change_id
  LIMIT ?
)sql"};

// Revisions only grow.
const Statement kChangeResource = {"find_change_resource",
                                   {{"{AGREEMENT}", RowOf(v1::RESOURCE_KIND_AGREEMENT)},
                                    {"{COMPANY}", RowOf(v1::RESOURCE_KIND_COMPANY)},
                                    {"{DRAFT}", RowOf(v1::RESOURCE_KIND_COMPANY_DRAFT)},
                                    {"{ACCESS}", RowOf(v1::RESOURCE_KIND_ACCESS)},
                                    {"{PRODUCT}", RowOf(v1::RESOURCE_KIND_PRODUCT)},
                                    {"{ORDER_BASIS}", RowOf(v1::RESOURCE_KIND_ORDER_BASIS)}},
                                   R"sql(
  SELECT CONCAT(change_id, ': ', term, IF(found IS NULL, ' is missing',
                                          CONCAT(' is at revision ', found, ', and was at ', revision))),
         COUNT(*) OVER ()
  FROM (
    SELECT change_id, term, revision,
           CASE kind
             WHEN {AGREEMENT} THEN (SELECT a.revision
                                    FROM agreements AS a
                                    WHERE a.account_id = changes.account_id AND a.agreement_id = term)
             WHEN {COMPANY} THEN (SELECT c.revision
                                  FROM companies AS c
                                  WHERE c.account_id = changes.account_id AND c.company_id = term)
             WHEN {DRAFT} THEN (SELECT d.revision
                                FROM company_drafts AS d
                                WHERE d.account_id = changes.account_id AND d.draft_id = term)
             WHEN {ACCESS} THEN (SELECT 1
                                 FROM accesses AS x
                                 WHERE x.account_id = changes.account_id AND x.access_id = term)
             WHEN {PRODUCT} THEN (SELECT p.revision
                                  FROM products AS p
                                  WHERE p.account_id = changes.account_id AND p.product_id = term)
             ELSE (SELECT 1
                   FROM order_bases AS b
                   WHERE b.account_id = changes.account_id AND b.order_basis_id = term)
           END AS found
    FROM changes
    WHERE account_id = ?
      AND kind IN ({AGREEMENT}, {COMPANY}, {DRAFT}, {ACCESS}, {PRODUCT}, {ORDER_BASIS})
  ) AS touched
  WHERE found IS NULL OR found < revision
  ORDER BY change_id, term
  LIMIT ?
)sql"};

// {first} is the lowest revision with an entry of that time, or 1 if the resource was made since. From there on, each
// revision has one entry. Entries of before are counted too: clocks differ, so the last of them may have a higher
// revision. {unnamed}: how many revisions at the end may have none.
constexpr char kRevisions[] = R"sql(
  SELECT CONCAT(id, ': is at revision ', revision, ', but from ', first, ' on, ', entries, ' revisions have an entry'),
         COUNT(*) OVER ()
  FROM (
    SELECT id, revision, unnamed, first,
           (SELECT COUNT(*)
            FROM changes AS c
            WHERE c.account_id = recent.account_id AND c.kind = {KIND} AND c.term = recent.id
              AND c.revision >= recent.first) AS entries
    FROM (
      SELECT x.account_id, x.{id} AS id, x.revision, {unnamed} AS unnamed,
             IF({made_since}, 1, (SELECT MIN(c.revision)
                                  FROM changes AS c
                                  WHERE c.account_id = x.account_id AND c.kind = {KIND} AND c.term = x.{id}
                                    AND c.change_id >= CONCAT('chg-', ?))) AS first
      FROM {table} AS x
      WHERE x.account_id = ?
    ) AS recent
  ) AS counted
  WHERE first IS NOT NULL
    AND entries NOT BETWEEN revision - first + 1 - unnamed AND revision - first + 1
  ORDER BY id
  LIMIT ?
)sql";

const Statement kAgreementEntries = {"find_agreement_entries",
                                     {{"{table}", "agreements"},
                                      {"{id}", "agreement_id"},
                                      {"{KIND}", RowOf(v1::RESOURCE_KIND_AGREEMENT)},
                                      {"{unnamed}", 0},
                                      {"{made_since}", "x.agreement_id >= CONCAT('agr-', ?)"}},
                                     kRevisions};

const Statement kCompanyEntries = {"find_company_entries",
                                   {{"{table}", "companies"},
                                    {"{id}", "company_id"},
                                    {"{KIND}", RowOf(v1::RESOURCE_KIND_COMPANY)},
                                    {"{unnamed}", 0},
                                    {"{made_since}", "x.company_id >= CONCAT('cmp-', ?)"}},
                                   kRevisions};

// The deletion of an agreement does not name the drafts that it discards.
const Statement kDraftEntries = {"find_draft_entries",
                                 {{"{table}", "company_drafts"},
                                  {"{id}", "draft_id"},
                                  {"{KIND}", RowOf(v1::RESOURCE_KIND_COMPANY_DRAFT)},
                                  {"{unnamed}", absl::StrCat("(x.state = ", v1::COMPANY_DRAFT_STATE_DISCARDED, ")")},
                                  {"{made_since}", "x.draft_id >= CONCAT('dft-', ?)"}},
                                 kRevisions};

// Their ids are the callers', and have no time.
const Statement kProductEntries = {"find_product_entries",
                                   {{"{table}", "products"},
                                    {"{id}", "product_id"},
                                    {"{KIND}", RowOf(v1::RESOURCE_KIND_PRODUCT)},
                                    {"{unnamed}", 0},
                                    {"{made_since}", "? IS NULL"}},
                                   kRevisions};

// The first value is that of the id, the second that of the entry, which is no earlier.
constexpr char kCreations[] = R"sql(
  SELECT CONCAT(x.{id}, ': was made without an entry'), COUNT(*) OVER ()
  FROM {table} AS x
  LEFT JOIN changes AS c
    ON c.account_id = x.account_id AND c.kind = {KIND} AND c.term = x.{id}
  WHERE x.{id} >= CONCAT('{prefix}', ?)
    AND ? IS NOT NULL
    AND x.account_id = ?
    AND c.change_id IS NULL
  ORDER BY x.{id}
  LIMIT ?
)sql";

const Statement kAccessEntries = {
    "find_access_entries",
    {{"{table}", "accesses"}, {"{id}", "access_id"}, {"{KIND}", RowOf(v1::RESOURCE_KIND_ACCESS)}, {"{prefix}", "acc-"}},
    kCreations};

const Statement kOrderBasisEntries = {"find_order_basis_entries",
                                      {{"{table}", "order_bases"},
                                       {"{id}", "order_basis_id"},
                                       {"{KIND}", RowOf(v1::RESOURCE_KIND_ORDER_BASIS)},
                                       {"{prefix}", "ord-"}},
                                      kCreations};

}  // namespace

std::vector<Invariant> ChangeInvariants() {
  return {
      {"requests", "it has its response, and its entry in the trail", &kRequestResponse},
      {"changes", "what it is found by has an entry", &kChangeEntry},
      {"changes", "what it touched is stored, at the same revision or a later one", &kChangeResource},
  };
}

std::vector<Invariant> RecentInvariants() {
  return {
      {"agreements", "each recent revision of an agreement has an entry in the trail", &kAgreementEntries},
      {"companies", "each recent revision of a company has an entry in the trail", &kCompanyEntries},
      {"drafts", "each recent revision of a draft has an entry in the trail", &kDraftEntries},
      {"products", "each recent revision of a product has an entry in the trail", &kProductEntries},
      {"accesses", "a recent access has the entry of its creation in the trail", &kAccessEntries},
      {"order bases", "a recent order basis has the entry of its creation in the trail", &kOrderBasisEntries},
  };
}

}  // namespace agreements::storage
