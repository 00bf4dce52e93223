// What a verification found, as a program reads it. As text it is in verify_database_test.cc.
#include "server/operations/verify_report.h"

#include <gtest/gtest.h>

namespace agreements {
namespace {

TEST(VerifyReportTest, SaysInJsonThatAllIsWell) {
  DatabaseVerification verification;
  verification.accounts = 2;
  verification.checks.push_back({.table = "agreements", .rule = "is right", .looked_at = 7, .count = 0, .first = {}});
  verification.waiting = {.table = "transactions", .rule = "are late", .looked_at = 3, .count = 0, .first = {}};
  EXPECT_EQ(JsonReport(verification), R"json({
    "verdict": "WELL",
    "accounts": 2,
    "findings": 0,
    "checks": [
        {
            "table": "agreements",
            "rule": "is right",
            "looked_at": 7,
            "findings": 0,
            "breaches": []
        }
    ],
    "waiting": {
        "table": "transactions",
        "rule": "are late",
        "looked_at": 3,
        "findings": 0,
        "breaches": []
    }
}
)json");
}

TEST(VerifyReportTest, SaysInJsonWhatIsWrongAndWhere) {
  DatabaseVerification verification;
  const std::string text =
      "agreement agr-1jq2v8k5w0c3m7xz: \"A\" is missing, but cmp-1jq2v8k5w0c3m7y0 (and agr-1jq2v8k5w0c3m7xz) has it; "
      "not-1jq2v8k5w0c3m7xz, agr-1jq2v8k5w0c3m7";
  verification.checks.push_back({.table = "agreements",
                                 .rule = "is right",
                                 .looked_at = 7,
                                 .count = 30,
                                 .first = {{.account_id = "acct-1", .text = text}}});
  // Late transactions are not wrong.
  verification.waiting.count = 5;
  const std::string json = JsonReport(verification);
  EXPECT_NE(json.find("\"verdict\": \"BREACHES\",\n    \"accounts\": 0,\n    \"findings\": 30,\n"), std::string::npos);
  EXPECT_NE(json.find(R"json("breaches": [
                {
                    "account_id": "acct-1",
                    "what": "agreement agr-1jq2v8k5w0c3m7xz: \"A\" is missing, but cmp-1jq2v8k5w0c3m7y0 (and agr-1jq2v8k5w0c3m7xz) has it; not-1jq2v8k5w0c3m7xz, agr-1jq2v8k5w0c3m7",
                    "ids": [
                        "agr-1jq2v8k5w0c3m7xz",
                        "cmp-1jq2v8k5w0c3m7y0"
                    ]
                }
            ])json"),
            std::string::npos)
      << json;
}

TEST(VerifyReportTest, SaysInJsonThatItCouldNotVerify) {
  EXPECT_EQ(JsonReport(absl::UnavailableError("no \"database\"")),
            "{\n    \"verdict\": \"NOT_VERIFIED\",\n    \"error\": \"no \\\"database\\\"\"\n}\n");
}

}  // namespace
}  // namespace agreements
