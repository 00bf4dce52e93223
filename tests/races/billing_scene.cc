#include "tests/races/billing_scene.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"

namespace agreements::testing {
namespace {

std::string SetCustomerNumber(Scene& scene, const std::string& agreement_id, const std::string& customer_number) {
  v1::UpdateAgreementRequest request;
  request.set_account_id(scene.account);
  request.set_agreement_id(agreement_id);
  request.set_customer_number(customer_number);
  return Outcome(scene.service.Do(UpdateAgreement, request));
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

std::string NewAgreementWithNumber(Service& service, const std::string& name, const std::string& customer_number,
                                   const std::string& account_id) {
  v1::CreateAgreementRequest request;
  request.set_account_id(account_id);
  request.set_display_name(name);
  request.set_customer_number(customer_number);
  return service.Do(CreateAgreement, request).value().agreement().agreement_id();
}

Scene::Scene(Service& service_of_scene, const std::string& account_id)
    : service(service_of_scene), account(account_id) {
  service.clock().SetDay(kBegin);
  a = NewAgreementWithNumber(service, "A", "1001", account);
  b = NewAgreementWithNumber(service, "B", "1002", account);
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
  v1::MoveCompanyToNewAgreementRequest request;
  request.set_account_id(scene.account);
  request.set_company_id(scene.company);
  request.set_display_name("C");
  request.set_customer_number("1003");
  return Outcome(scene.service.Do(MoveCompanyToNewAgreement, request));
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
  v1::UndeleteCompanyRequest request;
  request.set_account_id(scene.account);
  request.set_company_id(scene.company);
  const std::string undeleted = Outcome(scene.service.Do(UndeleteCompany, request));
  return undeleted == "OK" ? GrantBjarne(scene) : undeleted;
}

std::string RemoveThatDay(Scene& scene) {
  scene.service.clock().Set(kBeforeMidnight - absl::Hours(1));
  const std::string recorded = Record(scene);
  return recorded == "RECORDED" ? Remove(scene) : recorded;
}

std::string UndeleteIntoBAndGrant(Scene& scene) {
  v1::UndeleteCompanyRequest request;
  request.set_account_id(scene.account);
  request.set_company_id(scene.company);
  request.set_agreement_id(scene.b);
  const std::string undeleted = Outcome(scene.service.Do(UndeleteCompany, request));
  return undeleted == "OK" ? GrantBjarne(scene) : undeleted;
}

std::string CreateAndGrant(Scene& scene) {
  v1::CreateCompanyRequest request;
  request.set_account_id(scene.account);
  request.set_agreement_id(scene.a);
  request.set_display_name("Sydlys");
  const auto created = scene.service.Do(CreateCompany, request);
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
  v1::CancelTransactionsRequest request;
  request.set_account_id(scene.account);
  request.add_transactions()->set_company_id(scene.company);
  request.mutable_transactions(0)->set_transaction_id("t-1");
  const auto cancelled = scene.service.Do(CancelTransactions, request);
  return cancelled.ok() ? OutcomeOf(cancelled->results(0)) : Outcome(cancelled);
}

std::string ClearCustomerNumber(Scene& scene) { return SetCustomerNumber(scene, scene.a, ""); }

std::string DeleteA(Scene& scene) { return Outcome(scene.service.Delete(scene.a, false, scene.account)); }

std::string SettleOneDay(Scene& scene) { return Settle(scene, scene.a, "2026-11-28"); }

std::string SettleRest(Scene& scene) {
  scene.service.clock().SetDay(kEnd);
  v1::ListAgreementsRequest list;
  list.set_account_id(scene.account);
  list.set_show_deleted(true);
  auto agreements = scene.service.Do(ListAgreements, list).value();
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
  v1::ListOrderBasesRequest list;
  list.set_account_id(account_id);
  list.set_show_empty(true);
  std::string findings;
  const auto order_bases = service.Do(ListOrderBases, list).value();
  for (const v1::OrderBasis& order_basis : order_bases.order_bases()) {
    v1::VerifyOrderBasisRequest verify;
    verify.set_account_id(account_id);
    verify.set_order_basis_id(order_basis.order_basis_id());
    const auto verified = service.Do(VerifyOrderBasis, verify).value();
    if (verified.findings_size() + verified.waiting_transaction_count() > 0) {
      absl::StrAppend(&findings, verified.DebugString());
    }
  }
  return findings;
}

}  // namespace agreements::testing
