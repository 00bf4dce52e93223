// One run: a load on an installation, trouble meanwhile, and the check of what was recorded.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_SCENARIO_H_
#define AGREEMENTS_TESTS_CONSISTENCY_SCENARIO_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "tests/consistency/caller.h"
#include "tests/consistency/checks.h"
#include "tests/consistency/installation.h"
#include "tests/consistency/load.h"

namespace agreements::testing {

inline constexpr absl::Duration kPatience = absl::Minutes(2);

// How long a scenario makes trouble.
inline absl::Duration Length() { return absl::Seconds(0.6) * Rounds(100); }

class Scenario {
 public:
  struct Options {
    int servers = 1;
    int callers = 6;
    absl::Duration timeout = absl::Seconds(5);  // Of a call.
    std::vector<std::string> server_flags = {};
    // Channels for all calls, of these addresses, instead of one for each.
    std::function<std::vector<std::shared_ptr<grpc::Channel>>(const std::vector<std::string>&)> channels = nullptr;
  };

  Scenario(Storage& storage, const Options& options)
      : storage_(storage),
        installation_(storage, options.servers, Length() / 12, options.server_flags),
        caller_(options.channels ? options.channels(installation_.addresses()) : installation_.Channels(),
                options.timeout),
        load_(caller_, recorder_, {.callers = options.callers, .today = [this] { return installation_.Today(); }}) {}

  Installation& installation() { return installation_; }
  const Record& record() const { return record_; }

  // Returns when so many more calls have succeeded. Fails the test if they do not within kPatience.
  void WaitFor(int64_t successes) {
    const int64_t wanted = load_.successes() + successes;
    const absl::Time patience = absl::Now() + kPatience;
    while (load_.successes() < wanted) {
      if (absl::Now() > patience) throw std::runtime_error("no call succeeds any more");
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

  // Makes trouble again and again for Length(), with successful calls in between.
  void Repeat(const std::function<void()>& trouble) {
    const absl::Time end = absl::Now() + Length();
    do {
      WaitFor(200);
      trouble();
    } while (absl::Now() < end);
    WaitFor(200);
  }

  // Ends the load, and settles what is unknown.
  void End() {
    load_.End();
    Caller patient(installation_.Channels(), absl::Minutes(1));
    EXPECT_TRUE(load_.Settle(patient)) << "some calls have no outcome to the end";
    for (Call& call : recorder_.Take()) record_.calls.push_back(std::move(call));
  }

  // The record, with what is stored now. After End().
  const Record& Read() {
    Caller patient(installation_.Channels(), absl::Minutes(1));
    Recorder last;
    load_.ReadAll(patient, last);
    record_.last = last.Take();
    return record_;
  }

  // Ends the load, checks the record and what is stored, and tells the figures.
  void Check() {
    End();
    const Record& record = Read();
    for (const Call& call : record.last) {
      // Nobody can say what a user costs before the first price.
      EXPECT_TRUE(call.code == grpc::StatusCode::OK || call.method == "PreviewOrderBasis") << TextOf(call);
    }
    const Violations violations = testing::Check(record);
    printf("%s", Figures(record, violations).c_str());
    for (size_t i = 0; i < violations.size() && i < 20; ++i) {
      ADD_FAILURE() << violations[i].kind << ": " << violations[i].text;
    }
    EXPECT_EQ(storage_.Verify(), "");
  }

 private:
  Storage& storage_;
  Installation installation_;
  Recorder recorder_;
  Caller caller_;
  Load load_;
  Record record_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_SCENARIO_H_
