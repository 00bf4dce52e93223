// Policy files.
#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "server/access/policy.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

constexpr size_t kMaxMessage = 1024;  // What fits into a line of a log.

void RequireFault(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument, status.ToString());
  const absl::string_view message = status.message();
  Require(!message.empty() && message.size() <= kMaxMessage, "a fault is said in a line");
  Require(std::all_of(message.begin(), message.end(), absl::ascii_isprint), "a fault is said in ASCII");
}

void RequireDecision(const Policy& policy, absl::string_view principal, absl::string_view path) {
  const Decision decision = policy.Decide(principal, path);
  Require(!decision.allowed || !decision.rule.empty(), "a rule allows");
  Require(decision.allowed || decision.rule.empty() || decision.audit_only.empty(), "nothing turns a deny rule");
  if (policy.CallersOf(principal).empty()) {
    Require(!policy.MayActFor(principal, "acct-1") && !policy.MayNameActor(principal), "nothing is for others");
  }
}

void Handle(absl::string_view json) {
  const absl::StatusOr<Policy> policy = Policy::Parse(json);
  if (!policy.ok()) return RequireFault(policy.status());
  for (const char* principal : {"", "p", "spiffe://agreements.local/billing/x"}) {
    RequireDecision(*policy, principal, "/agreements.v1.AgreementService/RunBilling");
    RequireDecision(*policy, principal, "");
  }
  Require(policy->PathsWithoutMethod({}).size() >= policy->PathsWithoutMethod({"/s.S/M"}).size(),
          "more methods leave fewer paths without one");
  const absl::string_view whole = absl::StripTrailingAsciiWhitespace(json);
  RequireFault(Policy::Parse(whole.substr(0, whole.size() - 1)).status());
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle({reinterpret_cast<const char*>(data), size});
  return 0;
}
