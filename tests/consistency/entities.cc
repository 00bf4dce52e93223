#include "tests/consistency/entities.h"

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "agreements/v1/product.pb.h"
#include "agreements/v1/transaction.pb.h"
#include "google/protobuf/descriptor.h"

namespace agreements::testing {

using google::protobuf::Message;

namespace {

// What a successful call always gives a new version.
bool AlwaysMakes(const std::string& method, const std::string& kind) {
  static const std::set<std::pair<std::string, std::string>> kMakes = {
      {"CreateAgreement", "Agreement"},
      {"CreateAgreement", "CompanyDraft"},
      {"UpdateAgreement", "Agreement"},
      {"DeleteAgreement", "Agreement"},
      {"UndeleteAgreement", "Agreement"},
      {"CreateCompany", "Company"},
      {"UpdateCompany", "Company"},
      {"DeleteCompany", "Company"},
      {"UndeleteCompany", "Company"},
      {"MoveCompany", "Company"},
      {"MoveCompanyToNewAgreement", "Company"},
      {"MoveCompanyToNewAgreement", "Agreement"},
      {"CreateCompanyDraft", "CompanyDraft"},
      {"UpdateCompanyDraft", "CompanyDraft"},
      {"DeleteCompanyDraft", "CompanyDraft"},
      {"CreateProduct", "Product"},
      {"UpdateProduct", "Product"},
      {"RevokeAccess", "Access"},
  };
  return kMakes.count({method, kind}) > 0;
}

Part PartOf(const Call& call, const std::string& kind, int64_t version) {
  if (AlwaysMakes(call.method, kind)) return Part::kMade;
  if (!IsChange(call) || call.method == "SetPrice") return Part::kRead;
  if (kind != "Transaction") return Part::kMayHaveMade;
  // That a transaction has been settled is told by calls that have not done it.
  const bool fits = version == v1::TRANSACTION_STATE_RECORDED    ? call.method == "RecordTransactions"
                    : version == v1::TRANSACTION_STATE_CANCELLED ? call.method == "CancelTransactions"
                                                                 : false;
  return fits ? Part::kMayHaveMade : Part::kRead;
}

// A thing without what changes though its version does not.
template <typename Thing>
std::unique_ptr<Message> Unchanging(const Message& message) {
  auto thing = std::make_unique<Thing>(static_cast<const Thing&>(message));
  if constexpr (std::is_same_v<Thing, v1::Agreement>) {
    thing->clear_company_count();
    thing->clear_draft_count();
    thing->clear_settled_until();
  } else if constexpr (std::is_same_v<Thing, v1::Product>) {
    thing->clear_priced_until();
  } else if constexpr (std::is_same_v<Thing, v1::OrderBasis>) {
    thing->clear_lines();
  }
  return thing;
}

struct Kind {
  std::string id_field;
  std::string version_field;
  std::unique_ptr<Message> (*unchanging)(const Message&);
};

const std::map<std::string, Kind>& Kinds() {
  static const std::map<std::string, Kind> kKinds = {
      {"Agreement", {"agreement_id", "revision", Unchanging<v1::Agreement>}},
      {"Company", {"company_id", "revision", Unchanging<v1::Company>}},
      {"CompanyDraft", {"draft_id", "revision", Unchanging<v1::CompanyDraft>}},
      {"Product", {"product_id", "revision", Unchanging<v1::Product>}},
      {"Access", {"access_id", "state", Unchanging<v1::Access>}},
      {"Transaction", {"transaction_id", "state", Unchanging<v1::Transaction>}},
      {"OrderBasis", {"order_basis_id", "", Unchanging<v1::OrderBasis>}},
  };
  return kKinds;
}

int64_t VersionOf(const Message& message, const std::string& field) {
  if (field == "state") {
    return message.GetReflection()->GetEnumValue(message, message.GetDescriptor()->FindFieldByName(field));
  }
  int64_t version = 1;
  return field.empty() || absl::SimpleAtoi(Field(message, field), &version) ? version : 0;
}

void Add(const Call& call, const Answer& answer, absl::Time begin, bool last, Entities& entities) {
  Walk(*answer.message, [&](const Message& message) {
    const std::string& name = message.GetDescriptor()->name();
    const auto kind = Kinds().find(name);
    if (kind == Kinds().end()) return;
    std::string id = Field(message, kind->second.id_field);
    if (id.empty()) return;  // A preview.
    if (name == "Transaction") id = absl::StrCat(Field(message, "company_id"), " ", id);
    Entity& entity = entities[absl::StrCat(AccountOf(call), " ", name, " ", id)];
    entity.account_id = AccountOf(call);
    entity.kind = name;
    entity.id = id;
    const int64_t version = VersionOf(message, kind->second.version_field);
    const Sighting sighting = {.call = &call,
                               .begin = begin,
                               .end = answer.end,
                               .version = version,
                               .content = kind->second.unchanging(message)->ShortDebugString(),
                               .message = &message,
                               .part = PartOf(call, name, version)};
    entity.sightings.push_back(sighting);
    if (last) entity.last.push_back(sighting);
  });
}

void AddVersions(Entity& entity) {
  entity.known_from = absl::InfiniteFuture();
  std::map<int64_t, absl::Time> made;
  for (const Sighting& sighting : entity.sightings) {
    entity.known_from = std::min(entity.known_from, sighting.end);
    if (sighting.part != Part::kRead) {
      const auto begin = made.emplace(sighting.version, sighting.begin).first;
      begin->second = std::min(begin->second, sighting.begin);
    }
    entity.versions[sighting.version] = {
        .message = sighting.message, .from = absl::InfinitePast(), .until = absl::InfiniteFuture()};
  }
  for (auto& [number, version] : entity.versions) {
    // One that was made by the way, as by a deletion of the company, may have been there from the begin on.
    if (made.count(number) > 0) version.from = made[number];
    for (const Sighting& sighting : entity.sightings) {
      if (sighting.version > number) version.until = std::min(version.until, sighting.end);
    }
  }
}

}  // namespace

std::string AccountOf(const Call& call) { return Field(*call.request, "account_id"); }

std::map<int64_t, std::vector<const Call*>> ChangesOf(const Record& record) {
  std::map<int64_t, std::vector<const Call*>> changes;
  for (const Call& call : record.calls) {
    if (IsChange(call)) changes[call.operation].push_back(&call);
  }
  for (auto& [operation, calls] : changes) {
    std::sort(calls.begin(), calls.end(), [](const Call* a, const Call* b) { return a->begin < b->begin; });
  }
  return changes;
}

Entities EntitiesOf(const Record& record) {
  Entities entities;
  for (const auto& [operation, calls] : ChangesOf(record)) {
    for (const Call* call : calls) {
      for (const Answer& answer : call->answers) Add(*call, answer, calls.front()->begin, false, entities);
      // A later answer is the first one again, however old that is by then.
      if (call->outcome() == Outcome::kDone) break;
    }
  }
  for (const bool last : {false, true}) {
    for (const Call& call : last ? record.last : record.calls) {
      if (IsChange(call) || !Field(*call.request, "validate_only").empty()) continue;
      for (const Answer& answer : call.answers) Add(call, answer, answer.begin, last, entities);
    }
  }
  for (auto& [name, entity] : entities) AddVersions(entity);
  return entities;
}

std::vector<const Message*> Entity::Between(absl::Time begin, absl::Time end) const {
  std::vector<const Message*> between;
  for (const auto& [number, version] : versions) {
    if (version.from <= end && begin <= version.until) between.push_back(version.message);
  }
  return between;
}

}  // namespace agreements::testing
