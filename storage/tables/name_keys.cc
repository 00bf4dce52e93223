#include "storage/tables/name_keys.h"

#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/uversion.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

// The version of this program's rules. Raise it when keys are computed in another way.
constexpr int64_t kRules = 1;

constexpr int kBatch = 100;

constexpr char kListOutdated[] = R"sql(
  SELECT account_id, {id}, display_name
  FROM {table}
  WHERE current_key_version < ?
  ORDER BY current_key_version
  LIMIT ?
)sql";

constexpr char kRefresh[] = R"sql(
  UPDATE {table}
  SET name_key = ?,
      folded_name = ?,
      keyed_name = display_name,
      key_version = ?
  WHERE account_id = ? AND {id} = ?
    AND display_name = ?
    AND current_key_version < ?
)sql";

constexpr char kListNames[] = R"sql(
  SELECT {id}, display_name, name_key, folded_name, keyed_name, key_version
  FROM {table}
  WHERE account_id = ?
    AND {id} > ?
  ORDER BY {id}
  LIMIT ?
)sql";

const std::initializer_list<Statement::Part> kOfAgreements = {{"{table}", "agreements"}, {"{id}", "agreement_id"}};
const std::initializer_list<Statement::Part> kOfCompanies = {{"{table}", "companies"}, {"{id}", "company_id"}};

const Statement kListOutdatedAgreements = {"list_outdated_agreement_names", kOfAgreements, kListOutdated};
const Statement kListOutdatedCompanies = {"list_outdated_company_names", kOfCompanies, kListOutdated};
const Statement kRefreshAgreement = {"refresh_agreement_name", kOfAgreements, kRefresh};
const Statement kRefreshCompany = {"refresh_company_name", kOfCompanies, kRefresh};
const Statement kListAgreementNames = {"list_agreement_names", kOfAgreements, kListNames};
const Statement kListCompanyNames = {"list_company_names", kOfCompanies, kListNames};

void Expect(UErrorCode code, absl::string_view what) {
  // Fails only without ICU's data, which is part of the library.
  if (U_FAILURE(code)) throw std::runtime_error(absl::StrCat("ICU: ", what, ": ", u_errorName(code)));
}

std::unique_ptr<icu::Collator> NewCollator() {
  UErrorCode code = U_ZERO_ERROR;
  std::unique_ptr<icu::Collator> collator(icu::Collator::createInstance(icu::Locale("nb"), code));
  Expect(code, "no Norwegian collation");
  // Accents count, case does not. An accent counts the same however it is coded.
  collator->setStrength(icu::Collator::SECONDARY);
  collator->setAttribute(UCOL_NORMALIZATION_MODE, UCOL_ON, code);
  Expect(code, "no normalization");
  return collator;
}

icu::UnicodeString FromUtf8(absl::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

icu::UnicodeString Normalized(const icu::Normalizer2* (*form)(UErrorCode&), const icu::UnicodeString& text) {
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString normalized = form(code)->normalize(text, code);
  Expect(code, "no normalization");
  return normalized;
}

struct OutdatedName {
  std::string account_id;
  std::string id;
  std::string display_name;
};

OutdatedName ReadOutdatedName(const Row& row) {
  return {.account_id = row.GetString(1), .id = row.GetString(2), .display_name = row.GetString(3)};
}

StoredName ReadStoredName(const Row& row) {
  return {.id = row.GetString(1),
          .display_name = row.GetString(2),
          .sort_key = row.GetString(3),
          .folded = row.GetString(4),
          .keyed_name = row.GetString(5),
          .version = row.GetInt64(6)};
}

// Computes the outdated keys of one table.
absl::StatusOr<int64_t> Refresh(Database& database, const Statement& list, const Statement& refresh,
                                absl::FunctionRef<bool()> go_on) {
  int64_t refreshed = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const auto names, database.QueryAlone(list, {NameKeysVersion(), kBatch}, ReadOutdatedName));
    const int64_t before = refreshed;
    for (const OutdatedName& name : names) {
      const NameKeys keys = KeysOf(name.display_name);
      ASSIGN_OR_RETURN(const int64_t changed,
                       database.ExecuteAlone(refresh, {keys.sort_key, keys.folded, keys.version, name.account_id,
                                                       name.id, name.display_name, keys.version}));
      refreshed += changed;
    }
    if (names.size() < kBatch || refreshed == before || !go_on()) return refreshed;
  }
}

}  // namespace

NameKeys KeysOf(absl::string_view display_name) {
  return {.sort_key = SortKey(display_name), .folded = Folded(display_name), .version = NameKeysVersion()};
}

std::string SortKey(absl::string_view display_name) {
  thread_local const std::unique_ptr<icu::Collator> collator = NewCollator();
  const icu::UnicodeString text = FromUtf8(display_name);
  std::string key(kMaxSortKeyLength, '\0');
  const auto capacity = static_cast<int32_t>(key.size());
  const int32_t length = collator->getSortKey(text, reinterpret_cast<uint8_t*>(key.data()), capacity);
  // A key ends with a byte of 0, which is not needed.
  if (length <= capacity) key.resize(static_cast<size_t>(length) - 1);
  return key;
}

std::string Folded(absl::string_view text) {
  // As Unicode defines caseless matching (D145), and composed again, so that "e" is not found in "é".
  icu::UnicodeString folded = Normalized(icu::Normalizer2::getNFDInstance, FromUtf8(text));
  folded.foldCase();
  std::string utf8;
  Normalized(icu::Normalizer2::getNFCInstance, folded).toUTF8String(utf8);
  return utf8;
}

int64_t NameKeysVersion() {
  UVersionInfo icu;
  u_getVersion(icu);
  return kRules * 10'000 + int64_t{icu[0]} * 10 + icu[1];
}

absl::StatusOr<std::vector<StoredName>> ListAgreementNames(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListAgreementNames, {tx.account_id(), after_id, limit}, ReadStoredName);
}

absl::StatusOr<std::vector<StoredName>> ListCompanyNames(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListCompanyNames, {tx.account_id(), after_id, limit}, ReadStoredName);
}

std::string WrongKeys(const StoredName& name) {
  const NameKeys keys = KeysOf(name.display_name);
  if (name.keyed_name != name.display_name) {
    return name.keyed_name.empty() ? "its name has no keys yet" : "its keys are those of a name that it had before";
  }
  if (name.version > keys.version) return "";
  if (name.version < keys.version) return absl::StrCat("its keys are of version ", name.version);
  if (name.sort_key != keys.sort_key) return "its name_key is not that of its name";
  return name.folded != keys.folded ? "its folded_name is not that of its name" : "";
}

absl::StatusOr<RefreshedNames> RefreshNames(Database& database, absl::FunctionRef<bool()> go_on) {
  RefreshedNames refreshed;
  ASSIGN_OR_RETURN(refreshed.agreements, Refresh(database, kListOutdatedAgreements, kRefreshAgreement, go_on));
  ASSIGN_OR_RETURN(refreshed.companies, Refresh(database, kListOutdatedCompanies, kRefreshCompany, go_on));
  return refreshed;
}

}  // namespace agreements::storage
