// What accounts of wire tests hold, and requests that succeed on it.
#include "absl/strings/str_cat.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// By method; the account comes by itself.
const std::map<std::string, std::string>& ValidRequestTexts() {
  static const auto* const texts = new std::map<std::string, std::string>{
      {"CreateAgreement", R"(display_name: 'Fjordkraft Regnskap' customer_number: '00417' request_id: 'r-1'
                             first_company_draft { display_name: 'Nordlys' organization_number: '974760673' })"},
      {"GetAgreement", "agreement_id: '$agreement'"},
      {"BatchGetAgreements", "agreement_ids: '$agreement'"},
      {"ListAgreements", "customer_number: '00417' display_name_prefix: 'Fjord' display_name_contains: 'KRAFT'"},
      {"ListAgreementUsers", "agreement_id: '$billed' product_id: '$license'"},
      {"UpdateAgreement",
       "agreement_id: '$agreement' display_name: 'Fjordkraft' customer_number: '00418' request_id: 'r-1'"},
      {"DeleteAgreement", "agreement_id: '$empty' request_id: 'r-1'"},
      {"UndeleteAgreement", "agreement_id: '$deleted' request_id: 'r-1'"},
      {"CreateCompany", R"(agreement_id: '$agreement' display_name: 'Nordlys' organization_number: '974760673'
                           request_id: 'r-1')"},
      {"GetCompany", "company_id: '$company'"},
      {"BatchGetCompanies", "company_ids: '$company'"},
      {"ListCompanies", R"(agreement_id: '$agreement' display_name_prefix: 'Nord' display_name_contains: 'LYS'
                           organization_number: '974760673')"},
      {"UpdateCompany",
       "company_id: '$company' display_name: 'Nordlys' organization_number: '974760673' request_id: 'r-1'"},
      {"DeleteCompany", "company_id: '$company' request_id: 'r-1'"},
      {"UndeleteCompany", "company_id: '$deleted_company' agreement_id: '$other' request_id: 'r-1'"},
      {"CreateCompanyDraft", R"(agreement_id: '$agreement' display_name: 'Nordlys' organization_number: '974760673'
                                request_id: 'r-1')"},
      {"GetCompanyDraft", "draft_id: '$draft'"},
      {"ListCompanyDrafts", "agreement_id: '$agreement'"},
      {"UpdateCompanyDraft",
       "draft_id: '$draft' display_name: 'Nordlys' organization_number: '974760673' request_id: 'r-1'"},
      {"CompleteCompanyDraft", "draft_id: '$draft' request_id: 'r-1'"},
      {"DeleteCompanyDraft", "draft_id: '$draft' request_id: 'r-1'"},
      {"MoveCompany", "company_id: '$company' agreement_id: '$other' request_id: 'r-1'"},
      {"MoveCompanyToNewAgreement",
       "company_id: '$company' display_name: 'Fjordkraft' customer_number: '00417' request_id: 'r-1'"},
      {"ListPlacements", "company_id: '$company'"},
      {"CreateProduct", "product_id: 'bank' display_name: 'Bank' kind: PRODUCT_KIND_TRANSACTION request_id: 'r-1'"},
      {"GetProduct", "product_id: '$license'"},
      {"ListProducts", "kind: PRODUCT_KIND_LICENSE"},
      {"UpdateProduct", "product_id: '$license' display_name: 'Regnskap pluss' request_id: 'r-1'"},
      {"SetPrice", "product_id: '$license' valid_from: '2027-01-01' unit_price: '450.00' request_id: 'r-1'"},
      {"ListPrices", "product_id: '$license'"},
      {"PreviewOrderBasis", "agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12'"},
      {"CreateOrderBasis", R"(agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12'
                              expected_digest: '$digest' request_id: 'r-1')"},
      {"GetOrderBasis", "order_basis_id: '$order_basis'"},
      {"ListOrderBasisLines", "order_basis_id: '$order_basis'"},
      {"ListOrderBases", R"(agreement_id: '$billed' customer_number: '00417' from_day: '2026-11-01'
                            until_day: '2026-12-01' from_create_time { seconds: 1 }
                            until_create_time { seconds: 4000000000 } show_lines: true)"},
      {"ListChanges", R"(agreement_id: '$agreement' company_id: '$company' draft_id: '$draft' access_id: '$access'
                         user_id: 'anna' product_id: '$license' order_basis_id: '$order_basis'
                         caller: 'spiffe://test/portal' actor: 'kari' method: 'CreateAgreement'
                         from_create_time { seconds: 1 } until_create_time { seconds: 4000000000 })"},
      {"RunBilling", "until_day: '2026-11-12'"},
      {"ExplainOrderBasis", R"(agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12'
                               expected_digest: '$digest' line_number: 1)"},
      {"VerifyOrderBasis", "order_basis_id: '$order_basis'"},
      {"InviteUser", "company_id: '$company' user_id: 'user-9' product_ids: '$license' request_id: 'r-1'"},
      {"AcceptInvitation",
       "company_id: '$billed_company' user_id: 'invited' product_ids: '$license' request_id: 'r-1'"},
      {"GrantAccess", "company_id: '$company' user_id: 'user-9' product_ids: '$license' request_id: 'r-1'"},
      {"RevokeAccess", "company_id: '$billed_company' user_id: 'user-1' product_ids: '$license' request_id: 'r-1'"},
      {"GetAccess", "access_id: '$access'"},
      {"ListAccesses",
       R"(company_id: '$billed_company' user_id: 'user-1' product_id: '$license' state: ACCESS_STATE_ACTIVE
          agreement_id: '$billed')"},
      {"RecordTransactions", R"(transactions { company_id: '$billed_company' transaction_id: 'tx-new' quantity: 12
                                product_id: '$scan' occur_time { seconds: 1794308400 } })"},
      {"CancelTransactions", "transactions { company_id: '$billed_company' transaction_id: 'tx-open' }"},
      {"GetTransaction", "company_id: '$billed_company' transaction_id: 'tx-open'"},
      {"ListTransactions", R"(company_id: '$billed_company' product_id: '$scan' state: TRANSACTION_STATE_SETTLED
                              order_basis_id: '$order_basis' from_day: '2026-11-01' until_day: '2026-12-01')"},
  };
  return *texts;
}

}  // namespace

std::unique_ptr<Message> ValidRequest(const MethodDescriptor& method, const Names& names) {
  auto request = NewRequest(method);
  FillIn(absl::StrCat("account_id: '$account' ", ValidRequestTexts().at(method.name())), names, *request);
  return request;
}

// A customer with an order basis of its first day, and what the next one will have.
void Wire::PopulateBilling(Names& names) {
  clock().SetDay("2026-11-10");
  names.insert({{"$license", "accounting"}, {"$scan", "invoice-scan"}});
  const std::string& account = names.at("$account");
  NewProduct("accounting", v1::PRODUCT_KIND_LICENSE, account);
  NewProduct("invoice-scan", v1::PRODUCT_KIND_TRANSACTION, account);
  SetPriceOf("accounting", "2026-01-01", "423.00", account).value();
  SetPriceOf("invoice-scan", "2026-01-01", "0.125", account).value();
  const std::string billed = names["$billed"] = NewAgreementWithNumber("billed", "00417", account);
  const std::string company = names["$billed_company"] = NewCompany(billed, "billed_company", "", account);
  names["$access"] = Grant(company, "user-1", {"accounting"}, account).value().accesses(0).access_id();
  names["$invitation"] = Invite(company, "invited", {"accounting"}, account).value().accesses(0).access_id();
  Record(company, "tx-settled", "invoice-scan", 12, "2026-11-10T11:00:00Z", account).value();
  clock().SetDay("2026-11-12");
  names["$order_basis"] =
      CreateOrder(billed, "2026-11-10", "2026-11-11", account).value().order_basis().order_basis_id();
  Record(company, "tx-open", "invoice-scan", 12, "2026-11-12T11:00:00Z", account).value();
  names["$digest"] = Preview(billed, "", "2026-11-12", account).value().order_basis().digest();
}

Names Wire::Populate(const std::string& account_id) {
  Names names = {{"$account", account_id},
                 {"$nowhere", "agr-0000000000000000"},
                 {"$no_company", "cmp-0000000000000000"},
                 {"$no_draft", "dft-0000000000000000"},
                 {"$no_access", "acc-0000000000000000"},
                 {"$no_order_basis", "ord-0000000000000000"}};
  PopulateBilling(names);
  for (const std::string name : {"agreement", "other", "empty", "deleted"}) {
    names["$" + name] = NewAgreement(name, account_id);
  }
  Delete(names["$deleted"], false, account_id).value();
  for (const std::string name : {"company", "deleted_company"}) {
    names["$" + name] = NewCompany(names["$agreement"], name, "", account_id);
  }
  RemoveCompany(names["$deleted_company"], account_id).value();
  for (const std::string name : {"draft", "nameless_draft", "completed_draft", "discarded_draft"}) {
    names["$" + name] = NewDraft(names["$agreement"], name == "nameless_draft" ? "" : name, "", account_id);
  }
  names["$drafted_company"] =
      Call(&Companies::CompleteCompanyDraft, "draft_id: '$completed_draft'", names).value().company().company_id();
  Call(&Companies::DeleteCompanyDraft, "draft_id: '$discarded_draft'", names).value();
  return names;
}

}  // namespace agreements::testing
