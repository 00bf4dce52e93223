// Errors as callers get them: each reason with its details.
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/errors.h"
#include "server/rpc/messages.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

using google::protobuf::MethodDescriptor;

// A call and its error. The calls run in order on one account.
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

constexpr Provocation kProvocationsOfBilling[] = {
    {"GrantAccess", "company_id: '$company' user_id: 'u' product_ids: '$scan'",
     "INVALID_ARGUMENT PRODUCT_KIND_WRONG kind=TRANSACTION product_id=$scan; BadRequest product_ids[0]"},
    {"RecordTransactions",
     "transactions { company_id: '$company' transaction_id: 't' product_id: '$license' quantity: 1 "
     "occur_time { seconds: 1794308400 } }",
     "INVALID_ARGUMENT PRODUCT_KIND_WRONG kind=LICENSE product_id=$license; BadRequest transactions[0].product_id"},
    {"PreviewOrderBasis", "agreement_id: '$billed' until_day: '2026-12-02'",
     "INVALID_ARGUMENT PERIOD_SPANS_MONTHS from_day=2026-11-11 latest_until_day=2026-12-01 until_day=2026-12-02; "
     "BadRequest until_day"},
    {"GetProduct", "product_id: 'nothing'",
     "NOT_FOUND PRODUCT_NOT_FOUND product_id=nothing; ResourceInfo Product nothing"},
    {"GetAccess", "access_id: '$no_access'",
     "NOT_FOUND ACCESS_NOT_FOUND access_id=$no_access; ResourceInfo Access $no_access"},
    {"RevokeAccess", "company_id: '$company' user_id: 'nobody' product_ids: '$license'",
     "NOT_FOUND ACCESS_NOT_FOUND company_id=$company product_id=$license user_id=nobody; "
     "ResourceInfo Access $company/nobody/$license"},
    {"GetTransaction", "company_id: '$company' transaction_id: 'nothing'",
     "NOT_FOUND TRANSACTION_NOT_FOUND company_id=$company transaction_id=nothing; "
     "ResourceInfo Transaction $company/nothing"},
    {"GetOrderBasis", "order_basis_id: '$no_order_basis'",
     "NOT_FOUND ORDER_BASIS_NOT_FOUND order_basis_id=$no_order_basis; ResourceInfo OrderBasis $no_order_basis"},
    {"ExplainOrderBasis", "order_basis_id: '$order_basis' line_number: 7",
     "NOT_FOUND ORDER_BASIS_LINE_NOT_FOUND line_number=7 order_basis_id=$order_basis; "
     "ResourceInfo OrderBasisLine $order_basis/7"},
    {"ExplainOrderBasis", "agreement_id: '$billed' until_day: '2026-11-12' line_number: 7",
     "NOT_FOUND ORDER_BASIS_LINE_NOT_FOUND agreement_id=$billed line_number=7; "
     "ResourceInfo OrderBasisLine $billed/7"},
    {"ExplainOrderBasis", "agreement_id: '$billed' order_basis_id: '$order_basis' line_number: 1",
     "INVALID_ARGUMENT FIELD_INVALID; BadRequest order_basis_id"},
    {"CreateProduct", "product_id: '$scan' display_name: 'P' kind: PRODUCT_KIND_LICENSE",
     "ALREADY_EXISTS PRODUCT_ID_TAKEN product_id=$scan; ResourceInfo Product $scan"},
    {"SetPrice", "product_id: '$license' valid_from: '2026-11-10' unit_price: '1'",
     "FAILED_PRECONDITION PRICE_IN_USE priced_until=2026-11-11 product_id=$license valid_from=2026-11-10; "
     "PreconditionFailure PRICE_IN_USE $license"},
    {"RecordTransactions",
     "transactions { company_id: '$billed_company' transaction_id: 'tx-open' product_id: '$scan' quantity: 13 "
     "occur_time { seconds: 1794308400 } }",
     "FAILED_PRECONDITION TRANSACTION_CONFLICT company_id=$billed_company transaction_id=tx-open; "
     "PreconditionFailure TRANSACTION_CONFLICT $billed_company/tx-open"},
    {"RecordTransactions",
     "transactions { company_id: '$billed_company' transaction_id: 'early' product_id: '$scan' quantity: 13 "
     "occur_time { seconds: 1000000000 } }",
     "FAILED_PRECONDITION COMPANY_DELETED company_id=$billed_company day=2001-09-09; "
     "PreconditionFailure COMPANY_DELETED $billed_company"},
    {"CancelTransactions", "transactions { company_id: '$billed_company' transaction_id: 'tx-settled' }",
     "FAILED_PRECONDITION TRANSACTION_SETTLED company_id=$billed_company order_basis_id=$order_basis "
     "transaction_id=tx-settled; PreconditionFailure TRANSACTION_SETTLED $billed_company/tx-settled"},
    {"RunBilling", "until_day: '2026-11-13'",
     "FAILED_PRECONDITION PERIOD_NOT_OVER latest_until_day=2026-11-12 until_day=2026-11-13; "
     "PreconditionFailure PERIOD_NOT_OVER 2026-11-13"},
    {"PreviewOrderBasis", "agreement_id: '$billed' from_day: '2026-11-09' until_day: '2026-11-12'",
     "FAILED_PRECONDITION INTERVAL_NOT_NEXT agreement_id=$billed from_day=2026-11-11 until_day=2026-12-01; "
     "PreconditionFailure INTERVAL_NOT_NEXT $billed"},
    {"CreateOrderBasis",
     "agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12' "
     "expected_digest: '0000000000000000000000000000000000000000000000000000000000000000'",
     "ABORTED PREVIEW_CHANGED agreement_id=$billed digest=$digest"},
    {"ExplainOrderBasis",
     "agreement_id: '$billed' until_day: '2026-11-12' line_number: 1 "
     "expected_digest: '0000000000000000000000000000000000000000000000000000000000000000'",
     "ABORTED PREVIEW_CHANGED agreement_id=$billed digest=$digest"},
    {"CreateProduct", "product_id: 'gold' display_name: 'Gold' kind: PRODUCT_KIND_TRANSACTION", "OK"},
    {"UpdateAgreement", "agreement_id: '$billed' customer_number: ''", "OK"},
    {"CreateOrderBasis", "agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12'",
     "FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING agreement_id=$billed; "
     "PreconditionFailure CUSTOMER_NUMBER_MISSING $billed"},
};

constexpr Provocation kProvocationsOfTheNextMonth[] = {
    {"AcceptInvitation", "company_id: '$billed_company' user_id: 'invited' product_ids: '$license'",
     "FAILED_PRECONDITION INVITATION_EXPIRED access_id=$invitation expire_time=2026-12-10T11:00:00Z; "
     "PreconditionFailure INVITATION_EXPIRED $invitation"},
    {"PreviewOrderBasis", "agreement_id: '$billed'",
     "FAILED_PRECONDITION PRICE_MISSING day=2026-11-12 product_id=gold; PreconditionFailure PRICE_MISSING gold"},
    {"SetPrice", "product_id: 'gold' valid_from: '2026-01-01' unit_price: '1000000'", "OK"},
    {"PreviewOrderBasis", "agreement_id: '$billed'",
     "FAILED_PRECONDITION AMOUNT_TOO_LARGE agreement_id=$billed product_id=gold; "
     "PreconditionFailure AMOUNT_TOO_LARGE $billed"},
};

class WireErrorsTest : public WireTest {
 protected:
  absl::Status Send(const MethodDescriptor& method, const std::string& text, const Names& names) {
    const auto request = NewRequest(method);
    FillIn(absl::StrCat("account_id: '$account' ", text), names, *request);
    return wire_->Answer(method, *request);
  }

  // Sends each, and returns the reasons of those that are refused.
  template <size_t kCount>
  std::set<v1::ErrorReason> Provoke(const Provocation (&provocations)[kCount], const Names& names) {
    std::set<v1::ErrorReason> provoked;
    for (const auto& [method, text, answer] : provocations) {
      const absl::Status status = Send(MethodNamed(method), text, names);
      EXPECT_EQ(Describe(status, names), answer) << method << " " << text;
      if (!status.ok()) provoked.insert(ReasonOf(status));
    }
    return provoked;
  }

  // Ten transactions of the highest quantity.
  void RecordGold(const Names& names) {
    std::string text;
    for (int i = 0; i < 10; ++i) {
      absl::StrAppend(&text, "transactions { company_id: '$billed_company' transaction_id: 'gold-", i,
                      "' product_id: 'gold' quantity: 1000000000 occur_time { seconds: ",
                      absl::ToUnixSeconds(wire_->clock().Now()), " } } ");
    }
    EXPECT_TRUE(Send(MethodNamed("RecordTransactions"), text, names).ok());
  }
};

constexpr char kGetAgreement[] = "/agreements.v1.AgreementService/GetAgreement";

// Each asks for something that does not exist.
absl::Status GetAgreement(Wire& wire) {
  return wire.Call(&Agreements::GetAgreement, "agreement_id: 'agr-0000000000000000'", {{"$account", "acct-1"}})
      .status();
}

absl::Status GetCompany(Wire& wire) {
  return wire.Call(&Companies::GetCompany, "company_id: 'cmp-0000000000000000'", {{"$account", "acct-1"}}).status();
}

// Updates an agreement while another update of it holds the row.
absl::Status ErrorOfALockedRow() {
  Statements statements;
  Wire wire({.row_wait = absl::Seconds(1)}, statements.hooks());
  const Names names = {{"$account", "acct-1"}};
  const auto created = wire.Call(&Agreements::CreateAgreement, "display_name: 'A'", names).value();
  const std::string change = absl::StrCat("display_name: 'B' agreement_id: '", created.agreement().agreement_id(), "'");
  statements.HoldUp("COMMIT");
  std::jthread holder([&] { wire.Call(&Agreements::UpdateAgreement, change, names).IgnoreError(); });
  statements.WaitUntilHeldUp();
  absl::Status status = wire.Call(&Agreements::UpdateAgreement, change, names).status();
  statements.LetGo();
  holder.join();
  return status;
}

// Errors of the server and its database, by their text.
std::map<std::string, absl::Status> ErrorsOfTrouble() {
  std::map<std::string, absl::Status> errors;
  Wire busy({.workers = 1, .max_queue = 0});
  errors["RESOURCE_EXHAUSTED SERVER_BUSY; RetryInfo"] = GetAgreement(busy);
  {
    Statements statements;
    Wire hasty({.max_call = absl::Seconds(1)}, statements.hooks());
    statements.Fail("get_agreement", 1213);  // Deadlock
    errors["DEADLINE_EXCEEDED DEADLINE_PASSED"] = GetAgreement(hasty);
  }
  Statements statements;
  Wire wire({.unreachable_after = absl::Milliseconds(100)}, statements.hooks());
  statements.Fail("get_agreement", 1290);  // Read-only
  errors["UNAVAILABLE DATABASE_UNAVAILABLE; RetryInfo"] = GetAgreement(wire);
  statements.Fail("get_agreement", 1146);  // No such table
  const absl::Status internal = GetAgreement(wire);
  if (const auto info = DetailOf<google::rpc::ErrorInfo>(internal)) {
    errors[absl::StrCat("INTERNAL INTERNAL_ERROR error_id=", info->metadata().at("error_id"))] = internal;
  }
  statements.Fail("get_agreement", 0);
  errors["UNAVAILABLE ROW_LOCKED; RetryInfo"] = ErrorOfALockedRow();
  statements.HoldUp("get_agreement");
  std::jthread holder([&wire] { GetAgreement(wire).IgnoreError(); });
  statements.WaitUntilHeldUp();
  std::jthread stopper([&wire] { wire.Stop(); });
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

// The answer while the clock is outside the years that have days.
constexpr char kClockOutOfRange[] = "UNAVAILABLE CLOCK_OUT_OF_RANGE; RetryInfo";

absl::Time At(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

TEST_F(WireErrorsTest, EveryReasonComesWithItsDetails) {
  const Names names = NewAccount();
  std::set<v1::ErrorReason> provoked = Provoke(kProvocations, names);
  provoked.merge(Provoke(kProvocationsOfBilling, names));
  RecordGold(names);
  wire_->clock().SetDay("2026-12-12");
  provoked.merge(Provoke(kProvocationsOfTheNextMonth, names));
  std::map<std::string, absl::Status> others = ErrorsOfTrouble();
  others["INVALID_ARGUMENT MALFORMED_REQUEST; BadRequest "] = wire_->CallBytes(kGetAgreement, "\xff").status();
  others["INVALID_ARGUMENT REQUEST_TOO_LARGE limit=1048576 size=1048583; BadRequest "] =
      Send(MethodNamed("CreateAgreement"), absl::StrCat("display_name: '", std::string(kMaxRequestSize - 3, 'x'), "'"),
           {{"$account", "acct"}});
  wire_->clock().Set(At("9999-12-31T23:59:59Z"));
  others[kClockOutOfRange] = Send(MethodNamed("CreateAgreement"), "display_name: 'A'", names);
  for (const auto& [answer, status] : others) {
    EXPECT_EQ(Describe(status), answer);
    provoked.insert(ReasonOf(status));
  }
  // These two are tried with certificates, in access_test.cc.
  provoked.insert({v1::ERROR_REASON_CALLER_UNKNOWN, v1::ERROR_REASON_NOT_ALLOWED});
  const auto* reasons = google::protobuf::GetEnumDescriptor<v1::ErrorReason>();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(reasons->value(i)->number());
    EXPECT_EQ(provoked.count(reason) == 1, reason != v1::ERROR_REASON_UNSPECIFIED) << reasons->value(i)->name();
  }
}

TEST_F(WireErrorsTest, AClockOutsideTheYears2000To2999IsSaidAndChangesNothing) {
  const Names names = NewAccount();
  int refused = 0;
  for (const absl::Time now : {absl::InfinitePast(), At("0001-01-01T00:00:00Z"), At("1999-12-31T22:59:59.999999Z"),
                               At("2999-12-31T23:00:00Z"), At("9999-12-31T23:59:59.999999Z"), absl::InfiniteFuture()}) {
    wire_->clock().Set(now);
    for (const MethodDescriptor* method : AllMethods()) {
      const auto request = ValidRequest(*method, names);
      // A request that was answered before would not read the clock.
      if (const auto* request_id = method->input_type()->FindFieldByName("request_id")) {
        request->GetReflection()->ClearField(request.get(), request_id);
      }
      const std::string before = wire_->Rows();
      const std::string answer = Describe(wire_->Answer(*method, *request));
      if (answer == "OK") continue;  // The method does not read the clock.
      EXPECT_EQ(answer, kClockOutOfRange) << method->name() << " at " << now;
      EXPECT_EQ(wire_->Rows(), before) << method->name();
      ++refused;
    }
  }
  EXPECT_GE(refused, 6 * 25);
}

TEST_F(WireErrorsTest, TheFirstAndTheLastMomentOfAClocksYearsAreServed) {
  for (const char* now : {"1999-12-31T23:00:00Z", "2999-12-31T22:59:59.999999Z"}) {
    wire_->clock().Set(At(now));
    const Names names = {{"$account", absl::StrCat("acct-at-", now)}};
    EXPECT_EQ(Describe(Send(MethodNamed("CreateAgreement"), "display_name: 'A'", names)), "OK") << now;
    EXPECT_EQ(Describe(Send(MethodNamed("ListAccesses"), "", names)), "OK") << now;
  }
}

TEST_F(WireErrorsTest, ATransactionOfTheYear1IsRefusedWithADayOfFourDigits) {
  const Names names = NewAccount();
  EXPECT_EQ(Describe(Send(MethodNamed("RecordTransactions"),
                          "transactions { company_id: '$billed_company' transaction_id: 'old' product_id: '$scan' "
                          "quantity: 1 occur_time { seconds: -62135596800 } }",
                          names),
                     names),
            "FAILED_PRECONDITION COMPANY_DELETED company_id=$billed_company day=0001-01-01; "
            "PreconditionFailure COMPANY_DELETED $billed_company");
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

}  // namespace
}  // namespace agreements::testing
