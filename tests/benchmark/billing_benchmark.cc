// What order bases and transactions cost, beside what the database needs for the least SQL that could do it, through
// the same connector: billing_benchmark [full|small|tiny]. Started by tests/benchmark/run.
#include <exception>
#include <iostream>

#include "spdlog/spdlog.h"
#include "tests/benchmark/parts.h"

int main(int argc, char** argv) {
  using namespace agreements::benchmark;
  agreements::storage::Database::InitializeLibrary();
  spdlog::set_level(spdlog::level::err);
  try {
    Fixture fixture(ScaleOf(argc > 1 ? argv[1] : "full"));
    Report report;
    ResetPeak();
    report.AddMemory("before", 0);
    MeasureLargeAgreement(fixture, report);
    MeasureBillingRuns(fixture, report);
    MeasureRecording(fixture, report);
    std::cout << report.Text();
  } catch (const std::exception& error) {
    std::cerr << "billing_benchmark: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
