#include "storage/connection/changes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/strip.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/ids.h"
#include "storage/connection/requests.h"
#include "storage/connection/row_list.h"

namespace agreements::storage {
namespace {

// A list of rows as JSON, each with kind, term and, if it has one, revision: [["2","MoveCompany"],...]. The columns
// have the collations of the table, so that joins use its keys.
constexpr char kTerms[] = R"sql(JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         kind TINYINT PATH '$[0]',
         term VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]',
         revision BIGINT PATH '$[2]')) AS terms)sql";

// All rows of an entry, or none.
const Statement kInsertChange = {
    "insert_change", {{"{terms}", kTerms}, {"{ENTRY}", kEntryRow}, {"{RESPONSE}", kResponseRow}}, R"sql(
  INSERT INTO changes (account_id, change_id, kind, term, revision, content)
  SELECT r.account_id, ?, terms.kind, terms.term, terms.revision,
         CASE terms.kind WHEN {ENTRY} THEN ? WHEN {RESPONSE} THEN ? END
  FROM requests AS r
  JOIN {terms}
  WHERE r.account_id = ? AND r.caller = ? AND r.request_id = ?
    AND r.claim_id = ?
)sql"};

// All rows of several entries, whose responses are empty. The contents are one value: that of an entry is so many bytes
// of it, from a position on.
const Statement kInsertChanges = {"insert_changes", {{"{ENTRY}", kEntryRow}, {"{RESPONSE}", kResponseRow}}, R"sql(
  INSERT INTO changes (account_id, change_id, kind, term, revision, content)
  SELECT ?, change_id, kind, term, NULLIF(revision, 0),
         CASE kind WHEN {ENTRY} THEN SUBSTRING(CAST(? AS BINARY), position, length) WHEN {RESPONSE} THEN '' END
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         change_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         kind TINYINT PATH '$[1]',
         term VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin PATH '$[2]',
         revision BIGINT PATH '$[3]',
         position INT PATH '$[4]',
         length INT PATH '$[5]')) AS entries
)sql"};

// Walks the entries of one term, newest first, until the page is full. An entry passes if it has all the terms of the
// list. Key and order are fixed: MySQL would rather walk the entries of all accounts, or sort those of one.
const Statement kListChanges = {"list_changes", {{"{terms}", kTerms}, {"{ENTRY}", kEntryRow}}, R"sql(
  SELECT e.change_id, e.content
  FROM changes AS c FORCE INDEX (term)
  STRAIGHT_JOIN changes AS e
    ON e.account_id = c.account_id AND e.change_id = c.change_id AND e.kind = {ENTRY} AND e.term = ''
  WHERE c.account_id = ? AND c.kind = ? AND c.term = ?
    AND c.change_id < ?
    AND c.change_id < ?
    AND c.change_id >= ?
    AND ? = (SELECT COUNT(*)
             FROM {terms}
             STRAIGHT_JOIN changes AS other
               ON other.account_id = c.account_id AND other.change_id = c.change_id AND other.kind = terms.kind
               AND other.term = terms.term)
  ORDER BY c.change_id DESC
  LIMIT ?
)sql"};

// A row of an entry.
struct Term {
  int kind;
  std::string term;
  int64_t revision = 0;  // 0 is none.
};

std::string JsonOf(const std::vector<Term>& terms) {
  RowList rows;
  for (const auto& [kind, term, revision] : terms) {
    if (revision == 0) {
      rows.Add(kind, term);
    } else {
      rows.Add(kind, term, revision);
    }
  }
  return std::move(rows).Json();
}

// Of "agreements.v1.MoveCompanyRequest": "MoveCompany".
std::string MethodOf(const Call& call) {
  absl::string_view name = call.method;
  name.remove_prefix(name.rfind('.') + 1);
  return std::string(absl::StripSuffix(name, "Request"));
}

// Adds as many resources as fit.
void AddResources(std::vector<v1::ChangedResource> resources, v1::Change& change) {
  size_t size = 0;
  for (v1::ChangedResource& resource : resources) {
    size += resource.ByteSizeLong();
    if (size > kMaxEntryBytes) break;
    *change.add_resources() = std::move(resource);
  }
  change.set_omitted_resources(static_cast<int32_t>(resources.size()) - change.resources_size());
}

v1::Change ReadChange(const Row& row) {
  v1::Change change;
  // A row that does not parse is shown as far as it does; verify finds it.
  change.ParseFromString(row.GetString(2));
  change.set_change_id(row.GetString(1));
  *change.mutable_create_time() = ToTimestamp(TimeOfId(change.change_id()));
  return change;
}

// The terms that an entry must have, the one with the fewest entries first, as far as that is known beforehand.
std::vector<Term> TermsOf(const v1::ListChangesRequest& request) {
  const std::initializer_list<Term> filters = {Term{RowOf(v1::RESOURCE_KIND_ORDER_BASIS), request.order_basis_id()},
                                               Term{RowOf(v1::RESOURCE_KIND_ACCESS), request.access_id()},
                                               Term{RowOf(v1::RESOURCE_KIND_COMPANY_DRAFT), request.draft_id()},
                                               Term{RowOf(v1::RESOURCE_KIND_USER), request.user_id()},
                                               Term{RowOf(v1::RESOURCE_KIND_COMPANY), request.company_id()},
                                               Term{RowOf(v1::RESOURCE_KIND_AGREEMENT), request.agreement_id()},
                                               Term{RowOf(v1::RESOURCE_KIND_PRODUCT), request.product_id()},
                                               Term{kActorRow, request.actor()},
                                               Term{kCallerRow, request.caller()},
                                               Term{kMethodRow, request.method()}};
  std::vector<Term> terms;
  std::copy_if(filters.begin(), filters.end(), std::back_inserter(terms),
               [](const Term& term) { return !term.term.empty(); });
  terms.push_back({kEntryRow, ""});
  return terms;
}

// An entry as it is stored.
struct Entry {
  std::string content;  // A serialized v1::Change.
  std::vector<Term> terms;
};

Entry EntryOf(const Call& call, absl::string_view request_id, absl::string_view claim_id, const Trail& trail) {
  v1::Change change;
  change.set_method(MethodOf(call));
  change.set_caller(call.caller);
  change.set_actor(call.actor);
  if (!IsServersRequestId(request_id)) change.set_request_id(std::string(request_id));
  change.set_trace_id(call.trace_id);
  std::vector<v1::ChangedResource> resources = trail.Resources();
  std::vector<Term> terms = {{kEntryRow, ""}, {kResponseRow, std::string(claim_id)}};
  for (const Term& term :
       {Term{kMethodRow, change.method()}, Term{kCallerRow, change.caller()}, Term{kActorRow, change.actor()}}) {
    if (!term.term.empty()) terms.push_back(term);
  }
  for (const v1::ChangedResource& resource : resources) {
    terms.push_back({RowOf(resource.kind()), resource.id(), resource.revision()});
  }
  AddResources(std::move(resources), change);
  return {.content = change.SerializeAsString(), .terms = std::move(terms)};
}

}  // namespace

absl::StatusOr<bool> InsertChange(Transaction& tx, const Call& call, absl::string_view claim_id,
                                  absl::string_view response) {
  const Entry entry = EntryOf(call, call.request_id, claim_id, tx.trail());
  ASSIGN_OR_RETURN(const int64_t inserted,
                   tx.Execute(kInsertChange, {tx.NewId(kChangePrefix), entry.content, response, JsonOf(entry.terms),
                                              tx.account_id(), call.caller, call.request_id, claim_id}));
  return inserted == static_cast<int64_t>(entry.terms.size());
}

absl::Status InsertChanges(Transaction& tx, const Call& call, const std::vector<RecordedEntry>& entries) {
  RowList rows;
  std::string contents;
  for (const auto& [request_id, claim_id, trail] : entries) {
    const std::string change_id = tx.NewId(kChangePrefix);
    const Entry entry = EntryOf(call, request_id, claim_id, *trail);
    for (const auto& [kind, term, revision] : entry.terms) {
      if (kind == kEntryRow) {
        rows.Add(change_id, kind, term, revision, contents.size() + 1, entry.content.size());
      } else {
        rows.Add(change_id, kind, term, revision);
      }
    }
    contents += entry.content;
  }
  return tx.Execute(kInsertChanges, {tx.account_id(), contents, std::move(rows).Json()}).status();
}

absl::StatusOr<std::vector<v1::Change>> ListChanges(ReadTransaction& tx, const v1::ListChangesRequest& request,
                                                    absl::string_view before_id, int limit) {
  const std::vector<Term> terms = TermsOf(request);
  const std::string from = FirstId(
      kChangePrefix, request.has_from_create_time() ? ToTime(request.from_create_time()) : absl::InfinitePast());
  const std::string until = FirstId(
      kChangePrefix, request.has_until_create_time() ? ToTime(request.until_create_time()) : absl::InfiniteFuture());
  return tx.Query(kListChanges,
                  {tx.account_id(), terms.front().kind, terms.front().term, before_id, until, from, terms.size(),
                   JsonOf(terms), limit},
                  ReadChange);
}

}  // namespace agreements::storage
