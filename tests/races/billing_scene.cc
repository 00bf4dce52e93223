#include "tests/races/billing_scene.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"

namespace agreements::testing {
namespace {

std::string SetCustomerNumber(Scene& scene, const std::string& agreement_id, const std::string& customer_number) {
  return Outcome(scene.service.Do(
      UpdateAgreement,
      {{"account_id", scene.account}, {"agreement_id", agreement_id}, {"customer_number", customer_number}}));
}

// "RECORDED", or why it was refused.
std::string OutcomeOf(const v1::TransactionResult& result) {
  google::rpc::ErrorInfo error;
  for (const auto& detail : result.error().details()) {
    if (detail.UnpackTo(&error)) return error.reason();
  }
  return std::string(absl::StripPrefix(v1::TransactionOutcome_Name(result.outcome()), "TRANSACTION_OUTCOME_"));
}

}  // namespace

Scene::Scene(Service& service_of_scene, const std::string& account_id)
    : service(service_of_scene), account(account_id) {
  service.clock().SetDay(kBegin);
  a = service.NewAgreementWithNumber("A", "1001", account);
  b = service.NewAgreementWithNumber("B", "1002", account);
  company = service.NewCompany(a, "Nordlys", "", account);
  service.NewProduct("seat", v1::PRODUCT_KIND_LICENSE, account);
  service.NewProduct("ehf", v1::PRODUCT_KIND_TRANSACTION, account);
  service.SetPriceOf("seat", "2026-11-01", "423.00", account).value();
  service.SetPriceOf("ehf", "2026-11-01", "1.50", account).value();
  service.Grant(company, "anna", {"seat"}, account).value();
  service.Record(company, "t-1", "ehf", 5, "2026-11-27T09:00:00Z", account).value();
}

std::string Settle(Scene& scene, const std::string& agreement_id, const std::string& until_day) {
  const auto created = scene.service.CreateOrder(agreement_id, kBegin, until_day, scene.account);
  return created.ok() && created->existed() ? "EXISTED" : Outcome(created);
}

std::string SettleA(Scene& scene) { return Settle(scene, scene.a); }
std::string SettleB(Scene& scene) { return Settle(scene, scene.b); }

std::string SettleBoth(Scene& scene) {
  const std::string a = SettleA(scene);
  const std::string b = SettleB(scene);
  return a == b ? a : absl::StrCat(a, "+", b);
}

std::string MoveToB(Scene& scene) { return Outcome(scene.service.Move(scene.company, scene.b, scene.account)); }

std::string MoveToNew(Scene& scene) {
  return Outcome(scene.service.Do(MoveCompanyToNewAgreement, {{"account_id", scene.account},
                                                              {"company_id", scene.company},
                                                              {"display_name", "C"},
                                                              {"customer_number", "1003"}}));
}

std::string InviteBjarne(Scene& scene) {
  return Outcome(scene.service.Invite(scene.company, "bjarne", {"seat"}, scene.account));
}

std::string AcceptBjarne(Scene& scene) {
  return Outcome(scene.service.Accept(scene.company, "bjarne", {"seat"}, scene.account));
}

std::string GrantBjarne(Scene& scene) {
  return Outcome(scene.service.Grant(scene.company, "bjarne", {"seat"}, scene.account));
}

std::string RevokeAnna(Scene& scene) {
  return Outcome(scene.service.Revoke(scene.company, "anna", {"seat"}, scene.account));
}

std::string Remove(Scene& scene) { return Outcome(scene.service.RemoveCompany(scene.company, scene.account)); }

std::string UndeleteAndGrant(Scene& scene) {
  const std::string undeleted = Outcome(scene.service.Undelete(scene.company, "", scene.account));
  return undeleted == "OK" ? GrantBjarne(scene) : undeleted;
}

std::string RemoveThatDay(Scene& scene) {
  scene.service.clock().Set(kBeforeMidnight - absl::Hours(1));
  const std::string recorded = Record(scene);
  return recorded == "RECORDED" ? Remove(scene) : recorded;
}

std::string UndeleteIntoBAndGrant(Scene& scene) {
  const std::string undeleted = Outcome(scene.service.Undelete(scene.company, scene.b, scene.account));
  return undeleted == "OK" ? GrantBjarne(scene) : undeleted;
}

std::string CreateAndGrant(Scene& scene) {
  const auto created = scene.service.Do(
      CreateCompany, {{"account_id", scene.account}, {"agreement_id", scene.a}, {"display_name", "Sydlys"}});
  if (!created.ok()) return Outcome(created);
  scene.company = created->company().company_id();
  return GrantBjarne(scene);
}

std::string SetPrice(Scene& scene) {
  return Outcome(scene.service.SetPriceOf("seat", "2026-11-28", "450.00", scene.account));
}

std::string Record(Scene& scene) {
  const auto recorded = scene.service.Record(scene.company, "t-2", "ehf", 7, "2026-11-28T09:00:00Z", scene.account);
  return recorded.ok() ? OutcomeOf(recorded->results(0)) : Outcome(recorded);
}

std::string Cancel(Scene& scene) {
  const auto cancelled = scene.service.Cancel(scene.company, "t-1", scene.account);
  return cancelled.ok() ? OutcomeOf(cancelled->results(0)) : Outcome(cancelled);
}

std::string ClearCustomerNumber(Scene& scene) { return SetCustomerNumber(scene, scene.a, ""); }

std::string DeleteA(Scene& scene) { return Outcome(scene.service.Delete(scene.a, false, scene.account)); }

std::string SettleOneDay(Scene& scene) { return Settle(scene, scene.a, "2026-11-28"); }

std::string SettleRest(Scene& scene) {
  scene.service.clock().SetDay(kEnd);
  auto agreements = scene.service.Do(ListAgreements, {{"account_id", scene.account}, {"show_deleted", "true"}}).value();
  // Oldest first.
  std::reverse(agreements.mutable_agreements()->begin(), agreements.mutable_agreements()->end());
  for (const v1::Agreement& agreement : agreements.agreements()) {
    if (agreement.customer_number().empty()) SetCustomerNumber(scene, agreement.agreement_id(), "1004");
    const auto created =
        scene.service.CreateOrder(agreement.agreement_id(), agreement.settled_until(), kEnd, scene.account);
    if (!created.ok()) return created.status().ToString();
  }
  return "";
}

std::string VerifyAll(Service& service, const std::string& account_id) {
  std::string findings;
  const auto order_bases = service.Do(ListOrderBases, {{"account_id", account_id}, {"show_empty", "true"}}).value();
  for (const v1::OrderBasis& order_basis : order_bases.order_bases()) {
    const auto verified =
        service.Do(VerifyOrderBasis, {{"account_id", account_id}, {"order_basis_id", order_basis.order_basis_id()}})
            .value();
    if (verified.findings_size() + verified.waiting_transaction_count() > 0) {
      absl::StrAppend(&findings, verified.DebugString());
    }
  }
  return findings;
}

}  // namespace agreements::testing
