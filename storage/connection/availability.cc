#include "storage/connection/availability.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "spdlog/spdlog.h"

namespace agreements::storage {
namespace {

// Pauses between attempts to reconnect: random, up to a bound that doubles from the first to the last.
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLastPause = absl::Milliseconds(500);

// How long a silent host is not looked at again, since that takes as long as it did before: until then, another one may
// take over. The second one is for when no host can be used.
constexpr absl::Duration kSilent = absl::Seconds(10);
constexpr absl::Duration kSilentInOutage = absl::Seconds(3);

}  // namespace

Availability::Availability(const DatabaseOptions& options, Hosts& hosts, Pool& pool)
    : options_(options), hosts_(hosts), pool_(pool), looked_at_(hosts.size()) {}

Availability::~Availability() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (reconnecting_.joinable()) reconnecting_.join();
}

absl::Time Availability::gone_since() const {
  const int64_t since = gone_since_;
  return since == kNotGone ? absl::InfiniteFuture() : absl::FromUnixMicros(since);
}

void Availability::BeginOutage(absl::Time since) {
  const std::lock_guard lock(mutex_);
  if (IsOutage()) return;
  gone_since_ = absl::ToUnixMicros(since);
  if (!reconnecting_.joinable()) reconnecting_ = std::thread([this] { Reconnect(); });
  changed_.notify_all();
}

absl::StatusOr<size_t> Availability::EnsureHost() {
  if (const std::optional<size_t> host = pool_.host()) return *host;
  const std::lock_guard lock(check_mutex_);
  // An outage may have begun while this waited.
  if (!pool_.host() && !IsOutage()) RETURN_IF_ERROR(Choose());
  // It may have been left since.
  const std::optional<size_t> host = pool_.host();
  return host ? absl::StatusOr<size_t>(*host) : DatabaseUnavailable();
}

absl::Status Availability::Check() {
  const std::lock_guard lock(check_mutex_);
  Choose().IgnoreError();
  return State();
}

absl::Status Availability::Choose() {
  const absl::Time begin = absl::Now();
  const absl::Duration memory = IsOutage() ? kSilentInOutage : kSilent;
  std::vector<size_t> hosts;
  for (size_t host = 0; host < hosts_.size(); ++host) {
    if (pool_.host() == host || !hosts_.WasSilent(host, memory)) hosts.push_back(host);
  }
  if (hosts.empty()) {
    hosts.resize(hosts_.size());
    std::iota(hosts.begin(), hosts.end(), 0);
  }

  std::vector<HostSight> sights = LookAt(hosts);
  if (const std::optional<size_t> used = pool_.host()) {
    // A host without room for another connection serves others. One that is only slow has answered them.
    const HostSight& sight = sights[*used];
    const bool serves =
        absl::IsResourceExhausted(sight.status) || (sight.is_silent && hosts_.AnsweredSince(*used, begin));
    if (serves) return sight.status;
  }
  if (UseOneOf(absl::MakeSpan(sights))) return absl::OkStatus();
  BeginOutage(begin);  // Before calls lose their connections, and look for a host by themselves.
  pool_.Leave();
  std::vector<absl::string_view> reasons;
  reasons.reserve(sights.size());
  for (const HostSight& sight : sights) reasons.push_back(sight.status.message());
  return absl::UnavailableError(absl::StrCat("no database host can be used: ", absl::StrJoin(reasons, "; ")));
}

bool Availability::UseOneOf(absl::Span<HostSight> sights) {
  for (;;) {
    RefuseOutdated(sights);
    LogRefusals(sights);
    const std::optional<size_t> used = pool_.host();
    const std::optional<size_t> chosen = ChooseHost(sights, used, epoch_);
    if (!chosen) return false;
    if (chosen != used) {
      pool_.Leave();
      // Another server may have recorded another host meanwhile.
      if (options_.records_writer && !IsRecorded(*chosen, sights[*chosen])) continue;
      spdlog::info("the database is used at {}, epoch {}", sights[*chosen].address, epoch_);
      if (last_used_ && last_used_ != chosen) ++fail_overs_;
      last_used_ = chosen;
      pool_.Use(*chosen, epoch_);
    }
    EndOutage();
    return true;
  }
}

void Availability::RefuseOutdated(absl::Span<HostSight> sights) {
  for (const HostSight& sight : sights) epoch_ = std::max(epoch_, sight.record.epoch);
  for (HostSight& sight : sights) {
    if (!sight.status.ok() || IsFit(sight, epoch_)) continue;
    sight.status = absl::UnavailableError(absl::StrCat(sight.address, " lacks changes: its epoch is ",
                                                       sight.record.epoch, ", and ", epoch_, " has been seen"));
  }
}

bool Availability::IsRecorded(size_t host, HostSight& sight) {
  if (sight.record.host == sight.address) return true;
  const absl::StatusOr<WriterRecord> record = RecordWriter(*looked_at_[host].session, sight.record, sight.address);
  if (!record.ok()) {
    sight.status = absl::UnavailableError(
        absl::StrCat(sight.address, " cannot be recorded as the host that is written to: ", record.status().message()));
    return false;
  }
  sight.record = *record;
  epoch_ = std::max(epoch_, record->epoch);
  return record->host == sight.address;
}

std::vector<HostSight> Availability::LookAt(const std::vector<size_t>& hosts) {
  std::vector<HostSight> sights(hosts_.size());
  for (size_t host = 0; host < hosts_.size(); ++host) {
    sights[host].address = hosts_.address(host);
    sights[host].status = absl::UnavailableError(absl::StrCat(hosts_.address(host), " does not answer"));
  }
  std::vector<std::jthread> lookers;
  for (size_t i = 1; i < hosts.size(); ++i) {
    lookers.emplace_back([this, &sights, host = hosts[i]] { sights[host] = LookAt(host); });
  }
  if (!hosts.empty()) sights[hosts[0]] = LookAt(hosts[0]);
  lookers.clear();
  return sights;
}

HostSight Availability::LookAt(size_t host) {
  const absl::Time begin = absl::Now();
  const auto has_timed_out = [&] { return Hosts::HasMet(options_.check_timeout, absl::Now() - begin); };
  HostSight sight;
  sight.address = hosts_.address(host);
  const std::unique_ptr<Session>& session = looked_at_[host].session;
  const bool is_old = session != nullptr;
  sight.status = Ask(host, sight.record);
  // It may have been closed meanwhile, e.g. because it was idle.
  if (is_old && session == nullptr && !has_timed_out()) sight.status = Ask(host, sight.record);
  if (session != nullptr) {
    hosts_.Answered(host);
  } else if (has_timed_out()) {
    sight.is_silent = true;
    if (!hosts_.AnsweredSince(host, begin)) hosts_.FellSilent(host);
  }
  return sight;
}

absl::Status Availability::Ask(size_t host, WriterRecord& record) {
  std::unique_ptr<Session>& session = looked_at_[host].session;
  if (session == nullptr) {
    ASSIGN_OR_RETURN(session, hosts_.Open(host, {.connect_timeout = options_.check_timeout,
                                                 .read_timeout = options_.check_timeout}));
  }
  session->ClearFailure();
  // A node without quorum answers a ping, but fails this.
  absl::Status status = session->Prepare();
  // A host that takes no writes may yet know that another one has taken over.
  if (status.ok() || session->failure()->kind == ErrorKind::kServerRefuses) {
    const absl::StatusOr<WriterRecord> found = ReadWriterRecord(*session);
    if (found.ok()) record = *found;
    status.Update(found.status());
  }
  if (!status.ok()) status = absl::UnavailableError(absl::StrCat(hosts_.address(host), ": ", status.message()));
  if (session->failure() && session->failure()->kind == ErrorKind::kConnectionLost) session.reset();
  return status;
}

// Once, and again only when the reason has changed: a host that only stands by is no trouble. Hosts logs of those that
// cannot be reached.
void Availability::LogRefusals(absl::Span<const HostSight> sights) {
  for (size_t host = 0; host < sights.size(); ++host) {
    if (looked_at_[host].session == nullptr) continue;
    const std::string reason(sights[host].status.message());
    if (std::exchange(looked_at_[host].refusal, reason) == reason) continue;
    if (reason.empty()) {
      spdlog::info("the database takes writes at {}", sights[host].address);
    } else {
      spdlog::warn("the database is not used at {}", reason);
    }
  }
}

absl::Status Availability::State() const { return IsOutage() ? DatabaseUnavailable() : absl::OkStatus(); }

void Availability::Reconnect() {
  absl::BitGen generator;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait(lock, [this] { return ending_ || IsOutage(); });
    absl::Duration bound = kFirstPause;
    while (!ending_ && IsOutage()) {
      lock.unlock();
      Check().IgnoreError();  // It ends the outage, or logs why not.
      lock.lock();
      if (!IsOutage()) break;
      const absl::Duration pause = bound * absl::Uniform<double>(generator, 0, 1);
      changed_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return ending_; });
      bound = std::min(2 * bound, kLastPause);
    }
  }
}

}  // namespace agreements::storage
