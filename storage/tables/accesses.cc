#include "storage/tables/accesses.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/connection/row_list.h"
#include "storage/tables/columns.h"
#include "storage/tables/companies.h"

namespace agreements::storage {
namespace {

// In the order of the batch, in which each one locks its product by its foreign key.
const Statement kInsertAccesses = {"insert_accesses", R"sql(
  INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, expire_time, from_day, until_day,
                        create_time, update_time)
  SELECT ?, ?, batch.access_id, ?, batch.product_id, batch.state, NULLIF(batch.expire_time, ''),
         NULLIF(batch.from_day, ''), NULLIF(batch.until_day, ''), batch.create_time, batch.update_time
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         access_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]',
         state TINYINT PATH '$[2]',
         expire_time VARCHAR(26) CHARACTER SET ascii PATH '$[3]',
         from_day VARCHAR(10) CHARACTER SET ascii PATH '$[4]',
         until_day VARCHAR(10) CHARACTER SET ascii PATH '$[5]',
         create_time VARCHAR(26) CHARACTER SET ascii PATH '$[6]',
         update_time VARCHAR(26) CHARACTER SET ascii PATH '$[7]')) AS batch
)sql"};

// The state of the access `a` as it is read (U2). Value: now.
const std::string kState = absl::StrCat("IF(a.state = ", v1::ACCESS_STATE_INVITED, " AND a.expire_time <= ?, ",
                                        v1::ACCESS_STATE_ENDED, ", a.state)");

// What ReadAccess reads.
const std::string kColumns = absl::StrCat("a.access_id, a.company_id, a.user_id, a.product_id, ", kState,
                                          ", a.expire_time, a.from_day, a.until_day, a.create_time, a.update_time");

const PointSelect kGetAccess = {"get_access", "accesses AS a", {"a.account_id", "a.access_id"}, kColumns};

// Empty filters let everything through. The last one lists states, e.g. "1,2".
const std::string kFilters = absl::StrCat(R"sql(a.access_id < ?
    AND (? = '' OR a.company_id = ?)
    AND (? = '' OR a.user_id = ?)
    AND (? = '' OR a.product_id = ?)
    AND FIND_IN_SET()sql",
                                          kState, ", ?) > 0");

const Statement kListAccesses = {"list_accesses", {{"{columns}", kColumns}, {"{filters}", kFilters}}, R"sql(
  SELECT {columns}
  FROM accesses AS a
  WHERE a.account_id = ?
    AND {filters}
  ORDER BY a.access_id DESC
  LIMIT ?
)sql"};

// The accesses to the companies that an agreement holds now.
const Statement kListAgreementAccesses = {
    "list_agreement_accesses", {{"{columns}", kColumns}, {"{filters}", kFilters}}, R"sql(
  SELECT {columns}
  FROM companies AS c
  JOIN accesses AS a
    ON a.account_id = c.account_id AND a.company_id = c.company_id
  WHERE c.account_id = ? AND c.agreement_id = ?
    AND c.delete_time IS NULL
    AND {filters}
  ORDER BY a.access_id DESC
  LIMIT ?
)sql"};

// A row for each product of a batch, with the company, its agreement's settled_until and the first day of its newest
// placement.
const Statement kGetCompanyUser = {
    "get_company_user", {{"{columns}", kColumns}, {"{company}", CompanyColumns("c")}}, R"sql(
  SELECT {columns},
         {company},
         g.settled_until, g.guard = ?,
         (SELECT MAX(p.from_day)
          FROM placements AS p
          WHERE p.account_id = c.account_id AND p.company_id = c.company_id),
         batch.product_id, r.kind
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]')) AS batch
  JOIN companies AS c
    ON c.account_id = ? AND c.company_id = ?
  JOIN agreements AS g
    ON g.account_id = c.account_id AND g.agreement_id = c.agreement_id
  LEFT JOIN products AS r
    ON r.account_id = c.account_id AND r.product_id = batch.product_id
  LEFT JOIN accesses AS a
    ON a.account_id = c.account_id AND a.company_id = c.company_id AND a.user_id = ?
    AND a.product_id = batch.product_id AND a.live = 1
)sql"};

// Accesses of a user in a company that are stored as they were read. Values: account_id, company_id, user_id, and a
// list of products with their states, e.g. "accounting=1,payroll=2". Not a batch: Vitess has no plan for an UPDATE that
// joins one.
constexpr char kAsRead[] = R"sql(account_id = ? AND company_id = ? AND user_id = ?
    AND live = 1
    AND FIND_IN_SET(CONCAT(product_id, '=', state), ?) > 0)sql";

const Statement kAcceptInvitations = {
    "accept_invitations", {{"{ACTIVE}", v1::ACCESS_STATE_ACTIVE}, {"{as_read}", kAsRead}}, R"sql(
  UPDATE accesses
  SET state = {ACTIVE},
      from_day = ?,
      until_day = ?,
      update_time = ?
  WHERE {as_read}
)sql"};

// The state comes last: MySQL and MariaDB assign from left to right. An invitation has no days, so GREATEST gives it
// none. An expired invitation keeps its update_time.
constexpr char kEnd[] = R"sql(
  UPDATE accesses
  SET until_day = GREATEST(CAST(? AS DATE), from_day + INTERVAL 1 DAY),
      update_time = IF(state = {INVITED} AND expire_time <= ?, update_time, ?),
      state = {ENDED}
  WHERE {which}
)sql";
const Statement kEndAccesses = {"end_accesses",
                                {{"{INVITED}", v1::ACCESS_STATE_INVITED},
                                 {"{ENDED}", v1::ACCESS_STATE_ENDED},
                                 {"{which}", "account_id = ? AND company_id = ?\n    AND live = 1"}},
                                kEnd};
const Statement kEndUserAccesses = {
    "end_user_accesses",
    {{"{INVITED}", v1::ACCESS_STATE_INVITED}, {"{ENDED}", v1::ACCESS_STATE_ENDED}, {"{which}", kAsRead}},
    kEnd};

v1::Access ReadAccess(const Row& row) {
  v1::Access access;
  access.set_access_id(row.GetString(1));
  access.set_company_id(row.GetString(2));
  access.set_user_id(row.GetString(3));
  access.set_product_id(row.GetString(4));
  access.set_state(static_cast<v1::AccessState>(row.GetInt64(5)));
  if (!row.IsNull(6)) *access.mutable_expire_time() = row.GetTimestamp(6);
  access.set_from_day(row.GetString(7));
  if (access.state() == v1::ACCESS_STATE_ENDED) access.set_until_day(row.GetString(8));
  *access.mutable_create_time() = row.GetTimestamp(9);
  *access.mutable_update_time() = row.GetTimestamp(10);
  return access;
}

// Columns of a batch: "" is NULL.

std::string TimeText(const google::protobuf::Timestamp& time) { return std::get<std::string>(ToValue(time).get()); }

std::string ExpireTime(const v1::Access& access) {
  return access.has_expire_time() ? TimeText(access.expire_time()) : "";
}

std::string UntilDay(const v1::Access& access) {
  return access.state() == v1::ACCESS_STATE_ACTIVE ? kStillGoesOn : access.until_day();
}

std::string StateText(v1::AccessState state) { return absl::StrCat(static_cast<int>(state)); }

// The list of kAsRead.
std::string ProductsAsRead(const std::vector<AccessUpdate>& updates) {
  std::string products;
  for (const auto& [access, old_state] : updates) {
    absl::StrAppend(&products, products.empty() ? "" : ",", access.product_id(), "=", StateText(old_state));
  }
  return products;
}

// Tells the trail, unless other rows than those are changed.
absl::Status Updated(Transaction& tx, const std::vector<AccessUpdate>& updates, int64_t changed) {
  if (changed != static_cast<int64_t>(updates.size())) return StartOver();
  for (const AccessUpdate& update : updates) tx.trail().Changed(update.access);
  return absl::OkStatus();
}

// A row of kGetCompanyUser.
struct CompanyUserRow {
  v1::Company company;
  absl::CivilDay settled_until;
  bool is_locked;
  std::optional<absl::CivilDay> held_from;
  std::string product_id;
  v1::ProductKind kind;  // Unspecified: there is no such product.
  std::optional<v1::Access> access;
};

CompanyUserRow ReadCompanyUser(const Row& row) {
  CompanyUserRow user = {.company = ReadCompany(row, 11),
                         .settled_until = row.GetDay(19),
                         .is_locked = row.GetInt64(20) == 1,
                         .held_from = std::nullopt,
                         .product_id = row.GetString(22),
                         .kind = static_cast<v1::ProductKind>(row.GetInt64(23)),
                         .access = std::nullopt};
  if (!row.IsNull(21)) user.held_from = row.GetDay(21);
  if (!row.IsNull(1)) user.access = ReadAccess(row);
  return user;
}

// The states that a request asks for, as kFilters lists them.
std::string States(const v1::ListAccessesRequest& request) {
  if (request.state() != v1::ACCESS_STATE_UNSPECIFIED) return std::to_string(request.state());
  return absl::StrCat(v1::ACCESS_STATE_INVITED, ",", v1::ACCESS_STATE_ACTIVE,
                      request.show_ended() ? absl::StrCat(",", v1::ACCESS_STATE_ENDED) : "");
}

}  // namespace

absl::Status InsertAccesses(Transaction& tx, const std::vector<v1::Access>& accesses) {
  RowList batch;
  for (const v1::Access& access : accesses) {
    batch.Add(access.access_id(), access.product_id(), StateText(access.state()), ExpireTime(access), access.from_day(),
              UntilDay(access), TimeText(access.create_time()), TimeText(access.update_time()));
    tx.trail().Changed(access);
  }
  const v1::Access& first = accesses.front();
  return tx.Execute(kInsertAccesses, {tx.account_id(), first.company_id(), first.user_id(), std::move(batch).Json()})
      .status();
}

absl::StatusOr<v1::Access> GetAccess(PointReader& tx, absl::string_view access_id, absl::Time now) {
  ASSIGN_OR_RETURN(std::optional<v1::Access> access, tx.Get(kGetAccess, {access_id}, ReadAccess, {now}));
  if (!access) return AccessNotFound(access_id);
  return *std::move(access);
}

absl::StatusOr<std::vector<v1::Access>> ListAccesses(ReadTransaction& tx, const v1::ListAccessesRequest& request,
                                                     absl::string_view before_id, absl::Time now, int limit) {
  std::vector<Value> values = {now, tx.account_id()};
  if (!request.agreement_id().empty()) values.emplace_back(request.agreement_id());
  for (const Value& value : std::initializer_list<Value>{before_id, request.company_id(), request.company_id(),
                                                         request.user_id(), request.user_id(), request.product_id(),
                                                         request.product_id(), now, States(request), limit}) {
    values.push_back(value);
  }
  return tx.Query(request.agreement_id().empty() ? kListAccesses : kListAgreementAccesses, values, ReadAccess);
}

absl::StatusOr<CompanyUser> GetCompanyUser(Transaction& tx, absl::string_view company_id, absl::string_view user_id,
                                           const std::set<std::string>& product_ids, absl::Time now,
                                           const HolderLock& lock) {
  RowList batch;
  for (const std::string& product_id : product_ids) batch.Add(product_id);
  ASSIGN_OR_RETURN(
      const std::vector<CompanyUserRow> rows,
      tx.Query(kGetCompanyUser, {now, lock.mark, std::move(batch).Json(), tx.account_id(), company_id, user_id},
               ReadCompanyUser));
  if (rows.empty()) return CompanyNotFound(company_id);
  CompanyUser user = {.company = rows.front().company,
                      .settled_until = rows.front().settled_until,
                      .is_locked = rows.front().is_locked,
                      .held_from = rows.front().held_from,
                      .kinds = {},
                      .live = {}};
  tx.Saw(user.company);
  for (const CompanyUserRow& row : rows) {
    if (row.kind != v1::PRODUCT_KIND_UNSPECIFIED) user.kinds[row.product_id] = row.kind;
    if (!row.access) continue;
    tx.Saw(*row.access);
    user.live[row.product_id] = *row.access;
  }
  if (user.is_locked) tx.trail().Touched(v1::RESOURCE_KIND_AGREEMENT, user.company.agreement_id());
  return user;
}

absl::Status AcceptInvitations(Transaction& tx, const std::vector<v1::Access>& accepted) {
  std::vector<AccessUpdate> updates;
  for (const v1::Access& access : accepted) {
    updates.push_back({.access = access, .old_state = v1::ACCESS_STATE_INVITED});
  }
  const v1::Access& first = accepted.front();
  ASSIGN_OR_RETURN(
      const int64_t changed,
      tx.Execute(kAcceptInvitations, {first.from_day(), UntilDay(first), ToValue(first.update_time()), tx.account_id(),
                                      first.company_id(), first.user_id(), ProductsAsRead(updates)}));
  return Updated(tx, updates, changed);
}

absl::Status EndUserAccesses(Transaction& tx, const std::vector<AccessUpdate>& ended, absl::CivilDay until_day,
                             absl::Time now) {
  const v1::Access& first = ended.front().access;
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kEndUserAccesses, {until_day, now, now, tx.account_id(), first.company_id(),
                                                 first.user_id(), ProductsAsRead(ended)}));
  return Updated(tx, ended, changed);
}

absl::Status EndAccesses(Transaction& tx, absl::string_view company_id, absl::CivilDay last_day, absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t ended,
                   tx.Execute(kEndAccesses, {last_day + 1, now, now, tx.account_id(), company_id}));
  tx.trail().Counted(v1::RESOURCE_KIND_COMPANY, company_id, "accesses_ended", ended);
  return absl::OkStatus();
}

}  // namespace agreements::storage
