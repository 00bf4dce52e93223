#include "storage/migrations/migrations.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "proto/sha256.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

constexpr absl::Duration kPollLease = absl::Milliseconds(200);
constexpr absl::Duration kPauseBeforeRerun = absl::Milliseconds(20);
constexpr int kMaxRuns = 100;

constexpr char kCreateTables[] = R"sql(CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT NOT NULL,
  name VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  apply_time DATETIME(6) NOT NULL,
  PRIMARY KEY (version)
) ENGINE = InnoDB)sql";

constexpr char kCreateLease[] = R"sql(CREATE TABLE IF NOT EXISTS migration_lease (
  id INT NOT NULL,
  holder VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expire_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT migration_lease_is_one CHECK (id = 1)
) ENGINE = InnoDB)sql";

// Of a lease that was made before it had the constraint.
constexpr char kAddConstraint[] = "ALTER TABLE migration_lease ADD CONSTRAINT migration_lease_is_one CHECK (id = 1)";

constexpr char kBreakConstraint[] =
    "INSERT INTO migration_lease (id, holder, expire_time) VALUES (2, '', '2000-01-01')";

const Statement kInsertLease = {"insert_lease", R"sql(
  INSERT IGNORE INTO migration_lease (id, holder, expire_time)
  VALUES (1, '', '2000-01-01')
)sql"};

// The database's clock decides, since the processes' clocks may differ.
const Statement kTakeLease = {"take_lease", R"sql(
  UPDATE migration_lease
  SET holder = ?,
      expire_time = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
  WHERE id = 1
    AND (holder = ? OR expire_time < UTC_TIMESTAMP(6))
)sql"};

const Statement kReleaseLease = {"release_lease", R"sql(
  UPDATE migration_lease
  SET holder = '',
      expire_time = '2000-01-01'
  WHERE id = 1 AND holder = ?
)sql"};

const Statement kListMigrations = {"list_migrations", R"sql(
  SELECT version, checksum
  FROM schema_migrations
)sql"};

const Statement kInsertMigration = {"insert_migration", R"sql(
  INSERT INTO schema_migrations (version, name, checksum, apply_time)
  VALUES (?, ?, ?, UTC_TIMESTAMP(6))
)sql"};

// Runs `body` again while the database has undone it for another's sake. On a Galera cluster, whoever changes the
// schema does so to all others.
template <typename Body>
auto Repeatedly(Session& session, Body body) {
  for (int run = 1;; ++run) {
    session.ClearFailure();
    auto result = body();
    if (!session.failure() || session.failure()->kind != ErrorKind::kRerun || run == kMaxRuns) return result;
    absl::SleepFor(kPauseBeforeRerun);
  }
}

absl::StatusOr<int64_t> Execute(Session& session, const Statement& statement, absl::Span<const Value> values) {
  return Repeatedly(session, [&] { return session.Execute(statement, values); });
}

// Keeps the lease until it is destroyed. A thread with a connection of its own renews it.
class Lease {
 public:
  Lease(std::unique_ptr<Session> session, std::string holder, absl::Duration duration)
      : session_(std::move(session)), holder_(std::move(holder)), duration_(duration) {}

  ~Lease() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    if (renewer_.joinable()) renewer_.join();
    if (held_) Execute(*session_, kReleaseLease, {holder_}).IgnoreError();
  }

  // Waits until the lease is free, and takes it.
  absl::Status Take(const std::function<void(absl::string_view)>& report) {
    RETURN_IF_ERROR(Execute(*session_, kInsertLease, {}).status());
    for (bool reported = false;; reported = true) {
      ASSIGN_OR_RETURN(held_, Renew());
      if (held_) break;
      if (!reported) report("waiting for another migration to finish");
      absl::SleepFor(kPollLease);
    }
    renewer_ = std::thread([this] { KeepRenewing(); });
    return absl::OkStatus();
  }

  // Whether this process still has the lease.
  bool Held() {
    const std::lock_guard lock(mutex_);
    return held_;
  }

 private:
  absl::StatusOr<bool> Renew() {
    ASSIGN_OR_RETURN(const int64_t changed,
                     Execute(*session_, kTakeLease, {holder_, absl::ToInt64Microseconds(duration_), holder_}));
    return changed == 1;
  }

  void KeepRenewing() {
    std::unique_lock lock(mutex_);
    while (held_ && !changed_.wait_for(lock, absl::ToChronoMilliseconds(duration_ / 3), [this] { return done_; })) {
      const absl::StatusOr<bool> renewed = Renew();
      held_ = renewed.ok() && *renewed;
    }
  }

  std::unique_ptr<Session> session_;
  const std::string holder_;
  const absl::Duration duration_;
  std::thread renewer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool done_ = false;
};

std::string RandomHolder() {
  absl::BitGen generator;
  return absl::StrCat("migrator-", absl::Hex(absl::Uniform<uint64_t>(generator)));
}

std::string Checksum(const Migration& migration) { return Sha256Hex(migration.sql); }

// The statements of a migration, without comment lines.
std::vector<std::string> Statements(absl::string_view sql) {
  std::string code;
  for (const absl::string_view line : absl::StrSplit(sql, '\n')) {
    if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "--")) absl::StrAppend(&code, line, "\n");
  }
  return absl::StrSplit(code, ";\n", absl::SkipWhitespace());
}

absl::StatusOr<std::map<int, std::string>> AppliedChecksums(Session& session) {
  std::map<int, std::string> checksums;
  RETURN_IF_ERROR(session.Query(
      kListMigrations, {}, [&](const Row& row) { checksums[static_cast<int>(row.GetInt64(1))] = row.GetString(2); }));
  return checksums;
}

// Whether the database refuses a second lease. Stores none.
absl::StatusOr<bool> HasConstraint(Session& session) {
  RETURN_IF_ERROR(session.Begin());
  const absl::Status broken = session.Command(kBreakConstraint);
  const bool is_refused = session.failure() && IsCheckViolation(session.failure()->number);
  if (session.failure() && !is_refused) return broken;
  session.ClearFailure();
  RETURN_IF_ERROR(session.Rollback());
  return is_refused;
}

// Some databases accept a CHECK, and then drop it without a word. Tables that were made so would stay without theirs.
absl::Status RequireConstraints(Session& session) {
  const auto ask = [&] { return HasConstraint(session); };
  ASSIGN_OR_RETURN(bool has_constraint, Repeatedly(session, ask));
  if (has_constraint) return absl::OkStatus();
  RETURN_IF_ERROR(session.Command(kAddConstraint));
  ASSIGN_OR_RETURN(has_constraint, Repeatedly(session, ask));
  if (has_constraint) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the database drops CHECK constraints, so nothing was migrated; on TiDB: SET GLOBAL "
      "tidb_enable_check_constraint = ON");
}

absl::Status ChecksumDiffers(const Migration& migration) {
  return absl::FailedPreconditionError(absl::StrCat("migration ", migration.name, " was applied with another text"));
}

}  // namespace

absl::Status Migrate(Database& database, const std::vector<Migration>& migrations,
                     const std::function<void(absl::string_view)>& report, absl::Duration lease_duration) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, database.Connect());
  ASSIGN_OR_RETURN(std::unique_ptr<Session> lease_session, database.Connect());
  RETURN_IF_ERROR(session->Command(kCreateTables));
  RETURN_IF_ERROR(session->Command(kCreateLease));
  Lease lease(std::move(lease_session), RandomHolder(), lease_duration);
  RETURN_IF_ERROR(lease.Take(report));
  RETURN_IF_ERROR(RequireConstraints(*session));

  ASSIGN_OR_RETURN(const auto applied, AppliedChecksums(*session));
  for (const Migration& migration : migrations) {
    if (const auto it = applied.find(migration.version); it != applied.end()) {
      if (it->second != Checksum(migration)) return ChecksumDiffers(migration);
      continue;
    }
    report(absl::StrCat("applying ", migration.name));
    for (const std::string& statement : Statements(migration.sql)) {
      if (!lease.Held()) return absl::AbortedError("the migration's lease was lost; run it again");
      const std::string sql(absl::StripAsciiWhitespace(statement));
      RETURN_IF_ERROR(Repeatedly(*session, [&] { return session->Command(sql); }));
    }
    RETURN_IF_ERROR(
        Execute(*session, kInsertMigration, {migration.version, migration.name, Checksum(migration)}).status());
  }
  report(absl::StrCat("the schema is at version ", migrations.empty() ? 0 : migrations.back().version));
  return absl::OkStatus();
}

absl::Status CheckSchema(Session& session, const std::vector<Migration>& migrations) {
  const auto applied = AppliedChecksums(session);
  if (!applied.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the schema's version cannot be read: run agreements-admin migrate (", applied.status().message(), ")"));
  }
  for (const Migration& migration : migrations) {
    const auto it = applied->find(migration.version);
    if (it == applied->end()) {
      return absl::FailedPreconditionError(
          absl::StrCat("migration ", migration.name, " is missing: run agreements-admin migrate"));
    }
    if (it->second != Checksum(migration)) return ChecksumDiffers(migration);
  }
  return absl::OkStatus();
}

}  // namespace agreements::storage
