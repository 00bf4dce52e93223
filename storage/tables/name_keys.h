// What a name is sorted and found by. The tables `agreements` and `companies` keep it beside each display_name, so that
// an index has the order of a list, and a search reads no more than it must.
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

// Of a name of at most 200 code points. Thread-safe.
NameKeys KeysOf(absl::string_view display_name);

// Compares byte by byte as the names do in Norwegian alphabetical order, æ (ä), ø (ö) and å (aa) last: 0 for names that
// differ in nothing but case. Cut to 512 bytes, which hold the letters of any Latin name; of the longest ones, accents
// can be cut off, and of names in some other scripts all from about the 170th character on: those can be equal.
std::string SortKey(absl::string_view display_name);

// The same for texts that differ in case, or in how their accents are coded: "É", "é", and "e" with U+0301. One text is
// found in another one if its folded bytes are.
std::string Folded(absl::string_view text);

// Grows with every version of the rules for keys: this program's, and Unicode's as the ICU library has them, which is
// another one on each Debian. Keys of two versions do not compare.
int64_t NameKeysVersion();

// What is stored of a name, to be checked.
struct StoredName {
  std::string id;
  std::string display_name;
  std::string sort_key;
  std::string folded;
  std::string keyed_name;
  int64_t version;
};

// At most `limit` of an account, in ascending order of ids after `after_id`.
absl::StatusOr<std::vector<StoredName>> ListAgreementNames(ReadTransaction& tx, absl::string_view after_id, int limit);
absl::StatusOr<std::vector<StoredName>> ListCompanyNames(ReadTransaction& tx, absl::string_view after_id, int limit);

// What is wrong with a name's keys; "" if nothing is, or if they are of a later version, which this program cannot
// tell.
std::string WrongKeys(const StoredName& name);

// How many names had their keys computed.
struct RefreshedNames {
  int64_t agreements = 0;
  int64_t companies = 0;
};

// Computes what is missing or of an older version, a row at a time: after a migration, and of what servers of an older
// version write meanwhile. Nothing else of a row changes. Rows that are renamed while this works are left to who
// renames them, or to the next time. `go_on` is asked after every few rows whether to.
absl::StatusOr<RefreshedNames> RefreshNames(Database& database, absl::FunctionRef<bool()> go_on);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_NAME_KEYS_H_
