// Measures calls of agreements-server, a process on a private database, beside an empty RPC of the same server and the
// fewest statements of the bare connector that could do the same, by turns. Prints a table. Called by
// tests/benchmark/run, or with a database that is there already:
//
//   AGREEMENTS_TEST_DB_SOCKET=... calls_benchmark --methods=GetAgreement --callers=1,64
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "spdlog/spdlog.h"
#include "tests/benchmark/calls/bare_load.h"
#include "tests/benchmark/calls/calls_table.h"
#include "tests/benchmark/calls/data.h"
#include "tests/benchmark/calls/installation.h"
#include "tests/benchmark/calls/methods.h"
#include "tests/benchmark/calls/rpc_load.h"
#include "tests/benchmark/figures.h"

ABSL_FLAG(std::vector<std::string>, methods, {}, "Methods to call, separated by commas. Empty: all that it knows.");
ABSL_FLAG(std::vector<std::string>, callers, std::vector<std::string>({"1", "8", "64", "256", "1024"}),
          "Numbers of callers, separated by commas, each from 1 to 1024.");
ABSL_FLAG(int, rounds, 5, "Turns of each way.");
ABSL_FLAG(absl::Duration, turn, absl::Milliseconds(700), "How long a turn is measured, at least 10ms.");
ABSL_FLAG(bool, tls, false, "Over mutual TLS, with the same server without it as the other one.");
ABSL_FLAG(absl::Duration, database_latency, absl::ZeroDuration(),
          "What a round trip to the database takes longer, e.g. 1ms.");
ABSL_FLAG(std::string, other_server, "",
          "Program that serves the same methods, to compare with: it is started with the database's socket and schema "
          "as its arguments.");
ABSL_FLAG(std::string, other_name, "other", "What the table calls --other_server.");
ABSL_FLAG(std::string, csv, "", "File for all figures, as CSV. Empty: none.");

namespace agreements::benchmark {
namespace {

// Answered without the database, and without anything of ours: what gRPC takes, client and server.
constexpr char kEmptyRpc[] = "/grpc.health.v1.Health/Check";

std::vector<std::unique_ptr<Method>> MethodsFromFlags() {
  std::vector<std::unique_ptr<Method>> all = AllMethods();
  const std::vector<std::string> names = absl::GetFlag(FLAGS_methods);
  if (names.empty()) return all;
  std::vector<std::string> known;
  for (const auto& method : all) known.push_back(method->name());
  std::vector<std::unique_ptr<Method>> methods;
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    Require(found != known.end(),
            absl::StrCat("--methods: no method '", name, "'; there are ", absl::StrJoin(known, ", ")));
    std::unique_ptr<Method>& method = all[static_cast<size_t>(found - known.begin())];
    Require(method != nullptr, absl::StrCat("--methods: ", name, " twice"));
    methods.push_back(std::move(method));
  }
  return methods;
}

std::vector<int> CallersFromFlags() {
  std::vector<int> callers;
  for (const std::string& text : absl::GetFlag(FLAGS_callers)) {
    int number = 0;
    Require(absl::SimpleAtoi(text, &number) && number >= 1 && number <= kAgreements,
            absl::StrCat("--callers: '", text, "' is no number from 1 to ", kAgreements));
    callers.push_back(number);
  }
  Require(!callers.empty(), "--callers is empty");
  return callers;
}

// What the flags say, checked before anything starts.
struct Plan {
  std::vector<std::unique_ptr<Method>> methods = MethodsFromFlags();
  std::vector<int> callers = CallersFromFlags();
  int rounds = absl::GetFlag(FLAGS_rounds);
  absl::Duration turn = absl::GetFlag(FLAGS_turn);
  bool tls = absl::GetFlag(FLAGS_tls);
  absl::Duration latency = absl::GetFlag(FLAGS_database_latency);
  std::string other_server = absl::GetFlag(FLAGS_other_server);

  std::string OtherName() const {
    if (tls) return "without TLS";
    return other_server.empty() ? "" : absl::GetFlag(FLAGS_other_name);
  }
};

Plan PlanFromFlags() {
  Plan plan;
  Require(plan.rounds >= 1 && plan.rounds <= 1000, "--rounds is from 1 to 1000");
  Require(plan.turn >= absl::Milliseconds(10) && plan.turn <= absl::Minutes(10), "--turn is from 10ms to 10m");
  Require(plan.latency >= absl::ZeroDuration() && plan.latency <= absl::Seconds(1),
          "--database_latency is from 0 to 1s");
  Require(!plan.tls || plan.other_server.empty(), "--tls and --other_server exclude each other");
  return plan;
}

class Benchmark {
 public:
  explicit Benchmark(const Plan& plan)
      : plan_(plan), installation_(plan.latency), server_(installation_.Serve(plan.tls)) {
    if (plan.tls) other_ = installation_.Serve(false);
    if (!plan.other_server.empty()) other_ = installation_.ServeOther(plan.other_server);
  }

  // Each way once, and so on.
  Comparison Compare(Method& method, int callers) {
    std::vector<Turn> service;
    std::vector<Turn> empty;
    std::vector<Turn> bare;
    std::vector<Turn> other;
    for (int i = 0; i < plan_.rounds; ++i) {
      empty.push_back(CallNothing(callers));
      bare.push_back(Execute(method, callers));
      service.push_back(Call(server_, method, callers));
      if (other_) other.push_back(Call(*other_, method, callers));
    }
    Comparison comparison = {.method = method.name(),
                             .callers = callers,
                             .service = MedianOf(service),
                             .empty = MedianOf(empty),
                             .bare = MedianOf(bare)};
    if (other_) comparison.other = MedianOf(other);
    return comparison;
  }

 private:
  Turn CallNothing(int callers) {
    RpcLoad load(
        *server_.channels, kEmptyRpc, [](int) { return ""; }, [](const std::string&) { return ""; }, callers);
    return TakeTurn(load, installation_.ProcessesOf(server_), plan_.turn);
  }

  Turn Call(const Served& served, Method& method, int callers) {
    RpcLoad load(
        *served.channels, method.path(), [&](int caller) { return method.NextRequest(caller); },
        [&](const std::string& response) { return method.WrongIn(response); }, callers);
    return TakeTurn(load, installation_.ProcessesOf(served), plan_.turn);
  }

  Turn Execute(Method& method, int callers) {
    BareLoad load(installation_.BareConnections(method.writes()), std::min(callers, Installation::kWorkers),
                  [&](BareConnection& connection, int caller) { method.Execute(connection, caller); });
    return TakeTurn(load, installation_.ProcessesOf(server_), plan_.turn);
  }

  const Plan& plan_;
  Installation installation_;
  Served server_;
  std::optional<Served> other_;
};

void Run() {
  const Plan plan = PlanFromFlags();
  std::ofstream csv;
  if (const std::string path = absl::GetFlag(FLAGS_csv); !path.empty()) {
    csv.open(path);
    Require(csv.is_open(), absl::StrCat("--csv: cannot write ", path));
    csv << CsvHead();
  }
  Benchmark benchmark(plan);
  std::cout << TableHead(plan.OtherName()) << std::flush;
  for (const auto& method : plan.methods) {
    for (const int callers : plan.callers) {
      const Comparison comparison = benchmark.Compare(*method, callers);
      std::cout << TableRow(comparison) << std::flush;
      csv << CsvLines(comparison) << std::flush;
    }
  }
}

}  // namespace
}  // namespace agreements::benchmark

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Measures calls of agreements-server: see tests/benchmark/README.md.");
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  try {
    agreements::benchmark::Require(rest.size() == 1, "takes flags only: --help lists them");
    spdlog::set_level(spdlog::level::err);
    agreements::storage::Database::InitializeLibrary();
    agreements::benchmark::Run();
  } catch (const std::exception& error) {
    std::cerr << "calls_benchmark: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
