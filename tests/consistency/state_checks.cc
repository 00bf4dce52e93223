// What is stored in the end: how it fits together, and what is charged.
#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "proto/days.h"
#include "tests/consistency/checks.h"

namespace agreements::testing {
namespace {

// All that an account has in the end, by id.
struct State {
  std::map<std::string, v1::Agreement> agreements;
  std::map<std::string, v1::Company> companies;
  std::map<std::string, v1::CompanyDraft> drafts;
  std::map<std::string, v1::Access> accesses;
  std::map<std::string, v1::OrderBasis> documents;
  std::vector<v1::Transaction> transactions;
  std::map<std::string, std::vector<v1::Placement>> placements;  // By company, newest first.
  std::map<std::string, std::set<std::string>> users;            // By agreement: "user-1 license-1".
  std::vector<v1::OrderBasis> previews;
};

template <typename Thing>
const Thing* As(const google::protobuf::Message& message) {
  return dynamic_cast<const Thing*>(&message);
}

void Take(const Call& call, const google::protobuf::Message& message, State& state) {
  if (const auto* agreement = As<v1::Agreement>(message)) state.agreements[agreement->agreement_id()] = *agreement;
  if (const auto* company = As<v1::Company>(message)) state.companies[company->company_id()] = *company;
  if (const auto* draft = As<v1::CompanyDraft>(message)) state.drafts[draft->draft_id()] = *draft;
  if (const auto* access = As<v1::Access>(message)) state.accesses[access->access_id()] = *access;
  if (const auto* transaction = As<v1::Transaction>(message)) state.transactions.push_back(*transaction);
  if (const auto* placement = As<v1::Placement>(message)) {
    state.placements[placement->company_id()].push_back(*placement);
  }
  if (const auto* user = As<v1::AgreementUser>(message)) {
    for (const auto& product : user->products()) {
      state.users[Field(*call.request, "agreement_id")].insert(
          absl::StrCat(user->user_id(), " ", product.product_id()));
    }
  }
  if (const auto* document = As<v1::OrderBasis>(message)) {
    if (document->order_basis_id().empty()) {
      state.previews.push_back(*document);
    } else {
      state.documents[document->order_basis_id()] = *document;
    }
  }
}

std::map<std::string, State> StatesOf(const Record& record) {
  std::map<std::string, State> states;
  for (const Call& call : record.last) {
    State& state = states[AccountOf(call)];
    for (const Answer& answer : call.answers) {
      Walk(*answer.message, [&](const google::protobuf::Message& message) { Take(call, message, state); });
    }
  }
  return states;
}

// ISO 8601 days compare as texts.
bool Covers(const std::string& from_day, const std::string& until_day, const std::string& day) {
  return from_day <= day && (until_day.empty() || day < until_day);
}

std::string Holder(const State& state, const std::string& company_id, const std::string& day) {
  const auto placements = state.placements.find(company_id);
  if (placements == state.placements.end()) return "";
  for (const v1::Placement& placement : placements->second) {
    if (Covers(placement.from_day(), placement.until_day(), day)) return placement.agreement_id();
  }
  return "";
}

void CheckPlacements(const State& state, Violations& violations) {
  for (const auto& [id, company] : state.companies) {
    const auto placements = state.placements.find(id);
    const std::string holder = company.has_delete_time() ? "" : company.agreement_id();
    if (placements == state.placements.end() || placements->second.front().agreement_id() != holder) {
      violations.push_back({"torn", absl::StrCat("the placements of ", id, " do not end in '", holder, "'")});
      continue;
    }
    std::string until_day;
    for (const v1::Placement& placement : placements->second) {
      if (placement.until_day() != until_day) {
        violations.push_back(
            {"torn", absl::StrCat("the placements of ", id, " do not tile its days: ", placement.ShortDebugString())});
      }
      until_day = placement.from_day();
    }
  }
}

void CheckUniqueness(const State& state, Violations& violations) {
  std::map<std::string, std::string> numbers;
  for (const auto& [id, company] : state.companies) {
    if (company.has_delete_time() || company.organization_number().empty()) continue;
    if (const auto [other, is_new] = numbers.emplace(company.organization_number(), id); !is_new) {
      violations.push_back({"doubled", absl::StrCat(id, " and ", other->second, " have one organization number")});
    }
  }
  std::map<std::string, std::string> live;
  for (const auto& [id, access] : state.accesses) {
    if (access.state() == v1::ACCESS_STATE_ENDED) continue;
    const std::string what = absl::StrCat(access.company_id(), " ", access.user_id(), " ", access.product_id());
    if (const auto [other, is_new] = live.emplace(what, id); !is_new) {
      violations.push_back({"doubled", absl::StrCat(id, " and ", other->second, " are both live: ", what)});
    }
  }
}

void CheckReferences(const State& state, Violations& violations) {
  for (const auto& [id, access] : state.accesses) {
    const auto company = state.companies.find(access.company_id());
    const bool is_live = access.state() != v1::ACCESS_STATE_ENDED;
    if (company == state.companies.end() || (is_live && company->second.has_delete_time())) {
      violations.push_back({"torn", absl::StrCat(id, " is in no company: ", access.ShortDebugString())});
    }
  }
  for (const auto& [id, draft] : state.drafts) {
    if (draft.state() == v1::COMPANY_DRAFT_STATE_COMPLETED && state.companies.count(draft.company_id()) == 0) {
      violations.push_back({"torn", absl::StrCat(id, " has become no company: ", draft.ShortDebugString())});
    }
  }
  for (const auto& [id, company] : state.companies) {
    const auto agreement = state.agreements.find(company.agreement_id());
    if (agreement == state.agreements.end() || (agreement->second.has_delete_time() && !company.has_delete_time())) {
      violations.push_back({"torn", absl::StrCat(id, " is in no agreement: ", company.ShortDebugString())});
    }
  }
}

void CheckUsers(const State& state, Violations& violations) {
  std::map<std::string, std::set<std::string>> expected;
  for (const auto& [id, access] : state.accesses) {
    const auto company = state.companies.find(access.company_id());
    if (access.state() != v1::ACCESS_STATE_ACTIVE || company == state.companies.end()) continue;
    expected[company->second.agreement_id()].insert(absl::StrCat(access.user_id(), " ", access.product_id()));
  }
  for (const auto& [id, agreement] : state.agreements) {
    const auto found = state.users.find(id);
    const std::string users = absl::StrJoin(expected[id], ", ");
    const std::string listed = found == state.users.end() ? "" : absl::StrJoin(found->second, ", ");
    if (listed != users) {
      violations.push_back({"torn", absl::StrCat("users of ", id, ": ", listed, ", by their accesses: ", users)});
    }
  }
}

// "license-1: 42, usage-1: 12", in user-days and pieces.
std::string Charged(const v1::OrderBasis& document) {
  std::map<std::string, int64_t> amounts;
  for (const v1::OrderBasisLine& line : document.lines()) {
    amounts[line.product_id()] += line.user_days() + line.quantity();
  }
  return absl::StrJoin(amounts, ", ", absl::PairFormatter(": "));
}

// What a document must charge, by the accesses, placements and transactions that there are in the end. `is_charged`
// says which transactions.
std::string Expected(const State& state, const v1::OrderBasis& document,
                     const std::function<bool(const v1::Transaction&)>& is_charged) {
  std::map<std::string, int64_t> amounts;
  for (const v1::Transaction& transaction : state.transactions) {
    if (is_charged(transaction)) amounts[transaction.product_id()] += transaction.quantity();
  }
  for (absl::CivilDay day = ParseDay(document.from_day()); day < ParseDay(document.until_day()); ++day) {
    std::set<std::pair<std::string, std::string>> users;  // Each counts once, in however many companies.
    for (const auto& [id, access] : state.accesses) {
      if (!access.from_day().empty() && Covers(access.from_day(), access.until_day(), FormatDay(day)) &&
          Holder(state, access.company_id(), FormatDay(day)) == document.agreement_id()) {
        users.emplace(access.product_id(), access.user_id());
      }
    }
    for (const auto& [product_id, user_id] : users) ++amounts[product_id];
  }
  return absl::StrJoin(amounts, ", ", absl::PairFormatter(": "));
}

void CheckDocuments(const State& state, Violations& violations) {
  std::map<std::string, std::map<std::string, const v1::OrderBasis*>> by_agreement;
  for (const auto& [id, document] : state.documents) {
    if (!by_agreement[document.agreement_id()].emplace(document.from_day(), &document).second) {
      violations.push_back({"doubled", absl::StrCat("another document begins as ", document.ShortDebugString())});
    }
    const std::string expected = Expected(
        state, document, [id = id](const v1::Transaction& transaction) { return transaction.order_basis_id() == id; });
    if (Charged(document) != expected) {
      violations.push_back({"charged", absl::StrCat(id, " charges ", Charged(document), ", and must ", expected)});
    }
  }
  for (const auto& [agreement_id, documents] : by_agreement) {
    std::string until_day = documents.begin()->first;
    for (const auto& [from_day, document] : documents) {
      if (from_day != until_day) {
        violations.push_back(
            {"gap", absl::StrCat(agreement_id, ": no document, or two, from ", until_day, " to ", from_day)});
      }
      until_day = document->until_day();
    }
    if (const auto agreement = state.agreements.find(agreement_id);
        agreement != state.agreements.end() && agreement->second.settled_until() != until_day) {
      violations.push_back({"torn", absl::StrCat(agreement_id, " is settled until ", agreement->second.settled_until(),
                                                 ", its documents until ", until_day)});
    }
  }
}

void CheckClaims(const State& state, Violations& violations) {
  for (const v1::Transaction& transaction : state.transactions) {
    if (transaction.order_basis_id().empty()) continue;
    const auto document = state.documents.find(transaction.order_basis_id());
    if (document == state.documents.end() ||
        Holder(state, transaction.company_id(), transaction.day()) != document->second.agreement_id()) {
      violations.push_back({"charged", absl::StrCat("to whom? ", transaction.ShortDebugString())});
    }
  }
}

// A preview charges what no document has. If it skips days, those have the transactions that happened before.
void CheckPreviews(const State& state, Violations& violations) {
  for (const v1::OrderBasis& preview : state.previews) {
    const auto agreement = state.agreements.find(preview.agreement_id());
    const bool skips = agreement != state.agreements.end() && agreement->second.settled_until() < preview.from_day();
    const std::string expected = Expected(state, preview, [&](const v1::Transaction& transaction) {
      return transaction.state() == v1::TRANSACTION_STATE_RECORDED &&
             Covers(skips ? preview.from_day() : "", preview.until_day(), transaction.day()) &&
             Holder(state, transaction.company_id(), transaction.day()) == preview.agreement_id();
    });
    if (Charged(preview) == expected) continue;
    violations.push_back({"charged", absl::StrCat("the preview of ", preview.agreement_id(), " charges ",
                                                  Charged(preview), ", and must ", expected)});
  }
}

// A run tells of each agreement and month once, and of each agreement that had days to settle.
void CheckRun(const History& history, const Call& run, Violations& violations) {
  std::set<std::string> told;
  std::set<std::string> agreements;
  for (const Answer& answer : run.answers) {
    const auto& result = static_cast<const v1::RunBillingResponse&>(*answer.message);
    if (result.agreement_id().empty()) continue;
    agreements.insert(result.agreement_id());
    if (!told.insert(absl::StrCat(result.agreement_id(), " ", result.month())).second) {
      violations.push_back({"doubled", absl::StrCat(result.agreement_id(), " has two results in ", TextOf(run))});
    }
  }
  if (run.outcome() != Outcome::kDone) return;
  for (const auto& [name, entity] : history.entities) {
    if (entity.kind != "Agreement" || entity.account_id != AccountOf(run) || agreements.count(entity.id) > 0) continue;
    const auto versions = entity.Between(run.begin, run.end);
    const bool is_there = entity.known_from < run.begin &&
                          std::all_of(versions.begin(), versions.end(),
                                      [](const auto* version) { return Field(*version, "delete_time").empty(); });
    const bool was_open = std::any_of(entity.sightings.begin(), entity.sightings.end(), [&](const Sighting& sighting) {
      return sighting.end < run.begin && Field(*sighting.message, "settled_until") < Field(*run.request, "until_day");
    });
    if (is_there && was_open) violations.push_back({"gap", absl::StrCat(name, " has no result in ", TextOf(run))});
  }
}

// An explanation adds up to its line; verification finds nothing.
void CheckReports(const State& state, const Call& call, Violations& violations) {
  int64_t sum = 0;
  for (const Answer& answer : call.answers) {
    if (const auto* part = As<v1::ExplainOrderBasisResponse>(*answer.message)) {
      for (const v1::UserShare& user : part->users()) sum += user.days();
      for (const v1::Transaction& transaction : part->transactions()) sum += transaction.quantity();
    }
    if (const auto* report = As<v1::VerifyOrderBasisResponse>(*answer.message); report && report->findings_size() > 0) {
      violations.push_back({"charged", absl::StrCat(TextOf(call), ": ", report->ShortDebugString())});
    }
  }
  const auto document = state.documents.find(Field(*call.request, "order_basis_id"));
  if (call.method != "ExplainOrderBasis" || document == state.documents.end() || call.outcome() != Outcome::kDone) {
    return;
  }
  const v1::OrderBasisLine& line = document->second.lines(0);
  if (sum != line.user_days() + line.quantity()) {
    violations.push_back(
        {"charged", absl::StrCat(TextOf(call), ": adds up to ", sum, ", not to ", line.ShortDebugString())});
  }
}

}  // namespace

void CheckStructure(const History& history, Violations& violations) {
  for (const auto& [account, state] : StatesOf(history.record)) {
    CheckPlacements(state, violations);
    CheckUniqueness(state, violations);
    CheckReferences(state, violations);
    CheckUsers(state, violations);
  }
}

void CheckBilling(const History& history, Violations& violations) {
  const auto states = StatesOf(history.record);
  for (const auto& [account, state] : states) {
    CheckDocuments(state, violations);
    CheckClaims(state, violations);
    CheckPreviews(state, violations);
  }
  for (const Call& call : history.record.calls) {
    if (call.method == "RunBilling" && IsChange(call)) CheckRun(history, call, violations);
    if (const auto state = states.find(AccountOf(call)); state != states.end()) {
      CheckReports(state->second, call, violations);
    }
  }
}

}  // namespace agreements::testing
