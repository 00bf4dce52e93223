// The parts of the benchmark, one a file. Each puts what it has measured into the report.
#ifndef AGREEMENTS_TESTS_BENCHMARK_PARTS_H_
#define AGREEMENTS_TESTS_BENCHMARK_PARTS_H_

#include "tests/benchmark/figures.h"
#include "tests/benchmark/fixture.h"

namespace agreements::benchmark {

void MeasureLargeAgreement(Fixture& fixture, Report& report);
void MeasureBillingRuns(Fixture& fixture, Report& report);
void MeasureRecording(Fixture& fixture, Report& report);

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_PARTS_H_
