// Other languages call the service with stubs made of proto/ and their own libraries: over mutual TLS, with a
// request_id that is sent twice, and reading all details of errors. They all print the same.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/certificates.h"

namespace agreements::testing {
namespace {

constexpr char kPolicy[] = R"json({
  "name": "test",
  "allow_rules": [{"name": "all", "source": {"principals": ["spiffe://test/client"]}}],
  "callers": [{"name": "client", "principals": ["spiffe://test/client"], "accounts": ["acct-4711"]}]
})json";

constexpr char kPrinted[] = R"(created Blåbær & Sønn, customer 00417
again: the same one
INVALID_ARGUMENT FIELD_INVALID of agreements.v1
  display_name is required
  customer_number must be at most 32 of [0-9A-Za-z-]
  nb-NO: Navnet må fylles inn. Kundenummeret kan ha høyst 32 tegn: tall, bokstavene A til Z og bindestrek.
NOT_FOUND AGREEMENT_NOT_FOUND of agreements.v1
  nb-NO: Kundeavtalen finnes ikke.
UNAVAILABLE CLOCK_OUT_OF_RANGE of agreements.v1
  nb-NO: Tjenestens klokke går feil. Prøv igjen om litt.
  again in 1.000 s
)";

// A folder in which tests/run has installed what the languages need; empty if it has not.
std::filesystem::path Tools() {
  const char* tools = std::getenv("AGREEMENTS_TEST_LANGUAGES");
  return tools == nullptr ? "" : tools;
}

// The parameter is the language's folder here.
class LanguagesTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Tools() / GetParam() / "installed")) {
      GTEST_SKIP() << "the tools of " << GetParam()
                   << " are not in AGREEMENTS_TEST_LANGUAGES, where tests/run puts them";
    }
    std::string name = std::filesystem::temp_directory_path() / "agreements-languages.XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    const Authority authority;
    const Identity server = authority.Sign({.sans = {"IP:127.0.0.1"}});
    const Identity client = authority.Sign({.sans = {"URI:spiffe://test/client"}});
    Write("ca.pem", authority.certificate());
    Write("server.pem", server.certificate);
    Write("server.key", server.key);
    Write("certificate.pem", client.certificate);
    Write("key.pem", client.key);
    Write("policy.json", kPolicy);
    Write("stray-clock", "3000-01-01T00:00:00Z");
  }

  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  std::string Path(const std::string& name) const { return directory_ / name; }

  // The flags of a server with TLS, and `more`.
  std::vector<std::string> Flags(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> flags = DatabaseFlags(database_);
    flags.insert(flags.end(),
                 {"--insecure=false", "--tls_cert_file=" + Path("server.pem"), "--tls_key_file=" + Path("server.key"),
                  "--tls_client_ca_file=" + Path("ca.pem"), "--policy_file=" + Path("policy.json")});
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  TestDatabase& database() { return database_; }

 private:
  void Write(const std::string& name, const std::string& content) const { std::ofstream(Path(name)) << content; }

  TestDatabase database_;
  std::filesystem::path directory_;
};

TEST_P(LanguagesTest, CallAndReadErrors) {
  ServerProcess server(Flags());
  ServerProcess stray(Flags({"--clock_file=" + Path("stray-clock")}));
  // What libraries warn of is not compared.
  ChildProcess client({"bash", "-c", "exec \"$0\" \"$@\" 2>\"$5/errors\"",
                       absl::StrCat(AGREEMENTS_LANGUAGES, "/", GetParam(), "/run"), Tools(), Path("work"),
                       server.Address(), stray.Address(), Path("")});
  EXPECT_EQ(client.Wait(), 0);
  EXPECT_EQ(client.Output(), kPrinted) << Read("errors") << server.Output() << stray.Output();
  EXPECT_EQ(database().Sql("SELECT display_name, customer_number FROM agreements"), "Blåbær & Sønn|00417\n");
}

INSTANTIATE_TEST_SUITE_P(Each, LanguagesTest, ::testing::Values("go", "java", "python"),
                         [](const auto& language) { return std::string(language.param); });

}  // namespace
}  // namespace agreements::testing
