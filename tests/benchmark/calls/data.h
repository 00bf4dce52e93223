// What is stored before the calls begin, by number: 1,024 agreements, a caller's each, and what callers need in them.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_DATA_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_DATA_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/testing/test_database.h"

namespace agreements::benchmark {

// Agreement n, its companies and who calls for it are of account n % kAccounts.
inline constexpr int kAccounts = 16;
inline constexpr int kAgreements = 1'024;
inline constexpr int kCompaniesOfEach = 60;
// For each agreement, two more without companies, to move them to.
inline constexpr int kTargetsOfEach = 2;

inline constexpr char kLicense[] = "license-a";
inline constexpr char kScan[] = "scan";  // Of kind TRANSACTION.
inline constexpr char kDisplayName[] = "Fjordkraft Regnskap";

std::string AccountOf(int agreement);
std::string AgreementId(int agreement);
std::string TargetId(int agreement, int target);
std::string CompanyId(int agreement, int company);

// An id that nothing has: greater than those of what is stored, and smaller than those that the service makes.
std::string NewId(absl::string_view prefix);

// Fills an empty schema.
void LoadData(testing::TestDatabase& database);

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_DATA_H_
