#include "tests/wire/list_walk.h"

#include <set>

namespace agreements::testing {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

// Whether one row of a list differs from the next one in its first field.
bool HasOwnId(const Message& row) {
  const std::string& type = row.GetDescriptor()->name();
  return type != "Placement" && type != "Price" && type != "Transaction" && type != "OrderBasisLine";
}

}  // namespace

std::vector<const MethodDescriptor*> ListMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->input_type()->FindFieldByName("page_token") != nullptr) methods.push_back(method);
  }
  return methods;
}

void SetText(Message& request, const std::string& field, const std::string& text) {
  request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName(field), text);
}

void SetPageSize(Message& request, int page_size) {
  request.GetReflection()->SetInt32(&request, request.GetDescriptor()->FindFieldByName("page_size"), page_size);
}

std::unique_ptr<Message> FirstPage(const MethodDescriptor& method, const Names& names) {
  auto request = NewRequest(method);
  SetText(*request, "account_id", names.at("$account"));
  if (method.name() == "ListPlacements") SetText(*request, "company_id", names.at("$company"));
  if (method.name() == "ListTransactions") SetText(*request, "company_id", names.at("$billed_company"));
  if (method.name() == "ListAgreementUsers") SetText(*request, "agreement_id", names.at("$billed"));
  if (method.name() == "ListOrderBasisLines") SetText(*request, "order_basis_id", names.at("$order_basis"));
  if (method.name() == "ListPrices") SetText(*request, "product_id", names.at("$license"));
  return request;
}

Page GetPage(Wire& wire, const MethodDescriptor& method, const Message& request) {
  const auto response = NewResponse(method);
  response->ParseFromString(wire.CallMethod(method, request).value());
  const auto* rows = response->GetDescriptor()->field(0);
  Page page;
  for (int i = 0; i < response->GetReflection()->FieldSize(*response, rows); ++i) {
    const Message& row = response->GetReflection()->GetRepeatedMessage(*response, rows, i);
    page.rows.push_back(HasOwnId(row) ? row.GetReflection()->GetString(row, row.GetDescriptor()->field(0))
                                      : row.ShortDebugString());
  }
  page.next_page_token = response->GetReflection()->GetString(*response, response->GetDescriptor()->field(1));
  return page;
}

std::vector<std::string> Walk(Wire& wire, const MethodDescriptor& method, const Names& names, int page_size) {
  const auto request = FirstPage(method, names);
  SetPageSize(*request, page_size);
  std::vector<std::string> rows;
  std::set<std::string> met;
  for (;;) {
    const Page page = GetPage(wire, method, *request);
    EXPECT_LE(page.rows.size(), static_cast<size_t>(page_size));
    for (const std::string& row : page.rows) {
      rows.push_back(row);
      if (met.insert(row).second) continue;
      ADD_FAILURE() << method.name() << " shows twice: " << row;  // And might never end.
      return rows;
    }
    if (page.next_page_token.empty()) return rows;
    EXPECT_EQ(page.rows.size(), static_cast<size_t>(page_size));
    SetText(*request, "page_token", page.next_page_token);
  }
}

}  // namespace agreements::testing
