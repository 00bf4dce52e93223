// Every RPC that changes something, in a situation where it succeeds: for tests of what all of them have in common.
#ifndef AGREEMENTS_TESTS_TESTING_MUTATIONS_H_
#define AGREEMENTS_TESTS_TESTING_MUTATIONS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/testing/service.h"

namespace agreements::testing {

// Makes the call, always with the same content, and returns the response as text.
using MutationRun = std::function<absl::StatusOr<std::string>(const std::string& request_id, bool validate_only)>;

struct Mutation {
  std::string name;  // Of the RPC.
  // Makes what the call needs, in a service that is empty, and returns the call.
  std::function<MutationRun(Service&)> prepare;
};

// Those that take a request_id.
std::vector<Mutation> Mutations();

// And RecordTransactions, CancelTransactions and RunBilling, which are idempotent by themselves.
std::vector<Mutation> AllMutations();

// Makes an agreement, A, with a customer number, and a licence and a transaction in November 2026, and lets the month
// pass. Returns the agreement's id.
std::string ChargeMonth(Service& service);

// Lets the parameter of a test be printed by its name.
inline void PrintTo(const Mutation& mutation, std::ostream* out) { *out << mutation.name; }

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_MUTATIONS_H_
