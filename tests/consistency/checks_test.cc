// The check can fail: each violation that is planted in a record is reported.
#include "tests/consistency/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "tests/consistency/caller.h"

namespace agreements::testing {
namespace {

using ::google::protobuf::Message;
using ::testing::Contains;
using ::testing::IsEmpty;

// A response of a method, in protobuf's text format.
std::shared_ptr<Message> NewAnswer(const std::string& method, const std::string& text) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      absl::StrCat("agreements.v1.", method, "Response"));
  std::shared_ptr<Message> answer(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!google::protobuf::TextFormat::ParseFromString(text, answer.get())) throw std::runtime_error(text);
  return answer;
}

constexpr char kAgreement[] = "agreement_id: 'A' display_name: 'A1' revision: 1 settled_until: '2026-03-01' ";
constexpr char kCompany1[] = "company_id: 'K' agreement_id: 'A' display_name: 'K1' revision: 1 ";
constexpr char kCompany2[] = "company_id: 'K' agreement_id: 'A' display_name: 'K2' revision: 2 ";
constexpr char kUsage[] =
    "company_id: 'K' transaction_id: 't-1' product_id: 'U' quantity: 3 day: '2026-03-01' "
    "state: TRANSACTION_STATE_RECORDED ";
constexpr char kPlacement[] = "company_id: 'K' agreement_id: 'A' from_day: '2026-03-01' ";

std::string In(const std::string& field, const std::string& content) {
  return absl::StrCat(field, " { ", content, " } ");
}

std::string Price(int value) {
  return absl::StrCat("product_id: 'P' valid_from: '2026-03-01' unit_price: '", value, ".00' ");
}

std::string Entry(int number, const std::string& method, const std::string& more = "") {
  return In("changes",
            absl::StrCat("change_id: 'chg-", number, "' method: '", method, "' request_id: 'r-", number, "' ", more));
}

std::string Recorded(int count) {
  return In("changes", absl::StrCat("change_id: 'chg-25' method: 'RecordTransactions' resources { id: 'K' fields { "
                                    "field: 'transactions_recorded' new_value: '",
                                    count, "' } }"));
}

// A record as a sound service leaves it behind: calls one after the other, a second each.
class ChecksTest : public ::testing::Test {
 protected:
  ChecksTest() {
    Add("CreateAgreement", "request_id: 'r-1'", In("agreement", kAgreement));
    Add("CreateCompany", "request_id: 'r-2'", In("company", kCompany1));
    Add("RecordTransactions", "", In("results", In("transaction", kUsage)));
    Add("UpdateCompany", "request_id: 'r-3'", In("company", kCompany2));
    Add("GetCompany", "company_id: 'K'", In("company", kCompany2));
    Add("GetAgreement", "agreement_id: 'A'", In("agreement", absl::StrCat(kAgreement, "company_count: 1")));
    Add("ListCompanies", "", In("companies", kCompany2));
    Refuse("UpdateAgreement", "request_id: 'r-4'", grpc::StatusCode::ABORTED, "STALE_REVISION");
    Add("SetPrice", "request_id: 'r-5'", In("price", Price(1)));
    Add("SetPrice", "request_id: 'r-6'", In("price", Price(2)));
    Add("ListPrices", "", In("prices", Price(2)));

    Last("ListAgreements", In("agreements", absl::StrCat(kAgreement, "company_count: 1")));
    Last("ListCompanies", In("companies", kCompany2));
    Last("ListPlacements", In("placements", kPlacement));
    record_.last.back().request = NewRequest("ListPlacements", "account_id: 'acct-1' company_id: 'K'");
    Last("ListTransactions", In("transactions", kUsage));
    Last("ListPrices", In("prices", Price(2)));
    Last("ListChanges", Trail(Entry(3, "UpdateCompany")));
  }

  static std::string Trail(const std::string& third) {
    return absl::StrCat(Entry(6, "SetPrice"), Entry(5, "SetPrice"), third, Recorded(1), Entry(2, "CreateCompany"),
                        Entry(1, "CreateAgreement"));
  }

  Call& Add(const std::string& method, const std::string& fields, const std::string& answer) {
    return record_.calls.emplace_back(NewCall(method, fields, answer));
  }
  Call& Refuse(const std::string& method, const std::string& fields, grpc::StatusCode code, const std::string& reason) {
    Call& call = Add(method, fields, "");
    call.code = code;
    call.reason = reason;
    call.answers.clear();
    return call;
  }
  // What everything is in the end, instead of what was set before.
  void Last(const std::string& method, const std::string& answer) {
    std::erase_if(record_.last, [&](const Call& call) { return call.method == method; });
    record_.last.push_back(NewCall(method, "", answer));
  }
  Call& Made(const std::string& method) {
    return *std::find_if(record_.calls.begin(), record_.calls.end(),
                         [&](const Call& call) { return call.method == method; });
  }

  // The kinds of violations that are found.
  std::set<std::string> Found() {
    std::set<std::string> kinds;
    for (const Violation& violation : Check(record_)) {
      kinds.insert(violation.kind);
      texts_ += absl::StrCat(violation.kind, ": ", violation.text, "\n");
    }
    return kinds;
  }

  Record record_;
  std::string texts_;

 private:
  Call NewCall(const std::string& method, const std::string& fields, const std::string& answer) {
    now_ += absl::Seconds(1);
    const absl::Time end = now_ + absl::Milliseconds(500);
    return {.operation = ++operations_,
            .method = method,
            .request = NewRequest(method, absl::StrCat("account_id: 'acct-1' ", fields)),
            .begin = now_,
            .end = end,
            .reason = {},
            .message = {},
            .answers = {{now_, end, NewAnswer(method, answer)}}};
  }

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  int64_t operations_ = 0;
};

TEST_F(ChecksTest, ASoundRecordHasNone) { EXPECT_THAT(Found(), IsEmpty()) << texts_; }

TEST_F(ChecksTest, AnAcknowledgedChangeThatIsGone) {
  Last("ListCompanies", In("companies", kCompany1));
  EXPECT_THAT(Found(), Contains("lost")) << texts_;
}

TEST_F(ChecksTest, AnAcknowledgedCreationThatIsGone) {
  Last("ListTransactions", "");
  EXPECT_THAT(Found(), Contains("lost")) << texts_;
}

TEST_F(ChecksTest, ATransactionThatNobodyReported) {
  Last("ListTransactions", absl::StrCat(In("transactions", kUsage), In("transactions",
                                                                       "company_id: 'K' transaction_id: 't-2' state: "
                                                                       "TRANSACTION_STATE_RECORDED")));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, ATransactionThatIsCancelledBeforeItsReportIsAnswered) {
  const std::string cancelled = "company_id: 'K' transaction_id: 't-2' quantity: 4 state: TRANSACTION_STATE_CANCELLED ";
  const int64_t operation = Refuse("RecordTransactions", "", grpc::StatusCode::UNAVAILABLE, "").operation;
  Add("GetTransaction", "company_id: 'K' transaction_id: 't-2'",
      In("transaction", "company_id: 'K' transaction_id: 't-2' quantity: 4 state: TRANSACTION_STATE_RECORDED"));
  Add("CancelTransactions", "", In("results", In("transaction", cancelled)));
  Add("RecordTransactions", "", In("results", In("transaction", cancelled))).operation = operation;
  Last("ListTransactions", In("transactions", kUsage) + In("transactions", cancelled));
  for (const Violation& violation : Check(record_)) EXPECT_EQ(violation.text.find("nobody made"), std::string::npos);
}

TEST_F(ChecksTest, ACompanyThatNobodyMade) {
  Last("ListCompanies",
       absl::StrCat(In("companies", kCompany2), In("companies", "company_id: 'L' agreement_id: 'A' revision: 1")));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, ARevisionThatNobodyMade) {
  Last("ListCompanies", In("companies", "company_id: 'K' agreement_id: 'A' display_name: 'K2' revision: 3"));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, OneRevisionByTwoChanges) {
  Add("UpdateCompany", "request_id: 'r-7'", In("company", kCompany2));
  EXPECT_THAT(Found(), Contains("lost")) << texts_;
}

TEST_F(ChecksTest, AChangeOfWhichHalfIsThere) {
  Last("ListCompanies", In("companies", "company_id: 'K' agreement_id: 'A' display_name: 'K1' revision: 2"));
  EXPECT_THAT(Found(), Contains("torn")) << texts_;
}

TEST_F(ChecksTest, AMoveWithoutItsPlacement) {
  Last("ListPlacements", In("placements", "company_id: 'K' agreement_id: 'B' from_day: '2026-03-01'"));
  EXPECT_THAT(Found(), Contains("torn")) << texts_;
}

TEST_F(ChecksTest, APlacementThatIsNotWhereTheCompanyIs) {
  Add("ListPlacements", "company_id: 'K'", In("placements", "company_id: 'K' agreement_id: 'B'"));
  EXPECT_THAT(Found(), Contains("torn")) << texts_;
}

TEST_F(ChecksTest, AUserWhoIsMissingAndOneWhoIsNone) {
  const std::string access = "access_id: 'X' company_id: 'K' user_id: 'u' product_id: 'L' state: ACCESS_STATE_ACTIVE";
  Add("GrantAccess", "request_id: 'r-10'", In("accesses", access));
  Last("ListAccesses", In("accesses", access));
  Add("ListAgreementUsers", "agreement_id: 'A'", "");
  EXPECT_THAT(Found(), Contains("gap")) << texts_;
  Add("ListAgreementUsers", "agreement_id: 'B'", In("users", "user_id: 'u' products { product_id: 'L' }"));
  EXPECT_THAT(Found(), Contains("stale")) << texts_;
}

TEST_F(ChecksTest, AStaleRead) {
  Made("GetCompany").answers.front().message = NewAnswer("GetCompany", In("company", kCompany1));
  EXPECT_THAT(Found(), Contains("stale")) << texts_;
}

TEST_F(ChecksTest, AReadThatDoesNotFindWhatIsThere) {
  Refuse("GetCompany", "company_id: 'K'", grpc::StatusCode::NOT_FOUND, "COMPANY_NOT_FOUND");
  EXPECT_THAT(Found(), Contains("stale")) << texts_;
}

TEST_F(ChecksTest, AReadOfWhatIsYetToCome) {
  Call read = Made("GetCompany");
  read.operation = 1000;
  read.answers.front().begin = read.begin = Made("CreateAgreement").begin;
  read.answers.front().end = read.end = Made("CreateAgreement").end;
  record_.calls.push_back(read);
  EXPECT_THAT(Found(), Contains("stale")) << texts_;
}

TEST_F(ChecksTest, APriceThatWasReplacedBefore) {
  Made("ListPrices").answers.front().message = NewAnswer("ListPrices", In("prices", Price(1)));
  EXPECT_THAT(Found(), Contains("stale")) << texts_;
}

TEST_F(ChecksTest, ADayThatIsNotSettledAnyMore) {
  Add("GetAgreement", "agreement_id: 'A'",
      In("agreement", "agreement_id: 'A' display_name: 'A1' revision: 1 company_count: 1 settled_until: '2026-02-01'"));
  EXPECT_THAT(Found(), Contains("stale")) << texts_;
}

TEST_F(ChecksTest, AGapBetweenPages) {
  Made("ListCompanies").answers.front().message = NewAnswer("ListCompanies", "");
  EXPECT_THAT(Found(), Contains("gap")) << texts_;
}

TEST_F(ChecksTest, OneCompanyOnTwoPages) {
  std::vector<Answer>& pages = Made("ListCompanies").answers;
  pages.push_back(pages.front());
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, ACompanyThatAFilterKeepsOut) {
  Add("ListCompanies", "agreement_id: 'B'", In("companies", kCompany2));
  EXPECT_THAT(Found(), Contains("filter")) << texts_;
}

TEST_F(ChecksTest, ACountThatIsOffByOne) {
  Made("GetAgreement").answers.front().message =
      NewAnswer("GetAgreement", In("agreement", absl::StrCat(kAgreement, "company_count: 2")));
  EXPECT_THAT(Found(), Contains("count")) << texts_;
}

TEST_F(ChecksTest, ARepeatedCallThatIsAnsweredInAnotherWay) {
  Call& again = Add("UpdateCompany", "request_id: 'r-3'",
                    In("company", "company_id: 'K' agreement_id: 'A' display_name: 'K2' revision: 3"));
  again.operation = Made("UpdateCompany").operation;
  EXPECT_THAT(Found(), Contains("answer")) << texts_;
}

TEST_F(ChecksTest, ARepeatedCallThatIsRefusedAlthoughItSucceeded) {
  const int64_t operation = Made("UpdateCompany").operation;
  Refuse("UpdateCompany", "request_id: 'r-3'", grpc::StatusCode::ABORTED, "STALE_REVISION").operation = operation;
  EXPECT_THAT(Found(), Contains("lost")) << texts_;
}

TEST_F(ChecksTest, ACallWhoseOutcomeStaysUnknown) {
  Refuse("UpdateCompany", "request_id: 'r-8'", grpc::StatusCode::UNAVAILABLE, "");
  EXPECT_THAT(Found(), Contains("open")) << texts_;
}

TEST_F(ChecksTest, ACallOfUnknownOutcomeThatHappenedTwice) {
  const std::string fields = "display_name: 'L' request_id: 'r-9'";
  Call& first = Refuse("CreateCompany", fields, grpc::StatusCode::UNAVAILABLE, "");
  const int64_t operation = first.operation;
  const std::string made = "agreement_id: 'B' display_name: 'L' revision: 1 ";
  Add("CreateCompany", fields, In("company", made + "company_id: 'L2'")).operation = operation;
  Last("ListCompanies", absl::StrCat(In("companies", kCompany2), In("companies", made + "company_id: 'L1'"),
                                     In("companies", made + "company_id: 'L2'")));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, ARefusalWithoutAReason) {
  Refuse("UpdateCompany", "company_id: 'K' revision: 1 request_id: 'r-8'", grpc::StatusCode::ABORTED, "STALE_REVISION");
  EXPECT_THAT(Found(), ::testing::Not(Contains("refused"))) << texts_;
  Refuse("UpdateCompany", "company_id: 'K' revision: 2 request_id: 'r-9'", grpc::StatusCode::ABORTED, "STALE_REVISION");
  EXPECT_THAT(Found(), Contains("refused")) << texts_;
}

TEST_F(ChecksTest, AChangeThatIsNotInTheTrail) {
  Last("ListChanges", Trail(""));
  EXPECT_THAT(Found(), Contains("lost")) << texts_;
}

TEST_F(ChecksTest, AChangeThatIsTwiceInTheTrail) {
  Last("ListChanges", Trail(absl::StrCat(In("changes", "change_id: 'chg-4' method: 'UpdateCompany' request_id: 'r-3'"),
                                         Entry(3, "UpdateCompany"))));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, ARefusedChangeThatIsInTheTrail) {
  Last("ListChanges", Trail(absl::StrCat(Entry(4, "UpdateAgreement"), Entry(3, "UpdateCompany"))));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(ChecksTest, ATrailInAnotherOrderThanTime) {
  Last("ListChanges", Trail(In("changes", "change_id: 'chg-0' method: 'UpdateCompany' request_id: 'r-3'")));
  EXPECT_THAT(Found(), Contains("doubled")) << "of its ids: " << texts_;
  Last("ListChanges", absl::StrCat(Trail(""), In("changes",
                                                 "change_id: 'chg-0' method: 'UpdateCompany' "
                                                 "request_id: 'r-3'")));
  EXPECT_THAT(Found(), Contains("order")) << texts_;
}

TEST_F(ChecksTest, AGapInTheTrailOfACompany) {
  Add("ListChanges", "company_id: 'K'", Entry(2, "CreateCompany"));
  EXPECT_THAT(Found(), Contains("gap")) << texts_;
}

TEST_F(ChecksTest, TwoLiveAccessesForOne) {
  const std::string access = "company_id: 'K' user_id: 'u' product_id: 'L' state: ACCESS_STATE_ACTIVE ";
  Add("GrantAccess", "request_id: 'r-10'", In("accesses", access + "access_id: 'X'"));
  Add("GrantAccess", "request_id: 'r-11'", In("accesses", access + "access_id: 'Y'"));
  Last("ListAccesses", In("accesses", access + "access_id: 'X'") + In("accesses", access + "access_id: 'Y'"));
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

// A document of a day on which K used three pieces of U, if it has them.
class DocumentsTest : public ChecksTest {
 protected:
  static std::string Document(const std::string& id, const std::string& from_day, int quantity) {
    return In("order_bases",
              absl::StrCat("order_basis_id: '", id, "' agreement_id: 'A' line_count: 1 from_day: '", from_day,
                           "' until_day: '2026-03-03' lines { product_id: 'U' quantity: ", quantity, " }"));
  }
  void Claim(const std::string& order_basis_id) {
    Last("ListTransactions",
         In("transactions", absl::StrCat("company_id: 'K' transaction_id: 't-1' product_id: 'U' quantity: 3 day: "
                                         "'2026-03-01' state: TRANSACTION_STATE_SETTLED order_basis_id: '",
                                         order_basis_id, "'")));
  }
  std::string ChargedText() {
    std::string text;
    for (const Violation& violation : Check(record_)) {
      if (violation.kind == "charged" || violation.kind == "gap") absl::StrAppend(&text, violation.kind, "\n");
    }
    return text;
  }
};

TEST_F(DocumentsTest, OneThatChargesWhatItHas) {
  Claim("D");
  Last("ListOrderBases", Document("D", "2026-03-01", 3));
  EXPECT_EQ(ChargedText(), "");
}

TEST_F(DocumentsTest, OneThatChargesTwice) {
  Claim("D");
  Last("ListOrderBases", Document("D", "2026-03-01", 6));
  EXPECT_EQ(ChargedText(), "charged\n");
}

TEST_F(DocumentsTest, TransactionsOfADocumentThatIsGone) {
  Claim("D");
  EXPECT_EQ(ChargedText(), "charged\n");
}

TEST_F(DocumentsTest, TwoForOneDay) {
  Claim("D");
  Last("ListOrderBases", Document("D", "2026-03-01", 3) + Document("E", "2026-03-02", 0));
  EXPECT_THAT(ChargedText(), ::testing::HasSubstr("gap"));
}

TEST_F(DocumentsTest, ARunThatTellsOfAMonthTwice) {
  const std::string result = "agreement_id: 'A' month: '2026-03'";
  Call& run = Add("RunBilling", "until_day: '2026-03-01'", result);
  EXPECT_THAT(Found(), ::testing::Not(Contains("doubled"))) << texts_;
  run.answers.push_back(run.answers.front());
  EXPECT_THAT(Found(), Contains("doubled")) << texts_;
}

TEST_F(DocumentsTest, ARunThatForgetsAnAgreement) {
  Add("RunBilling", "until_day: '2026-03-05'", "");
  EXPECT_EQ(ChargedText(), "gap\n");
}

}  // namespace
}  // namespace agreements::testing
