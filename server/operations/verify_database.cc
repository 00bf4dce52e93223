#include "server/operations/verify_database.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/verify_requests.h"
#include "server/operations/verify_trail.h"
#include "server/rules/rules.h"
#include "storage/connection/requests.h"
#include "storage/invariants/entries.h"
#include "storage/invariants/invariants.h"
#include "storage/tables/name_keys.h"

namespace agreements {
namespace {

using storage::ReadTransaction;

constexpr int kPageSize = 1000;
// More than the clocks of servers differ, plus the time of a call.
constexpr absl::Duration kClocksDiffer = absl::Hours(1);
// Changes of this time must all have their entries. Responses are kept for at least 72 hours, entries longer.
constexpr absl::Duration kRecent = absl::Hours(71);

std::vector<storage::Invariant> Invariants() {
  std::vector<storage::Invariant> invariants = storage::StructureInvariants();
  for (const storage::Invariant& invariant : storage::BillingInvariants()) invariants.push_back(invariant);
  for (const storage::Invariant& invariant : storage::ChangeInvariants()) invariants.push_back(invariant);
  return invariants;
}

// What is wrong with the day on which settling begins: it must be the day of creation (O2). "" if nothing is.
std::string WrongAgreementDay(const storage::Beginning& agreement, absl::TimeZone time_zone) {
  const absl::CivilDay created = rules::DayOf(agreement.create_time, time_zone);
  if (agreement.first_day == created) return "";
  return absl::StrCat("settling begins on ", FormatDay(*agreement.first_day), ", but it was created on ",
                      FormatDay(created));
}

// D2: a company's placements begin on the day of its creation, or later if its agreement was settled further.
std::string WrongCompanyDay(const storage::Beginning& company, absl::TimeZone time_zone) {
  const absl::CivilDay created = rules::DayOf(company.create_time, time_zone);
  if (!company.first_day) return "has no placement";
  if (company.first_day == created || (company.first_day > created && company.after_settled)) return "";
  return absl::StrCat("its placements begin on ", FormatDay(*company.first_day), ", but it was created on ",
                      FormatDay(created));
}

// D2: a change to a company takes effect on the same day, or where its agreement is settled until. So it is not after
// the day of the change, by clocks that differ by seconds. Another check finds companies without a placement.
std::string WrongDayOfChange(const storage::LastChange& company, absl::TimeZone time_zone) {
  if (!company.day) return "";
  if (*company.day <= rules::DayOf(company.update_time + kClocksDiffer, time_zone)) return "";
  return absl::StrCat("its newest placement begins or ends on ", FormatDay(*company.day),
                      ", but its last change was on ", FormatDay(rules::DayOf(company.update_time, time_zone)));
}

std::string WrongName(const storage::StoredName& name, absl::TimeZone /*time_zone*/) {
  return storage::WrongKeys(name);
}

// Verifies account by account, and adds up the findings.
class DatabaseVerifier {
 public:
  DatabaseVerifier(storage::Database& database, const Context& context, const VerifyOptions& options)
      : database_(database), context_(context), options_(options), told_(context.clock.now()) {
    result_.waiting.table = storage::WaitingTransactions().table;
    result_.waiting.rule = storage::WaitingTransactions().rule;
  }

  absl::StatusOr<DatabaseVerification> Run() {
    std::string account_id = options_.account_id;
    if (!account_id.empty()) {
      ++result_.accounts;
      RETURN_IF_ERROR(VerifyAccount(account_id));
      return std::move(result_);
    }
    for (;;) {
      ASSIGN_OR_RETURN(const auto next, storage::NextAccount(database_, account_id));
      if (!next) return std::move(result_);
      account_id = *next;
      ++result_.accounts;
      RETURN_IF_ERROR(VerifyAccount(account_id));
    }
  }

 private:
  template <typename Listed>
  using List = absl::StatusOr<std::vector<Listed>> (*)(ReadTransaction&, absl::string_view, int);

  // An invariant with its check.
  struct Rule {
    storage::Invariant invariant;
    Check& check;
  };

  Check& Add(const char* table, const char* rule) {
    Check& check = result_.checks.emplace_back();
    check.table = table;
    check.rule = rule;
    return check;
  }

  std::vector<Rule> AddAll(const std::vector<storage::Invariant>& invariants) {
    std::vector<Rule> rules;
    for (const storage::Invariant& invariant : invariants) {
      rules.push_back({.invariant = invariant, .check = Add(invariant.table, invariant.rule)});
    }
    return rules;
  }

  storage::Call CallFor(const std::string& account_id) {
    storage::Call call;
    call.account_id = account_id;
    return call;
  }

  template <typename Body>
  std::invoke_result_t<Body, ReadTransaction&> Read(const std::string& account_id, const Body& body) {
    return database_.ReadOnly(CallFor(account_id), body);
  }

  void Find(Check& check, const std::string& account_id, absl::string_view text) const {
    ++check.count;
    if (static_cast<int>(check.first.size()) < options_.max_shown) {
      check.first.push_back({.account_id = account_id, .text = std::string(text)});
    }
  }

  void Tell() {
    if (context_.clock.now() - told_ < options_.progress_interval) return;
    told_ = context_.clock.now();
    options_.progress(absl::StrCat("accounts begun: ", result_.accounts, ", order bases computed again: ",
                                   documents_.looked_at, ", findings: ", result_.findings()));
  }

  absl::Status VerifyAccount(const std::string& account_id) {
    ASSIGN_OR_RETURN(auto rows, Read(account_id, storage::CountRows));
    for (const Rule& rule : invariants_) RETURN_IF_ERROR(CheckInvariant(account_id, rule.invariant, rows, rule.check));
    RETURN_IF_ERROR(CheckInvariant(account_id, storage::WaitingTransactions(), rows, result_.waiting));
    RETURN_IF_ERROR(CheckEach(account_id, storage::ListAgreementBeginnings, WrongAgreementDay, agreement_days_));
    RETURN_IF_ERROR(CheckEach(account_id, storage::ListCompanyBeginnings, WrongCompanyDay, company_days_));
    RETURN_IF_ERROR(CheckEach(account_id, storage::ListCompanyChanges, WrongDayOfChange, days_of_changes_));
    RETURN_IF_ERROR(CheckEach(account_id, storage::ListAgreementNames, WrongName, agreement_names_));
    RETURN_IF_ERROR(CheckEach(account_id, storage::ListCompanyNames, WrongName, company_names_));
    RETURN_IF_ERROR(CheckRequests(account_id, rows["requests"]));
    RETURN_IF_ERROR(CheckRecentChanges(account_id, rows));
    RETURN_IF_ERROR(CheckTrail(account_id, rows));
    return CheckDocuments(account_id);
  }

  absl::Status CheckRequests(const std::string& account_id, int64_t records) {
    VerifyRequestsOptions options;
    options.change_is_lost = [&](absl::string_view text) { Find(lost_changes_, account_id, text); };
    options.record_is_lost = [&](absl::string_view text) { Find(lost_records_, account_id, text); };
    RETURN_IF_ERROR(VerifyRequests(database_, CallFor(account_id), records, options));
    lost_changes_.looked_at += records;
    lost_records_.looked_at += records;
    Tell();
    return absl::OkStatus();
  }

  // Since when every change has its entry.
  static absl::StatusOr<absl::Time> RecentSince(ReadTransaction& tx) {
    absl::Time since = absl::Now() - kRecent;  // Entries have real times.
    ASSIGN_OR_RETURN(const auto without_change, storage::NewestRequestWithoutChange(tx));
    if (without_change) since = std::max(since, *without_change + kClocksDiffer);
    return since;
  }

  // In one snapshot, since servers that write no entries may be at work.
  absl::Status CheckRecentChanges(const std::string& account_id, std::map<std::string, int64_t>& rows) {
    const auto found = database_.ReadSnapshot(
        CallFor(account_id), [&](ReadTransaction& tx) -> absl::StatusOr<std::vector<storage::Breaches>> {
          ASSIGN_OR_RETURN(const absl::Time since, RecentSince(tx));
          std::vector<storage::Breaches> breaches;
          for (const Rule& rule : recent_) {
            ASSIGN_OR_RETURN(breaches.emplace_back(),
                             storage::FindRecentBreaches(tx, rule.invariant, since, options_.max_shown));
          }
          ASSIGN_OR_RETURN(breaches.emplace_back(), storage::FindResponsesAlone(tx, since, options_.max_shown));
          return breaches;
        });
    RETURN_IF_ERROR(found.status());
    auto breaches = found->begin();
    for (const Rule& rule : recent_) AddBreaches(account_id, *breaches++, rows, rule.check);
    AddBreaches(account_id, *breaches, rows, responses_alone_);
    return absl::OkStatus();
  }

  absl::Status CheckTrail(const std::string& account_id, std::map<std::string, int64_t>& rows) {
    std::vector<std::pair<Check*, std::string>> found;
    const auto to = [&found](Check& check) {
      return [&found, &check](absl::string_view text) { found.emplace_back(&check, text); };
    };
    const auto verified =
        database_.ReadSnapshot(CallFor(account_id), [&](storage::Snapshot& tx) -> absl::StatusOr<bool> {
          found.clear();
          VerifyTrailOptions options;
          ASSIGN_OR_RETURN(options.since, RecentSince(tx));
          options.now = context_.clock.now();
          options.field_differs = to(told_fields_);
          options.placements_differ = to(told_placements_);
          options.transactions_differ = to(told_transactions_);
          options.entry_is_hidden = to(hidden_entries_);
          RETURN_IF_ERROR(VerifyTrail(tx, options));
          return true;
        });
    RETURN_IF_ERROR(verified.status());
    for (const auto& [check, text] : found) Find(*check, account_id, text);
    for (Check* check : {&told_fields_, &told_placements_, &told_transactions_, &hidden_entries_}) {
      check->looked_at += rows[check->table];
    }
    Tell();
    return absl::OkStatus();
  }

  void AddBreaches(const std::string& account_id, const storage::Breaches& breaches,
                   std::map<std::string, int64_t>& rows, Check& check) {
    check.looked_at += rows[check.table];
    for (const std::string& text : breaches.first) Find(check, account_id, text);
    check.count += breaches.count - static_cast<int64_t>(breaches.first.size());
    Tell();
  }

  absl::Status CheckInvariant(const std::string& account_id, const storage::Invariant& invariant,
                              std::map<std::string, int64_t>& rows, Check& check) {
    ASSIGN_OR_RETURN(const storage::Breaches breaches, Read(account_id, [&](ReadTransaction& tx) {
                       return storage::FindBreaches(tx, invariant, options_.max_shown);
                     }));
    AddBreaches(account_id, breaches, rows, check);
    return absl::OkStatus();
  }

  // Checks everything that `list` lists. `what_is_wrong` returns "" if nothing is.
  template <typename Listed>
  absl::Status CheckEach(const std::string& account_id, List<Listed> list,
                         std::string (*what_is_wrong)(const Listed&, absl::TimeZone), Check& check) {
    std::string after_id;
    for (;;) {
      ASSIGN_OR_RETURN(const auto page,
                       Read(account_id, [&](ReadTransaction& tx) { return list(tx, after_id, kPageSize); }));
      if (page.empty()) return absl::OkStatus();
      after_id = page.back().id;
      for (const Listed& listed : page) {
        ++check.looked_at;
        const std::string wrong = what_is_wrong(listed, context_.clock.time_zone);
        if (!wrong.empty()) Find(check, account_id, absl::StrCat(listed.id, ": ", wrong));
      }
      Tell();
    }
  }

  absl::Status CheckDocuments(const std::string& account_id) {
    std::string after_id;
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, Read(account_id, [&](ReadTransaction& tx) {
                         return storage::ListOrderBasisIds(tx, after_id, kPageSize);
                       }));
      if (page.empty()) return absl::OkStatus();
      after_id = page.back();
      for (const std::string& order_basis_id : page) RETURN_IF_ERROR(CheckDocument(account_id, order_basis_id));
    }
  }

  absl::Status CheckDocument(const std::string& account_id, const std::string& order_basis_id) {
    v1::VerifyOrderBasisRequest request;
    request.set_order_basis_id(order_basis_id);
    const auto response = database_.ReadSnapshot(
        CallFor(account_id), [&](storage::Snapshot& tx) { return VerifyOrderBasis(tx, context_, request); });
    Check& check = documents_;
    ++check.looked_at;
    Tell();
    if (absl::IsNotFound(response.status())) {
      Find(check, account_id, absl::StrCat(order_basis_id, ": cannot be computed: ", response.status().message()));
      return absl::OkStatus();
    }
    if (!response.ok()) return response.status();
    for (const v1::VerificationFinding& finding : response->findings()) {
      Find(check, account_id, absl::StrCat(order_basis_id, ": ", finding.description()));
    }
    return absl::OkStatus();
  }

  storage::Database& database_;
  const Context& context_;
  const VerifyOptions& options_;
  absl::Time told_;
  DatabaseVerification result_;
  // The checks, in the order in which they are told.
  const std::vector<Rule> invariants_ = AddAll(Invariants());
  Check& agreement_days_ = Add("agreements", "settling begins on the day of creation");
  Check& company_days_ = Add("companies", "placements begin on the day of creation");
  Check& days_of_changes_ = Add("companies", "no placement begins or ends after the day of the last change");
  Check& documents_ = Add("order bases", "computing it again from history gives the same lines, total and digest");
  Check& agreement_names_ = Add("agreements", "the agreement's keys for order and search fit its name");
  Check& company_names_ = Add("companies", "the company's keys for order and search fit its name");
  Check& lost_changes_ = Add("requests", "what its response contains is stored, at the same revision or a later one");
  Check& lost_records_ = Add("requests", "every recent change that raised a revision has one");
  const std::vector<Rule> recent_ = AddAll(storage::RecentInvariants());
  Check& responses_alone_ = Add("changes", "a recent response has the request that it answers");
  Check& hidden_entries_ = Add("changes", "a recent entry is found by everything that it tells");
  Check& told_fields_ = Add("changes", "the values that recent entries give to fields lead to those that are stored");
  Check& told_placements_ = Add("placements", "they are those that replaying the recent entries gives");
  Check& told_transactions_ =
      Add("transactions", "there are as many as recent entries recorded, cancelled and claimed");
};

}  // namespace

int64_t DatabaseVerification::findings() const {
  int64_t findings = 0;
  for (const Check& check : checks) findings += check.count;
  return findings;
}

absl::StatusOr<DatabaseVerification> VerifyDatabase(storage::Database& database, const Context& context,
                                                    const VerifyOptions& options) {
  return DatabaseVerifier(database, context, options).Run();
}

}  // namespace agreements
