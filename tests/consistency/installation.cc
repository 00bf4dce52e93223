#include "tests/consistency/installation.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/days.h"
#include "tests/consistency/caller.h"

namespace agreements::testing {
namespace {

constexpr absl::CivilDay kFirstDay(2026, 3, 20);  // A month ends soon.
constexpr int kMaxDays = 25;                      // Invitations expire after 30.

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string SqlAt(const std::string& socket, const std::string& sql) {
  return Shell(absl::StrCat("timeout 60 mariadb --no-defaults --user=root --skip-password --batch --skip-column-names ",
                            "--socket=", Quoted(socket), " --execute=", Quoted(sql)));
}

std::string Scratch() {
  std::error_code error;
  const auto space = std::filesystem::space("/dev/shm", error);
  const bool fits = !error && space.available > (uint64_t{3} << 30) && access("/dev/shm", W_OK) == 0;
  return fits && std::getenv("TMPDIR") == nullptr ? "/dev/shm" : std::filesystem::temp_directory_path().string();
}

}  // namespace

std::string Shell(const std::string& command) {
  ChildProcess shell({"bash", "-c", command});
  const int status = shell.Wait();
  if (status != 0) throw std::runtime_error(absl::StrCat(command, ": status ", status, ": ", shell.Output()));
  return shell.Output();
}

Directory::Directory() : path_(Scratch() + "/agreements-consistency.XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp " + path_);
}

Directory::~Directory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

void Storage::NewSchema() {
  static int count = 0;
  schema_ = absl::StrCat("consistency_", ++count);
  Sql(absl::StrCat("CREATE DATABASE ", schema_, "; CREATE USER IF NOT EXISTS agreements@'%', agreements@localhost; ",
                   "GRANT SELECT, INSERT, UPDATE, DELETE ON ", schema_, ".* TO agreements@'%'; ",
                   "GRANT SELECT, INSERT, UPDATE, DELETE ON ", schema_, ".* TO agreements@localhost; ", Grants()));
  if (const std::string failure = Admin("migrate"); !failure.empty()) throw std::runtime_error(failure);
}

std::string Storage::Verify() { return Admin("verify"); }

std::string Storage::Admin(const std::string& command) {
  std::vector<std::string> arguments = AdminFlags();
  arguments.insert(arguments.begin(), {AGREEMENTS_ADMIN, command, absl::StrCat("--db_name=", schema_)});
  ChildProcess admin(arguments);
  const int status = admin.Wait();
  return status == 0 ? "" : absl::StrCat("status ", status, ": ", admin.Output());
}

OwnDatabase::OwnDatabase() { Start(); }

OwnDatabase::~OwnDatabase() {
  try {
    Signal(SIGCONT);
    Stop();
  } catch (const std::runtime_error& error) {
    std::cerr << error.what() << std::endl;
  }
}

void OwnDatabase::Start() {
  const char* engine = std::getenv("AGREEMENTS_TEST_ENGINE");
  const std::string output = Shell(absl::StrCat(AGREEMENTS_DATABASE, " start --engine ",
                                                engine == nullptr ? "mariadb" : engine, " --dir ", directory_.path()));
  const std::vector<std::string> lines = absl::StrSplit(output, '\n', absl::SkipEmpty());
  socket_ = lines.back();
}

void OwnDatabase::Stop() { Shell(absl::StrCat(AGREEMENTS_DATABASE, " stop --dir ", directory_.path())); }

void OwnDatabase::Signal(int number) {
  std::ifstream file(directory_.path() + "/pid");
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1) throw std::runtime_error("the database has no pid");
  kill(pid, number);
  while (number == SIGKILL && kill(pid, 0) == 0 && Shell(absl::StrCat("ps -o stat= -p ", pid, " || true"))[0] != 'Z') {
    absl::SleepFor(absl::Milliseconds(1));
  }
}

std::vector<std::string> OwnDatabase::ServerFlags(int) {
  return {absl::StrCat("--db_socket=", relay_.empty() ? socket_ : relay_), "--db_user=agreements"};
}

std::vector<std::string> OwnDatabase::AdminFlags() { return {absl::StrCat("--db_socket=", socket_), "--db_user=root"}; }

std::string OwnDatabase::Sql(const std::string& sql) { return SqlAt(socket_, sql); }

OwnCluster::OwnCluster(std::string engine) : engine_(std::move(engine)) {
  Shell(absl::StrCat("chmod 711 ", directory_.path()));  // Nodes may run as another user.
  const std::string output = Shell(absl::StrCat(AGREEMENTS_CLUSTER, " start --engine ", engine_, " --nodes 3 --dir ",
                                                directory_.path(), "/cluster"));
  for (const absl::string_view line : absl::StrSplit(output, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() != 3 || words[0] != absl::StrCat(addresses_.size() + 1)) continue;  // Progress.
    addresses_.push_back(words[1]);
    sockets_.push_back(words[2]);
  }
  if (nodes() != 3) throw std::runtime_error("not NODE HOST:PORT SOCKET for each node: " + output);
}

OwnCluster::~OwnCluster() {
  try {
    Shell(absl::StrCat(AGREEMENTS_CLUSTER, " stop --dir ", directory_.path(), "/cluster"));
  } catch (const std::runtime_error& error) {
    std::cerr << error.what() << std::endl;
  }
}

std::vector<std::string> OwnCluster::ServerFlags(int server) {
  std::vector<std::string> hosts;
  for (int i = 0; i < nodes(); ++i) {
    hosts.push_back(addresses_[static_cast<size_t>((i + (several_writers_ ? server : 0)) % nodes())]);
  }
  return {absl::StrCat("--db_host=", absl::StrJoin(hosts, ",")), "--db_user=agreements"};
}

std::vector<std::string> OwnCluster::AdminFlags() {
  return {absl::StrCat("--db_host=", absl::StrJoin(addresses_, ",")), "--db_user=root"};
}

std::string OwnCluster::Grants() {
  if (engine_ != "group-replication") return "";
  return "GRANT SELECT ON performance_schema.replication_group_members TO agreements@'%', agreements@localhost";
}

std::string OwnCluster::SqlOn(int node, const std::string& sql) {
  return SqlAt(sockets_[static_cast<size_t>(node - 1)], sql);
}

int OwnCluster::Writer() {
  const std::string read_only = engine_ == "group-replication" ? "@@super_read_only" : "@@read_only";
  for (int node = 1; node <= nodes(); ++node) {
    try {
      if (SqlOn(node, "SELECT " + read_only) == "0\n") return node;
    } catch (const std::runtime_error&) {
      continue;  // It is down.
    }
  }
  throw std::runtime_error("no node takes writes");
}

void OwnCluster::SwitchWriter() {
  const int writer = Writer();
  const int other = writer % nodes() + 1;
  if (engine_ == "group-replication") {
    const std::string id = SqlOn(other, "SELECT @@server_uuid");
    SqlOn(writer, absl::StrCat("SELECT group_replication_set_as_primary('", absl::StripAsciiWhitespace(id), "')"));
    return;
  }
  // Nothing more is written, then the other one has everything.
  SqlOn(writer, "SET GLOBAL read_only = ON");
  const std::string position = SqlOn(writer, "SELECT @@gtid_binlog_pos");
  SqlOn(other, absl::StrCat("SELECT MASTER_GTID_WAIT('", absl::StripAsciiWhitespace(position), "', 30)"));
  Do("promote", other);
}

std::string OwnCluster::Sql(const std::string& sql) { return SqlOn(Writer(), sql); }

void OwnCluster::Do(const std::string& command, int node, const std::string& option) {
  Shell(absl::StrCat(AGREEMENTS_CLUSTER, " ", command, " ", node, " --dir ", directory_.path(), "/cluster ", option));
}

void OwnCluster::Restore() {
  for (int node = 1; node <= nodes(); ++node) Do("thaw", node);
  for (int node = 1; node <= nodes(); ++node) Do("start-node", node);
}

Installation::Installation(Storage& storage, int servers, absl::Duration day, std::vector<std::string> flags)
    : storage_(storage), flags_(std::move(flags)) {
  storage_.NewSchema();
  WriteDay(kFirstDay);
  servers_.resize(static_cast<size_t>(servers));
  addresses_.resize(static_cast<size_t>(servers), "127.0.0.1:0");
  for (size_t i = 0; i < servers_.size(); ++i) Start(i);
  calendar_ = std::jthread([this, day](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (days_ < kMaxDays &&
           !stopped.wait_for(lock, stop, absl::ToChronoMilliseconds(day), [&] { return stop.stop_requested(); })) {
      WriteDay(kFirstDay + days_ + 1);
      ++days_;  // Callers know of a day when servers have it.
    }
  });
}

Installation::~Installation() = default;

std::vector<std::shared_ptr<grpc::Channel>> Installation::Channels() const {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (const std::string& address : addresses_) channels.push_back(PlainChannel(address));
  return channels;
}

absl::CivilDay Installation::Today() const { return kFirstDay + days_; }

void Installation::WriteDay(absl::CivilDay day) {
  const std::string path = directory_.path() + "/clock";
  std::ofstream(path + ".new") << FormatDay(day) << "T10:00:00Z";
  std::filesystem::rename(path + ".new", path);
}

void Installation::Start(size_t server) {
  std::vector<std::string> flags = storage_.ServerFlags(static_cast<int>(server));
  flags.insert(flags.end(), {absl::StrCat("--db_name=", storage_.schema()),
                             absl::StrCat("--clock_file=", directory_.path(), "/clock"),
                             absl::StrCat("--listen=", addresses_[server])});
  flags.insert(flags.end(), flags_.begin(), flags_.end());
  servers_[server] = std::make_unique<ServerProcess>(flags);
  addresses_[server] = servers_[server]->Address();
  if (addresses_[server].empty()) throw std::runtime_error("no server: " + servers_[server]->Output());
}

void Installation::End(size_t server, int signal) {
  servers_[server]->Signal(signal);
  servers_[server]->Wait();
}

}  // namespace agreements::testing
