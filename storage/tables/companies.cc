#include "storage/tables/companies.h"

#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/tables/columns.h"
#include "storage/tables/name_keys.h"

namespace agreements::storage {
namespace {

constexpr char kOrganizationNumberKey[] = "live_organization_number";

const Statement kInsertCompany = {"insert_company", R"sql(
  INSERT INTO companies (account_id, company_id, agreement_id, display_name, organization_number, revision, create_time,
                         update_time, delete_time, name_key, folded_name, keyed_name, key_version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)
)sql"};

constexpr NamedTable kTable = {.name = "companies",
                               .id = "company_id",
                               .columns = R"sql(company_id, agreement_id, display_name, organization_number, revision,
         create_time, update_time, delete_time)sql",
                               .filters = R"sql(AND (? = '' OR agreement_id = ?)
    AND (? = '' OR organization_number = ?))sql"};

const PointSelect kGetCompany = {"get_company", kTable.name, {"account_id", kTable.id}, kTable.columns};

const Statement kListCompanies = {"list_companies", ListSql(kTable)};
const Statement kListCompaniesByName = {"list_companies_by_name", ListByNameSql(kTable)};

const Statement kListCompanyIds = {"list_company_ids", R"sql(
  SELECT company_id
  FROM companies
  WHERE account_id = ? AND agreement_id = ?
    AND delete_time IS NULL
  ORDER BY company_id
  LIMIT ?
)sql"};

const Statement kGetOrganizationNumberHolder = {"get_organization_number_holder", R"sql(
  SELECT company_id
  FROM companies
  WHERE account_id = ? AND live_organization_number = ?
)sql"};

const Statement kUpdateCompany = {"update_company", R"sql(
  UPDATE companies
  SET agreement_id = ?,
      display_name = ?,
      organization_number = ?,
      update_time = ?,
      delete_time = ?,
      name_key = ?,
      folded_name = ?,
      keyed_name = ?,
      key_version = ?,
      revision = revision + 1
  WHERE account_id = ? AND company_id = ?
    AND revision = ?
)sql"};

// COALESCE: any revision will do for a caller who names none.
const Statement kDeleteCompany = {"delete_company", R"sql(
  UPDATE companies
  SET update_time = ?,
      delete_time = ?,
      revision = revision + 1
  WHERE account_id = ? AND company_id = ?
    AND delete_time IS NULL
    AND revision = COALESCE(?, revision)
)sql"};

std::string ReadId(const Row& row) { return row.GetString(1); }

}  // namespace

std::string CompanyColumns(absl::string_view alias) { return ColumnsOf(alias, kTable.columns); }

v1::Company ReadCompany(const Row& row, int first) {
  v1::Company company;
  company.set_company_id(row.GetString(first));
  company.set_agreement_id(row.GetString(first + 1));
  company.set_display_name(row.GetString(first + 2));
  company.set_organization_number(row.GetString(first + 3));
  company.set_revision(row.GetInt64(first + 4));
  *company.mutable_create_time() = row.GetTimestamp(first + 5);
  *company.mutable_update_time() = row.GetTimestamp(first + 6);
  if (!row.IsNull(first + 7)) *company.mutable_delete_time() = row.GetTimestamp(first + 7);
  return company;
}

namespace {

v1::Company ReadCompany(const Row& row) { return ReadCompany(row, 1); }

SortedRow<v1::Company> ReadSortedCompany(const Row& row) {
  return {.row = ReadCompany(row), .name_key = row.GetString(9)};
}

// The error for an organization number that another company has. It names that company.
absl::Status Taken(Transaction& tx, const v1::Company& company) {
  ASSIGN_OR_RETURN(const std::optional<std::string> holder,
                   tx.QueryOne(kGetOrganizationNumberHolder, {tx.account_id(), company.organization_number()}, ReadId));
  if (!holder) return StartOver();  // The number is free again.
  return OrganizationNumberTaken(company.organization_number(), *holder);
}

}  // namespace

absl::Status InsertCompany(Transaction& tx, const v1::Company& company) {
  const NameKeys keys = KeysOf(company.display_name());
  absl::Status inserted =
      tx.Execute(kInsertCompany,
                 {tx.account_id(), company.company_id(), company.agreement_id(), company.display_name(),
                  company.organization_number(), company.revision(), ToValue(company.create_time()),
                  ToValue(company.update_time()), keys.sort_key, keys.folded, company.display_name(), keys.version})
          .status();
  if (IsDuplicate(inserted, kOrganizationNumberKey)) return Taken(tx, company);
  tx.trail().Changed(company);
  return inserted;
}

absl::StatusOr<v1::Company> GetCompany(PointReader& tx, absl::string_view company_id) {
  ASSIGN_OR_RETURN(std::optional<v1::Company> company, tx.Get(kGetCompany, {company_id}, ReadCompany));
  if (!company) return CompanyNotFound(company_id);
  return *std::move(company);
}

absl::StatusOr<std::vector<v1::Company>> BatchGetCompanies(ReadTransaction& tx,
                                                           const v1::BatchGetCompaniesRequest& request) {
  return tx.GetAll(kGetCompany, request.company_ids(), ReadCompany);
}

absl::StatusOr<std::vector<v1::Company>> ListCompanies(ReadTransaction& tx, const v1::ListCompaniesRequest& request,
                                                       absl::string_view before_id, int limit) {
  return tx.Query(
      kListCompanies,
      {tx.account_id(), before_id, request.agreement_id(), request.agreement_id(), request.organization_number(),
       request.organization_number(), request.display_name_prefix(), LastWithPrefix(request.display_name_prefix()),
       request.display_name_prefix(), Folded(request.display_name_contains()), request.show_deleted(), limit},
      ReadCompany);
}

absl::StatusOr<std::vector<SortedRow<v1::Company>>> ListCompaniesByName(ReadTransaction& tx,
                                                                        const v1::ListCompaniesRequest& request,
                                                                        const NamePosition& after, int limit) {
  return tx.Query(
      kListCompaniesByName,
      {tx.account_id(), after.name_key, after.name_key, after.id, request.agreement_id(), request.agreement_id(),
       request.organization_number(), request.organization_number(), request.display_name_prefix(),
       LastWithPrefix(request.display_name_prefix()), request.display_name_prefix(),
       Folded(request.display_name_contains()), request.show_deleted(), limit},
      ReadSortedCompany);
}

absl::StatusOr<std::vector<std::string>> ListCompanyIds(ReadTransaction& tx, absl::string_view agreement_id,
                                                        int limit) {
  return tx.Query(kListCompanyIds, {tx.account_id(), agreement_id, limit}, ReadId);
}

absl::Status UpdateCompany(Transaction& tx, v1::Company& company) {
  const NameKeys keys = KeysOf(company.display_name());
  const absl::StatusOr<int64_t> changed =
      tx.Execute(kUpdateCompany,
                 {company.agreement_id(), company.display_name(), company.organization_number(),
                  ToValue(company.update_time()), DeleteTime(company), keys.sort_key, keys.folded,
                  company.display_name(), keys.version, tx.account_id(), company.company_id(), company.revision()});
  if (IsDuplicate(changed.status(), kOrganizationNumberKey)) return Taken(tx, company);
  RETURN_IF_ERROR(changed.status());
  if (*changed == 0) return StartOver();
  company.set_revision(company.revision() + 1);
  tx.trail().Changed(company);
  return absl::OkStatus();
}

absl::StatusOr<bool> DeleteCompany(Transaction& tx, absl::string_view company_id, std::optional<int64_t> revision,
                                   absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kDeleteCompany, {now, now, tx.account_id(), company_id, revision}));
  return changed == 1;
}

void TellDeleted(Transaction& tx, const v1::Company& company) {
  v1::Company before = company;
  before.clear_delete_time();
  before.set_revision(company.revision() - 1);
  tx.Saw(before);
  tx.trail().Changed(company);
}

}  // namespace agreements::storage
