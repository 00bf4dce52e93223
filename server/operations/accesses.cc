// Users and their access to products in companies: domain.md U1 to U3.
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/accesses.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/products.h"

namespace agreements {
namespace {

using storage::ReadTransaction;
using storage::Transaction;

constexpr absl::Duration kInvitationLifetime = absl::Hours(30 * 24);  // U2

// The user and the company of a request, whose agreement is locked.
struct Subject {
  std::string company_id;
  std::string user_id;
  Moment now;
  absl::CivilDay settled_until;  // Of the company's agreement.
  absl::CivilDay held_from;      // The first day of the company's newest placement, which is in the agreement.
};

// What an operation does for one product. `live` is the user's access to it, from ListLiveAccesses(), or nothing.
// Returns the changed access, or the one that replaces it.
using Step = absl::StatusOr<v1::Access> (*)(Transaction& tx, const Subject& subject, const std::string& product_id,
                                            const std::optional<v1::Access>& live);

// U1: the products must be of kind LICENSE. Products are never removed and keep their kind, so this needs no lock.
template <typename Request>
absl::Status CheckProducts(Transaction& tx, const Request& request) {
  for (int i = 0; i < request.product_ids_size(); ++i) {
    const std::string& product_id = request.product_ids(i);
    ASSIGN_OR_RETURN(const v1::Product product, storage::GetProduct(tx, product_id));
    if (product.kind() != v1::PRODUCT_KIND_LICENSE) {
      return ProductKindWrong(absl::StrCat("product_ids[", i, "]"), product_id, product.kind());
    }
  }
  return absl::OkStatus();
}

// Locks the agreement that holds the company, and reads what nobody else can change while it is locked.
template <typename Request>
absl::StatusOr<Subject> LockSubject(Transaction& tx, const Clock& clock, const Request& request,
                                    const std::string& agreement_id) {
  ASSIGN_OR_RETURN(const v1::Agreement agreement, LockHolder(tx, agreement_id, {}));
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(const v1::Company company, storage::GetCompany(tx, request.company_id()));
  if (company.has_delete_time() || company.agreement_id() != agreement_id) return storage::StartOver();
  ASSIGN_OR_RETURN(const absl::CivilDay held_from, NewestPlacementFrom(tx, request.company_id()));
  return Subject{.company_id = request.company_id(),
                 .user_id = request.user_id(),
                 .now = now,
                 .settled_until = ParseDay(agreement.settled_until()),
                 .held_from = held_from};
}

// The frame of the four operations: takes `step` for every product, or for none.
template <typename Response, typename Request>
absl::StatusOr<Response> ForEachProduct(Transaction& tx, const Clock& clock, const Request& request, Step step) {
  ASSIGN_OR_RETURN(const v1::Company company, storage::GetCompany(tx, request.company_id()));
  RETURN_IF_ERROR(CheckProducts(tx, request));
  if (company.has_delete_time()) return CompanyDeleted(request.company_id());
  ASSIGN_OR_RETURN(const Subject subject, LockSubject(tx, clock, request, company.agreement_id()));
  std::map<std::string, std::optional<v1::Access>> live;
  ASSIGN_OR_RETURN(const auto accesses,
                   storage::ListLiveAccesses(tx, request.company_id(), request.user_id(), subject.now.time));
  for (const v1::Access& access : accesses) live[access.product_id()] = access;
  // In ascending order, so that two calls cannot deadlock: a new access locks its product by its foreign key.
  std::map<std::string, v1::Access> changed;
  for (const std::string& product_id : std::set(request.product_ids().begin(), request.product_ids().end())) {
    ASSIGN_OR_RETURN(changed[product_id], step(tx, subject, product_id, live[product_id]));
  }
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

// U3, D2: today is the access's last day, if it counts at all. Days before the company's newest placement stay as they
// are, see Begin().
void End(const Subject& subject, v1::Access& access) {
  if (access.state() == v1::ACCESS_STATE_ACTIVE) {
    const absl::CivilDay last_day = rules::LastDay(subject.now.day, subject.settled_until, ParseDay(access.from_day()));
    access.set_until_day(FormatDay(std::max(last_day + 1, subject.held_from)));
  }
  access.set_state(v1::ACCESS_STATE_ENDED);
  *access.mutable_update_time() = ToTimestamp(subject.now.time);
}

// U2: stores that an invitation is over, so that something else can take its place.
absl::Status EndInvitation(Transaction& tx, const Subject& subject, v1::Access invitation) {
  // An expired invitation ended when it expired.
  if (invitation.state() != v1::ACCESS_STATE_ENDED) End(subject, invitation);
  return storage::UpdateAccess(tx, invitation, v1::ACCESS_STATE_INVITED);
}

absl::StatusOr<v1::Access> Invite(Transaction& tx, const Subject& subject, const std::string& product_id,
                                  const std::optional<v1::Access>& live) {
  if (live && live->state() != v1::ACCESS_STATE_ENDED) return *live;
  if (live) RETURN_IF_ERROR(EndInvitation(tx, subject, *live));
  v1::Access invitation = NewAccess(tx, subject, product_id);
  invitation.set_state(v1::ACCESS_STATE_INVITED);
  *invitation.mutable_expire_time() = ToTimestamp(subject.now.time + kInvitationLifetime);
  RETURN_IF_ERROR(storage::InsertAccess(tx, invitation));
  return invitation;
}

absl::StatusOr<v1::Access> Accept(Transaction& tx, const Subject& subject, const std::string& product_id,
                                  const std::optional<v1::Access>& live) {
  if (!live) return AccessNotFound(subject.company_id, subject.user_id, product_id);
  if (live->state() == v1::ACCESS_STATE_ACTIVE) return *live;
  if (live->state() == v1::ACCESS_STATE_ENDED) return InvitationExpired(*live);
  v1::Access access = *live;
  Begin(subject, access);
  RETURN_IF_ERROR(storage::UpdateAccess(tx, access, v1::ACCESS_STATE_INVITED));
  return access;
}

absl::StatusOr<v1::Access> Grant(Transaction& tx, const Subject& subject, const std::string& product_id,
                                 const std::optional<v1::Access>& live) {
  if (live && live->state() == v1::ACCESS_STATE_ACTIVE) return *live;
  if (live) RETURN_IF_ERROR(EndInvitation(tx, subject, *live));
  v1::Access access = NewAccess(tx, subject, product_id);
  Begin(subject, access);
  RETURN_IF_ERROR(storage::InsertAccess(tx, access));
  return access;
}

absl::StatusOr<v1::Access> Revoke(Transaction& tx, const Subject& subject, const std::string& product_id,
                                  const std::optional<v1::Access>& live) {
  if (!live || live->state() == v1::ACCESS_STATE_ENDED) {
    return AccessNotFound(subject.company_id, subject.user_id, product_id);
  }
  v1::Access access = *live;
  End(subject, access);
  RETURN_IF_ERROR(storage::UpdateAccess(tx, access, live->state()));
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

absl::StatusOr<v1::GetAccessResponse> GetAccess(ReadTransaction& tx, const Clock& clock,
                                                const v1::GetAccessRequest& request) {
  v1::GetAccessResponse response;
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(*response.mutable_access(), storage::GetAccess(tx, request.access_id(), now.time));
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
