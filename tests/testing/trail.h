// The trail as text, for tests.
#ifndef AGREEMENTS_TESTS_TESTING_TRAIL_H_
#define AGREEMENTS_TESTS_TESTING_TRAIL_H_

#include <string>

#include "agreements/v1/agreement_service.pb.h"
#include "tests/testing/service.h"

namespace agreements::testing {

// An entry with names in place of ids: the method, and a line for each resource.
//
//   MoveCompany
//     agreement A: company_count 1 > 0
//     company Nordlys revision 2: agreement_id A > B, placements > B from 2026-11-07
std::string TextOf(Service& service, const v1::Change& change);

// The entries that ListChanges answers, newest first.
std::vector<v1::Change> ListedChanges(Service& service, const v1::ListChangesRequest& request);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_TRAIL_H_
