// Answers as people and programs see them.
#include "client/cli/output/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/output/tally.h"
#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const Descriptor* RowOf(const std::string& method) {
  const Descriptor* response = CommandOf(method).method->output_type();
  return response->field(0)->message_type() == nullptr ? response : response->field(0)->message_type();
}

std::string Document(const std::string& method, const std::string& json, const OutputStyle& style = {}) {
  std::stringstream out;
  EXPECT_TRUE(PrintDocument(out, *ResponseOf(method, json), style).ok());
  return out.str();
}

std::string Rows(const std::string& method, const std::vector<std::string>& rows, const OutputStyle& style = {}) {
  std::stringstream out;
  const Descriptor* type = RowOf(method);
  const auto printer = RowPrinter::Create(out, type, style);
  if (!printer.ok()) return std::string(printer.status().message());
  for (const std::string& row : rows) (*printer)->Add(*MessageOf(type, row));
  (*printer)->Flush();
  return out.str();
}

constexpr char kOrderBasis[] = R"json({"order_basis": {"order_basis_id": "ord-1m8b7dxkrsxgjksb",
    "agreement_display_name": "Ærlig Talt", "from_day": "2026-10-01", "until_day": "2026-11-01", "line_count": 1,
    "total_amount": "218.32", "create_time": "2026-11-01T08:00:00.123Z", "currency": "NOK",
    "lines": [{"line_number": 1, "product_id": "accounting", "product_display_name": "Regnskap",
               "kind": "PRODUCT_KIND_LICENSE", "unit_price": "423.00", "user_days": 16, "days_in_month": 31,
               "amount": "218.32"}]}})json";

TEST(OutputTest, AResourceIsABlockWithItsLinesBelow) {
  EXPECT_EQ(Document("GetOrderBasis", kOrderBasis),
            "order_basis_id          ord-1m8b7dxkrsxgjksb\n"
            "agreement_display_name  Ærlig Talt\n"
            "from_day                2026-10-01\n"
            "until_day               2026-11-01\n"
            "line_count              1\n"
            "total_amount            218.32\n"
            "create_time             2026-11-01T08:00:00Z\n"
            "currency                NOK\n"
            "\n"
            "lines\n"
            "                    PRODUCT                           DAYS\n"
            "  LINE              DISPLAY              UNIT  USER     IN\n"
            "NUMBER  PRODUCT_ID  NAME      KIND      PRICE  DAYS  MONTH  QUANTITY  AMOUNT\n"
            "     1  accounting  Regnskap  license  423.00    16     31         0  218.32\n");
}

TEST(OutputTest, SeveralResourcesHaveTheirNames) {
  EXPECT_EQ(Document("MoveCompany", R"({"company": {"company_id": "cmp-1"}, "placement": {"agreement_id": "agr-1"}})"),
            "company\n"
            "company_id  cmp-1\n"
            "revision    0\n"
            "\n"
            "placement\n"
            "agreement_id  agr-1\n");
}

TEST(OutputTest, ALongWordStandsBelowItsName) {
  const std::string digest(64, 'a');
  EXPECT_THAT(Document("GetOrderBasis",
                       absl::StrCat(R"({"order_basis": {"agreement_display_name": "A", "digest": ")", digest, "\"}}")),
              HasSubstr(absl::StrCat("digest\n    ", digest, "\n")));
}

TEST(OutputTest, WhatAVerificationDoesNotFindIsSaid) {
  EXPECT_EQ(Document("VerifyOrderBasis", "{}"),
            "findings                   none\n"
            "waiting_transaction_count  0\n"
            "waiting_transactions       none\n");
}

TEST(OutputTest, JsonIsProtobufsWithTheProtosNamesAndAllFields) {
  EXPECT_EQ(
      Document("GetTransaction", R"({"transaction": {"company_id": "cmp-1", "quantity": 3}})",
               {.format = OutputFormat::kJson}),
      "{\n \"transaction\": {\n  \"company_id\": \"cmp-1\",\n  \"transaction_id\": \"\",\n  \"product_id\": \"\",\n"
      "  \"quantity\": \"3\",\n  \"day\": \"\",\n  \"state\": \"TRANSACTION_STATE_UNSPECIFIED\",\n"
      "  \"order_basis_id\": \"\"\n }\n}\n");
}

TEST(OutputTest, CsvHasEveryColumnAndQuotesWhatNeedsIt) {
  EXPECT_EQ(CsvRow({"a", "b,c", "d\"e", "f\ng", ""}), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
  EXPECT_EQ(Rows("ListPrices", {R"({"product_id": "p", "valid_from": "2026-11-01", "unit_price": "1.25"})", "{}"},
                 {.format = OutputFormat::kCsv}),
            "product_id,valid_from,unit_price\r\np,2026-11-01,1.25\r\n,,\r\n");
  EXPECT_THAT(Document("GetOrderBasis", kOrderBasis, {.format = OutputFormat::kCsv}),
              StartsWith("order_basis_id,agreement_id,agreement_display_name,customer_number,from_day,until_day,"
                         "lines.line_number,lines.product_id,"));
}

TEST(OutputTest, NestedListsAreRowsOfTheirOwn) {
  const std::string share = R"({"user_id": "u", "days": 31, "accesses": [{"company_id": "c"}, {"company_id": "d"}]})";
  EXPECT_EQ(Rows("ExplainOrderBasis", {share}),
            "USER        COMPANY\n"
            "ID    DAYS  ID\n"
            "u       31  c\n"
            "            d\n");
  // Programs get all of each row.
  EXPECT_EQ(Rows("ExplainOrderBasis", {share}, {.format = OutputFormat::kCsv}),
            "user_id,days,accesses.company_id,accesses.access_id,accesses.from_day,accesses.until_day\r\n"
            "u,31,c,,,\r\nu,31,d,,,\r\n");
}

TEST(OutputTest, RowsAreShownAsTheyCome) {
  std::stringstream out;
  const Descriptor* type = RowOf("ListPrices");
  const auto price = MessageOf(type, R"({"product_id": "p", "unit_price": "1.25"})");
  const auto table = RowPrinter::Create(out, type, {}).value();
  for (int i = 0; i < 50; ++i) table->Add(*price);
  EXPECT_THAT(out.str(), HasSubstr("\np         1.25\n"));
  const size_t laid_out = out.str().size();
  table->Add(*price);
  EXPECT_GT(out.str().size(), laid_out);
  std::stringstream csv;
  RowPrinter::Create(csv, type, {.format = OutputFormat::kCsv}).value()->Add(*price);
  EXPECT_EQ(csv.str(), "product_id,valid_from,unit_price\r\np,,1.25\r\n");
}

TEST(OutputTest, ColumnsCanBeChosen) {
  const std::vector<std::string> rows = {
      R"({"agreement_id": "agr-1", "display_name": "Ål", "settled_until": "2026-11-01"})"};
  EXPECT_EQ(Rows("ListAgreements", rows, {.columns = {"settled_until", "agreement_id"}}),
            "SETTLED     AGREEMENT\nUNTIL       ID\n2026-11-01  agr-1\n");
  EXPECT_EQ(Rows("ListAgreements", rows, {.format = OutputFormat::kCsv, .columns = {"display_name"}}),
            "display_name\r\nÅl\r\n");
  EXPECT_THAT(Rows("ListAgreements", rows, {.columns = {"setled_until"}}), HasSubstr("Did you mean settled_until?"));
}

TEST(OutputTest, ARefusalIsAReasonInATable) {
  const std::string row = R"json({"outcome": "TRANSACTION_OUTCOME_REFUSED", "error": {"code": 9, "message": "m",
      "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "TRANSACTION_CONFLICT",
                   "domain": "agreements.v1"}]}})json";
  EXPECT_EQ(Rows("RecordTransactions", {row}), "OUTCOME  ERROR\nrefused  TRANSACTION_CONFLICT\n");
  EXPECT_THAT(Rows("RecordTransactions", {row}, {.format = OutputFormat::kCsv}),
              HasSubstr(R"(""reason"":""TRANSACTION_CONFLICT"")"));
}

TEST(OutputTest, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(Rows("ListAgreements", {R"({"display_name": "a\u001b[31mb"})"}, {.columns = {"display_name"}}),
            "DISPLAY\nNAME\na [31mb\n");
}

TEST(OutputTest, EveryRowTypeFitsTheTerminal) {
  for (const Command& command : TheCommands()) {
    for (const int width : {40, 80, 120}) {
      const RowType rows(command.method->output_type());
      std::vector<std::string> cells(rows.paths().size(), "0123456789");
      const TableLayout layout(rows.TableColumns(), {cells}, width);
      EXPECT_LE(DisplayWidth(layout.Row(cells)) - 1, width) << command.name();
    }
  }
}

TEST(TallyTest, CountsByOutcomeWithAmounts) {
  Tally tally;
  const Descriptor* type = CommandOf("RunBilling").method->output_type();
  const auto add = [&](const std::string& json) { tally.Add(*MessageOf(type, json), "results", "label"); };
  add(R"({"outcome": "BILLING_OUTCOME_CREATED", "order_basis": {"total_amount": "204.68", "currency": "NOK"}})");
  add(R"({"outcome": "BILLING_OUTCOME_CREATED", "order_basis": {"total_amount": "0.32", "currency": "NOK"}})");
  add(R"({"outcome": "BILLING_OUTCOME_REFUSED", "error": {"code": 9, "message": "no"}})");
  EXPECT_EQ(tally.Summary(), "3 results: 2 created (205.00 NOK), 1 refused");
  ASSERT_EQ(tally.refusals().size(), 1U);
  EXPECT_EQ(tally.refusals()[0].first, "label");
  EXPECT_EQ(tally.refusals()[0].second.code(), absl::StatusCode::kFailedPrecondition);
}

TEST(TallyTest, AUserThatIsContinuedIsOneUser) {
  Tally tally;
  const Descriptor* type = RowOf("ExplainOrderBasis");
  for (const char* json :
       {R"({"user_id": "u", "days": 31})", R"({"user_id": "u"})", R"({"user_id": "v", "days": 10})"}) {
    tally.Add(*MessageOf(type, json), "users", "");
  }
  EXPECT_EQ(tally.Summary(), "2 users, 41 days");
  EXPECT_EQ(tally.refused(), 0);
}

TEST(ProgressTest, IsToldOnATerminalAndNowAndThenElsewhere) {
  const auto response = ResponseOf("RunBilling", R"({"progress": {"done": 5, "total": 9}})");
  const absl::Time start = absl::UnixEpoch();
  std::stringstream terminal;
  Progress on_terminal(terminal, true, start);
  on_terminal.Tell(*response, 5, start + absl::Milliseconds(100));
  EXPECT_EQ(terminal.str(), "");
  on_terminal.Tell(*response, 5, start + absl::Seconds(1));
  on_terminal.Clear();
  EXPECT_EQ(terminal.str(), "5 of 9 ...\r\x1b[K");
  std::stringstream file;
  Progress elsewhere(file, false, start);
  elsewhere.Tell(*response, 5, start + absl::Seconds(1));
  EXPECT_EQ(file.str(), "");
  elsewhere.Tell(*ResponseOf("ExplainOrderBasis", "{}"), 7, start + absl::Seconds(11));
  EXPECT_EQ(file.str(), "7\n");
}

}  // namespace
}  // namespace agreements::cli
