// Whether everything that callers were told has happened, once and whole.
#ifndef AGREEMENTS_TESTS_CLUSTERS_PROOF_H_
#define AGREEMENTS_TESTS_CLUSTERS_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/clusters/cluster.h"
#include "tests/clusters/load.h"

namespace agreements::testing {

struct Proof {
  int64_t lost = 0;     // Answered with OK, and not there.
  int64_t doubled = 0;  // There twice, or refused and there.
  int64_t torn = 0;     // Rows that the trail does not explain, and changes in the trail that no row shows.
  std::vector<std::string> findings;  // One for each of these.
};

// Compares what callers were told with the trail, and the trail with the rows. REQUIRES: nobody changes anything.
Proof Prove(const std::vector<Attempt>& attempts, const Cluster& cluster, int node);

// "0 lost, 0 doubled, 0 torn". For people.
std::string Text(const Proof& proof);

// The first findings, a line each.
std::string FirstFindings(const Proof& proof);

// How many of the mutations that were answered with OK are stored on that node.
int64_t CountDone(const std::vector<Attempt>& attempts, const Cluster& cluster, int node);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CLUSTERS_PROOF_H_
