// Pages and counts.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "tests/consistency/checks.h"

namespace agreements::testing {

using google::protobuf::Message;

namespace {

// What each list holds.
const std::map<std::string, std::string> kLists = {
    {"ListAgreements", "Agreement"}, {"ListCompanies", "Company"}, {"ListCompanyDrafts", "CompanyDraft"},
    {"ListProducts", "Product"},     {"ListAccesses", "Access"},   {"ListTransactions", "Transaction"},
    {"ListOrderBases", "OrderBasis"}};

// Whether a request lists a thing as it is in `message`. Knows the filters that the load uses.
bool Lists(const Message& request, const std::string& kind, const Message& message) {
  const auto asks = [&](const std::string& field) { return Field(request, field); };
  const auto has = [&](const std::string& field) { return Field(message, field); };
  for (const char* field : {"agreement_id", "company_id", "user_id", "customer_number", "organization_number"}) {
    if (!asks(field).empty() && asks(field) != has(field)) return false;
  }
  for (const char* field : {"state", "kind"}) {
    if (!asks(field).empty() && !absl::EndsWith(asks(field), "UNSPECIFIED") && asks(field) != has(field)) return false;
  }
  if (!absl::StartsWith(has("display_name"), asks("display_name_prefix"))) return false;
  if (!absl::StrContains(has("display_name"), asks("display_name_contains"))) return false;
  if (!has("delete_time").empty() && asks("show_deleted").empty()) return false;
  if (kind == "CompanyDraft" && has("state") != "COMPANY_DRAFT_STATE_OPEN" && asks("show_closed").empty()) return false;
  if (kind == "Access" && has("state") == "ACCESS_STATE_ENDED" && asks("show_ended").empty()) return false;
  return kind != "OrderBasis" || has("line_count") != "0" || !asks("show_empty").empty();
}

void CheckList(const History& history, const Call& call, const std::string& kind, Violations& violations) {
  std::map<std::string, int64_t> seen;  // Name and version.
  const bool by_name = Field(*call.request, "order") == "LIST_ORDER_DISPLAY_NAME";
  for (const Answer& answer : call.answers) {
    Walk(*answer.message, [&](const Message& message) {
      if (message.GetDescriptor()->name() != kind) return;
      Record one;
      one.last = {Call{.operation = 0,
                       .method = call.method,
                       .request = call.request,
                       .begin = call.begin,
                       .end = call.end,
                       .reason = {},
                       .message = {},
                       .answers = {{call.begin, call.end, std::shared_ptr<const Message>(answer.message, &message)}}}};
      const Entities found = EntitiesOf(one);
      const auto& [name, entity] = *found.begin();
      const int64_t version = entity.sightings.front().version;
      if (!Lists(*call.request, kind, message)) {
        violations.push_back({"filter", absl::StrCat(name, " does not pass the filters of ", TextOf(call))});
      }
      // What is renamed in between may be met twice in a list by names.
      const auto [other, is_new] = seen.emplace(name, version);
      if (!is_new && (!by_name || other->second == version)) {
        violations.push_back({"doubled", absl::StrCat(name, " is twice in ", TextOf(call))});
      }
    });
  }
  if (call.outcome() != Outcome::kDone) return;
  // What was there from the first page to the last, and passes the filters whatever its version was meanwhile.
  for (const auto& [name, entity] : history.entities) {
    if (entity.kind != kind || entity.account_id != AccountOf(call) || seen.count(name) > 0) continue;
    if (entity.known_from >= call.begin) continue;
    const std::vector<const Message*> versions = entity.Between(call.begin, call.end);
    if (by_name && versions.size() > 1) continue;
    const bool listed = std::all_of(versions.begin(), versions.end(),
                                    [&](const Message* version) { return Lists(*call.request, kind, *version); });
    if (listed) violations.push_back({"gap", absl::StrCat(name, " is missing in ", TextOf(call))});
  }
}

const Entity* Find(const History& history, const Call& call, const std::string& kind, const std::string& id) {
  const auto entity = history.entities.find(absl::StrCat(AccountOf(call), " ", kind, " ", id));
  return entity == history.entities.end() ? nullptr : &entity->second;
}

// The newest placement of a company is in an agreement that may have held it then.
void CheckNewestPlacement(const History& history, const Call& call, Violations& violations) {
  const Entity* company = Find(history, call, "Company", Field(*call.request, "company_id"));
  if (company == nullptr || call.answers.empty()) return;
  const auto& page = static_cast<const v1::ListPlacementsResponse&>(*call.answers.front().message);
  const auto versions = company->Between(call.answers.front().begin, call.answers.front().end);
  const bool fits =
      page.placements_size() > 0 && std::any_of(versions.begin(), versions.end(), [&](const Message* version) {
        const bool deleted = !Field(*version, "delete_time").empty();
        return page.placements(0).agreement_id() == (deleted ? "" : Field(*version, "agreement_id"));
      });
  if (!fits) violations.push_back({"torn", absl::StrCat(company->name(), " is not where it is by ", TextOf(call))});
}

// Whether all versions, or any, that may have been current have that in a field.
bool AllHave(const std::vector<const Message*>& versions, const std::string& field, const std::string& value) {
  return std::all_of(versions.begin(), versions.end(),
                     [&](const Message* version) { return Field(*version, field) == value; });
}
bool AnyHas(const std::vector<const Message*>& versions, const std::string& field, const std::string& value) {
  return std::any_of(versions.begin(), versions.end(),
                     [&](const Message* version) { return Field(*version, field) == value; });
}

// The users of an agreement are those whose accesses say so: who certainly is one is listed, and who cannot be is not.
void CheckUsersOf(const History& history, const Call& call, Violations& violations) {
  if (call.outcome() != Outcome::kDone) return;
  const std::string agreement_id = Field(*call.request, "agreement_id");
  std::set<std::string> listed;
  for (const Answer& answer : call.answers) {
    for (const v1::AgreementUser& user : static_cast<const v1::ListAgreementUsersResponse&>(*answer.message).users()) {
      for (const auto& product : user.products()) {
        listed.insert(absl::StrCat(user.user_id(), " ", product.product_id()));
      }
    }
  }
  std::set<std::string> possible;
  for (const auto& [name, access] : history.entities) {
    if (access.kind != "Access" || access.account_id != AccountOf(call)) continue;
    const Message& any = *access.sightings.front().message;
    const Entity* company = Find(history, call, "Company", Field(any, "company_id"));
    if (company == nullptr) continue;
    const std::string user = absl::StrCat(Field(any, "user_id"), " ", Field(any, "product_id"));
    const auto states = access.Between(call.begin, call.end);
    const auto holders = company->Between(call.begin, call.end);
    if (AnyHas(states, "state", "ACCESS_STATE_ACTIVE") && AnyHas(holders, "agreement_id", agreement_id)) {
      possible.insert(user);
    }
    const bool certain = access.known_from < call.begin && AllHave(states, "state", "ACCESS_STATE_ACTIVE") &&
                         AllHave(holders, "agreement_id", agreement_id);
    if (certain && listed.count(user) == 0) {
      violations.push_back({"gap", absl::StrCat(user, " is missing in ", TextOf(call))});
    }
  }
  for (const std::string& user : listed) {
    if (possible.count(user) == 0) violations.push_back({"stale", absl::StrCat(user, " is in ", TextOf(call))});
  }
}

// Whether a company or a draft counts in an agreement.
bool Counts(const Message& message, const std::string& agreement_id) {
  return Field(message, "agreement_id") == agreement_id &&
         (message.GetDescriptor()->name() == "Company" ? Field(message, "delete_time").empty()
                                                       : Field(message, "state") == "COMPANY_DRAFT_STATE_OPEN");
}

// Companies and drafts that were ever in an agreement: by account, kind and agreement.
std::map<std::string, std::set<const Entity*>> MembersOf(const Entities& entities) {
  std::map<std::string, std::set<const Entity*>> members;
  for (const auto& [name, entity] : entities) {
    if (entity.kind != "Company" && entity.kind != "CompanyDraft") continue;
    for (const auto& [number, version] : entity.versions) {
      members[absl::StrCat(entity.account_id, " ", entity.kind, " ", Field(*version.message, "agreement_id"))].insert(
          &entity);
    }
  }
  return members;
}

}  // namespace

void CheckLists(const History& history, Violations& violations) {
  for (const auto* calls : {&history.record.calls, &history.record.last}) {
    for (const Call& call : *calls) {
      if (const auto list = kLists.find(call.method); list != kLists.end()) {
        CheckList(history, call, list->second, violations);
      } else if (call.method == "ListPlacements") {
        CheckNewestPlacement(history, call, violations);
      } else if (call.method == "ListAgreementUsers") {
        CheckUsersOf(history, call, violations);
      }
    }
  }
}

void CheckCounts(const History& history, Violations& violations) {
  const auto members = MembersOf(history.entities);
  for (const auto& [name, entity] : history.entities) {
    if (entity.kind != "Agreement") continue;
    for (const auto& [kind, field] :
         {std::pair<std::string, std::string>{"Company", "company_count"}, {"CompanyDraft", "draft_count"}}) {
      const auto own = members.find(absl::StrCat(entity.account_id, " ", kind, " ", entity.id));
      for (const Sighting& sighting : entity.sightings) {
        int least = 0;
        int most = 0;
        for (const Entity* member : own == members.end() ? std::set<const Entity*>{} : own->second) {
          const auto versions = member->Between(sighting.begin, sighting.end);
          const auto in = std::count_if(versions.begin(), versions.end(),
                                        [id = entity.id](const Message* version) { return Counts(*version, id); });
          const bool is_there = member->known_from < sighting.begin;
          least += is_there && in == static_cast<int64_t>(versions.size()) ? 1 : 0;
          most += in > 0 ? 1 : 0;
        }
        const int count = std::stoi(Field(*sighting.message, field));
        if (least <= count && count <= most) continue;
        violations.push_back({"count", absl::StrCat(name, " has a ", field, " of ", count, ", and must have ", least,
                                                    " to ", most, ": ", TextOf(*sighting.call))});
      }
    }
  }
}

}  // namespace agreements::testing
