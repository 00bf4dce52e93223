// What the service says and what the oracle says, in one text each: to compare.
#ifndef AGREEMENTS_TESTS_HISTORY_BILLING_TEXTS_H_
#define AGREEMENTS_TESTS_HISTORY_BILLING_TEXTS_H_

#include <string>

#include "absl/status/status.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "agreements/v1/transaction.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/history/billing_oracle.h"

namespace agreements::testing {

// Without ids and instants. HeaderText leaves out the lines.
std::string HeaderText(const v1::OrderBasis& document);
std::string HeaderText(const oracle::Document& document);
std::string DocumentText(const v1::OrderBasis& document);
std::string DocumentText(const oracle::Document& document);

std::string AccessText(const v1::Access& access);
std::string AccessText(const oracle::Oracle& oracle, const oracle::Access& access);

std::string TransactionText(const v1::Transaction& transaction);
std::string TransactionText(const oracle::Oracle& oracle, const oracle::Transaction& transaction);

std::string UserId(int user);

// "" if both are the same.
std::string Difference(const std::string& is, const std::string& should_be);

// "" if the error is one of `refusals`, with the metadata named there; or if it is OK and there are none.
std::string Mismatch(const absl::Status& status, const oracle::Refusals& refusals);
std::string Mismatch(const google::rpc::Status& status, const oracle::Refusals& refusals);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_HISTORY_BILLING_TEXTS_H_
