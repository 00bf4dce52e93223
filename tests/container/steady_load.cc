// Calls the service at a steady rate until SIGTERM, half of the calls changes, and checks every answer. Prints what
// came of it, and ends with status 1 if a call failed or an answer was wrong.
//
// Each change is guarded by the revision that the answer before had, and each answer must have the next one: a change
// that happened twice would be seen at once. --acknowledged gets a line for each change that was answered, when it was:
// the resource's id and its revision.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/agreement_client.h"
#include "agreements/company_client.h"
#include "agreements/connection.h"
#include "proto/status_macros.h"

ABSL_FLAG(std::string, target, "127.0.0.1:50051", "The servers, as gRPC names them.");
ABSL_FLAG(std::string, server_name, "", "The name in their certificate, where it is not the target's host.");
ABSL_FLAG(std::string, tls_ca_file, "", "Authority of their certificate, PEM. Empty: without TLS.");
ABSL_FLAG(std::string, tls_cert_file, "", "Certificate to show to them, PEM.");
ABSL_FLAG(std::string, tls_key_file, "", "Private key of --tls_cert_file, PEM.");
ABSL_FLAG(std::string, account, "acct-load", "The account in which agreements are made.");
ABSL_FLAG(std::string, acknowledged, "/dev/null", "File for what was answered.");
ABSL_FLAG(int, callers, 8, "Threads that call.");
ABSL_FLAG(absl::Duration, pause, absl::Milliseconds(40), "Of each caller between two calls.");

namespace agreements {
namespace {

// Of all callers together.
class Tally {
 public:
  explicit Tally(const std::string& path) : acknowledged_(path) {}

  void Count(absl::Duration took) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++calls_;
    slowest_ = std::max(slowest_, took);
  }
  // A change was answered.
  void Acknowledge(const std::string& id, int64_t revision) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++changes_;
    acknowledged_ << id << " " << revision << std::endl;  // So that whoever counts lines counts answers.
  }
  void Fail(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++failures_;
    std::cerr << absl::Now() << ": " << status << std::endl;
  }

  // After the last call. True if all is well.
  bool Print() {
    std::cout << calls_ << " calls, " << changes_ << " of them changes; " << failures_ << " failed; the slowest took "
              << absl::ToInt64Milliseconds(slowest_) << " ms" << std::endl;
    return failures_ == 0 && changes_ > 0 && acknowledged_.good();
  }

 private:
  std::mutex mutex_;
  std::ofstream acknowledged_;
  int64_t calls_ = 0;
  int64_t changes_ = 0;
  int64_t failures_ = 0;
  absl::Duration slowest_;
};

// One caller, with agreements and companies of its own.
class Caller {
 public:
  Caller(const std::shared_ptr<const Connection>& connection, std::string name, Tally& tally,
         const std::atomic<bool>& stop)
      : agreements_(connection), companies_(connection), name_(std::move(name)), tally_(tally), stop_(stop) {}

  void Run() {
    for (int round = 0; !stop_; ++round) {
      if (const absl::Status status = MakeAndMove(absl::StrCat(name_, " ", round)); !status.ok()) tally_.Fail(status);
    }
  }

 private:
  template <typename Call>
  auto Timed(const Call& call) {
    const absl::Time begin = absl::Now();
    auto response = call();
    tally_.Count(absl::Now() - begin);
    absl::SleepFor(absl::GetFlag(FLAGS_pause));
    return response;
  }

  // Makes an agreement with a company, moves that to the agreement made before, and renames the new one.
  absl::Status MakeAndMove(const std::string& name) {
    ASSIGN_OR_RETURN(const v1::Agreement agreement, CreateAgreement(name));
    ASSIGN_OR_RETURN(const v1::Company company, CreateCompany(agreement, name));
    if (!previous_.empty()) RETURN_IF_ERROR(Move(company, previous_));
    previous_ = agreement.agreement_id();
    return Rename(agreement, absl::StrCat(name, " AS"));
  }

  absl::StatusOr<v1::Agreement> CreateAgreement(const std::string& name) {
    v1::CreateAgreementRequest request;
    request.set_account_id(account_);
    request.set_display_name(name);
    ASSIGN_OR_RETURN(const auto response, Timed([&] { return agreements_.CreateAgreement(request); }));
    RETURN_IF_ERROR(Check(response.agreement(), 1));
    return response.agreement();
  }

  absl::StatusOr<v1::Company> CreateCompany(const v1::Agreement& agreement, const std::string& name) {
    v1::CreateCompanyRequest request;
    request.set_account_id(account_);
    request.set_agreement_id(agreement.agreement_id());
    request.set_display_name(name);
    ASSIGN_OR_RETURN(const auto response, Timed([&] { return companies_.CreateCompany(request); }));
    RETURN_IF_ERROR(Check(response.company(), 1));
    return response.company();
  }

  absl::Status Move(const v1::Company& company, const std::string& agreement_id) {
    v1::MoveCompanyRequest request;
    request.set_account_id(account_);
    request.set_company_id(company.company_id());
    request.set_agreement_id(agreement_id);
    request.set_revision(company.revision());
    ASSIGN_OR_RETURN(const auto response, Timed([&] { return companies_.MoveCompany(request); }));
    return Check(response.company(), company.revision() + 1);
  }

  absl::Status Rename(const v1::Agreement& agreement, const std::string& name) {
    v1::UpdateAgreementRequest request;
    request.set_account_id(account_);
    request.set_agreement_id(agreement.agreement_id());
    request.set_display_name(name);
    request.set_revision(agreement.revision());
    ASSIGN_OR_RETURN(const auto response, Timed([&] { return agreements_.UpdateAgreement(request); }));
    return Check(response.agreement(), agreement.revision() + 1);
  }

  // A change was answered with this: it has the revision that it must have, and is what can be read.
  absl::Status Check(const v1::Agreement& changed, int64_t revision) {
    tally_.Acknowledge(changed.agreement_id(), changed.revision());
    v1::GetAgreementRequest request;
    request.set_account_id(account_);
    request.set_agreement_id(changed.agreement_id());
    ASSIGN_OR_RETURN(const auto read, Timed([&] { return agreements_.GetAgreement(request); }));
    if (changed.revision() == revision && read.agreement().revision() == revision &&
        read.agreement().display_name() == changed.display_name()) {
      return absl::OkStatus();
    }
    return absl::InternalError(
        absl::StrCat("wrong: ", changed.ShortDebugString(), "; read: ", read.ShortDebugString()));
  }

  absl::Status Check(const v1::Company& changed, int64_t revision) {
    tally_.Acknowledge(changed.company_id(), changed.revision());
    v1::GetCompanyRequest request;
    request.set_account_id(account_);
    request.set_company_id(changed.company_id());
    ASSIGN_OR_RETURN(const auto read, Timed([&] { return companies_.GetCompany(request); }));
    if (changed.revision() == revision && read.company().revision() == revision &&
        read.company().agreement_id() == changed.agreement_id()) {
      return absl::OkStatus();
    }
    return absl::InternalError(
        absl::StrCat("wrong: ", changed.ShortDebugString(), "; read: ", read.ShortDebugString()));
  }

  const AgreementClient agreements_;
  const CompanyClient companies_;
  const std::string account_ = absl::GetFlag(FLAGS_account);
  const std::string name_;
  Tally& tally_;
  const std::atomic<bool>& stop_;
  std::string previous_;  // The agreement that was made before.
};

int Run(const sigset_t& stop_signals) {
  ClientOptions options;
  options.endpoint = absl::GetFlag(FLAGS_target);
  options.server_name = absl::GetFlag(FLAGS_server_name);
  options.authority_file = absl::GetFlag(FLAGS_tls_ca_file);
  options.certificate_file = absl::GetFlag(FLAGS_tls_cert_file);
  options.key_file = absl::GetFlag(FLAGS_tls_key_file);
  options.insecure = options.authority_file.empty();
  const auto connection = Connection::Open(options);
  if (!connection.ok()) {
    std::cerr << connection.status() << std::endl;
    return EXIT_FAILURE;
  }
  Tally tally(absl::GetFlag(FLAGS_acknowledged));
  std::atomic<bool> stop = false;
  std::vector<Caller> callers;
  for (int i = 0; i < absl::GetFlag(FLAGS_callers); ++i) {
    callers.emplace_back(*connection, absl::StrCat("Load ", getpid(), " ", i), tally, stop);
  }
  std::vector<std::thread> threads;
  threads.reserve(callers.size());
  for (Caller& caller : callers) threads.emplace_back([&caller] { caller.Run(); });
  int received = 0;
  sigwait(&stop_signals, &received);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return tally.Print() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);  // Here, so that all threads inherit it.
  absl::SetProgramUsageMessage("Calls the service at a steady rate until SIGTERM, and checks every answer.");
  absl::ParseCommandLine(argc, argv);
  return agreements::Run(stop_signals);
}
