// A walk through the user guide of customer agreements, as an internal caller does it: each call is printed with its
// answer. Run it against a server: walkthrough --target=127.0.0.1:50051
//
// With the server's --clock_file it also tells what takes months, and ends in the present. Without one it tells what
// can happen in a day.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "client/walkthrough/story.h"
#include "client/walkthrough/walkthrough.h"

ABSL_FLAG(std::string, target, "127.0.0.1:50051", "Address of the server.");
ABSL_FLAG(std::string, tls_ca_file, "", "Authority of the server's certificate, PEM. Empty: without TLS.");
ABSL_FLAG(std::string, tls_cert_file, "", "Certificate to show to the server, PEM.");
ABSL_FLAG(std::string, tls_key_file, "", "Private key of --tls_cert_file, PEM.");
ABSL_FLAG(std::string, clock_file, "",
          "The server's --clock_file, by which the story sets its clock; removed at the end. Empty: it has none.");

namespace agreements {
namespace {

constexpr int kLongMonth = 31;

// The last month of 31 days, in which amounts are what the story says, that has a whole month after it.
absl::CivilMonth StoryMonth(const Walkthrough& walk) {
  const absl::CivilMonth month = absl::CivilMonth(absl::ToCivilDay(walk.Now(), walk.time_zone())) - 2;
  return absl::CivilDay(month + 1) - absl::CivilDay(month) == kLongMonth ? month : month - 1;
}

void TellTwoMonths(Walkthrough& walk) {
  const absl::CivilMonth month = StoryMonth(walk);
  walk.SetClock(absl::CivilHour(month) + 9);
  const Cast cast = TellStructure(walk);
  TellFinding(walk, cast);
  TellPrices(walk, cast);
  TellUsers(walk, cast);
  TellLicenses(walk, cast);
  const std::string first_order_basis = TellMonth(walk, cast, month);
  TellNextMonth(walk, cast, month + 1, first_order_basis);
}

void TellOneDay(Walkthrough& walk) {
  const Cast cast = TellStructure(walk);
  TellFinding(walk, cast);
  TellPrices(walk, cast);
  TellUsers(walk, cast);
  TellLicenses(walk, cast);
  TellAcceptance(walk, cast);
  TellRevocation(walk, cast);
  walk.Chapter("Transactions");
  TellTransactions(walk, cast);
  TellDayThatIsNotOver(walk, cast);
  walk.Say(
      "How a company moves in mid-month, and what users and transactions come to, takes some weeks to tell: start the "
      "server and this program with the same --clock_file, and they pass at once, as in deploy/local/run.");
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) std::cerr << "cannot read " << path << "\n";
  return content.str();
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFromFlags() {
  const std::string authority = absl::GetFlag(FLAGS_tls_ca_file);
  if (authority.empty()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = ReadFile(authority),
                               .pem_private_key = ReadFile(absl::GetFlag(FLAGS_tls_key_file)),
                               .pem_cert_chain = ReadFile(absl::GetFlag(FLAGS_tls_cert_file))});
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Walks through customer agreements on a running server.");
  absl::ParseCommandLine(argc, argv);
  agreements::Walkthrough walk(grpc::CreateChannel(absl::GetFlag(FLAGS_target), agreements::CredentialsFromFlags()),
                               absl::GetFlag(FLAGS_clock_file));
  if (walk.has_clock()) {
    agreements::TellTwoMonths(walk);
  } else {
    agreements::TellOneDay(walk);
  }
  std::cout << "Every step went as it should.\n";
  return EXIT_SUCCESS;
}
