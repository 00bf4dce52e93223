// A mixed load of every method by several callers.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_LOAD_H_
#define AGREEMENTS_TESTS_CONSISTENCY_LOAD_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/civil_time.h"
#include "tests/consistency/caller.h"
#include "tests/consistency/record.h"

namespace agreements::testing {

// A kind of call, with how often it is made. In its fields, in protobuf's text format, {company} stands for the id of
// some company, and so on: see Names::Fill().
struct KindOfCall {
  int weight;
  std::string method;
  std::string fields;
};
const std::vector<KindOfCall>& KindsOfCalls();

// What callers know of one account, by what they were told. Few of each kind at a time, so that calls contend.
// Thread-safe.
class Names {
 public:
  explicit Names(std::string account_id) : account_id_(std::move(account_id)) {}

  // Takes what a caller was told.
  void Learn(const google::protobuf::Message& answer);

  // A request of this kind: the account's, and with a request_id of its own where it has one.
  std::shared_ptr<google::protobuf::Message> NewRequest(const KindOfCall& kind, absl::CivilDay today);

 private:
  std::string Fill(absl::string_view name, absl::CivilDay today);
  int Pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  std::string OneOf(const std::string& kind);

  const std::string account_id_;
  std::mutex mutex_;
  std::mt19937 random_{std::random_device{}()};
  int64_t made_ = 0;                                     // Names, numbers and ids of ours.
  std::map<std::string, std::vector<std::string>> ids_;  // By the name of their field.
  std::map<std::string, std::string> revisions_;
  std::map<std::string, std::string> settled_until_;  // Of agreements.
  std::string last_;                                  // The last id that was filled in.
};

struct LoadOptions {
  int accounts = 2;
  int callers = 6;
  std::function<absl::CivilDay()> today;
};

// Runs until it is ended. A call whose outcome is unknown is repeated later, with the same request_id, and so are some
// others.
class Load {
 public:
  // Makes the accounts' products first, which must succeed. `caller` and `recorder` must outlive it.
  Load(Caller& caller, Recorder& recorder, LoadOptions options);
  ~Load() { End(); }

  // Returns when no call is under way.
  void End();

  // How many calls have succeeded.
  int64_t successes() const { return successes_; }

  // After End(), when the installation is well: repeats calls until each outcome is known. False if one stays unknown.
  bool Settle(Caller& patient);

  // After Settle(): reads all that is stored.
  void ReadAll(Caller& patient, Recorder& recorder);

 private:
  void Run(const std::stop_token& stop, unsigned seed);
  // Makes a call and takes down what has become of it.
  Call Send(Caller& caller, Names& names, const std::string& method,
            const std::shared_ptr<const google::protobuf::Message>& request, int64_t operation);

  Caller& caller_;
  Recorder& recorder_;
  const LoadOptions options_;
  std::vector<std::unique_ptr<Names>> names_;  // One for each account.
  std::atomic<int64_t> successes_ = 0;
  std::mutex mutex_;
  std::map<int64_t, Call> unknown_;  // Calls that were unknown once, by their operation.
  std::vector<std::jthread> callers_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_LOAD_H_
