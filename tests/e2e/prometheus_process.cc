#include "tests/e2e/prometheus_process.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr absl::Duration kInterval = absl::Milliseconds(200);

// A folder in which tests/run has put prometheus; empty if it has not.
std::string Programs() {
  const char* programs = std::getenv("AGREEMENTS_TEST_PROMETHEUS");
  return programs == nullptr ? "" : programs;
}

std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Windows, "for" and "interval" of rules, divided by sixty.
std::string SixtyTimesAsFast(const std::string& rules) {
  static const std::regex kDuration(R"((\[|for: |interval: )(\d+)([mhd])(\]|\n))");
  std::string fast;
  auto end = rules.cbegin();
  for (std::sregex_iterator match(rules.begin(), rules.end(), kDuration); match != std::sregex_iterator(); ++match) {
    const int64_t number = std::stoll((*match)[2]);
    const int64_t minutes = (*match)[3] == "m" ? 1 : (*match)[3] == "h" ? 60 : 24 * 60;
    absl::StrAppend(&fast, match->prefix().str(), (*match)[1].str(), number * minutes, "s", (*match)[4].str());
    end = match->suffix().first;
  }
  return fast + std::string(end, rules.cend());
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) absl::StrAppendFormat(&escaped, "%%%02X", static_cast<unsigned char>(c));
  return escaped;
}

rapidjson::Document Ask(const std::string& address, const std::string& path) {
  RawConnection connection(address);
  connection.Say(absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n"));
  const std::string answer = connection.ReadToEnd();
  rapidjson::Document document;
  document.Parse(answer.substr(std::min(answer.size(), answer.find("\r\n\r\n"))).c_str());
  if (document.HasParseError() || !document.IsObject() || !document.HasMember("data")) throw std::runtime_error(answer);
  return document;
}

bool Becomes(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (absl::Now() < deadline) {
    if (condition()) return true;
    absl::SleepFor(kInterval);
  }
  return false;
}

}  // namespace

bool PrometheusProcess::IsThere() { return !Programs().empty(); }

PrometheusProcess::PrometheusProcess(const std::string& address) {
  std::string name = std::filesystem::temp_directory_path() / "agreements-prometheus.XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  directory_ = name;
  for (const char* rules : {"recording.yaml", "alerts.yaml"}) {
    std::ofstream(directory_ + "/" + rules)
        << SixtyTimesAsFast(Content(std::filesystem::path(AGREEMENTS_MONITORING) / rules));
  }
  std::ofstream(directory_ + "/prometheus.yaml") << absl::StrFormat(R"(
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [recording.yaml, alerts.yaml]
scrape_configs: [{job_name: agreements, static_configs: [{targets: ["%s"]}]}]
)",
                                                                    address);
  process_ = std::make_unique<ChildProcess>(std::vector<std::string>{
      Programs() + "/prometheus", absl::StrCat("--config.file=", directory_, "/prometheus.yaml"),
      absl::StrCat("--storage.tsdb.path=", directory_, "/data"), "--web.listen-address=127.0.0.1:0"});
  const std::string listening = process_->After("\"Listening on\" address=");
  address_ = listening.substr(0, listening.find(' '));
  if (address_.empty() || !process_->WaitForOutput("Server is ready") || !WaitUntil("up == 1") ||
      !WaitUntilOver({"AgreementsMetricsAbsent"})) {  // It may have looked for five seconds before it saw the server.
    throw std::runtime_error(process_->Output());
  }
}

PrometheusProcess::~PrometheusProcess() {
  process_.reset();
  std::filesystem::remove_all(directory_);
}

std::set<std::string> PrometheusProcess::Firing() const {
  std::set<std::string> firing;
  const rapidjson::Document answer = Ask(address_, "/api/v1/alerts");
  for (const auto& alert : answer["data"]["alerts"].GetArray()) {
    if (std::string(alert["state"].GetString()) == "firing") firing.insert(alert["labels"]["alertname"].GetString());
  }
  return firing;
}

bool PrometheusProcess::WaitUntilFiring(const std::set<std::string>& alerts) const {
  return Becomes([&] {
    const std::set<std::string> firing = Firing();
    return std::includes(firing.begin(), firing.end(), alerts.begin(), alerts.end());
  });
}

bool PrometheusProcess::WaitUntilOver(const std::set<std::string>& alerts) const {
  return Becomes([&] {
    const std::set<std::string> firing = Firing();
    return std::none_of(alerts.begin(), alerts.end(), [&](const std::string& alert) { return firing.contains(alert); });
  });
}

bool PrometheusProcess::WaitUntil(const std::string& query) const {
  return Becomes(
      [&] { return !Ask(address_, "/api/v1/query?query=" + Escaped(query))["data"]["result"].GetArray().Empty(); });
}

}  // namespace agreements::testing
