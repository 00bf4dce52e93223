// What holds for every method: nothing is told of other accounts, and validate_only changes nothing.
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Whether the field holds an id that the server made.
bool HoldsServersId(const FieldDescriptor& field) {
  static const std::set<std::string> kIds = {"agreement_id", "company_id", "draft_id", "access_id", "order_basis_id"};
  return kIds.count(field.name()) == 1;
}

class WireAccountsTest : public WireTest {};

// The answer to a valid request whose `field` holds `id` instead, with "$id" for it.
std::string AnswerToId(Wire& wire, const MethodDescriptor& method, const FieldDescriptor& field, const Names& names,
                       const std::string& id) {
  const auto request = ValidRequest(method, names);
  // An explanation of a document must not have the fields of a preview.
  if (method.name() == "ExplainOrderBasis" && field.name() == "order_basis_id") {
    request->Clear();
    FillIn("account_id: '$account' line_number: 1", names, *request);
  }
  request->GetReflection()->SetString(request.get(), &field, id);
  const auto response = wire.CallMethod(method, *request);
  return absl::StrCat(Describe(response.status(), {{"$id", id}}), response.ok() ? *response : "");
}

TEST_F(WireAccountsTest, AnotherAccountsIdIsAnsweredAsOneThatDoesNotExist) {
  const Names names = NewAccount();
  const Names others = NewAccount();
  const std::map<std::string, std::pair<std::string, std::string>> kinds = {
      {"agreement_id", {"$agreement", "NOT_FOUND AGREEMENT_NOT_FOUND agreement_id=$id; ResourceInfo Agreement $id"}},
      {"company_id", {"$company", "NOT_FOUND COMPANY_NOT_FOUND company_id=$id; ResourceInfo Company $id"}},
      {"draft_id", {"$draft", "NOT_FOUND DRAFT_NOT_FOUND draft_id=$id; ResourceInfo CompanyDraft $id"}},
      {"access_id", {"$access", "NOT_FOUND ACCESS_NOT_FOUND access_id=$id; ResourceInfo Access $id"}},
      {"order_basis_id",
       {"$order_basis", "NOT_FOUND ORDER_BASIS_NOT_FOUND order_basis_id=$id; ResourceInfo OrderBasis $id"}}};
  const std::map<std::string, std::string> nobodys = {{"agreement_id", "$nowhere"},
                                                      {"company_id", "$no_company"},
                                                      {"draft_id", "$no_draft"},
                                                      {"access_id", "$no_access"},
                                                      {"order_basis_id", "$no_order_basis"}};
  // By "Method.field": filters, which then find nothing, and lookups by two ids.
  const std::map<std::string, std::string> others_answers = {
      {"ListCompanies.agreement_id", "OK"},
      {"ListCompanyDrafts.agreement_id", "OK"},
      {"ListOrderBases.agreement_id", "OK"},
      {"ListChanges.agreement_id", "OK"},
      {"ListChanges.company_id", "OK"},
      {"ListChanges.draft_id", "OK"},
      {"ListChanges.access_id", "OK"},
      {"ListChanges.order_basis_id", "OK"},
      {"ListAccesses.company_id", "OK"},
      {"ListAccesses.agreement_id", "OK"},
      {"ListTransactions.company_id", "OK"},
      {"ListTransactions.order_basis_id", "OK"},
      {"GetTransaction.company_id",
       "NOT_FOUND TRANSACTION_NOT_FOUND company_id=$id transaction_id=tx-open; ResourceInfo Transaction $id/tx-open"}};
  const std::string before = wire_->Rows();
  int tried = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method->input_type()->field(i);
      if (!HoldsServersId(field)) continue;
      const auto& [name, not_found] = kinds.at(field.name());
      const std::string answer = AnswerToId(*wire_, *method, field, names, others.at(name));
      EXPECT_EQ(answer, AnswerToId(*wire_, *method, field, names, names.at(nobodys.at(field.name()))));
      const auto special = others_answers.find(absl::StrCat(method->name(), ".", field.name()));
      EXPECT_EQ(answer, special == others_answers.end() ? not_found : special->second) << method->full_name();
      ++tried;
    }
  }
  EXPECT_EQ(tried, 45);
  EXPECT_EQ(wire_->Rows(), before);
}

TEST_F(WireAccountsTest, ABatchMissesAnotherAccountsIdsAsItDoesThoseThatDoNotExist) {
  Names names = NewAccount();
  const Names others = NewAccount();
  names["$others"] = others.at("$agreement");
  names["$others_company"] = others.at("$company");
  const auto agreements =
      wire_->Call(&Agreements::BatchGetAgreements, "agreement_ids: ['$others', '$agreement', '$nowhere']", names)
          .value();
  ASSERT_EQ(agreements.agreements_size(), 1);
  EXPECT_EQ(agreements.agreements(0).agreement_id(), names["$agreement"]);
  EXPECT_THAT(agreements.missing_agreement_ids(), ::testing::ElementsAre(names["$others"], names["$nowhere"]));
  const auto companies =
      wire_->Call(&Companies::BatchGetCompanies, "company_ids: ['$no_company', '$others_company', '$company']", names)
          .value();
  ASSERT_EQ(companies.companies_size(), 1);
  EXPECT_EQ(companies.companies(0).company_id(), names["$company"]);
  EXPECT_THAT(companies.missing_company_ids(), ::testing::ElementsAre(names["$no_company"], names["$others_company"]));
}

// Clears the ids that the server made during the call.
void ClearNewIds(const std::set<std::string>& known_ids, Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        ClearNewIds(known_ids, *reflection->MutableRepeatedMessage(&message, field, i));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ClearNewIds(known_ids, *reflection->MutableMessage(&message, field));
    } else if (HoldsServersId(*field) && known_ids.count(reflection->GetString(message, field)) == 0) {
      reflection->ClearField(&message, field);
    }
  }
}

TEST_F(WireAccountsTest, ValidateOnlyAnswersAsTheChangeWouldWithoutNewIdsAndChangesNothing) {
  int tried = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const FieldDescriptor* validate_only = method->input_type()->FindFieldByName("validate_only");
    if (validate_only == nullptr) continue;
    const Names names = NewAccount();
    std::set<std::string> known_ids;
    for (const auto& [name, id] : names) known_ids.insert(id);
    const auto request = ValidRequest(*method, names);
    request->GetReflection()->SetBool(request.get(), validate_only, true);
    const std::string before = wire_->Rows();
    const auto checked = wire_->CallMethod(*method, *request);
    ASSERT_TRUE(checked.ok()) << method->name() << checked.status();
    EXPECT_EQ(wire_->Rows(), before) << method->name();

    // The same request_id is free: a call with validate_only does not record it.
    request->GetReflection()->SetBool(request.get(), validate_only, false);
    const auto changed = wire_->CallMethod(*method, *request);
    ASSERT_TRUE(changed.ok()) << method->name() << changed.status();
    EXPECT_NE(wire_->Rows(), before) << method->name();
    const auto expected = NewResponse(*method);
    const auto actual = NewResponse(*method);
    ASSERT_TRUE(expected->ParseFromString(*changed) && actual->ParseFromString(*checked));
    ClearNewIds(known_ids, *expected);
    EXPECT_EQ(actual->DebugString(), expected->DebugString()) << method->name();
    ++tried;
  }
  EXPECT_EQ(tried, 23);
}

}  // namespace
}  // namespace agreements::testing
