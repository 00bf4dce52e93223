// The alerts of deploy/monitoring fire for the trouble that they name, made for real: a server, a database, and a
// Prometheus. AgreementsMemoryNearLimit and AgreementsTransactionLost are left to alerts_test.yaml: their trouble takes
// a control group, or a cluster.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <deque>
#include <fstream>
#include <regex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/alerts_fixture.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using Alerts = std::set<std::string>;

TEST_F(AlertsTest, NoneFiresWhileAllIsWell) {
  Serve();
  const auto all_calls = [&, agreement_id = CreateAgreement()] {
    EXPECT_TRUE(Update(agreement_id).ok());
    EXPECT_TRUE(Get(agreement_id).ok());
    EXPECT_EQ(Get("agr-1m843ggskvp0t1tr").error_code(), grpc::StatusCode::NOT_FOUND);
  };
  const Load load(1, all_calls);
  EXPECT_TRUE(prometheus().WaitUntil("count_over_time(up[1m]) >= 20"));
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
}

TEST_F(AlertsTest, ADatabaseThatIsGone) {
  PrivateDatabase database;
  Serve(database.flags());
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  database.Stop();
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsDatabaseGone"})) << Output();
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsDatabaseGone"});
  database.Start();
  EXPECT_TRUE(prometheus().WaitUntilOver({"AgreementsDatabaseGone"})) << Output();
}

TEST_F(AlertsTest, ATableThatIsMissing) {
  Serve();
  const std::string agreement_id = CreateAgreement();
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  database().Sql("RENAME TABLE agreements TO elsewhere");
  {
    const Load load(1, [&] { Get(agreement_id); });
    EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsInternalErrors", "AgreementsAvailabilityBurnsFast"}));
  }
  EXPECT_THAT(prometheus().Firing(), IsSubsetOf({"AgreementsInternalErrors", "AgreementsAvailabilityBurnsFast",
                                                 "AgreementsAvailabilityBurnsSlowly"}));
  database().Sql("RENAME TABLE elsewhere TO agreements");
  const Load load(1, [&] { Get(agreement_id); });
  EXPECT_TRUE(prometheus().WaitUntilOver({"AgreementsInternalErrors", "AgreementsAvailabilityBurnsFast"}));
}

TEST_F(AlertsTest, CallsThatWaitForALockedRow) {
  Serve();
  const std::string agreement_id = CreateAgreement();
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  const Load load(4, [&] { Update(agreement_id); });
  // Again and again, since what happened once is soon forgotten here.
  for (const absl::Time deadline = absl::Now() + absl::Minutes(2); absl::Now() < deadline;) {
    database().Sql("SELECT SLEEP(1) FROM agreements FOR UPDATE");
    if (prometheus().Firing().contains("AgreementsLatencyBurnsFast")) break;
  }
  EXPECT_TRUE(prometheus().Firing().contains("AgreementsLatencyBurnsFast"));
  EXPECT_THAT(prometheus().Firing(), IsSubsetOf({"AgreementsLatencyBurnsFast", "AgreementsLatencyBurnsSlowly"}));
}

TEST_F(AlertsTest, ConnectionsThatTheDatabaseCloses) {
  Serve();
  const std::string agreement_id = CreateAgreement();
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  for (const absl::Time deadline = absl::Now() + absl::Minutes(2); absl::Now() < deadline;) {
    KillSessions();
    Get(agreement_id);
    if (prometheus().Firing().contains("AgreementsRerunsSurge")) break;
  }
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsRerunsSurge"});
}

TEST_F(AlertsTest, MoreCallsThanAServerCanDo) {
  Serve({"--workers=1", "--queue_target=5ms"});
  const std::string agreement_id = CreateAgreement();
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  // Reads would share round trips.
  const Load load(64, [&] { Update(agreement_id); });
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsOverloaded", "AgreementsStandingQueue"}));
  EXPECT_THAT(prometheus().Firing(),
              IsSubsetOf({"AgreementsOverloaded", "AgreementsStandingQueue", "AgreementsAvailabilityBurnsFast",
                          "AgreementsAvailabilityBurnsSlowly"}));
}

TEST_F(AlertsTest, AServerThatIsKilledAgainAndAgain) {
  Serve();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(prometheus().Firing(), IsEmpty());
    Kill();
    EXPECT_TRUE(i > 0 || prometheus().WaitUntilFiring({"AgreementsMetricsAbsent"}));
    ServeAgain();
    EXPECT_TRUE(
        prometheus().WaitUntil("up == 1 and changes(process_start_time_seconds[1m]) == " + std::to_string(i + 1)));
    EXPECT_TRUE(prometheus().WaitUntilOver({"AgreementsMetricsAbsent"}));
  }
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsRestarts"}));
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsRestarts"});
}

TEST_F(AlertsTest, AServerThatStopsForTooLong) {
  Serve({"--drain_delay=5m"});
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  server().Signal(SIGTERM);
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsNotReady"}));
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsNotReady"});
}

TEST_F(AlertsTest, DescriptorsThatRunOut) {
  Serve();
  EXPECT_THAT(prometheus().Firing(), IsEmpty());
  constexpr int kConnections = 80;
  std::deque<RawConnection> connections;
  for (int i = 0; i < kConnections; ++i) connections.emplace_back(server().Address()).BeginHttp2();
  ASSERT_TRUE(prometheus().WaitUntil(absl::StrCat("process_open_fds > ", kConnections)));
  double open = 0;
  ASSERT_TRUE(absl::SimpleAtod(ValueOf("process_open_fds"), &open));
  const auto room = static_cast<rlim_t>(open) + 4;
  const rlimit limit = {.rlim_cur = room, .rlim_max = room};
  ASSERT_EQ(prlimit(server().pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsDescriptorsNearLimit"}));
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsDescriptorsNearLimit"});
}

TEST_F(AlertsTest, CertificatesAndPolicy) {
  const AccessFiles files;
  Serve(files.flags());
  EXPECT_TRUE(prometheus().WaitUntil("count_over_time(up[1m]) >= 12"));  // Longer than any of them takes.
  EXPECT_THAT(prometheus().Firing(), IsEmpty());

  files.RenewCertificate(absl::Now() + absl::Hours(24));
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsCertificateExpires", "AgreementsCertificateExpiresSoon"}));
  files.RenewCertificate(absl::Now() + absl::Hours(24 * 10));
  EXPECT_TRUE(prometheus().WaitUntilOver({"AgreementsCertificateExpiresSoon"}));
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsCertificateExpires"});
  files.RenewCertificate(absl::Now() + absl::Hours(24 * 30));
  EXPECT_TRUE(prometheus().WaitUntilOver({"AgreementsCertificateExpires"}));

  for (const char* file : {"policy.json", "certificate.pem", "authorities.pem"}) {
    const std::string before = files.Read(file);
    files.Replace(file, "{");
    EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsFileRefused"})) << file;
    files.Replace(file, before);
    EXPECT_TRUE(prometheus().WaitUntilOver({"AgreementsFileRefused"})) << file;
  }

  const auto stranger = files.Connect(server().Address(), "URI:spiffe://test/stranger");
  const Load load(1, [&] { Get("agr-1m843ggskvp0t1tr", stranger); });
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsDenialsSurge"}));
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsDenialsSurge"});
}

TEST_F(AlertsTest, BillingThatCannotCharge) {
  SetClock("2026-10-05T12:00:00+02:00");
  Serve({"--clock_file=" + clock_file()});
  UseLicences({.customer_number = "00417", .product_id = "accounting"});
  UseLicences({.customer_number = "", .product_id = "payroll"});
  EXPECT_THAT(prometheus().Firing(), IsEmpty());

  SetClock("2026-11-05T12:00:00+01:00");
  RunBilling();
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsPricesMissing"}));
  EXPECT_EQ(prometheus().Firing(), Alerts{"AgreementsPricesMissing"});

  SetPrices("2026-10-01");
  RunBilling();
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsBillingRefused"}));

  SetClock("2026-12-05T12:00:00+01:00");
  RunBilling();
  EXPECT_TRUE(prometheus().WaitUntilFiring({"AgreementsArrears"}));
  EXPECT_THAT(prometheus().Firing(),
              IsSubsetOf({"AgreementsPricesMissing", "AgreementsBillingRefused", "AgreementsArrears"}));
}

// What the manual in server/ops/metrics.h lists.
Alerts ListedMetrics() {
  static const std::regex kName(R"(\b(agreements|grpc_server|process)_[a-z_]+)");
  std::ifstream header(AGREEMENTS_METRICS_HEADER);
  std::set<std::string> names;
  for (std::string line; std::getline(header, line) && line.rfind("#ifndef", 0) != 0;) {
    for (std::sregex_iterator name(line.begin(), line.end(), kName); name != std::sregex_iterator(); ++name) {
      names.insert(name->str());
    }
  }
  names.erase("process_metrics");  // The file.
  return names;
}

TEST_F(AlertsTest, AServerShowsEveryMetricOfTheManualAndNoOther) {
  const AccessFiles files;
  Serve(files.flags());
  std::set<std::string> shown;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(Metrics(), '\n'))) {
    if (line.rfind("# TYPE ", 0) == 0) shown.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  EXPECT_EQ(shown, ListedMetrics());
}

}  // namespace
}  // namespace agreements::testing
