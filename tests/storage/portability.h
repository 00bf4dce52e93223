// What keeps a statement from running on TiDB, or on Vitess with accounts on several shards.
#ifndef AGREEMENTS_TESTS_STORAGE_PORTABILITY_H_
#define AGREEMENTS_TESTS_STORAGE_PORTABILITY_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements::testing {

// The tables by the keyspaces that they are in on Vitess.
struct Tables {
  std::set<std::string> of_accounts;  // Sharded by account_id.
  std::set<std::string> shared;       // Have no account_id, and are in a keyspace of their own.
};

// A line for each thing in `sql` that an engine does not take:
// - JSON_TABLE, READ ONLY, a subquery in ON, the alias `next`;
// - a table of accounts that is joined, or in a subquery, without an equation of its account_id;
// - a shared table beside another one.
// REQUIRES: tables and columns are named as the statements of this service name them, in lower case, with keywords in
// upper case.
std::vector<std::string> Obstacles(absl::string_view sql, const Tables& tables);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_STORAGE_PORTABILITY_H_
