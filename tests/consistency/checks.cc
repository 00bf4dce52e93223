#include "tests/consistency/checks.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/transaction.pb.h"

namespace agreements::testing {
namespace {

bool HasRevisions(const Entity& entity) {
  return entity.kind != "Access" && entity.kind != "Transaction" && entity.kind != "OrderBasis";
}

// Of each version, one content, one change that made it, and a change that may have.
void CheckMakers(const Entity& entity, Violations& violations) {
  std::map<int64_t, std::vector<const Sighting*>> by_version;
  for (const Sighting& sighting : entity.sightings) by_version[sighting.version].push_back(&sighting);
  // Who reports a transaction again is told of it, whatever has become of it since.
  const bool was_reported = entity.kind == "Transaction" &&
                            std::any_of(entity.sightings.begin(), entity.sightings.end(), [](const auto& sighting) {
                              return sighting.call->method == "RecordTransactions";
                            });
  for (const auto& [version, sightings] : by_version) {
    const Sighting* made = nullptr;
    bool explained = was_reported && version == v1::TRANSACTION_STATE_RECORDED;
    for (const Sighting* sighting : sightings) {
      if (sighting->content != sightings.front()->content) {
        violations.push_back({"torn", absl::StrCat(entity.name(), " has two contents in version ", version, ":\n  ",
                                                   sightings.front()->content, "\n  ", sighting->content)});
        break;
      }
    }
    for (const Sighting* sighting : sightings) {
      explained |= sighting->part != Part::kRead;
      if (sighting->part != Part::kMade) continue;
      if (made != nullptr && made->call->operation != sighting->call->operation) {
        violations.push_back({"lost", absl::StrCat(entity.name(), ": two changes made version ", version, ":\n  ",
                                                   TextOf(*made->call), "\n  ", TextOf(*sighting->call))});
      }
      made = sighting;
    }
    // DeleteAgreement discards drafts, DeleteCompany and GrantAccess end accesses, documents claim transactions, and of
    // a run that broke off nobody has seen every document.
    const std::string state = Field(*sightings.front()->message, "state");
    static const std::set<std::string> kByTheWay = {"COMPANY_DRAFT_STATE_DISCARDED", "ACCESS_STATE_ENDED",
                                                    "TRANSACTION_STATE_SETTLED"};
    if (!explained && entity.kind != "OrderBasis" && kByTheWay.count(state) == 0) {
      violations.push_back({"doubled", absl::StrCat(entity.name(), ": nobody made version ", version, ", seen by ",
                                                    TextOf(*sightings.front()->call))});
    }
  }
  if (!HasRevisions(entity) || by_version.empty()) return;
  for (int64_t version = 1; version < by_version.rbegin()->first; ++version) {
    if (by_version.count(version) > 0) continue;
    violations.push_back({"doubled", absl::StrCat(entity.name(), ": nobody made version ", version)});
  }
}

// No sighting is older than one that was over before it began, and none is from before it was made.
void CheckOrder(const Entity& entity, Violations& violations) {
  std::vector<const Sighting*> by_begin;
  std::vector<const Sighting*> by_end;
  std::map<int64_t, absl::Time> made;
  for (const Sighting& sighting : entity.sightings) {
    by_begin.push_back(&sighting);
    by_end.push_back(&sighting);
    if (sighting.part != Part::kRead) {
      const auto begin = made.emplace(sighting.version, sighting.begin).first;
      begin->second = std::min(begin->second, sighting.begin);
    }
  }
  std::sort(by_begin.begin(), by_begin.end(), [](const auto* a, const auto* b) { return a->begin < b->begin; });
  std::sort(by_end.begin(), by_end.end(), [](const auto* a, const auto* b) { return a->end < b->end; });
  const Sighting* newest = nullptr;
  auto over = by_end.begin();
  for (const Sighting* sighting : by_begin) {
    for (; over != by_end.end() && (*over)->end < sighting->begin; ++over) {
      if (newest == nullptr || (*over)->version > newest->version) newest = *over;
    }
    if (newest != nullptr && sighting->call->operation != newest->call->operation &&
        sighting->version < newest->version + (sighting->part == Part::kMade ? 1 : 0)) {
      violations.push_back(
          {"stale", absl::StrCat(entity.name(), ": version ", sighting->version, " after version ", newest->version,
                                 ":\n  ", TextOf(*newest->call), "\n  ", TextOf(*sighting->call))});
    }
    if (const auto begin = made.find(sighting->version); begin != made.end() && sighting->end < begin->second) {
      violations.push_back({"stale", absl::StrCat(entity.name(), ": version ", sighting->version,
                                                  " was seen before it was made, by ", TextOf(*sighting->call))});
    }
  }
}

// In the end it is there, once, in its newest version.
void CheckLast(const Entity& entity, Violations& violations) {
  std::set<const Call*> lists;
  int64_t version = 0;
  for (const Sighting& sighting : entity.last) {
    if (sighting.call->method == "PreviewOrderBasis") continue;
    if (!lists.insert(sighting.call).second) {
      violations.push_back({"doubled", absl::StrCat(entity.name(), " is twice in ", TextOf(*sighting.call))});
    }
    version = sighting.version;
  }
  const auto newest = std::max_element(entity.sightings.begin(), entity.sightings.end(),
                                       [](const auto& a, const auto& b) { return a.version < b.version; });
  if (version < newest->version) {
    violations.push_back({"lost", absl::StrCat(entity.name(), " had version ", newest->version, ", and has ",
                                               version == 0 ? "none" : absl::StrCat("version ", version),
                                               " in the end: ", TextOf(*newest->call))});
  }
}

// Days that only grow: settled_until, priced_until.
void CheckGrows(const Entity& entity, const std::string& field, Violations& violations) {
  std::vector<const Sighting*> by_end;
  for (const Sighting& sighting : entity.sightings) by_end.push_back(&sighting);
  std::vector<const Sighting*> by_begin = by_end;
  std::sort(by_begin.begin(), by_begin.end(), [](const auto* a, const auto* b) { return a->begin < b->begin; });
  std::sort(by_end.begin(), by_end.end(), [](const auto* a, const auto* b) { return a->end < b->end; });
  std::string newest;
  auto over = by_end.begin();
  for (const Sighting* sighting : by_begin) {
    for (; over != by_end.end() && (*over)->end < sighting->begin; ++over) {
      newest = std::max(newest, Field(*(*over)->message, field));
    }
    if (const std::string day = Field(*sighting->message, field); day < newest) {
      violations.push_back({"stale", absl::StrCat(entity.name(), ": ", field, " is ", day, " after ", newest, ": ",
                                                  TextOf(*sighting->call))});
    }
  }
}

// What is known to be there is found.
void CheckFound(const History& history, Violations& violations) {
  static const std::map<std::string, std::pair<std::string, std::string>> kReasons = {
      {"AGREEMENT_NOT_FOUND", {"Agreement", "agreement_id"}},
      {"COMPANY_NOT_FOUND", {"Company", "company_id"}},
      {"DRAFT_NOT_FOUND", {"CompanyDraft", "draft_id"}},
      {"PRODUCT_NOT_FOUND", {"Product", "product_id"}},
      {"ORDER_BASIS_NOT_FOUND", {"OrderBasis", "order_basis_id"}}};
  const auto require_unknown = [&](const Call& call, const std::string& kind, const std::string& id) {
    const auto entity = history.entities.find(absl::StrCat(AccountOf(call), " ", kind, " ", id));
    if (entity == history.entities.end()) return;
    for (const Sighting& sighting : entity->second.sightings) {
      if (sighting.end >= call.begin) continue;
      violations.push_back({"stale", absl::StrCat(entity->second.name(), " was not found by ", TextOf(call))});
      return;
    }
  };
  for (const Call& call : history.record.calls) {
    if (const auto reason = kReasons.find(call.reason); reason != kReasons.end()) {
      require_unknown(call, reason->second.first, Field(*call.request, reason->second.second));
    }
    for (const Answer& answer : call.answers) {
      if (const auto* batch = dynamic_cast<const v1::BatchGetAgreementsResponse*>(answer.message.get())) {
        for (const std::string& id : batch->missing_agreement_ids()) require_unknown(call, "Agreement", id);
      }
    }
  }
}

// What has become of calls whose outcome was unknown at first.
struct Settled {
  int happened = 0;
  int did_not = 0;
  int open = 0;
};

Settled CountSettled(const Record& record) {
  Settled settled;
  for (const auto& [operation, calls] : ChangesOf(record)) {
    const bool was_unknown =
        std::any_of(calls.begin(), calls.end(), [](const Call* call) { return call->outcome() == Outcome::kUnknown; });
    if (!was_unknown) continue;
    if (Success(calls) != nullptr) {
      ++settled.happened;
    } else if (calls.back()->outcome() == Outcome::kRefused) {
      ++settled.did_not;
    } else {
      ++settled.open;
    }
  }
  return settled;
}

}  // namespace

const Call* Success(const std::vector<const Call*>& calls) {
  for (const Call* call : calls) {
    if (call->outcome() == Outcome::kDone) return call;
  }
  return nullptr;
}

void CheckChanges(const History& history, Violations& violations) {
  for (const auto& [operation, calls] : history.changes) {
    if (calls.back()->outcome() == Outcome::kUnknown) {
      violations.push_back({"open", absl::StrCat("the outcome is unknown to the last: ", TextOf(*calls.back()))});
    }
    const Call* success = Success(calls);
    if (success == nullptr || !HasRequestId(*success)) continue;
    for (const Call* call : calls) {
      if (call->begin < success->end) continue;
      if (call->outcome() == Outcome::kRefused) {
        violations.push_back({"lost", absl::StrCat("it succeeded, and when it was repeated: ", TextOf(*call))});
      } else if (call->outcome() == Outcome::kDone && call->answers.front().message->SerializeAsString() !=
                                                          success->answers.front().message->SerializeAsString()) {
        violations.push_back({"answer", absl::StrCat("repeated, it is answered in another way: ", TextOf(*call), "\n  ",
                                                     success->answers.front().message->ShortDebugString(), "\n  ",
                                                     call->answers.front().message->ShortDebugString())});
      }
    }
  }
}

void CheckVersions(const History& history, Violations& violations) {
  for (const auto& [name, entity] : history.entities) {
    CheckMakers(entity, violations);
    CheckOrder(entity, violations);
    CheckLast(entity, violations);
    if (entity.kind == "Agreement") CheckGrows(entity, "settled_until", violations);
    if (entity.kind == "Product") CheckGrows(entity, "priced_until", violations);
  }
  CheckFound(history, violations);
}

// Each price is set once, so a value says by whom.
void CheckPrices(const History& history, Violations& violations) {
  struct Setting {
    std::string value;
    absl::Time begin;
    absl::Time known;  // From when on somebody has known that it happened.
  };
  std::map<std::string, std::map<std::string, Setting>> settings;  // By product and day, then by value.
  for (const auto& [operation, calls] : history.changes) {
    if (calls.front()->method != "SetPrice" || Success(calls) == nullptr) continue;
    const auto& price = static_cast<const v1::SetPriceResponse&>(*Success(calls)->answers.front().message).price();
    settings[absl::StrCat(AccountOf(*calls.front()), " ", price.product_id(), " ", price.valid_from())].emplace(
        price.unit_price(), Setting{price.unit_price(), calls.front()->begin, Success(calls)->end});
  }
  std::vector<std::tuple<absl::Time, const Call*, std::string, std::string, absl::Time>> reads;
  for (const auto* calls : {&history.record.calls, &history.record.last}) {
    for (const Call& call : *calls) {
      if (call.method != "ListPrices") continue;
      for (const Answer& answer : call.answers) {
        for (const v1::Price& price : static_cast<const v1::ListPricesResponse&>(*answer.message).prices()) {
          reads.emplace_back(answer.end, &call,
                             absl::StrCat(AccountOf(call), " ", price.product_id(), " ", price.valid_from()),
                             price.unit_price(), answer.begin);
        }
      }
    }
  }
  std::sort(reads.begin(), reads.end(), [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
  for (const auto& [end, call, day, value, begin] : reads) {
    auto& known = settings[day];
    const auto setting = known.find(value);
    if (setting == known.end()) {
      violations.push_back({"doubled", absl::StrCat("nobody set the price ", day, " to ", value, ": ", TextOf(*call))});
      continue;
    }
    if (setting->second.begin > end) {
      violations.push_back(
          {"stale", absl::StrCat("the price ", day, " = ", value, " was not set yet: ", TextOf(*call))});
    }
    for (const auto& [other, later] : known) {
      if (setting->second.known < later.begin && later.known < begin) {
        violations.push_back({"stale", absl::StrCat("the price ", day, " was ", other, " already, and is seen as ",
                                                    value, " by ", TextOf(*call))});
      }
    }
    setting->second.known = std::min(setting->second.known, end);
  }
  // In the end each day has a price that was set for it.
  for (const auto& [day, values] : settings) {
    const bool found = std::any_of(reads.begin(), reads.end(), [&, wanted = day](const auto& read) {
      return std::get<2>(read) == wanted && std::get<0>(read) >= history.record.last.front().begin;
    });
    if (!found && !values.empty()) violations.push_back({"lost", absl::StrCat("the price ", day, " is gone")});
  }
}

Violations Check(const Record& record) {
  const History history(record);
  Violations violations;
  for (const auto check : {CheckChanges, CheckVersions, CheckRefusals, CheckPrices, CheckLists, CheckCounts, CheckTrail,
                           CheckStructure, CheckBilling}) {
    check(history, violations);
  }
  return violations;
}

std::string Figures(const Record& record, const Violations& violations) {
  std::map<std::string, int> codes;
  std::vector<absl::Time> successes;
  std::string internal;  // A sound service has none.
  absl::Time end = absl::InfinitePast();
  for (const Call& call : record.calls) {
    ++codes[call.code == grpc::StatusCode::OK ? "OK" : absl::StrCat("code ", call.code, " ", call.reason)];
    if (call.code == grpc::StatusCode::INTERNAL) absl::StrAppend(&internal, "  ", TextOf(call), "\n");
    if (call.outcome() == Outcome::kDone) successes.push_back(call.end);
    end = std::max(end, call.end);
  }
  std::sort(successes.begin(), successes.end());
  absl::Duration gap;
  for (size_t i = 1; i < successes.size(); ++i) gap = std::max(gap, successes[i] - successes[i - 1]);
  std::map<std::string, int> kinds = {{"lost", 0}, {"doubled", 0}};
  for (const Violation& violation : violations) ++kinds[violation.kind];
  const Settled settled = CountSettled(record);
  std::string text = absl::StrCat("calls: ", record.calls.size(), " (",
                                  absl::StrJoin(codes, ", ", absl::PairFormatter(": ")), ")\n", internal);
  absl::StrAppendFormat(&text, "longest gap without a success: %.2f s\n", absl::ToDoubleSeconds(gap));
  absl::StrAppendFormat(&text, "unknown at first: %d happened, %d did not, %d open\n", settled.happened,
                        settled.did_not, settled.open);
  absl::StrAppend(&text, "violations: ", absl::StrJoin(kinds, ", ", absl::PairFormatter(": ")), "\n");
  return text;
}

}  // namespace agreements::testing
