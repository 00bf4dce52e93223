// `order-basis export`: which order bases are asked for, and that they come with all their lines.
#include "client/cli/export_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "agreements/testing/scripted_server.h"
#include "agreements/v1/agreement_service.pb.h"
#include "tests/cli/ctl_process.h"
#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<ExportPlan> PlanOf(std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"order-basis", "export"});
  const auto arguments = ParseArguments(TheCommands(), flags);
  return arguments.ok() ? ExportPlanOf(*arguments) : arguments.status();
}

std::string ErrorOf(const std::vector<std::string>& flags) { return std::string(PlanOf(flags).status().message()); }

TEST(ExportPlanTest, TheMonthThatEndsWithUntilIsMeant) {
  const ExportPlan month = PlanOf({"--until", "2026-11-01"}).value();
  EXPECT_EQ(month.from_day, "2026-10-01");
  EXPECT_EQ(month.until_day, "2026-11-01");
  EXPECT_FALSE(month.has_order_date);
  EXPECT_EQ(PlanOf({"--until", "2026-10-16"})->from_day, "2026-10-01");
  EXPECT_EQ(PlanOf({"--until", "2026-11-01", "--from", "2026-08-01"})->from_day, "2026-08-01");
}

TEST(ExportPlanTest, FlagsAreTheOptionsOfTheExport) {
  const ExportPlan plan =
      PlanOf({"--order-basis", "ord-1", "--order-basis", "ord-2", "--format", "tripletex", "--order-date", "2026-11-03",
              "--product-number", "accounting=1001", "--our-reference", "Kari", "--vat-code", "31",
              "--short-order-numbers", "--file", "out.csv"})
          .value();
  EXPECT_THAT(plan.order_basis_ids, ElementsAre("ord-1", "ord-2"));
  EXPECT_EQ(plan.options.format, OrderFormat::kTripletex);
  EXPECT_EQ(plan.options.order_date, absl::CivilDay(2026, 11, 3));
  EXPECT_EQ(plan.options.product_numbers.at("accounting"), "1001");
  EXPECT_EQ(plan.options.our_reference, "Kari");
  EXPECT_EQ(plan.options.vat_code, "31");
  EXPECT_TRUE(plan.options.short_order_numbers);
  EXPECT_EQ(plan.file, "out.csv");
  EXPECT_EQ(PlanOf({"--until", "2026-11-01"})->options.vat_code, "3");
}

TEST(ExportPlanTest, WhatIsWrongIsNamedWithItsFlag) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("Give --until DAY"));
  EXPECT_EQ(ErrorOf({"--until", "2026-11-1"}), "--until: '2026-11-1' is no day as 2026-11-01.");
  EXPECT_EQ(ErrorOf({"--until", "2026-11-01", "--from", "2026-11-01"}), "--from is not before --until.");
  EXPECT_THAT(ErrorOf({"--until", "2026-11-01", "--order-basis", "ord-1"}), HasSubstr("not with --until"));
  EXPECT_THAT(ErrorOf({"--until", "2026-11-01", "--format", "unimikro"}), HasSubstr("Did you mean unimicro?"));
  EXPECT_THAT(ErrorOf({"--until", "2026-11-01", "--product-number", "1001"}), HasSubstr("is no PRODUCT=NUMBER."));
  EXPECT_THAT(ErrorOf({"--until", "2026-11-01", "more"}), HasSubstr("one word too many"));
  EXPECT_THAT(ErrorOf({"--untl", "2026-11-01"}), HasSubstr("Did you mean --until?"));
}

v1::OrderBasis Document(const std::string& id, int lines, const std::string& until_day) {
  v1::OrderBasis document;
  document.set_order_basis_id(id);
  document.set_agreement_id("agr-1m8b7dxkrsxgjksb");
  document.set_agreement_display_name("Viddas Gruppe");
  document.set_customer_number("00512");
  document.set_from_day("2026-10-01");
  document.set_until_day(until_day);
  document.set_line_count(lines);
  document.set_currency("NOK");
  document.set_total_amount(absl::StrCat(lines, ".00"));
  return document;
}

v1::OrderBasisLine Line(int number) {
  v1::OrderBasisLine line;
  line.set_line_number(number);
  line.set_product_id(absl::StrCat("p-", number));
  line.set_product_display_name("Fakturatolk");
  line.set_kind(v1::PRODUCT_KIND_TRANSACTION);
  line.set_unit_price("1.00");
  line.set_quantity(1);
  line.set_amount("1.00");
  return line;
}

class ExportTest : public ::testing::Test {
 protected:
  // Runs `order-basis export` with these flags.
  testing::Ended Run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"order-basis", "export"});
    return testing::RunCtl(flags,
                           {absl::StrCat("AGREEMENTSCTL_ENDPOINT=", server_.address()), "AGREEMENTSCTL_INSECURE=true",
                            "AGREEMENTSCTL_ACCOUNT=acct-1", "AGREEMENTSCTL_CONFIG=/no/such/file", "COLUMNS=80"});
  }

  testing::ScriptedServer server_;
};

TEST_F(ExportTest, ADocumentOfMoreThanAThousandLinesComesWithAllOfThem) {
  v1::ListOrderBasesResponse list;
  *list.add_order_bases() = Document("ord-1m8b7nt9p7p00rdy", 1500, "2026-11-01");
  for (int i = 1; i <= 1000; ++i) *list.mutable_order_bases(0)->add_lines() = Line(i);
  *list.add_order_bases() = Document("ord-1m8b7nt9stvjbmca", 7, "2026-11-02");  // Ends later.
  server_.Answer("ListOrderBases", list);
  v1::ListOrderBasisLinesResponse first;
  for (int i = 1; i <= 1000; ++i) *first.add_lines() = Line(i);
  first.set_next_page_token("more");
  v1::ListOrderBasisLinesResponse second;
  for (int i = 1001; i <= 1500; ++i) *second.add_lines() = Line(i);
  server_.Answer("ListOrderBasisLines", first);
  server_.Answer("ListOrderBasisLines", second);

  const testing::Ended ended = Run({"--until", "2026-11-01"});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_EQ(ended.errors, "1 order basis, 1500 lines, 1500.00 NOK\n");
  EXPECT_THAT(ended.output, AllOf(HasSubstr(";00512;Viddas Gruppe;"), HasSubstr(";p-1500;"), HasSubstr(";p-1;"),
                                  HasSubstr(";01.11.2026;"), Not(HasSubstr("02.11.2026"))));
  const auto asked = server_.Requests<v1::ListOrderBasesRequest>("ListOrderBases");
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].from_day(), "2026-10-01");
  EXPECT_EQ(asked[0].until_day(), "2026-11-01");
  EXPECT_TRUE(asked[0].show_lines());
  EXPECT_EQ(asked[0].account_id(), "acct-1");
}

TEST_F(ExportTest, NothingIsWrittenAfterAnError) {
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / absl::StrCat("export-", getpid());
  v1::GetOrderBasisResponse response;
  *response.mutable_order_basis() = Document("ord-1m8b7nt9p7p00rdy", 1, "2026-11-01");
  *response.mutable_order_basis()->add_lines() = Line(1);
  response.mutable_order_basis()->clear_customer_number();
  server_.Answer("GetOrderBasis", response);
  const std::vector<std::string> flags = {"--order-basis", "ord-1m8b7nt9p7p00rdy", "--file", file.native()};
  const testing::Ended no_number = Run(flags);
  EXPECT_EQ(no_number.status, 5);
  EXPECT_THAT(no_number.errors, AllOf(HasSubstr("customer number"), HasSubstr("Viddas Gruppe")));
  EXPECT_FALSE(std::filesystem::exists(file));

  server_.Answer("GetOrderBasis", testing::Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ORDER_BASIS_NOT_FOUND));
  EXPECT_EQ(Run(flags).status, 4);
  EXPECT_FALSE(std::filesystem::exists(file));

  response.mutable_order_basis()->set_customer_number("00512");
  server_.Answer("GetOrderBasis", response);
  EXPECT_EQ(Run(flags).status, 0);
  std::stringstream content;
  content << std::ifstream(file).rdbuf();
  EXPECT_THAT(content.str(), HasSubstr(";p-1;"));
  std::filesystem::remove(file);
}

TEST_F(ExportTest, WhoMayNotIsTold) {
  server_.Answer("ListOrderBases", testing::Error(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_NOT_ALLOWED));
  const testing::Ended ended = Run({"--until", "2026-11-01"});
  EXPECT_EQ(ended.status, 7);
  EXPECT_THAT(ended.errors, HasSubstr("PERMISSION_DENIED NOT_ALLOWED:"));
  EXPECT_EQ(ended.output, "");
}

}  // namespace
}  // namespace agreements::cli
