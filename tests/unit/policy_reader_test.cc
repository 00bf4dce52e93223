// What a policy file must look like, and what is said of one that does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/access/policy.h"

namespace agreements {
namespace {

using ::testing::StartsWith;

constexpr char kPolicy[] = R"({
  "name": "test",
  "deny_rules": [{"name": "d"}],
  "allow_rules": [{"name": "a", "source": {"principals": ["p"]}, "request": {"paths": ["/s.S/M"]}}],
  "callers": [{"name": "c", "principals": ["p"], "accounts": ["acct-1"]}]
})";

// What Parse() says; "" if it is a policy.
std::string Fault(absl::string_view json) {
  const absl::Status status = Policy::Parse(json).status();
  EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kInvalidArgument) << status;
  return std::string(status.message());
}

// What it says of a valid policy in which `part` is replaced.
std::string FaultWith(const std::string& part, const std::string& by) {
  const std::string json = absl::StrReplaceAll(kPolicy, {{part, by}});
  EXPECT_NE(json, kPolicy) << part;
  return Fault(json);
}

std::string FaultOfPrincipal(const std::string& principal) {
  return FaultWith(R"("source": {"principals": ["p"])",
                   absl::StrCat(R"("source": {"principals": ["q", )", principal, "]"));
}

std::string FaultOfPath(const std::string& path) { return FaultWith(R"("/s.S/M")", path); }

std::string FaultOfAccounts(const std::string& accounts) { return FaultWith(R"(["acct-1"])", accounts); }

TEST(PolicyReaderTest, AWholePolicyIsRead) { EXPECT_EQ(Fault(kPolicy), ""); }

TEST(PolicyReaderTest, AByteOrderMarkIsNoFault) { EXPECT_EQ(Fault(absl::StrCat("\xef\xbb\xbf", kPolicy)), ""); }

TEST(PolicyReaderTest, WhatIsNotWholeIsRefusedAtEveryByte) {
  const std::string whole = kPolicy;
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(Fault(whole.substr(0, length)), "") << length << " bytes";
  }
}

TEST(PolicyReaderTest, BrokenJsonIsNamedWithLineAndColumn) {
  EXPECT_EQ(Fault(""), "is empty");
  EXPECT_EQ(Fault(" \n\t"), "is empty");
  EXPECT_THAT(Fault("{\n  \"name\": \"test\"\n  \"allow_rules\": []}"),
              StartsWith("line 3, column 3: Missing a comma or "));
  EXPECT_EQ(Fault("x"), "line 1, column 1: Invalid value.");
  EXPECT_EQ(FaultWith("[\"p\"]}, ", "[\"p\",]}, "), "line 4, column 63: Invalid value.");
  EXPECT_EQ(FaultWith("[{\"name\": \"d\"}]", "[{\"name\": \"d\",}]"),
            "line 3, column 31: Missing a name for object member.");
  EXPECT_EQ(Fault(absl::StrCat(kPolicy, "x")),
            "line 6, column 2: The document root must not be followed by other values.");
  EXPECT_EQ(Fault(absl::StrCat(kPolicy, "// comment")),
            "line 6, column 2: The document root must not be followed by other values.");
}

TEST(PolicyReaderTest, NulBytesAreRefusedWhereverTheyAre) {
  EXPECT_EQ(Fault(absl::StrCat(kPolicy, absl::string_view("\0", 1))), "line 6, column 2: a NUL byte");
  EXPECT_EQ(Fault(absl::StrCat(kPolicy, absl::string_view("\n\0{", 3))), "line 7, column 1: a NUL byte");
  EXPECT_EQ(FaultOfPrincipal(R"("a\u0000b")"), "allow_rules[0].source.principals[1]: has a control character");
}

TEST(PolicyReaderTest, TextsAreUtf8WithoutControls) {
  EXPECT_EQ(FaultWith("\"test\"", "\"t\xff\""), "line 2, column 13: Invalid encoding in string.");
  EXPECT_EQ(FaultWith("\"test\"", R"("lese\u001brett")"), "name: has a control character");
  EXPECT_EQ(FaultWith("\"test\"", "\"Økonomi\""), "");
}

TEST(PolicyReaderTest, SizesAreLimited) {
  EXPECT_EQ(Fault(absl::StrCat(kPolicy, std::string(kMaxPolicySize, ' '))), "has more than 1048576 bytes");
  EXPECT_EQ(Fault(absl::StrCat(kPolicy, std::string(kMaxPolicySize - std::string(kPolicy).size(), ' '))), "");
  const std::string longest(kMaxPolicyText, 'x');
  EXPECT_EQ(FaultWith("\"test\"", absl::StrCat("\"", longest, "\"")), "");
  EXPECT_EQ(FaultWith("\"test\"", absl::StrCat("\"x", longest, "\"")), "name: has more than 2048 bytes");
  std::string rules = R"({"name": "d"})";
  for (size_t i = 1; i < kMaxPolicyEntries; ++i) absl::StrAppend(&rules, R"(, {"name": "d)", i, R"("})");
  EXPECT_EQ(FaultWith(R"({"name": "d"})", rules), "");
  EXPECT_EQ(FaultWith(R"({"name": "d"})", absl::StrCat(rules, R"(, {"name": "e"})")),
            "deny_rules: has more than 1000 items");
}

TEST(PolicyReaderTest, DepthDoesNotUseUpTheStack) {
  EXPECT_NE(Fault(std::string(kMaxPolicySize, '[')), "");
  EXPECT_EQ(Fault(absl::StrCat(std::string(kMaxPolicySize / 2, '['), std::string(kMaxPolicySize / 2, ']'))),
            "must be an object");
}

TEST(PolicyReaderTest, UnknownMembersAreRefused) {
  EXPECT_EQ(FaultWith("\"deny_rules\"", "\"deny_rule\""),
            "unknown member \"deny_rule\"; there are name, deny_rules, allow_rules, callers");
  EXPECT_EQ(FaultWith("\"source\"", "\"sources\""),
            "allow_rules[0]: unknown member \"sources\"; there are name, source, request, audit_only");
  EXPECT_EQ(FaultWith("\"paths\"", "\"path\""), "allow_rules[0].request: unknown member \"path\"; there are paths");
  EXPECT_EQ(FaultWith("\"principals\": [\"p\"]}", "\"principal\": [\"p\"]}"),
            "allow_rules[0].source: unknown member \"principal\"; there are principals");
  EXPECT_EQ(FaultWith("\"accounts\"", "\"account\""),
            "callers[0]: unknown member \"account\"; there are name, principals, accounts, may_name_actor");
  EXPECT_EQ(FaultWith("\"accounts\"", absl::StrCat("\"", std::string(61, 'x'), "\"")),
            absl::StrCat("callers[0]: unknown member \"", std::string(60, 'x'),
                         "...\"; there are name, principals, accounts, may_name_actor"));
}

TEST(PolicyReaderTest, HeadersAreRefusedSinceCallersWriteThem) {
  EXPECT_EQ(FaultWith("\"paths\": [\"/s.S/M\"]", R"("paths": ["/s.S/M"], "headers": [{"key": "k", "values": ["v"]}])"),
            "allow_rules[0].request.headers: is not supported: callers write their headers themselves");
}

TEST(PolicyReaderTest, AMemberThatIsThereTwiceIsRefused) {
  EXPECT_EQ(FaultWith("\"callers\"", "\"deny_rules\": [], \"callers\""), "deny_rules: is there twice");
  EXPECT_EQ(FaultWith("\"paths\": [", R"("paths": ["*"], "paths": [)"), "allow_rules[0].request.paths: is there twice");
  EXPECT_EQ(FaultWith("\"accounts\"", R"("accounts": ["*"], "accounts")"), "callers[0].accounts: is there twice");
}

TEST(PolicyReaderTest, WhatIsRequiredIsMissed) {
  EXPECT_EQ(FaultWith("\"name\": \"test\",", ""), "name: is required");
  EXPECT_EQ(FaultWith("\"name\": \"a\", ", ""), "allow_rules[0].name: is required");
  EXPECT_EQ(FaultWith("\"name\": \"c\", ", ""), "callers[0].name: is required");
  EXPECT_EQ(FaultWith(", \"accounts\": [\"acct-1\"]", ""), "callers[0].accounts: is required");
  EXPECT_EQ(FaultWith("\"principals\": [\"p\"], ", ""), "callers[0].principals: is required");
  EXPECT_EQ(Fault(R"({"name": "test", "callers": []})"), "allow_rules: is required");
  EXPECT_EQ(Fault(R"({"name": "test", "allow_rules": [{"name": "a"}]})"), "callers: is required");
  EXPECT_EQ(FaultWith("\"deny_rules\": [{\"name\": \"d\"}],", ""), "") << "they are optional";
}

TEST(PolicyReaderTest, AnythingEmptyIsRefused) {
  EXPECT_EQ(FaultWith("\"test\"", "\"\""), "name: is empty");
  EXPECT_EQ(FaultWith("\"a\"", "\"\""), "allow_rules[0].name: is empty");
  EXPECT_EQ(FaultWith("{\"paths\": [\"/s.S/M\"]}", "{}"), "allow_rules[0].request.paths: is required");
  EXPECT_EQ(FaultWith("{\"paths\": [\"/s.S/M\"]}", "{\"paths\": []}"),
            "allow_rules[0].request.paths: is an empty list");
  EXPECT_EQ(FaultWith("{\"principals\": [\"p\"]}", "{}"), "allow_rules[0].source.principals: is required");
  EXPECT_EQ(FaultWith("{\"principals\": [\"p\"]}", "{\"principals\": []}"),
            "allow_rules[0].source.principals: is an empty list");
  EXPECT_EQ(FaultOfPrincipal("\"\""), "allow_rules[0].source.principals[1]: is empty");
  EXPECT_EQ(FaultOfPath("\"\""), "allow_rules[0].request.paths[0]: is empty");
  EXPECT_EQ(FaultOfAccounts("[]"), "callers[0].accounts: is an empty list");
  EXPECT_EQ(Fault(R"({"name": "test", "allow_rules": [{"name": "a"}], "callers": []})"),
            "callers: is an empty list; nobody could act for an account");
}

TEST(PolicyReaderTest, ARuleMustAllowSomething) {
  const std::string fault = "allow_rules: must have a rule that is not audit_only; nothing would be allowed";
  EXPECT_EQ(Fault(R"({"name": "test", "allow_rules": [], "callers": []})"), fault);
  EXPECT_EQ(Fault(R"({"name": "test", "allow_rules": [{"name": "a", "audit_only": true}], "callers": []})"), fault);
}

TEST(PolicyReaderTest, ValuesOfAnotherTypeAreRefused) {
  EXPECT_EQ(Fault("[]"), "must be an object");
  EXPECT_EQ(FaultWith("\"test\"", "7"), "name: must be a string");
  EXPECT_EQ(FaultWith("[{\"name\": \"d\"}]", "{}"), "deny_rules: must be a list of objects");
  EXPECT_EQ(FaultWith("[{\"name\": \"d\"}]", "null"), "deny_rules: must be a list of objects");
  EXPECT_EQ(FaultWith("{\"name\": \"d\"}", "\"d\""), "deny_rules[0]: must be an object");
  EXPECT_EQ(FaultWith("{\"paths\": [\"/s.S/M\"]}", "[]"), "allow_rules[0].request: must be an object");
  EXPECT_EQ(FaultWith("[\"/s.S/M\"]", "\"/s.S/M\""), "allow_rules[0].request.paths: must be a list of strings");
  EXPECT_EQ(FaultOfPath("null"), "allow_rules[0].request.paths[0]: must be a string");
  EXPECT_EQ(FaultWith("\"name\": \"d\"", "\"name\": \"d\", \"audit_only\": \"yes\""),
            "deny_rules[0].audit_only: must be true or false");
  EXPECT_EQ(FaultWith("\"name\": \"c\"", "\"name\": \"c\", \"may_name_actor\": 1"),
            "callers[0].may_name_actor: must be true or false");
}

TEST(PolicyReaderTest, NamesDiffer) {
  EXPECT_EQ(FaultWith("[{\"name\": \"d\"}]", "[{\"name\": \"d\"}, {\"name\": \"d\"}]"),
            "deny_rules[1].name: is the second of the name \"d\"");
  EXPECT_EQ(FaultWith("\"a\"", "\"d\""), "allow_rules[0].name: is the second of the name \"d\"");
  EXPECT_EQ(FaultWith("[{\"name\": \"c\"", R"([{"name": "c", "principals": ["x"], "accounts": ["*"]}, {"name": "c")"),
            "callers[1].name: is the second of the name \"c\"");
  EXPECT_EQ(FaultWith("\"c\"", "\"a\""), "") << "rules and callers are two things";
}

TEST(PolicyReaderTest, PrincipalsAreAsciiWithOneWildcardAtAnEnd) {
  const std::string place = "allow_rules[0].source.principals[1]: ";
  for (const char* valid : {R"("*")", R"("spiffe://prod/*")", R"("*.prod")", R"("portal.prod")"}) {
    EXPECT_EQ(FaultOfPrincipal(valid), "") << valid;
  }
  for (const char* wrong : {R"("a*b")", R"("*a*")", R"("**")"}) {
    EXPECT_EQ(FaultOfPrincipal(wrong), place + "may have one \"*\", at one end or alone") << wrong;
  }
  for (const char* wrong : {R"("a b")", R"(" a")", R"("å")"}) {
    EXPECT_EQ(FaultOfPrincipal(wrong), place + "must be ASCII without spaces, as URIs and DNS names are") << wrong;
  }
  EXPECT_EQ(FaultWith("\"principals\": [\"p\"], ", "\"principals\": [\"p*q\"], "),
            "callers[0].principals[0]: may have one \"*\", at one end or alone");
}

TEST(PolicyReaderTest, PathsAreMethodsOrHaveAWildcardAtAnEnd) {
  const std::string place = "allow_rules[0].request.paths[0]: ";
  for (const char* valid : {R"("*")", R"("/s.S/*")", R"("/s.*")", R"("*/M")", R"("*M")"}) {
    EXPECT_EQ(FaultOfPath(valid), "") << valid;
  }
  for (const char* wrong : {R"("s.S/M")", R"("M")", R"("s.S/*")"}) {
    EXPECT_EQ(FaultOfPath(wrong), place + "must begin with \"/\" or \"*\"") << wrong;
  }
  for (const char* wrong : {R"("/")", R"("/s.S")", R"("/s.S/")", R"("//M")", R"("/s.S/M/")", R"("/s/S/M")"}) {
    EXPECT_EQ(FaultOfPath(wrong), place + "must be \"/package.Service/Method\" if it has no \"*\"") << wrong;
  }
  EXPECT_EQ(FaultOfPath(R"("/s.S/*/M")"), place + "may have one \"*\", at one end or alone");
  EXPECT_EQ(FaultOfPath(R"("/s.S/ M")"), place + "must be ASCII without spaces, as URIs and DNS names are");
}

TEST(PolicyReaderTest, AccountsAreIdsOrAll) {
  EXPECT_EQ(FaultOfAccounts(R"(["*"])"), "");
  EXPECT_EQ(FaultOfAccounts(R"(["acct-1", "A._:-9"])"), "");
  for (const char* wrong : {R"(["acct 1"])", R"(["acct-*"])", R"(["**"])", R"(["å"])"}) {
    EXPECT_EQ(FaultOfAccounts(wrong), "callers[0].accounts[0]: must be an account_id, or \"*\" for all") << wrong;
  }
  EXPECT_EQ(FaultOfAccounts(R"(["*", "acct-1"])"), "callers[0].accounts: has \"*\" beside others; it stands alone");
  EXPECT_EQ(FaultOfAccounts(R"(["acct-1", "*"])"), "callers[0].accounts: has \"*\" beside others; it stands alone");
}

}  // namespace
}  // namespace agreements
