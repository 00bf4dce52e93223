// The trail: ListChanges.
#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agreements/v1/agreement_service.pb.h"
#include "tests/consistency/checks.h"

namespace agreements::testing {
namespace {

// By account and request_id.
using ByRequest = std::map<std::string, const std::vector<const Call*>*>;

// The entries of the whole trail of an account in the end, newest first.
std::map<std::string, std::vector<v1::Change>> TrailsOf(const Record& record) {
  std::map<std::string, std::vector<v1::Change>> trails;
  for (const Call& call : record.last) {
    if (call.method != "ListChanges") continue;
    for (const Answer& answer : call.answers) {
      const auto& page = static_cast<const v1::ListChangesResponse&>(*answer.message);
      trails[AccountOf(call)].insert(trails[AccountOf(call)].end(), page.changes().begin(), page.changes().end());
    }
  }
  return trails;
}

// Of a list: each entry once, newest first.
void CheckPages(const Call& call, Violations& violations) {
  std::string before;
  for (const Answer& answer : call.answers) {
    for (const v1::Change& change : static_cast<const v1::ListChangesResponse&>(*answer.message).changes()) {
      if (!before.empty() && change.change_id() >= before) {
        violations.push_back(
            {"doubled", absl::StrCat(change.change_id(), " comes after ", before, " in ", TextOf(call))});
      }
      before = change.change_id();
    }
  }
}

// Of a trail of an agreement or a company: the changes whose answers named it, and that were over when it was read.
void CheckFiltered(const History& history, const Call& list, Violations& violations) {
  const std::string company_id = Field(*list.request, "company_id");
  const std::string agreement_id = Field(*list.request, "agreement_id");
  if (list.outcome() != Outcome::kDone || (company_id.empty() && agreement_id.empty())) return;
  std::set<std::string> listed;
  for (const Answer& answer : list.answers) {
    for (const v1::Change& change : static_cast<const v1::ListChangesResponse&>(*answer.message).changes()) {
      listed.insert(change.request_id());
    }
  }
  const std::string name = company_id.empty() ? absl::StrCat(AccountOf(list), " Agreement ", agreement_id)
                                              : absl::StrCat(AccountOf(list), " Company ", company_id);
  const auto entity = history.entities.find(name);
  if (entity == history.entities.end()) return;
  for (const Sighting& sighting : entity->second.sightings) {
    if (sighting.part != Part::kMade || sighting.end >= list.begin || !HasRequestId(*sighting.call)) continue;
    if (listed.count(Field(*sighting.call->request, "request_id")) > 0) continue;
    violations.push_back({"gap", absl::StrCat(TextOf(*sighting.call), " is missing in ", TextOf(list))});
  }
}

// Each change that was acknowledged has one entry, and what was refused or only checked has none.
void CheckEntries(const std::string& account, const std::vector<v1::Change>& trail, const ByRequest& by_request,
                  Violations& violations) {
  std::map<std::string, int> entries;
  for (const v1::Change& change : trail) {
    if (change.request_id().empty()) continue;
    const std::string key = absl::StrCat(account, " ", change.request_id());
    ++entries[key];
    const auto calls = by_request.find(key);
    if (calls == by_request.end() || calls->second->front()->method != change.method()) {
      violations.push_back({"doubled", absl::StrCat(account, ": nobody asked for ", change.ShortDebugString())});
    } else if (Success(*calls->second) == nullptr) {
      violations.push_back(
          {"doubled", absl::StrCat("it was refused, and is in the trail: ", TextOf(*calls->second->back()))});
    }
  }
  for (const auto& [key, calls] : by_request) {
    if (key.compare(0, account.size() + 1, account + " ") != 0 || Success(*calls) == nullptr) continue;
    const int count = entries[key];
    if (count == 1) continue;
    violations.push_back({count == 0 ? "lost" : "doubled",
                          absl::StrCat("it is in the trail ", count, " times: ", TextOf(*Success(*calls)))});
  }
}

// A change that was over before another began has the lower id.
void CheckTimes(const std::string& account, const std::vector<v1::Change>& trail, const ByRequest& by_request,
                Violations& violations) {
  const Call* latest = nullptr;  // Of the entries before, the call that began last.
  for (auto change = trail.rbegin(); change != trail.rend(); ++change) {
    const auto calls = by_request.find(absl::StrCat(account, " ", change->request_id()));
    if (change->request_id().empty() || calls == by_request.end() || Success(*calls->second) == nullptr) continue;
    const Call& first = *calls->second->front();
    if (latest != nullptr && Success(*calls->second)->end + kClockTick < latest->begin) {
      violations.push_back({"order", absl::StrCat("the trail has them the other way round:\n  ", TextOf(first), "\n  ",
                                                  TextOf(*latest))});
    }
    if (latest == nullptr || latest->begin < first.begin) latest = &first;
  }
}

// What entries say they have recorded, cancelled and claimed is what there is.
void CheckSums(const History& history, const std::string& account, const std::vector<v1::Change>& trail,
               Violations& violations) {
  std::map<std::string, int64_t> told;
  std::map<std::string, int> documents;
  for (const v1::Change& change : trail) {
    for (const v1::ChangedResource& resource : change.resources()) {
      if (resource.kind() == v1::RESOURCE_KIND_ORDER_BASIS) ++documents[resource.id()];
      for (const v1::FieldChange& field : resource.fields()) {
        int64_t count = 0;
        if (absl::SimpleAtoi(field.new_value(), &count))
          told[absl::StrCat(field.field(), " of ", resource.id())] += count;
      }
    }
  }
  std::map<std::string, int64_t> found;
  for (const auto& [name, entity] : history.entities) {
    if (entity.account_id != account || entity.last.empty()) continue;
    const google::protobuf::Message& message = *entity.last.back().message;
    if (entity.kind == "OrderBasis" && documents[entity.id] != 1) {
      violations.push_back({documents[entity.id] == 0 ? "lost" : "doubled",
                            absl::StrCat(name, " is in the trail ", documents[entity.id], " times")});
    }
    if (entity.kind != "Transaction") continue;
    const std::string company_id = Field(message, "company_id");
    ++found["transactions_recorded of " + company_id];
    if (Field(message, "state") == "TRANSACTION_STATE_CANCELLED") ++found["transactions_cancelled of " + company_id];
    if (const std::string id = Field(message, "order_basis_id"); !id.empty()) ++found["transactions_claimed of " + id];
  }
  for (const auto& [what, count] : told) {
    if (what.compare(0, 13, "transactions_") != 0) continue;
    if (found[what] != count) {
      violations.push_back(
          {found[what] < count ? "lost" : "doubled",
           absl::StrCat(account, ": ", what, ": ", count, " by the trail, and there are ", found[what])});
    }
    found.erase(what);
  }
  for (const auto& [what, count] : found) {
    violations.push_back({"doubled", absl::StrCat(account, ": ", what, ": none by the trail, and there are ", count)});
  }
}

}  // namespace

void CheckTrail(const History& history, Violations& violations) {
  ByRequest by_request;
  for (const auto& [operation, calls] : history.changes) {
    if (!HasRequestId(*calls.front())) continue;
    by_request[absl::StrCat(AccountOf(*calls.front()), " ", Field(*calls.front()->request, "request_id"))] = &calls;
  }
  for (const auto* calls : {&history.record.calls, &history.record.last}) {
    for (const Call& call : *calls) {
      if (call.method != "ListChanges") continue;
      CheckPages(call, violations);
      CheckFiltered(history, call, violations);
    }
  }
  for (const auto& [account, trail] : TrailsOf(history.record)) {
    CheckEntries(account, trail, by_request, violations);
    CheckTimes(account, trail, by_request, violations);
    CheckSums(history, account, trail, violations);
  }
}

}  // namespace agreements::testing
