// Callers that change everything at random, through several servers of the same accounts, and note what they are told.
#ifndef AGREEMENTS_TESTS_CLUSTERS_LOAD_H_
#define AGREEMENTS_TESTS_CLUSTERS_LOAD_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agreements/agreement_client.h"
#include "agreements/company_client.h"
#include "agreements/connection.h"

namespace agreements::testing {

// One call of a mutation, or one transaction of a call that records some.
struct Attempt {
  enum class Answer {
    kDone,     // OK: it has happened, once.
    kRefused,  // An error with a reason of its own: it has not happened.
    kUnknown,  // Anything else: it has happened once or not at all.
  };

  std::string account_id;
  std::string id;  // The request_id. Of a transaction "COMPANY TRANSACTION", of a billing run's document its id.
  std::string method;
  Answer answer;
  absl::Time answered;
};

// What callers were told.
struct LoadFigures {
  int64_t calls = 0;
  std::map<std::string, int64_t> codes;  // "OK", "UNAVAILABLE", ...
  int64_t done = 0;                      // Mutations that were answered with OK.
  absl::Duration longest_gap;            // Without any such answer.
  absl::Duration longest_call;
};

// "1,234 calls: ...". For people.
std::string Text(const LoadFigures& figures);

// Ids that callers have seen in an account, to pick one from. Thread-safe.
class KnownIds {
 public:
  enum Kind { kAgreement, kCompany, kDraft, kTransaction, kKinds };

  void Add(Kind kind, const std::string& id);
  // "" if there is none.
  std::string Pick(Kind kind, std::mt19937& random) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> ids_[kKinds];
};

struct LoadOptions {
  std::vector<std::string> servers;  // Their addresses.
  std::vector<std::string> accounts = {"acct-1", "acct-2"};
  int callers_per_server = 8;
  std::string clock_file = {};  // That of all servers. Empty: they have the real time, and it stays the same day.
  absl::Duration timeout = absl::Seconds(10);  // Of a call. It is sent once.
};

// Thread-safe.
class Load {
 public:
  // Makes the products, prices and first agreements and companies. Throws std::runtime_error if it cannot.
  explicit Load(LoadOptions options);
  ~Load() { Stop(); }

  // The callers call from Start() to Stop(), one call after the other.
  void Start();
  void Stop();

  // The present of servers with a clock file, at noon.
  absl::CivilDay day() const { return day_; }
  // Goes on to the next day, between calls.
  void NextDay();

  // Since Start(), until now.
  LoadFigures figures() const;
  const std::vector<Attempt>& attempts() const { return attempts_; }
  const LoadOptions& options() const { return options_; }

  // How many mutations have been answered with OK until now.
  int64_t done() const { return done_; }

 private:
  friend class Caller;

  void SetClock();
  void Prepare();
  void CallUntilStopped(const std::string& server, unsigned seed);
  void Note(const Attempt& attempt);
  void Count(const absl::Status& status, absl::Duration took);

  const LoadOptions options_;
  absl::CivilDay day_;
  std::map<std::string, KnownIds> known_;  // By account.
  std::atomic<int64_t> next_number_ = 1;
  std::atomic<int64_t> done_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex turns_mutex_;
  std::condition_variable turns_changed_;
  int running_ = 0;               // Calls.
  bool day_is_changing_ = false;  // No call begins.
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  LoadFigures figures_;
  absl::Time last_done_;
  std::vector<Attempt> attempts_;
};

// One caller of one server.
class Caller {
 public:
  Caller(Load& load, const std::string& server, unsigned seed);

  // Calls a mutation that is chosen at random, on something that is.
  void CallOne();

  // What every account begins with.
  void Prepare(const std::string& account_id);

 private:
  using Action = void (Caller::*)();

  // How often each mutation is called.
  struct Weighted {
    int weight;
    Action action;
  };
  static const std::vector<Weighted>& Actions();

  void CreateAgreement();
  void UpdateAgreement();
  void DeleteAgreement();
  void UndeleteAgreement();
  void CreateCompany();
  void UpdateCompany();
  void DeleteCompany();
  void UndeleteCompany();
  void CreateDraft();
  void UpdateDraft();
  void CompleteDraft();
  void DeleteDraft();
  void Move();
  void MoveToNewAgreement();
  void Invite();
  void Accept();
  void Grant();
  void Revoke();
  void UpdateProduct();
  void SetPrice();
  void CreateOrderBasis();
  void RunBilling();
  void Record();
  void Cancel();

  // Calls a method that has a request_id. Returns its response.
  template <typename Client, typename Request, typename Response>
  absl::StatusOr<Response> Call(const Client& client,
                                absl::StatusOr<Response> (Client::*method)(Request, const CallOptions&) const,
                                Request request);
  template <typename Request>
  Request Access();
  std::string Pick(KnownIds::Kind kind);
  void Know(KnownIds::Kind kind, const std::string& id);
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  std::string Number() { return std::to_string(load_.next_number_++); }
  std::string Day(absl::CivilDay day) const;

  Load& load_;
  std::mt19937 random_;
  std::string account_id_;  // Of the call.
  AgreementClient agreements_;
  CompanyClient companies_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CLUSTERS_LOAD_H_
