// A server with what makes trouble for it, and a Prometheus that looks at it.
#ifndef AGREEMENTS_TESTS_E2E_ALERTS_FIXTURE_H_
#define AGREEMENTS_TESTS_E2E_ALERTS_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "agreements/v1/company_service.grpc.pb.h"
#include "tests/e2e/prometheus_process.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/certificates.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {

// Threads that each do something again and again, until the end of this object.
class Load {
 public:
  Load(int threads, const std::function<void()>& something);
  ~Load();

 private:
  std::atomic<bool> ending_ = false;
  std::vector<std::thread> threads_;
};

// A directory that goes with the test.
class Directory {
 public:
  Directory();
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A database server that may be stopped, since no other test uses it, with a schema.
class PrivateDatabase {
 public:
  PrivateDatabase();
  ~PrivateDatabase();

  void Start();
  void Stop();
  std::vector<std::string> flags() const;

 private:
  const Directory directory_;
};

// The files of TLS and a policy by which "spiffe://test/operator" may do everything.
class AccessFiles {
 public:
  AccessFiles();

  std::vector<std::string> flags() const;
  std::string Read(const std::string& name) const;
  void Replace(const std::string& name, const std::string& content) const;
  void RenewCertificate(absl::Time end) const;
  std::shared_ptr<grpc::Channel> Connect(const std::string& address, const std::string& san) const;

 private:
  const Directory directory_;
  const Authority authority_{absl::Now() + absl::Hours(24 * 400)};
};

class AlertsTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // The last of two flags holds.
  void Serve(const std::vector<std::string>& flags = {});
  void Kill();
  // As before, and Prometheus finds it.
  void ServeAgain();

  TestDatabase& database() { return database_; }
  // Ends all connections to the schema from outside.
  void KillSessions();

  ServerProcess& server() { return *server_; }
  const PrometheusProcess& prometheus() const { return *prometheus_; }
  std::string Output() { return server_->Output(); }
  // What the server shows, all of it, or of one name without labels.
  std::string Metrics();
  std::string ValueOf(const std::string& name);

  const std::string& clock_file() const { return clock_file_; }
  void SetClock(const std::string& time) const;

  // All calls are for one account.
  std::string CreateAgreement(const std::string& customer_number = "00417");
  grpc::Status Get(const std::string& agreement_id);
  static grpc::Status Get(const std::string& agreement_id, const std::shared_ptr<grpc::Channel>& channel);
  grpc::Status Update(const std::string& agreement_id);

  struct Licences {
    std::string customer_number;
    std::string product_id;
  };
  // An agreement in whose only company a user has this product, which is new and has no price.
  void UseLicences(const Licences& licences);
  // Of all products that were used.
  void SetPrices(const std::string& valid_from);
  void RunBilling();

 private:
  const Directory directory_;
  const std::string clock_file_ = directory_.path("clock");
  TestDatabase database_;
  std::vector<std::string> flags_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<PrometheusProcess> prometheus_;
  std::unique_ptr<v1::AgreementService::Stub> agreements_;
  std::unique_ptr<v1::CompanyService::Stub> companies_;
  std::vector<std::string> product_ids_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_E2E_ALERTS_FIXTURE_H_
