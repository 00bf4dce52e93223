#include "storage/tables/accesses.h"

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/tables/columns.h"

namespace agreements::storage {
namespace {

const Statement kInsertAccess = {"insert_access", R"sql(
  INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, expire_time, from_day, until_day,
                        create_time, update_time)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)sql"};

// The state of the access `a` as it is read (U2). Value: now.
const std::string kState = absl::StrCat("IF(a.state = ", v1::ACCESS_STATE_INVITED, " AND a.expire_time <= ?, ",
                                        v1::ACCESS_STATE_ENDED, ", a.state)");

// What ReadAccess reads.
const std::string kColumns = absl::StrCat("a.access_id, a.company_id, a.user_id, a.product_id, ", kState,
                                          ", a.expire_time, a.from_day, a.until_day, a.create_time, a.update_time");

const Statement kGetAccess = {"get_access", {{"{columns}", kColumns}}, R"sql(
  SELECT {columns}
  FROM accesses AS a
  WHERE a.account_id = ? AND a.access_id = ?
)sql"};

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

const Statement kListLiveAccesses = {"list_live_accesses", {{"{columns}", kColumns}}, R"sql(
  SELECT {columns}
  FROM accesses AS a
  WHERE a.account_id = ? AND a.company_id = ? AND a.user_id = ?
    AND a.live = 1
)sql"};

const Statement kUpdateAccess = {"update_access", R"sql(
  UPDATE accesses
  SET state = ?,
      from_day = ?,
      until_day = ?,
      update_time = ?
  WHERE account_id = ? AND company_id = ? AND access_id = ?
    AND state = ?
)sql"};

// The state comes last: MySQL and MariaDB assign from left to right. An invitation has no days, so GREATEST gives it
// none. An expired invitation keeps its update_time.
const Statement kEndAccesses = {
    "end_accesses", {{"{INVITED}", v1::ACCESS_STATE_INVITED}, {"{ENDED}", v1::ACCESS_STATE_ENDED}}, R"sql(
  UPDATE accesses
  SET until_day = GREATEST(CAST(? AS DATE), from_day + INTERVAL 1 DAY),
      update_time = IF(state = {INVITED} AND expire_time <= ?, update_time, ?),
      state = {ENDED}
  WHERE account_id = ? AND company_id = ?
    AND live = 1
)sql"};

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

Value ExpireTime(const v1::Access& access) {
  if (!access.has_expire_time()) return std::nullopt;
  return ToValue(access.expire_time());
}

Value FromDay(const v1::Access& access) {
  if (access.from_day().empty()) return std::nullopt;
  return access.from_day();
}

Value UntilDay(const v1::Access& access) {
  if (access.state() == v1::ACCESS_STATE_ACTIVE) return kStillGoesOn;
  if (access.until_day().empty()) return std::nullopt;
  return access.until_day();
}

// The states that a request asks for, as kFilters lists them.
std::string States(const v1::ListAccessesRequest& request) {
  if (request.state() != v1::ACCESS_STATE_UNSPECIFIED) return std::to_string(request.state());
  return absl::StrCat(v1::ACCESS_STATE_INVITED, ",", v1::ACCESS_STATE_ACTIVE,
                      request.show_ended() ? absl::StrCat(",", v1::ACCESS_STATE_ENDED) : "");
}

}  // namespace

absl::Status InsertAccess(Transaction& tx, const v1::Access& access) {
  tx.trail().Changed(access);
  return tx
      .Execute(kInsertAccess,
               {tx.account_id(), access.company_id(), access.access_id(), access.user_id(), access.product_id(),
                static_cast<int>(access.state()), ExpireTime(access), FromDay(access), UntilDay(access),
                ToValue(access.create_time()), ToValue(access.update_time())})
      .status();
}

absl::StatusOr<v1::Access> GetAccess(ReadTransaction& tx, absl::string_view access_id, absl::Time now) {
  ASSIGN_OR_RETURN(std::optional<v1::Access> access,
                   tx.QueryOne(kGetAccess, {now, tx.account_id(), access_id}, ReadAccess));
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

absl::StatusOr<std::vector<v1::Access>> ListLiveAccesses(ReadTransaction& tx, absl::string_view company_id,
                                                         absl::string_view user_id, absl::Time now) {
  return tx.Query(kListLiveAccesses, {now, tx.account_id(), company_id, user_id}, ReadAccess);
}

absl::Status UpdateAccess(Transaction& tx, const v1::Access& access, v1::AccessState stored) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kUpdateAccess, {static_cast<int>(access.state()), FromDay(access), UntilDay(access),
                                              ToValue(access.update_time()), tx.account_id(), access.company_id(),
                                              access.access_id(), static_cast<int>(stored)}));
  if (changed != 1) return StartOver();
  tx.trail().Changed(access);
  return absl::OkStatus();
}

absl::Status EndAccesses(Transaction& tx, absl::string_view company_id, absl::CivilDay last_day, absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t ended,
                   tx.Execute(kEndAccesses, {last_day + 1, now, now, tx.account_id(), company_id}));
  tx.trail().Counted(v1::RESOURCE_KIND_COMPANY, company_id, "accesses_ended", ended);
  return absl::OkStatus();
}

}  // namespace agreements::storage
