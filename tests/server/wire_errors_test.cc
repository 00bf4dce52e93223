// Errors as callers get them: each reason with its details, nothing of other accounts, and validate_only.
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/errors.h"
#include "server/dispatcher.h"
#include "tests/testing/wire_test.h"

namespace agreements::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const MethodDescriptor& MethodNamed(const std::string& name) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->name() == name) return *method;
  }
  throw std::runtime_error("no method " + name);
}

// One after the other, on an account of its own.
struct Provocation {
  const char* method;
  const char* request;
  const char* answer;
};

constexpr Provocation kProvocations[] = {
    {"CreateAgreement", "", "INVALID_ARGUMENT FIELD_INVALID; BadRequest display_name"},
    {"ListAgreements", "page_token: 'AAAA'", "INVALID_ARGUMENT PAGE_TOKEN_MISMATCH; BadRequest page_token"},
    {"CreateAgreement", "display_name: 'A' request_id: 'r'", "OK"},
    {"CreateAgreement", "display_name: 'B' request_id: 'r'",
     "INVALID_ARGUMENT REQUEST_ID_REUSED; BadRequest request_id"},
    {"GetAgreement", "agreement_id: '$nowhere'",
     "NOT_FOUND AGREEMENT_NOT_FOUND agreement_id=$nowhere; ResourceInfo Agreement $nowhere"},
    {"GetCompany", "company_id: '$no_company'",
     "NOT_FOUND COMPANY_NOT_FOUND company_id=$no_company; ResourceInfo Company $no_company"},
    {"GetCompanyDraft", "draft_id: '$no_draft'",
     "NOT_FOUND DRAFT_NOT_FOUND draft_id=$no_draft; ResourceInfo CompanyDraft $no_draft"},
    {"UpdateCompany", "company_id: '$company' organization_number: '974760673'", "OK"},
    {"CreateCompany", "agreement_id: '$other' display_name: 'C' organization_number: '974760673'",
     "ALREADY_EXISTS ORGANIZATION_NUMBER_TAKEN company_id=$company organization_number=974760673; "
     "ResourceInfo Company $company"},
    {"DeleteAgreement", "agreement_id: '$agreement'",
     "FAILED_PRECONDITION AGREEMENT_NOT_EMPTY agreement_id=$agreement company_count=2 "
     "company_ids=$company,$drafted_company; PreconditionFailure AGREEMENT_NOT_EMPTY $agreement"},
    {"CreateCompanyDraft", "agreement_id: '$empty'", "OK"},
    {"DeleteAgreement", "agreement_id: '$empty'",
     "FAILED_PRECONDITION AGREEMENT_HAS_DRAFTS agreement_id=$empty draft_count=1; "
     "PreconditionFailure AGREEMENT_HAS_DRAFTS $empty"},
    {"CreateCompany", "agreement_id: '$deleted' display_name: 'C'",
     "FAILED_PRECONDITION AGREEMENT_DELETED agreement_id=$deleted; PreconditionFailure AGREEMENT_DELETED $deleted"},
    {"UndeleteAgreement", "agreement_id: '$other'",
     "FAILED_PRECONDITION AGREEMENT_NOT_DELETED agreement_id=$other; PreconditionFailure AGREEMENT_NOT_DELETED "
     "$other"},
    {"MoveCompany", "company_id: '$deleted_company' agreement_id: '$other'",
     "FAILED_PRECONDITION COMPANY_DELETED company_id=$deleted_company; PreconditionFailure COMPANY_DELETED "
     "$deleted_company"},
    {"UndeleteCompany", "company_id: '$company'",
     "FAILED_PRECONDITION COMPANY_NOT_DELETED company_id=$company; PreconditionFailure COMPANY_NOT_DELETED $company"},
    {"CompleteCompanyDraft", "draft_id: '$nameless_draft'",
     "FAILED_PRECONDITION DRAFT_INCOMPLETE draft_id=$nameless_draft missing_fields=display_name; "
     "PreconditionFailure DRAFT_INCOMPLETE $nameless_draft"},
    {"UpdateCompanyDraft", "draft_id: '$completed_draft' display_name: 'C'",
     "FAILED_PRECONDITION DRAFT_COMPLETED company_id=$drafted_company draft_id=$completed_draft; "
     "PreconditionFailure DRAFT_COMPLETED $completed_draft"},
    {"DeleteCompanyDraft", "draft_id: '$discarded_draft'",
     "FAILED_PRECONDITION DRAFT_DISCARDED draft_id=$discarded_draft; PreconditionFailure DRAFT_DISCARDED "
     "$discarded_draft"},
    {"MoveCompany", "company_id: '$company' agreement_id: '$agreement'",
     "FAILED_PRECONDITION ALREADY_IN_AGREEMENT agreement_id=$agreement company_id=$company; "
     "PreconditionFailure ALREADY_IN_AGREEMENT $company"},
    {"UpdateAgreement", "agreement_id: '$other' display_name: 'D' revision: 7",
     "ABORTED STALE_REVISION current_revision=1 resource_id=$other revision=7"},
};

// Whether the field holds an id that the server made.
bool HoldsServersId(const FieldDescriptor& field) {
  return field.name() == "agreement_id" || field.name() == "company_id" || field.name() == "draft_id";
}

class WireErrorsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { wire_ = new Wire; }
  static void TearDownTestSuite() {
    delete wire_;
    wire_ = nullptr;
  }

  // A populated account of the test's own.
  Names NewAccount() { return wire_->Populate(absl::StrCat("acct-", ++accounts_)); }

  absl::Status Send(const MethodDescriptor& method, const std::string& text, const Names& names) {
    const auto request = NewRequest(method);
    FillIn(absl::StrCat("account_id: '$account' ", text), names, *request);
    return wire_->CallMethod(method, *request).status();
  }

  static Wire* wire_;
  static int accounts_;
};

Wire* WireErrorsTest::wire_ = nullptr;
int WireErrorsTest::accounts_ = 0;

constexpr char kGetAgreement[] = "/agreements.v1.AgreementService/GetAgreement";

absl::Status GetAgreement(Wire& wire) {
  v1::GetAgreementRequest request;
  request.set_account_id("acct-1");
  request.set_agreement_id("agr-0000000000000000");
  return wire.Call(&Agreements::GetAgreement, request).status();
}

absl::Status GetCompany(Wire& wire) {
  v1::GetCompanyRequest request;
  request.set_account_id("acct-1");
  request.set_company_id("cmp-0000000000000000");
  return wire.Call(&Companies::GetCompany, request).status();
}

// By what the server or its database is short of.
std::map<std::string, absl::Status> ErrorsOfTrouble() {
  std::map<std::string, absl::Status> errors;
  Wire busy({.workers = 1, .max_queue = 0});
  errors["RESOURCE_EXHAUSTED SERVER_BUSY; RetryInfo"] = GetAgreement(busy);
  Statements statements;
  Wire wire({.max_call = absl::Milliseconds(500), .unreachable_after = absl::Milliseconds(100)}, statements.hooks());
  statements.Fail("get_agreement", 1290);  // Read-only
  errors["UNAVAILABLE DATABASE_UNAVAILABLE; RetryInfo"] = GetAgreement(wire);
  statements.Fail("get_agreement", 1213);  // Deadlock
  errors["DEADLINE_EXCEEDED DEADLINE_PASSED"] = GetAgreement(wire);
  statements.Fail("get_agreement", 1146);  // No such table
  const absl::Status internal = GetAgreement(wire);
  if (const auto info = DetailOf<google::rpc::ErrorInfo>(internal)) {
    errors[absl::StrCat("INTERNAL INTERNAL_ERROR error_id=", info->metadata().at("error_id"))] = internal;
  }
  statements.Fail("get_agreement", 0);
  statements.HoldUp("get_agreement");
  std::thread holder([&wire] { GetAgreement(wire).IgnoreError(); });
  statements.WaitUntilHeldUp();
  std::thread stopper([&wire] { wire.Stop(); });
  absl::Status status;
  do {
    status = GetCompany(wire);
  } while (absl::IsNotFound(status));
  errors["UNAVAILABLE SERVER_STOPPING; RetryInfo"] = status;
  statements.LetGo();
  holder.join();
  stopper.join();
  return errors;
}

TEST_F(WireErrorsTest, EveryReasonComesWithItsDetails) {
  const Names names = NewAccount();
  std::set<v1::ErrorReason> provoked;
  for (const auto& [method, text, answer] : kProvocations) {
    const absl::Status status = Send(MethodNamed(method), text, names);
    EXPECT_EQ(Describe(status, names), answer) << method << " " << text;
    if (!status.ok()) provoked.insert(ReasonOf(status));
  }
  std::map<std::string, absl::Status> others = ErrorsOfTrouble();
  others["INVALID_ARGUMENT MALFORMED_REQUEST; BadRequest "] = wire_->CallBytes(kGetAgreement, "\xff").status();
  others["INVALID_ARGUMENT REQUEST_TOO_LARGE limit=1048576 size=1048583; BadRequest "] =
      Send(MethodNamed("CreateAgreement"), absl::StrCat("display_name: '", std::string(kMaxRequestSize - 3, 'x'), "'"),
           {{"$account", "acct"}});
  for (const auto& [answer, status] : others) {
    EXPECT_EQ(Describe(status), answer);
    provoked.insert(ReasonOf(status));
  }
  const auto* reasons = google::protobuf::GetEnumDescriptor<v1::ErrorReason>();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(reasons->value(i)->number());
    EXPECT_EQ(provoked.count(reason) == 1, reason != v1::ERROR_REASON_UNSPECIFIED) << reasons->value(i)->name();
  }
}

TEST_F(WireErrorsTest, AnInternalErrorTellsNothingButItsId) {
  Statements statements;
  statements.Edit("get_agreement", "FROM agreements", "FROM secret_table");
  Wire wire({}, statements.hooks());
  const absl::Status status = GetAgreement(wire);
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info);
  const std::string error_id = info->metadata().at("error_id");
  EXPECT_EQ(Describe(status), absl::StrCat("INTERNAL INTERNAL_ERROR error_id=", error_id));
  EXPECT_EQ(status.message(), absl::StrCat("Internal error ", error_id, "."));
  for (const char* hidden : {"secret", "get_agreement", "SELECT", "1146", ".cc"}) {
    EXPECT_FALSE(absl::StrContains(status.ToString(), hidden)) << hidden << " in " << status;
  }
}

TEST_F(WireErrorsTest, ARefusedDeletionNamesTheFirst20Companies) {
  const Names names = NewAccount();
  std::vector<std::string> company_ids;
  for (int i = 0; i < 25; ++i) {
    const auto response =
        wire_->Call(&Companies::CreateCompany, absl::StrCat("agreement_id: '$empty' display_name: 'C", i, "'"), names);
    company_ids.push_back(response.value().company().company_id());
  }
  company_ids.resize(20);
  EXPECT_EQ(Describe(Send(MethodNamed("DeleteAgreement"), "agreement_id: '$empty'", names), names),
            absl::StrCat("FAILED_PRECONDITION AGREEMENT_NOT_EMPTY agreement_id=$empty company_count=25 company_ids=",
                         absl::StrJoin(company_ids, ","), "; PreconditionFailure AGREEMENT_NOT_EMPTY $empty"));
}

// The answer to a valid request whose `field` holds `id` instead, with "$id" for it.
std::string AnswerToId(Wire& wire, const MethodDescriptor& method, const FieldDescriptor& field, const Names& names,
                       const std::string& id) {
  const auto request = ValidRequest(method, names);
  request->GetReflection()->SetString(request.get(), &field, id);
  const auto response = wire.CallMethod(method, *request);
  return absl::StrCat(Describe(response.status(), {{"$id", id}}), response.ok() ? *response : "");
}

TEST_F(WireErrorsTest, AnotherAccountsIdIsAnsweredAsOneThatDoesNotExist) {
  const Names names = NewAccount();
  const Names others = NewAccount();
  const std::map<std::string, std::pair<std::string, std::string>> kinds = {
      {"agreement_id", {"$agreement", "NOT_FOUND AGREEMENT_NOT_FOUND agreement_id=$id; ResourceInfo Agreement $id"}},
      {"company_id", {"$company", "NOT_FOUND COMPANY_NOT_FOUND company_id=$id; ResourceInfo Company $id"}},
      {"draft_id", {"$draft", "NOT_FOUND DRAFT_NOT_FOUND draft_id=$id; ResourceInfo CompanyDraft $id"}}};
  const std::map<std::string, std::string> nobodys = {
      {"agreement_id", "$nowhere"}, {"company_id", "$no_company"}, {"draft_id", "$no_draft"}};
  const std::string before = wire_->State();
  int tried = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method->input_type()->field(i);
      if (!HoldsServersId(field)) continue;
      const auto& [name, not_found] = kinds.at(field.name());
      const std::string answer = AnswerToId(*wire_, *method, field, names, others.at(name));
      EXPECT_EQ(answer, AnswerToId(*wire_, *method, field, names, names.at(nobodys.at(field.name()))));
      // Filters that nothing passes.
      const bool filter = method->name() == "ListCompanies" || method->name() == "ListCompanyDrafts";
      EXPECT_EQ(answer, filter ? "OK" : not_found) << method->full_name();
      ++tried;
    }
  }
  EXPECT_EQ(tried, 21);
  EXPECT_EQ(wire_->State(), before);
}

// Empties the server's ids that no name is known for.
void ClearNewIds(const std::set<std::string>& known_ids, Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ClearNewIds(known_ids, *reflection->MutableMessage(&message, field));
    } else if (HoldsServersId(*field) && known_ids.count(reflection->GetString(message, field)) == 0) {
      reflection->ClearField(&message, field);
    }
  }
}

TEST_F(WireErrorsTest, ValidateOnlyAnswersAsTheChangeWouldWithoutNewIdsAndChangesNothing) {
  int tried = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const FieldDescriptor* validate_only = method->input_type()->FindFieldByName("validate_only");
    if (validate_only == nullptr) continue;
    const Names names = NewAccount();
    std::set<std::string> known_ids;
    for (const auto& [name, id] : names) known_ids.insert(id);
    const auto request = ValidRequest(*method, names);
    request->GetReflection()->SetBool(request.get(), validate_only, true);
    const std::string before = wire_->State();
    const auto checked = wire_->CallMethod(*method, *request);
    ASSERT_TRUE(checked.ok()) << method->name() << checked.status();
    EXPECT_EQ(wire_->State(), before) << method->name();

    // With the same request_id, which the first call has ignored.
    request->GetReflection()->SetBool(request.get(), validate_only, false);
    const auto changed = wire_->CallMethod(*method, *request);
    ASSERT_TRUE(changed.ok()) << method->name() << changed.status();
    EXPECT_NE(wire_->State(), before) << method->name();
    const auto expected = NewResponse(*method);
    const auto actual = NewResponse(*method);
    ASSERT_TRUE(expected->ParseFromString(*changed) && actual->ParseFromString(*checked));
    ClearNewIds(known_ids, *expected);
    EXPECT_EQ(actual->DebugString(), expected->DebugString()) << method->name();
    ++tried;
  }
  EXPECT_EQ(tried, 14);
}

}  // namespace
}  // namespace agreements::testing
