// Puts together, from a record, what was seen of each thing that the service stores.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_ENTITIES_H_
#define AGREEMENTS_TESTS_CONSISTENCY_ENTITIES_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tests/consistency/record.h"

namespace agreements::testing {

// What a call has to do with the version that it shows.
enum class Part {
  kRead,         // It changes nothing.
  kMayHaveMade,  // It makes this version, or finds it made: GrantAccess, CompleteCompanyDraft ...
  kMade,         // It always makes a new version: UpdateCompany ...
};

// A thing as an answer showed it.
struct Sighting {
  const Call* call;
  // The version that is shown was current at some time between these. Of a change that was repeated: from the begin of
  // its first attempt to the end of the first one that succeeded.
  absl::Time begin;
  absl::Time end;
  int64_t version;
  std::string content;  // What never changes within a version, as text.
  const google::protobuf::Message* message;
  Part part;
};

// A version, with the time in which it may have been current.
struct Version {
  const google::protobuf::Message* message;
  absl::Time from;   // The begin of the change that made it.
  absl::Time until;  // When somebody has seen a later one.
};

// An agreement, company, draft, product, access, transaction or document, with all that was seen of it. Its version is
// its revision. An access and a transaction have none: theirs is the number of their state, which only grows.
struct Entity {
  std::string account_id;
  std::string kind;  // "Company"
  std::string id;    // Of a transaction: company and transaction_id.
  std::vector<Sighting> sightings;
  std::vector<Sighting> last;           // Sightings when all was quiet.
  std::map<int64_t, Version> versions;  // All that were seen.
  absl::Time known_from;                // When it was there for sure.

  std::string name() const { return account_id + " " + kind + " " + id; }

  // The versions that may have been current at some time between these: one of them was, if it was there.
  std::vector<const google::protobuf::Message*> Between(absl::Time begin, absl::Time end) const;
};

// By account, kind and id.
using Entities = std::map<std::string, Entity>;

// Of what record.calls and record.last show. `record` must outlive it.
Entities EntitiesOf(const Record& record);

// The calls of each change, by operation, in the order of their begins.
std::map<int64_t, std::vector<const Call*>> ChangesOf(const Record& record);

std::string AccountOf(const Call& call);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_ENTITIES_H_
