// Keys by which names are sorted and found. The tables `agreements` and `companies` keep them beside each display_name,
// so that an index has the order of a list, and a search reads few bytes.
#ifndef AGREEMENTS_STORAGE_TABLES_NAME_KEYS_H_
#define AGREEMENTS_STORAGE_TABLES_NAME_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/connection/database.h"

namespace agreements::storage {

inline constexpr size_t kMaxSortKeyLength = 512;  // Bytes, as the columns have them.
inline constexpr size_t kMaxFoldedLength = 2400;

struct NameKeys {
  std::string sort_key;
  std::string folded;
  int64_t version;
};

// The keys of a name. REQUIRES: it has at most 200 code points. Thread-safe.
NameKeys KeysOf(absl::string_view display_name);

// Compares byte by byte as the names do in Norwegian alphabetical order, æ (ä), ø (ö) and å (aa) last: 0 for names that
// differ in nothing but case. Cut to 512 bytes, which hold the letters of any Latin name; of the longest ones, accents
// can be cut off, and of names in some other scripts all from about the 170th character on: those can be equal.
std::string SortKey(absl::string_view display_name);

// The same for texts that differ in case, or in how their accents are coded: "É", "é", and "e" with U+0301. One text is
// found in another one if its folded bytes are.
std::string Folded(absl::string_view text);

// The version of the rules for keys. It grows with this program's rules, and with those of the ICU library, which
// differ between Debian releases. Keys of two versions do not compare.
int64_t NameKeysVersion();

// A name with its keys, as stored.
struct StoredName {
  std::string id;
  std::string display_name;
  std::string sort_key;
  std::string folded;
  std::string keyed_name;
  int64_t version;
};

// At most `limit` names with ids above `after_id`, in ascending order of ids.
absl::StatusOr<std::vector<StoredName>> ListAgreementNames(ReadTransaction& tx, absl::string_view after_id, int limit);
absl::StatusOr<std::vector<StoredName>> ListCompanyNames(ReadTransaction& tx, absl::string_view after_id, int limit);

// Says what is wrong with a name's keys. "" if they are right, or if they are of a later version, which this program
// cannot check.
std::string WrongKeys(const StoredName& name);

// The number of names whose keys were computed.
struct RefreshedNames {
  int64_t agreements = 0;
  int64_t companies = 0;
};

// Computes keys that are missing or of an older version, and changes nothing else. Run it after a migration, and as
// long as servers of an older version write. A row that is renamed meanwhile is left to that write, or to the next
// call. Stops early if `go_on`, which is called after every few rows, returns false.
absl::StatusOr<RefreshedNames> RefreshNames(Database& database, absl::FunctionRef<bool()> go_on);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_NAME_KEYS_H_
