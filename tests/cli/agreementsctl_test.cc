// agreementsctl against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/cli/ctl_process.h"
#include "tests/e2e/server_process.h"

namespace agreements::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AgreementsctlTest : public ::testing::Test {
 protected:
  AgreementsctlTest() {
    std::string name = ::testing::TempDir() + "/agreementsctl.XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    directory_ = name;
    SetDay("2026-10-01");
    std::vector<std::string> flags = DatabaseFlags(database_);
    flags.push_back(absl::StrCat("--clock_file=", (directory_ / "clock").native()));
    server_ = std::make_unique<ServerProcess>(flags);
    environment_ = {"COLUMNS=80",
                    "TERM=xterm",
                    "NO_COLOR=1",
                    absl::StrCat("AGREEMENTSCTL_CONFIG=", (directory_ / "config").native()),
                    absl::StrCat("AGREEMENTSCTL_ENDPOINT=", server_->Address()),
                    "AGREEMENTSCTL_INSECURE=true",
                    "AGREEMENTSCTL_ACCOUNT=acct-1"};
  }
  ~AgreementsctlTest() override { std::filesystem::remove_all(directory_); }

  // Nine o'clock on this day.
  void SetDay(const std::string& day) const {
    const std::filesystem::path clock = directory_ / "clock";
    std::ofstream(clock.native() + ".new") << day << "T09:00:00+01:00\n";
    std::filesystem::rename(clock.native() + ".new", clock);
  }

  Ended Run(const std::vector<std::string>& words, const std::string& input = "") const {
    return RunCtl(words, environment_, input);
  }
  // What must go well; its output.
  std::string Do(const std::vector<std::string>& words, const std::string& input = "") const {
    const Ended ended = Run(words, input);
    EXPECT_EQ(ended.status, 0) << ended.output << ended.errors;
    return ended.output;
  }
  // The first id with this prefix.
  static std::string IdOf(const std::string& prefix, const std::string& text) {
    std::smatch match;
    return std::regex_search(text, match, std::regex(prefix + "-[0-9a-z]{16}")) ? match.str() : "";
  }
  std::string NewAgreement(const std::string& name) const {
    return IdOf("agr", Do({"agreements", "create", "--name", name}));
  }
  std::string NewCompany(const std::string& agreement_id) const {
    return IdOf("cmp", Do({"companies", "create", agreement_id, "--name", "Nordlys Bakeri AS"}));
  }

  std::filesystem::path directory_;
  TestDatabase database_;
  std::unique_ptr<ServerProcess> server_;
  std::vector<std::string> environment_;
};

TEST_F(AgreementsctlTest, AListIsATableThatFitsTheTerminal) {
  const std::string first = NewAgreement("Fjordkraft Økonomi og Regnskap i Midt-Norge");
  const std::string second = NewAgreement("Ærlig Talt");
  Do({"agreements", "update", second, "--customer-number", "00734"});
  EXPECT_EQ(Do({"agreements", "list"}),
            absl::StrCat("                                            CUSTOMER  COMPANY  DRAFT  SETTLED\n"
                         "AGREEMENT_ID          DISPLAY_NAME          NUMBER      COUNT  COUNT  UNTIL\n",
                         second, "  Ærlig Talt            00734           0      0  2026-10-01\n",  //
                         first, "  Fjordkraft Økonomi…                   0      0  2026-10-01\n"));
  const Ended none = Run({"companies", "list"});
  EXPECT_EQ(none.output, "");
  EXPECT_EQ(none.errors, "none: there are no such companies\n");
}

TEST_F(AgreementsctlTest, ErrorsAreToldWithTheirFieldsAndExitCodes) {
  const Ended bad = Run({"agreements", "create", "--customer-number", "x y"});
  EXPECT_EQ(bad.status, 3);
  EXPECT_EQ(bad.output, "");
  EXPECT_THAT(bad.errors, AllOf(StartsWith("INVALID_ARGUMENT FIELD_INVALID: Invalid fields: "),
                                HasSubstr("\n  --display-name: is required\n"), HasSubstr("\n  --customer-number: ")));
  const std::string agreement = NewAgreement("A");
  EXPECT_EQ(Run({"agreements", "show", "agr-0000000000000000"}).status, 4);
  EXPECT_EQ(Run({"agreements", "undelete", agreement}).status, 5);
  EXPECT_EQ(Run({"agreements", "update", agreement, "--name", "B", "--revision", "7"}).status, 6);
  EXPECT_EQ(Run({"agreements", "list", "--timeout", "1us"}).status, 9);
  const Ended json = Run({"agreements", "undelete", agreement, "--output", "json"});
  EXPECT_THAT(json.errors, StartsWith(R"({"error":{"code":"FAILED_PRECONDITION","reason":"AGREEMENT_NOT_DELETED")"));
  const Ended norwegian = Run({"agreements", "undelete", agreement, "--norwegian"});
  EXPECT_THAT(norwegian.errors, EndsWith("\n  Kundeavtalen er ikke slettet.\n"));
}

TEST_F(AgreementsctlTest, AServerThatIsNotThereIsNamed) {
  const Ended ended = Run({"agreements", "create", "--name", "A", "--endpoint", "127.0.0.1:1", "--request-id", "r-1"});
  EXPECT_EQ(ended.status, 8);
  EXPECT_THAT(ended.errors, AllOf(StartsWith("UNAVAILABLE: the service cannot be reached at 127.0.0.1:1: "),
                                  HasSubstr("to repeat it safely, give --request-id r-1\n")));
}

TEST_F(AgreementsctlTest, WhatIsWrongOnTheCommandLineIsToldBeforeAnythingIsSent) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"agreements", "create", "--nam", "A"},
                                             {"agreements", "list", "--order", "nam"},
                                             {"agreements", "list", "--output", "xml"},
                                             {"agreements", "list", "--columns", "nam"},
                                             {"agreements", "list", "--limit", "0"},
                                             {"agreements", "list", "--dry-run"},
                                             {"agreements", "list", "--json", "/no/such/file"},
                                             {"agreements", "list", "--certificate-file", "/no/such/file"},
                                             {"agreements", "list", "--context", "no"},
                                             {"agreements", "create", "--name", "A", "--limit", "3"}}) {
    const Ended ended = Run(words);
    EXPECT_EQ(ended.status, 2) << ended.errors;
    EXPECT_THAT(ended.errors, StartsWith("agreementsctl: "));
  }
  EXPECT_EQ(database_.Sql("SELECT COUNT(*) FROM agreements"), "0\n");
}

TEST_F(AgreementsctlTest, ADryRunChangesNothingAndSaysSo) {
  const Ended ended = Run({"agreements", "create", "--name", "A", "--dry-run"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, StartsWith("display_name   A\n"));
  EXPECT_EQ(ended.errors, "dry run: nothing is changed\n");
  EXPECT_EQ(database_.Sql("SELECT COUNT(*) FROM agreements"), "0\n");
}

TEST_F(AgreementsctlTest, DeletingWithoutATerminalNeedsYes) {
  const std::string agreement = NewAgreement("A");
  const Ended refused = Run({"agreements", "delete", agreement}, "y\n");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("give --yes. Nothing was sent."));
  EXPECT_THAT(Do({"agreements", "show", agreement}), Not(HasSubstr("delete_time")));
  EXPECT_THAT(Do({"agreements", "delete", agreement, "--yes"}), HasSubstr("delete_time"));
}

TEST_F(AgreementsctlTest, DeletingAtATerminalAsksByName) {
  const std::string agreement = NewAgreement("Ærlig Talt");
  const std::string question = absl::StrCat("Delete agreement ", agreement, " (Ærlig Talt)? [y/N] ");
  const Ended no = RunCtlOnTerminal({"agreements", "delete", agreement}, environment_, question, "n");
  EXPECT_EQ(no.status, 1);
  EXPECT_THAT(no.output, AllOf(HasSubstr(question), HasSubstr("nothing was changed")));
  EXPECT_THAT(Do({"agreements", "show", agreement}), Not(HasSubstr("delete_time")));
  const Ended yes = RunCtlOnTerminal({"agreements", "delete", agreement}, environment_, question, "ja");
  EXPECT_EQ(yes.status, 0);
  EXPECT_THAT(Do({"agreements", "show", agreement}), HasSubstr("delete_time"));
  // What is not there is told instead of asked.
  const Ended missing = RunCtlOnTerminal({"agreements", "delete", "agr-0000000000000000"}, environment_, "[y/N]", "y");
  EXPECT_EQ(missing.status, 4);
}

TEST_F(AgreementsctlTest, ColoursAreForTerminalsWithoutNoColor) {
  NewAgreement("A");
  EXPECT_THAT(RunCtlOnTerminal({"agreements", "list"}, environment_, "no question", "").output,
              Not(HasSubstr("\x1b[")));
  std::vector<std::string> coloured = environment_;
  std::erase(coloured, "NO_COLOR=1");
  EXPECT_THAT(RunCtlOnTerminal({"agreements", "list"}, coloured, "no question", "").output, HasSubstr("\x1b[1m"));
  EXPECT_THAT(RunCtl({"agreements", "list"}, coloured).output, Not(HasSubstr("\x1b[")));
}

TEST_F(AgreementsctlTest, AListIsReadToItsEndOrToItsLimit) {
  for (int i = 0; i < 7; ++i) NewAgreement(absl::StrCat("A", i));
  const std::vector<std::string> list = {"agreements", "list", "--page-size", "3",
                                         "--output",   "csv",  "--columns",   "display_name"};
  EXPECT_EQ(Do(list), "display_name\r\nA6\r\nA5\r\nA4\r\nA3\r\nA2\r\nA1\r\nA0\r\n");
  std::vector<std::string> limited = list;
  limited.insert(limited.end(), {"--limit", "4"});
  const Ended four = Run(limited);
  EXPECT_EQ(four.output, "display_name\r\nA6\r\nA5\r\nA4\r\nA3\r\n");
  EXPECT_EQ(four.errors, "there are more: --limit ended the list\n");
  // As one document; it goes on where the limit ended it.
  const std::string json = Do({"agreements", "list", "--page-size", "3", "--limit", "4", "--output", "json"});
  std::smatch token;
  ASSERT_TRUE(std::regex_search(json, token, std::regex("\"next_page_token\": \"([^\"]+)\"")));
  EXPECT_EQ(Do({"agreements", "list", "--page-token", token[1].str(), "--output", "csv", "--columns", "display_name"}),
            "display_name\r\nA2\r\nA1\r\nA0\r\n");
}

TEST_F(AgreementsctlTest, ARequestIdMakesARepetitionTheSameCall) {
  const std::vector<std::string> create = {"agreements", "create", "--name", "A", "--request-id", "r-1"};
  EXPECT_EQ(Do(create), Do(create));
  EXPECT_EQ(database_.Sql("SELECT COUNT(*) FROM agreements"), "1\n");
}

TEST_F(AgreementsctlTest, ThousandsOfTransactionsComeFromStandardInput) {
  const std::string company = NewCompany(NewAgreement("A"));
  Do({"products", "create", "invoice-scan", "--name", "Fakturatolk", "--kind", "transaction"});
  std::string lines;
  for (int i = 0; i < 2500; ++i) {
    absl::StrAppend(&lines, R"({"company_id": ")", company, R"(", "transaction_id": "t-)", i,
                    R"(", "product_id": "invoice-scan", "quantity": 2, "occur_time": "2026-10-01T07:00:00Z"})", "\n");
  }
  const Ended recorded = Run({"transactions", "record", "--json", "-"}, lines);
  EXPECT_EQ(recorded.status, 0) << recorded.errors;
  EXPECT_EQ(recorded.errors, "2500 results: 2500 recorded\n");
  EXPECT_EQ(database_.Sql("SELECT COUNT(*) FROM transactions"), "2500\n");
  const std::string conflict =
      absl::StrReplaceAll(lines.substr(0, lines.find('\n')), {{R"("quantity": 2)", R"("quantity": 3)"}});
  const Ended again = Run({"transactions", "record", "--json", "-", "--output", "csv"}, lines + conflict + "\n");
  EXPECT_EQ(again.status, 10);
  EXPECT_THAT(again.errors, AllOf(StartsWith(company + " t-0: FAILED_PRECONDITION TRANSACTION_CONFLICT:\n"),
                                  EndsWith("2501 results: 2500 duplicate, 1 refused\n")));
  EXPECT_EQ(database_.Sql("SELECT COUNT(*) FROM transactions"), "2500\n");
}

TEST_F(AgreementsctlTest, ABillingRunTellsItsResultsAndTheirSum) {
  const std::string agreement = NewAgreement("Viddas Gruppe");
  const std::string company = NewCompany(agreement);
  Do({"products", "create", "accounting", "--name", "Regnskap", "--kind", "license"});
  Do({"prices", "set", "accounting", "--valid-from", "2026-10-01", "--unit-price", "423.00"});
  Do({"accesses", "grant", company, "user-17", "accounting"});
  SetDay("2026-11-01");
  const Ended refused = Run({"billing", "run", "--until", "2026-11-01"});
  EXPECT_EQ(refused.status, 10);
  EXPECT_EQ(refused.output, absl::StrCat("AGREEMENT_ID          MONTH    OUTCOME  ERROR\n", agreement,
                                         "  2026-10  refused  CUSTOMER_NUMBER_MISSING\n"));
  EXPECT_EQ(refused.errors,
            absl::StrCat(agreement, " 2026-10: FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING:\n  Agreement ", agreement,
                         " has no customer number.\n1 result: 1 refused\n"));
  Do({"agreements", "update", agreement, "--customer-number", "00512"});
  const Ended created = Run({"billing", "run", "--until", "2026-11-01"});
  EXPECT_EQ(created.status, 0);
  EXPECT_EQ(created.errors, "1 result: 1 created (423.00 NOK)\n");
  const std::string order_basis = IdOf("ord", created.output);
  EXPECT_EQ(created.output, absl::StrCat("                                         TOTAL\n"
                                         "AGREEMENT_ID          MONTH    OUTCOME  AMOUNT  ORDER_BASIS_ID\n",
                                         agreement, "  2026-10  created  423.00  ", order_basis, "\n"));
  const Ended explained = Run({"order-basis", "explain", order_basis, "--line", "1", "--output", "json"});
  EXPECT_THAT(explained.output, HasSubstr(R"({"users":[{"user_id":"user-17","days":31,"accesses":[)"));
  EXPECT_EQ(explained.errors, "1 user, 31 days\n");
  EXPECT_EQ(Run({"order-basis", "verify", order_basis}).status, 0);
  database_.Sql("UPDATE order_bases SET total_amount = total_amount + 1");
  EXPECT_EQ(Run({"order-basis", "verify", order_basis}).status, 10);
}

TEST_F(AgreementsctlTest, AContextSaysWhereAndWhose) {
  std::erase_if(environment_, [](const std::string& variable) {
    return variable.find("ENDPOINT") != std::string::npos || variable.find("INSECURE") != std::string::npos ||
           variable.find("ACCOUNT") != std::string::npos;
  });
  EXPECT_EQ(Run({"agreements", "list"}).status, 2);
  Do({"contexts", "set", "here", "--endpoint", server_->Address(), "--insecure", "--account", "acct-2"});
  NewAgreement("A");
  EXPECT_EQ(database_.Sql("SELECT account_id FROM agreements"), "acct-2\n");
  EXPECT_THAT(Do({"contexts", "list"}), HasSubstr("\n*     here  " + server_->Address() + "  acct-2\n"));
  std::ofstream(directory_ / "config") << "[here]\nendpint = x\n";
  const Ended broken = Run({"agreements", "list"});
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.errors, EndsWith("/config:2: there is no setting 'endpint'. Did you mean endpoint?\n"));
}

}  // namespace
}  // namespace agreements::testing
