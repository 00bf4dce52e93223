// Runs the transactions of calls on pooled connections, again and again if need be.
#ifndef AGREEMENTS_STORAGE_CONNECTION_CALL_RUNNER_H_
#define AGREEMENTS_STORAGE_CONNECTION_CALL_RUNNER_H_

#include <memory>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection/availability.h"
#include "storage/connection/call.h"
#include "storage/connection/hosts.h"
#include "storage/connection/ids.h"
#include "storage/connection/killer.h"
#include "storage/connection/pool.h"
#include "storage/connection/session.h"
#include "storage/connection/trouble_log.h"

namespace agreements::storage {

// Whether the result of an attempt goes to the caller. If not, it runs again.
bool IsAnswer(const Session& session, const absl::Status& status);

// Thread-safe.
class CallRunner {
 public:
  CallRunner(const DatabaseOptions& options, IdSource& ids) : options_(options), ids_(ids) {}

  // Runs `attempt`, each time on some connection, until it succeeds or fails with an error for the caller. With
  // `autocommit` off it is a transaction that writes. An error of the server that `attempt` leaves in the session
  // decides whether it runs again, not its status. Returns CANCELLED when the call has been cancelled.
  absl::Status Run(const Call& call, bool autocommit, absl::FunctionRef<absl::Status(Session&)> attempt);

  // What calls are told when the database is gone, or OK.
  absl::Status CheckGone() const;

  // See Database.
  absl::Status Check() { return availability_.Check(); }
  absl::StatusOr<std::unique_ptr<Session>> Connect();
  DatabaseFigures figures() const;

 private:
  // What the runs of a call have met so far.
  struct Runs {
    absl::Time refused_since = absl::InfiniteFuture();
    absl::Duration waited_for_rows;
    bool outcome_known = true;  // Of every COMMIT.
    int duplicates = 0;
  };

  bool IsGone(absl::Time refused_since) const;
  // Runs `attempt` once. std::nullopt if it runs again.
  std::optional<absl::Status> RunOnce(const Call& call, bool autocommit, absl::Time deadline, Runs& runs,
                                      absl::FunctionRef<absl::Status(Session&)> attempt);
  // What ends a call after an attempt that left the connection as it was, and after one that failed with an error of
  // the server, which began at `begin`. std::nullopt if it runs again.
  std::optional<absl::Status> AfterAttempt(Pooled pooled, absl::Status status, Runs& runs);
  std::optional<absl::Status> AfterFailure(Pooled pooled, absl::Time begin, absl::Time deadline, Runs& runs);
  // Makes the connection of a transaction that has failed idle again.
  void RollBack(Pooled pooled);

  const DatabaseOptions options_;
  IdSource& ids_;
  Hosts hosts_{options_};
  Pool pool_{options_, hosts_};
  Availability availability_{options_, hosts_, pool_};
  Killer killer_{options_, hosts_};

  TroubleLog dropped_{"a database connection was dropped"};
  TroubleLog refused_{"the database refuses"};
  TroubleLog not_written_{"the database cannot write"};
  TroubleLog lost_{"a transaction had ended without a word, and ran again"};
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_CALL_RUNNER_H_
