#include "server/operations/verify_trail.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/ids.h"
#include "storage/connection/trail.h"
#include "storage/invariants/entries.h"
#include "storage/tables/accesses.h"
#include "storage/tables/agreements.h"
#include "storage/tables/columns.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"
#include "storage/tables/order_bases.h"
#include "storage/tables/placements.h"
#include "storage/tables/prices.h"

namespace agreements {
namespace {

using storage::ResourceName;
using storage::Snapshot;

constexpr int kEntriesAPage = 200;  // An entry can have 16 KiB.
constexpr int kAllPlacements = 100'000;

// More than the clocks of servers differ, plus the time of a call.
constexpr absl::Duration kClocksDiffer = absl::Hours(1);

// How often a field was given a value, less how often the value was taken from it. Values at 0 may be missing.
using Balance = std::map<std::string, int64_t>;

// The changes of a resource that entries tell.
struct Told {
  bool made = false;  // One of them made it.
  std::map<std::string, Balance> fields;
  std::map<std::string, int64_t> counts;
  std::vector<std::pair<int64_t, v1::FieldChange>> placements;  // With the company's revision.
};

// Day and holder, e.g. "2026-11-07" and "agr-1jq2v8k5w0c3m7xz" or "nobody".
using Placements = std::map<std::string, std::string>;

bool IsCount(const std::string& field) {
  static const auto* const kCounts = new std::set<std::string>{
      "accesses_ended", "drafts_discarded", "transactions_recorded", "transactions_cancelled", "transactions_claimed"};
  return kCounts->count(field) > 0;
}

// Whether the change made the resource: what has no revision has a field then that never changes later.
bool IsMade(const v1::ChangedResource& resource) {
  const auto is_given = [&](const char* name) {
    return std::any_of(resource.fields().begin(), resource.fields().end(), [&](const v1::FieldChange& field) {
      return field.field() == name && field.old_value().empty();
    });
  };
  switch (resource.kind()) {
    case v1::RESOURCE_KIND_ACCESS:
      return is_given("company_id");
    case v1::RESOURCE_KIND_ORDER_BASIS:
      return is_given("agreement_id");
    default:
      return resource.revision() == 1;
  }
}

// "agreement" of RESOURCE_KIND_AGREEMENT.
std::string NameOf(v1::ResourceKind kind) {
  std::string name(absl::StripPrefix(v1::ResourceKind_Name(kind), "RESOURCE_KIND_"));
  std::replace(name.begin(), name.end(), '_', ' ');
  absl::AsciiStrToLower(&name);
  return name;
}

std::string Quoted(const std::string& value) { return value.empty() ? "empty" : absl::StrCat("\"", value, "\""); }

// What the trail calls a field that was never given a value.
std::string NoValueOf(absl::string_view field) { return absl::EndsWith(field, "_count") ? "0" : ""; }

// What the changes lead to if that is not `stored`. std::nullopt if it is. `first` is the value that they began with,
// if they made the resource. Else it may be any.
std::optional<std::string> OtherThan(const std::string& stored, Balance balance,
                                     const std::optional<std::string>& first) {
  --balance[stored];
  if (first) ++balance[*first];
  std::optional<std::string> other;
  int64_t taken = 0;
  for (const auto& [value, count] : balance) {
    if (count > 0) other = value;
    if (count < 0) taken -= count;
  }
  if (!other && taken == (first ? 0 : 1)) return std::nullopt;
  return other.value_or(first.value_or(""));
}

std::string PlacementsText(const Placements& placements) {
  if (placements.empty()) return "none";
  return absl::StrJoin(placements, ", ", [](std::string* out, const auto& placement) {
    absl::StrAppend(out, placement.second, " from ", placement.first);
  });
}

// Verifies one part of the resources. Names are divided into `count` parts, of which this is `number`.
class TrailVerifier {
 public:
  TrailVerifier(Snapshot& tx, size_t number, size_t count, const VerifyTrailOptions& options)
      : tx_(tx), number_(number), count_(count), options_(options) {}

  absl::Status Run() {
    std::string after_id = storage::FirstId(kChangePrefix, options_.since);
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, storage::ListEntries(tx_, after_id, kEntriesAPage));
      for (const storage::Entry& entry : page) RETURN_IF_ERROR(Read(entry));
      if (page.empty()) break;
      after_id = page.back().change.change_id();
    }
    for (const auto& [name, told] : told_) {
      if (untold_.count(name) == 0) RETURN_IF_ERROR(Compare(name, told));
    }
    return absl::OkStatus();
  }

 private:
  bool IsOurs(const std::string& id) const { return std::hash<std::string>()(id) % count_ == number_; }

  absl::Status Read(const storage::Entry& entry) {
    const v1::Change& change = entry.change;
    if (IsOurs(change.change_id())) CheckFound(entry);
    for (const v1::ChangedResource& resource : change.resources()) Read(resource);
    if (change.omitted_resources() == 0) return absl::OkStatus();
    std::set<ResourceName> shown;
    for (const v1::ChangedResource& resource : change.resources()) shown.emplace(resource.kind(), resource.id());
    ASSIGN_OR_RETURN(const auto names, storage::ListResourcesOf(tx_, change.change_id()));
    for (const ResourceName& name : names) {
      if (shown.count(name) == 0 && IsOurs(name.second)) untold_.insert(name);
    }
    return absl::OkStatus();
  }

  void CheckFound(const storage::Entry& entry) const {
    const v1::Change& change = entry.change;
    const int64_t should_be = int{!change.method().empty()} + int{!change.caller().empty()} +
                              int{!change.actor().empty()} + change.resources_size() + change.omitted_resources();
    if (entry.found_by == should_be) return;
    options_.entry_is_hidden(
        absl::StrCat(change.change_id(), ": is found by ", entry.found_by, " of the ", should_be, " that it tells"));
  }

  void Read(const v1::ChangedResource& resource) {
    const ResourceName name = {resource.kind(), resource.id()};
    for (const v1::FieldChange& field : resource.fields()) {
      if (field.field() == "accesses_ended" || field.field() == "drafts_discarded") ended_.insert(resource.id());
    }
    if (!IsOurs(resource.id()) || (resource.fields().empty() && resource.revision() == 0)) return;
    Told& told = told_[name];
    told.made = told.made || IsMade(resource);
    for (const v1::FieldChange& field : resource.fields()) {
      int64_t count = 0;
      if (IsCount(field.field()) && absl::SimpleAtoi(field.new_value(), &count)) {
        told.counts[field.field()] += count;
      } else if (field.field() == "placements") {
        told.placements.emplace_back(resource.revision(), field);
      } else {
        Balance& balance = told.fields[field.field()];
        --balance[field.old_value()];
        ++balance[field.new_value()];
      }
    }
  }

  // The resource as a change that made it now would tell it. Nothing if it is missing, which another check finds.
  absl::StatusOr<std::optional<v1::ChangedResource>> Stored(const ResourceName& name) {
    storage::Trail trail;
    const absl::Status status = ReadStored(name, trail);
    if (absl::IsNotFound(status)) return std::nullopt;
    RETURN_IF_ERROR(status);
    for (v1::ChangedResource& resource : trail.Resources()) {
      if (ResourceName(resource.kind(), resource.id()) == name) return std::move(resource);
    }
    return std::nullopt;
  }

  absl::Status ReadStored(const ResourceName& name, storage::Trail& trail) {
    const auto& [kind, id] = name;
    const auto add = [&](const auto& resource) {
      if (resource.ok()) trail.Changed(*resource);
      return resource.status();
    };
    switch (kind) {
      case v1::RESOURCE_KIND_AGREEMENT:
        return add(storage::GetAgreement(tx_, id));
      case v1::RESOURCE_KIND_COMPANY:
        return add(storage::GetCompany(tx_, id));
      case v1::RESOURCE_KIND_COMPANY_DRAFT:
        return add(storage::GetDraft(tx_, id));
      case v1::RESOURCE_KIND_ACCESS:
        return add(storage::GetAccess(tx_, id, options_.now));
      case v1::RESOURCE_KIND_ORDER_BASIS:
        return add(storage::GetOrderBasis(tx_, id));
      case v1::RESOURCE_KIND_PRODUCT: {
        ASSIGN_OR_RETURN(const storage::PricedProduct product, storage::GetPricedProduct(tx_, id));
        trail.Changed(product.product);
        for (const v1::Price& price : product.prices) {
          trail.Noted(kind, id, absl::StrCat("unit_price[", price.valid_from(), "]"), "", price.unit_price());
        }
        return absl::OkStatus();
      }
      default:
        return absl::OkStatus();  // Of a user nothing is stored.
    }
  }

  absl::Status Compare(const ResourceName& name, const Told& told) {
    ASSIGN_OR_RETURN(const auto resource, Stored(name));
    if (!resource) return absl::OkStatus();
    std::map<std::string, std::string> stored;
    for (const v1::FieldChange& field : resource->fields()) stored[field.field()] = field.new_value();
    std::map<std::string, Balance> fields = told.fields;
    if (told.made) {
      for (const auto& [field, value] : stored) fields.try_emplace(field);
    }
    for (const auto& [field, balance] : fields) {
      if (IsUntold(name.first, field, stored)) continue;
      const std::string& value = stored.try_emplace(field, NoValueOf(field)).first->second;
      const auto other = OtherThan(value, balance, told.made ? std::optional(NoValueOf(field)) : std::nullopt);
      if (!other) continue;
      options_.field_differs(TextOf(name, absl::StrCat(field, " is ", Quoted(value), ", told is ", Quoted(*other))));
    }
    if (name.first == v1::RESOURCE_KIND_ORDER_BASIS) return CompareClaimed(name, told);
    if (name.first != v1::RESOURCE_KIND_COMPANY) return absl::OkStatus();
    RETURN_IF_ERROR(ComparePlacements(name, told));
    return CompareTransactions(name, told);
  }

  // Whether the value that the field has now may have been given without being told.
  bool IsUntold(v1::ResourceKind kind, const std::string& field, std::map<std::string, std::string>& stored) const {
    if (kind == v1::RESOURCE_KIND_PRODUCT) return field == "priced_until";
    if (kind == v1::RESOURCE_KIND_COMPANY_DRAFT) {
      return field == "state" && stored[field] == v1::CompanyDraftState_Name(v1::COMPANY_DRAFT_STATE_DISCARDED) &&
             ended_.count(stored["agreement_id"]) > 0;
    }
    if (kind != v1::RESOURCE_KIND_ACCESS || (field != "state" && field != "until_day")) return false;
    const bool has_expired = stored["from_day"].empty() && !stored["expire_time"].empty();
    return stored["state"] == v1::AccessState_Name(v1::ACCESS_STATE_ENDED) &&
           (has_expired || ended_.count(stored["company_id"]) > 0);
  }

  static std::string TextOf(const ResourceName& name, absl::string_view text) {
    return absl::StrCat(NameOf(name.first), " ", name.second, ": ", text);
  }

  absl::Status CompareClaimed(const ResourceName& name, const Told& told) {
    ASSIGN_OR_RETURN(const int64_t stored, storage::CountClaimed(tx_, name.second));
    const int64_t claimed = CountOf(told, "transactions_claimed");
    if (stored != claimed) {
      options_.transactions_differ(TextOf(name, absl::StrCat("has ", stored, " transactions, told is ", claimed)));
    }
    return absl::OkStatus();
  }

  static int64_t CountOf(const Told& told, const std::string& field) {
    const auto found = told.counts.find(field);
    return found == told.counts.end() ? 0 : found->second;
  }

  // The first changes that are told may have taken away earlier placements. So only days from the first one that they
  // name are compared.
  absl::Status ComparePlacements(const ResourceName& name, const Told& told) {
    auto changes = told.placements;
    if (changes.empty()) return absl::OkStatus();
    std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Placements replayed;
    std::string first_day = storage::kLastDate;
    for (const auto& [revision, change] : changes) {
      const std::string& text = change.new_value().empty() ? change.old_value() : change.new_value();
      const std::string day(text.substr(std::min(text.size(), text.rfind(' ') + 1)));
      first_day = std::min(first_day, day);
      replayed.erase(replayed.lower_bound(day), replayed.end());
      if (!change.new_value().empty()) replayed[day] = text.substr(0, text.find(' '));
    }
    auto rows = storage::ListPlacements(tx_, name.second, storage::kLastDate, kAllPlacements);
    if (absl::IsNotFound(rows.status())) rows.emplace();  // Then there are none.
    RETURN_IF_ERROR(rows.status());
    Placements stored;
    for (const v1::Placement& row : *rows) {
      if (!told.made && row.from_day() < first_day) continue;
      stored[row.from_day()] = row.agreement_id().empty() ? "nobody" : row.agreement_id();
    }
    if (stored == replayed) return absl::OkStatus();
    options_.placements_differ(TextOf(
        name, absl::StrCat("its placements are ", PlacementsText(stored), ", told is ", PlacementsText(replayed))));
    return absl::OkStatus();
  }

  // Of a company that was there before, only times tell what was recorded since.
  absl::Status CompareTransactions(const ResourceName& name, const Told& told) {
    const int64_t recorded = CountOf(told, "transactions_recorded");
    const int64_t cancelled = CountOf(told, "transactions_cancelled");
    if (!told.made && recorded == 0 && cancelled == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto stored, storage::CountTransactions(tx_, name.second, options_.since - kClocksDiffer,
                                                                   options_.since + kClocksDiffer));
    const int64_t least = told.made ? stored.all : stored.recorded_since_later;
    const int64_t most = told.made ? stored.all : stored.recorded_since_earlier;
    if (recorded < least || recorded > most) {
      options_.transactions_differ(
          TextOf(name, absl::StrCat("has ", recorded < least ? least : most, " transactions, told is ", recorded)));
    }
    if (cancelled > stored.cancelled || (told.made && cancelled < stored.cancelled)) {
      options_.transactions_differ(
          TextOf(name, absl::StrCat("has ", stored.cancelled, " cancelled transactions, told is ", cancelled)));
    }
    return absl::OkStatus();
  }

  Snapshot& tx_;
  const size_t number_;
  const size_t count_;
  const VerifyTrailOptions& options_;
  std::map<ResourceName, Told> told_;
  std::set<ResourceName> untold_;  // Changed by an entry that does not show how.
  std::set<std::string> ended_;    // Companies and agreements whose deletion ended accesses or discarded drafts.
};

}  // namespace

absl::Status VerifyTrail(Snapshot& tx, const VerifyTrailOptions& options) {
  ASSIGN_OR_RETURN(const int64_t entries, storage::CountEntries(tx, options.since));
  const auto count = static_cast<size_t>(entries / options.entries_at_once + 1);
  for (size_t number = 0; number < count; ++number) {
    RETURN_IF_ERROR(TrailVerifier(tx, number, count, options).Run());
  }
  return absl::OkStatus();
}

}  // namespace agreements
