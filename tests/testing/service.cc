#include "tests/testing/service.h"

#include <stdexcept>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/text_format.h"
#include "proto/timestamps.h"

namespace agreements::testing {
namespace {

// Of a request that names one company, one user and products.
Fields Seats(const std::string& account_id, const std::string& company_id, const std::string& user_id,
             const std::vector<std::string>& product_ids) {
  Fields fields = {{"account_id", account_id}, {"company_id", company_id}, {"user_id", user_id}};
  for (const std::string& product_id : product_ids) fields.emplace_back("product_ids", product_id);
  return fields;
}

// Of a request that names an agreement and days of it.
Fields DaysOf(const std::string& account_id, const std::string& agreement_id, const std::string& from_day,
              const std::string& until_day) {
  return {{"account_id", account_id}, {"agreement_id", agreement_id}, {"from_day", from_day}, {"until_day", until_day}};
}

}  // namespace

google::protobuf::Timestamp Instant(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) throw std::runtime_error(error);
  return ToTimestamp(time);
}

std::string InstantField(absl::string_view text) { return absl::StrCat("{", Instant(text).ShortDebugString(), "}"); }

void SetFields(const Fields& fields, google::protobuf::Message& request) {
  using google::protobuf::FieldDescriptor;
  std::string text;
  for (const auto& [name, value] : fields) {
    const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
    const bool quoted = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING;
    absl::StrAppend(&text, name, ": ", quoted ? absl::StrCat("'", absl::CEscape(value), "'") : value, "\n");
  }
  if (!google::protobuf::TextFormat::MergeFromString(text, &request)) {
    throw std::runtime_error(absl::StrCat("no ", request.GetTypeName(), ": ", text));
  }
}

absl::Status Service::Send(const google::protobuf::Message& /*request*/, google::protobuf::Message& /*response*/,
                           absl::FunctionRef<absl::Status()> here) {
  return here();
}

std::string Service::NewAgreement(const std::string& name, const std::string& account_id) {
  return NewAgreementWithNumber(name, "", account_id);
}

std::string Service::NewAgreementWithNumber(const std::string& name, const std::string& customer_number,
                                            const std::string& account_id) {
  return Do(CreateAgreement, {{"account_id", account_id}, {"display_name", name}, {"customer_number", customer_number}})
      .value()
      .agreement()
      .agreement_id();
}

std::string Service::NewCompany(const std::string& agreement_id, const std::string& name,
                                const std::string& organization_number, const std::string& account_id) {
  return Do(CreateCompany, {{"account_id", account_id},
                            {"agreement_id", agreement_id},
                            {"display_name", name},
                            {"organization_number", organization_number}})
      .value()
      .company()
      .company_id();
}

std::string Service::NewDraft(const std::string& agreement_id, const std::string& name,
                              const std::string& organization_number, const std::string& account_id) {
  return Do(CreateCompanyDraft, {{"account_id", account_id},
                                 {"agreement_id", agreement_id},
                                 {"display_name", name},
                                 {"organization_number", organization_number}})
      .value()
      .draft()
      .draft_id();
}

absl::StatusOr<v1::MoveCompanyResponse> Service::Move(const std::string& company_id, const std::string& agreement_id,
                                                      const std::string& account_id) {
  return Do(MoveCompany, {{"account_id", account_id}, {"company_id", company_id}, {"agreement_id", agreement_id}});
}

absl::StatusOr<v1::DeleteAgreementResponse> Service::Delete(const std::string& agreement_id, bool discard_drafts,
                                                            const std::string& account_id) {
  return Do(DeleteAgreement, {{"account_id", account_id},
                              {"agreement_id", agreement_id},
                              {"discard_drafts", discard_drafts ? "true" : "false"}});
}

absl::StatusOr<v1::UndeleteCompanyResponse> Service::Undelete(const std::string& company_id,
                                                              const std::string& agreement_id,
                                                              const std::string& account_id) {
  return Do(UndeleteCompany, {{"account_id", account_id}, {"company_id", company_id}, {"agreement_id", agreement_id}});
}

void Service::NewProduct(const std::string& product_id, v1::ProductKind kind, const std::string& account_id) {
  Do(CreateProduct, {{"account_id", account_id},
                     {"product_id", product_id},
                     {"display_name", product_id},
                     {"kind", v1::ProductKind_Name(kind)}})
      .value();
}

absl::StatusOr<v1::SetPriceResponse> Service::SetPriceOf(const std::string& product_id, const std::string& valid_from,
                                                         const std::string& unit_price, const std::string& account_id) {
  return Do(
      SetPrice,
      {{"account_id", account_id}, {"product_id", product_id}, {"valid_from", valid_from}, {"unit_price", unit_price}});
}

absl::StatusOr<v1::RecordTransactionsResponse> Service::Record(const std::string& company_id,
                                                               const std::string& transaction_id,
                                                               const std::string& product_id, int64_t quantity,
                                                               const std::string& occur_time,
                                                               const std::string& account_id) {
  v1::RecordTransactionsRequest request;
  request.set_account_id(account_id);
  v1::TransactionReport& report = *request.add_transactions();
  report.set_company_id(company_id);
  report.set_transaction_id(transaction_id);
  report.set_product_id(product_id);
  report.set_quantity(quantity);
  *report.mutable_occur_time() = Instant(occur_time);
  return Do(RecordTransactions, request);
}

absl::StatusOr<v1::CancelTransactionsResponse> Service::Cancel(const std::string& company_id,
                                                               const std::string& transaction_id,
                                                               const std::string& account_id) {
  v1::CancelTransactionsRequest request;
  request.set_account_id(account_id);
  request.add_transactions()->set_company_id(company_id);
  request.mutable_transactions(0)->set_transaction_id(transaction_id);
  return Do(CancelTransactions, request);
}

absl::StatusOr<v1::CreateOrderBasisResponse> Service::CreateOrder(const std::string& agreement_id,
                                                                  const std::string& from_day,
                                                                  const std::string& until_day,
                                                                  const std::string& account_id) {
  return Do(CreateOrderBasis, DaysOf(account_id, agreement_id, from_day, until_day));
}

absl::StatusOr<v1::PreviewOrderBasisResponse> Service::Preview(const std::string& agreement_id,
                                                               const std::string& from_day,
                                                               const std::string& until_day,
                                                               const std::string& account_id) {
  return Do(PreviewOrderBasis, DaysOf(account_id, agreement_id, from_day, until_day));
}

absl::StatusOr<v1::DeleteCompanyResponse> Service::RemoveCompany(const std::string& company_id,
                                                                 const std::string& account_id) {
  return Do(DeleteCompany, {{"account_id", account_id}, {"company_id", company_id}});
}

absl::StatusOr<v1::InviteUserResponse> Service::Invite(const std::string& company_id, const std::string& user_id,
                                                       const std::vector<std::string>& product_ids,
                                                       const std::string& account_id) {
  return Do(InviteUser, Seats(account_id, company_id, user_id, product_ids));
}

absl::StatusOr<v1::AcceptInvitationResponse> Service::Accept(const std::string& company_id, const std::string& user_id,
                                                             const std::vector<std::string>& product_ids,
                                                             const std::string& account_id) {
  return Do(AcceptInvitation, Seats(account_id, company_id, user_id, product_ids));
}

absl::StatusOr<v1::GrantAccessResponse> Service::Grant(const std::string& company_id, const std::string& user_id,
                                                       const std::vector<std::string>& product_ids,
                                                       const std::string& account_id) {
  return Do(GrantAccess, Seats(account_id, company_id, user_id, product_ids));
}

absl::StatusOr<v1::RevokeAccessResponse> Service::Revoke(const std::string& company_id, const std::string& user_id,
                                                         const std::vector<std::string>& product_ids,
                                                         const std::string& account_id) {
  return Do(RevokeAccess, Seats(account_id, company_id, user_id, product_ids));
}

void Service::SettleUntil(const std::string& agreement_id, const std::string& day) {
  LeaveOut("settling begins on the day");
  LeaveOut("no placement begins or ends after");
  LeaveOut("the values that recent entries give");
  Sql(absl::StrCat("UPDATE agreements SET settled_until = '", day, "' WHERE agreement_id = '", agreement_id, "'"));
}

std::string Service::PlacementsOf(const std::string& company_id, const std::string& account_id) {
  std::vector<std::string> spans;
  const v1::ListPlacementsResponse response =
      Do(ListPlacements,
         {{"account_id", account_id}, {"company_id", company_id}, {"page_size", absl::StrCat(kMaxPageSize)}})
          .value();
  for (auto placement = response.placements().rbegin(); placement != response.placements().rend(); ++placement) {
    std::string holder = "nobody";
    if (!placement->agreement_id().empty()) {
      holder = Do(GetAgreement, {{"account_id", account_id}, {"agreement_id", placement->agreement_id()}})
                   .value()
                   .agreement()
                   .display_name();
    }
    spans.push_back(absl::StrCat(holder, " ", placement->from_day(), " -", placement->until_day().empty() ? "" : " ",
                                 placement->until_day()));
  }
  return absl::StrJoin(spans, ", ");
}

std::string Service::AccessesOf(const std::string& company_id, const std::string& account_id) {
  std::vector<std::string> accesses;
  const v1::ListAccessesResponse response = Do(ListAccesses, {{"account_id", account_id},
                                                              {"company_id", company_id},
                                                              {"show_ended", "true"},
                                                              {"page_size", absl::StrCat(kMaxPageSize)}})
                                                .value();
  for (auto access = response.accesses().rbegin(); access != response.accesses().rend(); ++access) {
    std::string text = absl::StrCat(access->user_id(), " ", access->product_id(), " ",
                                    absl::StripPrefix(v1::AccessState_Name(access->state()), "ACCESS_STATE_"));
    if (!access->from_day().empty()) absl::StrAppend(&text, " ", access->from_day(), " -");
    if (!access->until_day().empty()) absl::StrAppend(&text, " ", access->until_day());
    accesses.push_back(text);
  }
  return absl::StrJoin(accesses, ", ");
}

}  // namespace agreements::testing
