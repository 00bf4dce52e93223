// Users and their access to products in companies: domain.md U1 to U3.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/accesses.h"
#include "storage/tables/holders.h"

namespace agreements {
namespace {

using storage::GatheredRead;
using storage::ReadTransaction;
using storage::Transaction;

constexpr absl::Duration kInvitationLifetime = absl::Hours(30 * 24);  // U2

// What the operation for one product works with: the user and the company of the request, whose agreement is locked.
struct Subject {
  std::string company_id;
  std::string user_id;
  Moment now;
  absl::CivilDay settled_until;  // Of the company's agreement.
  absl::CivilDay held_from;      // The first day of the company's newest placement, which is in the agreement.
  // U3, D2: the first day on which what ends now no longer counts, unless it began later. Today counts. Days before the
  // company's newest placement stay as they are, see Begin().
  absl::CivilDay until_day;
};

// What is to be stored for all products.
struct Writes {
  std::vector<storage::AccessUpdate> ended;
  std::vector<v1::Access> accepted;
  std::vector<v1::Access> inserted;
};

// What an operation does for one product. `live` is the user's access to it, or nothing. Returns the changed access, or
// the one that replaces it, and adds to `writes` what must be stored for that.
using Step = absl::StatusOr<v1::Access> (*)(Transaction& tx, const Subject& subject, const std::string& product_id,
                                            const std::optional<v1::Access>& live, Writes& writes);

// U1: the products must exist and be of kind LICENSE.
template <typename Request>
absl::Status CheckProducts(const std::map<std::string, v1::ProductKind>& kinds, const Request& request) {
  for (int i = 0; i < request.product_ids_size(); ++i) {
    const std::string& product_id = request.product_ids(i);
    const auto kind = kinds.find(product_id);
    if (kind == kinds.end()) return ProductNotFound(product_id);
    if (kind->second != v1::PRODUCT_KIND_LICENSE) {
      return ProductKindWrong(absl::StrCat("product_ids[", i, "]"), product_id, kind->second);
    }
  }
  return absl::OkStatus();
}

// The frame of the four operations: takes `step` for every product, or for none.
template <typename Response, typename Request>
absl::StatusOr<Response> ForEachProduct(Transaction& tx, const Clock& clock, const Request& request, Step step) {
  // In ascending order, so that two calls cannot deadlock: a new access locks its product by its foreign key.
  const std::set<std::string> product_ids(request.product_ids().begin(), request.product_ids().end());
  ASSIGN_OR_RETURN(const storage::HolderLock lock, storage::LockHolder(tx, request.company_id(), {}));
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(const storage::CompanyUser user,
                   storage::GetCompanyUser(tx, request.company_id(), request.user_id(), product_ids, now.time, lock));
  RETURN_IF_ERROR(CheckProducts(user.kinds, request));
  if (user.company.has_delete_time()) return CompanyDeleted(request.company_id());
  if (!user.is_locked) return storage::StartOver();
  if (!user.held_from) {
    return absl::InternalError(absl::StrCat("company ", request.company_id(), " has no placement"));
  }
  const Subject subject = {
      .company_id = request.company_id(),
      .user_id = request.user_id(),
      .now = now,
      .settled_until = user.settled_until,
      .held_from = *user.held_from,
      .until_day = std::max(rules::LastDay(now.day, user.settled_until, absl::CivilDay::min()) + 1, *user.held_from)};
  Writes writes;
  std::map<std::string, v1::Access> changed;
  for (const std::string& product_id : product_ids) {
    const auto live = user.live.find(product_id);
    ASSIGN_OR_RETURN(
        changed[product_id],
        step(tx, subject, product_id, live == user.live.end() ? std::nullopt : std::optional(live->second), writes));
  }
  // What ends makes room for what begins.
  if (!writes.ended.empty()) {
    RETURN_IF_ERROR(storage::EndUserAccesses(tx, writes.ended, subject.until_day, now.time));
  }
  if (!writes.accepted.empty()) RETURN_IF_ERROR(storage::AcceptInvitations(tx, writes.accepted));
  if (!writes.inserted.empty()) RETURN_IF_ERROR(storage::InsertAccesses(tx, writes.inserted));
  Response response;
  for (const std::string& product_id : request.product_ids()) *response.add_accesses() = changed[product_id];
  return response;
}

// A new access or invitation, without state. It is not stored.
v1::Access NewAccess(Transaction& tx, const Subject& subject, const std::string& product_id) {
  v1::Access access;
  access.set_access_id(tx.NewId(kAccessPrefix));
  access.set_company_id(subject.company_id);
  access.set_user_id(subject.user_id);
  access.set_product_id(product_id);
  *access.mutable_create_time() = ToTimestamp(subject.now.time);
  *access.mutable_update_time() = access.create_time();
  return access;
}

// D2: the access counts from now on, but not before the company's newest placement. Earlier days belong to nobody, or
// to another agreement, which is not locked and may have settled them.
void Begin(const Subject& subject, v1::Access& access) {
  access.set_state(v1::ACCESS_STATE_ACTIVE);
  access.set_from_day(FormatDay(rules::FirstDay(subject.now.day, {subject.settled_until}, subject.held_from)));
  *access.mutable_update_time() = ToTimestamp(subject.now.time);
}

// Ends an access or an invitation. It is what storage::EndUserAccesses() stores.
void End(const Subject& subject, v1::Access& access) {
  if (access.state() == v1::ACCESS_STATE_ACTIVE) {
    access.set_until_day(FormatDay(std::max(subject.until_day, ParseDay(access.from_day()) + 1)));
  }
  access.set_state(v1::ACCESS_STATE_ENDED);
  *access.mutable_update_time() = ToTimestamp(subject.now.time);
}

// U2: an invitation is over, so that something else can take its place.
void EndInvitation(const Subject& subject, v1::Access invitation, Writes& writes) {
  // An expired invitation ended when it expired.
  if (invitation.state() != v1::ACCESS_STATE_ENDED) End(subject, invitation);
  writes.ended.push_back({.access = std::move(invitation), .old_state = v1::ACCESS_STATE_INVITED});
}

absl::StatusOr<v1::Access> Invite(Transaction& tx, const Subject& subject, const std::string& product_id,
                                  const std::optional<v1::Access>& live, Writes& writes) {
  if (live && live->state() != v1::ACCESS_STATE_ENDED) return *live;
  if (live) EndInvitation(subject, *live, writes);
  v1::Access invitation = NewAccess(tx, subject, product_id);
  invitation.set_state(v1::ACCESS_STATE_INVITED);
  *invitation.mutable_expire_time() = ToTimestamp(subject.now.time + kInvitationLifetime);
  writes.inserted.push_back(invitation);
  return invitation;
}

absl::StatusOr<v1::Access> Accept(Transaction& /*tx*/, const Subject& subject, const std::string& product_id,
                                  const std::optional<v1::Access>& live, Writes& writes) {
  if (!live) return AccessNotFound(subject.company_id, subject.user_id, product_id);
  if (live->state() == v1::ACCESS_STATE_ACTIVE) return *live;
  if (live->state() == v1::ACCESS_STATE_ENDED) return InvitationExpired(*live);
  v1::Access access = *live;
  Begin(subject, access);
  writes.accepted.push_back(access);
  return access;
}

absl::StatusOr<v1::Access> Grant(Transaction& tx, const Subject& subject, const std::string& product_id,
                                 const std::optional<v1::Access>& live, Writes& writes) {
  if (live && live->state() == v1::ACCESS_STATE_ACTIVE) return *live;
  if (live) EndInvitation(subject, *live, writes);
  v1::Access access = NewAccess(tx, subject, product_id);
  Begin(subject, access);
  writes.inserted.push_back(access);
  return access;
}

absl::StatusOr<v1::Access> Revoke(Transaction& /*tx*/, const Subject& subject, const std::string& product_id,
                                  const std::optional<v1::Access>& live, Writes& writes) {
  if (!live || live->state() == v1::ACCESS_STATE_ENDED) {
    return AccessNotFound(subject.company_id, subject.user_id, product_id);
  }
  v1::Access access = *live;
  End(subject, access);
  writes.ended.push_back({.access = access, .old_state = live->state()});
  return access;
}

}  // namespace

absl::StatusOr<v1::InviteUserResponse> InviteUser(Transaction& tx, const Clock& clock,
                                                  const v1::InviteUserRequest& request) {
  return ForEachProduct<v1::InviteUserResponse>(tx, clock, request, Invite);
}

absl::StatusOr<v1::AcceptInvitationResponse> AcceptInvitation(Transaction& tx, const Clock& clock,
                                                              const v1::AcceptInvitationRequest& request) {
  return ForEachProduct<v1::AcceptInvitationResponse>(tx, clock, request, Accept);
}

absl::StatusOr<v1::GrantAccessResponse> GrantAccess(Transaction& tx, const Clock& clock,
                                                    const v1::GrantAccessRequest& request) {
  return ForEachProduct<v1::GrantAccessResponse>(tx, clock, request, Grant);
}

absl::StatusOr<v1::RevokeAccessResponse> RevokeAccess(Transaction& tx, const Clock& clock,
                                                      const v1::RevokeAccessRequest& request) {
  return ForEachProduct<v1::RevokeAccessResponse>(tx, clock, request, Revoke);
}

absl::StatusOr<v1::GetAccessResponse> GetAccess(GatheredRead& read, const Clock& clock,
                                                const v1::GetAccessRequest& request) {
  v1::GetAccessResponse response;
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(*response.mutable_access(), storage::GetAccess(read, request.access_id(), now.time));
  return response;
}

absl::StatusOr<v1::ListAccessesResponse> ListAccesses(ReadTransaction& tx, const Clock& clock,
                                                      const v1::ListAccessesRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(auto accesses, storage::ListAccesses(tx, request, before_id, now.time, PageSize(request) + 1));
  v1::ListAccessesResponse response;
  response.set_next_page_token(FillPage(request, std::move(accesses), *response.mutable_accesses(),
                                        [](const v1::Access& access) { return access.access_id(); }));
  return response;
}

}  // namespace agreements
