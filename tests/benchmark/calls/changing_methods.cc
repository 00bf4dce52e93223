// CreateAgreement, CreateCompany, MoveCompany and GrantAccess. Beside each the statements that write the same rows:
// those of the resources, the request, and its entry with the response.
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/change.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "storage/tables/name_keys.h"
#include "tests/benchmark/calls/data.h"
#include "tests/benchmark/calls/methods.h"

namespace agreements::benchmark {
namespace {

// About as long as the service's.
constexpr size_t kResponseLength = 130;
constexpr size_t kEntryLength = 300;

std::string NewRequestId() { return NewId("benchmark-"); }

std::string Now() { return absl::FormatTime("%Y-%m-%d %H:%M:%E6S", absl::Now(), absl::UTCTimeZone()); }
std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()); }

// A resource that an entry is found by.
struct Resource {
  v1::ResourceKind kind;
  std::string id;
};

// Of `count` lists of values, as an INSERT has them.
std::string Rows(const char* row, size_t count) { return absl::StrJoin(std::vector<std::string>(count, row), ", "); }

// The request, and the rows of its entry: entry, response, method and resources. Then the transaction ends.
void RecordAndCommit(BareConnection& connection, const std::string& account_id, const std::string& method,
                     const std::vector<Resource>& resources) {
  static const std::string kRequestSql =
      "INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time, method, claim_id) "
      "VALUES (?, '', ?, ?, X'00', ?, ?, ?)";
  const std::string claim_id = NewId("clm-");
  connection.Execute(kRequestSql,
                     {account_id, NewRequestId(), std::string(64, '0'), Now(),
                      absl::StrCat("agreements.v1.", method, "Request"), claim_id},
                     1);
  const std::string change_id = NewId("chg-");
  std::vector<std::string> values = {account_id, change_id, std::string(kEntryLength, 'e'),    account_id,
                                     change_id,  claim_id,  std::string(kResponseLength, 'r'), account_id,
                                     change_id,  method};
  for (const Resource& resource : resources) {
    values.insert(values.end(), {account_id, change_id, absl::StrCat(10 + resource.kind), resource.id});
  }
  const std::string sql = absl::StrCat(
      "INSERT INTO changes (account_id, change_id, kind, term, revision, content) "
      "VALUES (?, ?, 0, '', NULL, ?), (?, ?, 1, ?, NULL, ?), (?, ?, 2, ?, NULL, NULL), ",
      Rows("(?, ?, ?, ?, 1, NULL)", resources.size()));
  connection.Execute(sql, values, static_cast<int>(3 + resources.size()));
  connection.Commit();
}

// name_key, folded_name, keyed_name, key_version.
void AddNameKeys(std::vector<std::string>& values) {
  const storage::NameKeys keys = storage::KeysOf(kDisplayName);
  values.insert(values.end(), {keys.sort_key, keys.folded, kDisplayName, absl::StrCat(keys.version)});
}

// Adds companies to an agreement, which holds the row until the transaction ends.
void AddCompany(BareConnection& connection, int agreement, int companies) {
  static const std::string kSql =
      "UPDATE agreements SET company_count = company_count + ?, guard = guard + 1 "
      "WHERE account_id = ? AND agreement_id = ? AND delete_time IS NULL";
  connection.Execute(kSql, {absl::StrCat(companies), AccountOf(agreement), AgreementId(agreement)}, 1);
}

class CreateAgreement : public Method {
 public:
  std::string name() const override { return "CreateAgreement"; }
  std::string path() const override { return "/agreements.v1.AgreementService/CreateAgreement"; }
  bool writes() const override { return true; }

  std::string NextRequest(int caller) override {
    v1::CreateAgreementRequest request;
    request.set_account_id(AccountOf(caller));
    request.set_display_name(kDisplayName);
    request.set_customer_number("1001");
    request.set_request_id(NewRequestId());
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kSql =
        "INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count, "
        "settled_until, revision, create_time, update_time, delete_time, name_key, folded_name, keyed_name, "
        "key_version) VALUES (?, ?, ?, '1001', 0, 0, ?, 1, ?, ?, NULL, ?, ?, ?, ?)";
    const std::string agreement_id = NewId("agr-");
    std::vector<std::string> values = {AccountOf(caller), agreement_id, kDisplayName, Today(), Now(), Now()};
    AddNameKeys(values);
    connection.Execute(kSql, values, 1);
    RecordAndCommit(connection, AccountOf(caller), name(), {{v1::RESOURCE_KIND_AGREEMENT, agreement_id}});
  }
};

class CreateCompany : public Method {
 public:
  std::string name() const override { return "CreateCompany"; }
  std::string path() const override { return "/agreements.v1.CompanyService/CreateCompany"; }
  bool writes() const override { return true; }

  std::string NextRequest(int caller) override {
    v1::CreateCompanyRequest request;
    request.set_account_id(AccountOf(caller));
    request.set_agreement_id(AgreementId(caller));
    request.set_display_name(kDisplayName);
    request.set_request_id(NewRequestId());
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kInsertCompany =
        "INSERT INTO companies (account_id, company_id, agreement_id, display_name, organization_number, revision, "
        "create_time, update_time, delete_time, name_key, folded_name, keyed_name, key_version) "
        "VALUES (?, ?, ?, ?, '', 1, ?, ?, NULL, ?, ?, ?, ?)";
    static const std::string kInsertPlacement =
        "INSERT INTO placements (account_id, company_id, from_day, agreement_id) VALUES (?, ?, ?, ?)";
    const std::string account_id = AccountOf(caller);
    const std::string company_id = NewId("cmp-");
    AddCompany(connection, caller, 1);
    std::vector<std::string> values = {account_id, company_id, AgreementId(caller), kDisplayName, Now(), Now()};
    AddNameKeys(values);
    connection.Execute(kInsertCompany, values, 1);
    connection.Execute(kInsertPlacement, {account_id, company_id, Today(), AgreementId(caller)}, 1);
    RecordAndCommit(connection, account_id, name(),
                    {{v1::RESOURCE_KIND_COMPANY, company_id}, {v1::RESOURCE_KIND_AGREEMENT, AgreementId(caller)}});
  }
};

// Of each caller's agreement, one company is moved by the service, and another one by the bare statements, each to and
// fro between two agreements that it was not in before today. So each move but the first replaces the one before (M3).
class MoveCompany : public Method {
 public:
  std::string name() const override { return "MoveCompany"; }
  std::string path() const override { return "/agreements.v1.CompanyService/MoveCompany"; }
  bool writes() const override { return true; }

  std::string NextRequest(int caller) override {
    const int64_t move = service_moves_[static_cast<size_t>(caller)]++;
    v1::MoveCompanyRequest request;
    request.set_account_id(AccountOf(caller));
    request.set_company_id(CompanyId(caller, kServiceCompany));
    request.set_agreement_id(HolderAfter(move, caller));
    request.set_request_id(NewRequestId());
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kUpdateAgreements =
        "UPDATE agreements SET company_count = company_count + IF(agreement_id = ?, 1, -1), guard = guard + 1 "
        "WHERE account_id = ? AND agreement_id IN (?, ?) AND delete_time IS NULL";
    static const std::string kUpdateCompany =
        "UPDATE companies SET agreement_id = ?, update_time = ?, revision = revision + 1 "
        "WHERE account_id = ? AND company_id = ? AND agreement_id = ? AND delete_time IS NULL";
    static const std::string kPlace =
        "INSERT INTO placements (account_id, company_id, from_day, agreement_id) VALUES (?, ?, ?, ?) "
        "ON DUPLICATE KEY UPDATE agreement_id = VALUES(agreement_id)";
    const int64_t move = bare_moves_[static_cast<size_t>(caller)]++;
    const std::string account_id = AccountOf(caller);
    const std::string company_id = CompanyId(caller, kBareCompany);
    const std::string source = HolderAfter(move - 1, caller);
    const std::string target = HolderAfter(move, caller);
    connection.Execute(kUpdateAgreements, {target, account_id, source, target}, 2);
    connection.Execute(kUpdateCompany, {target, Now(), account_id, company_id, source}, 1);
    // An inserted row counts 1, a replaced one 2.
    connection.Execute(kPlace, {account_id, company_id, kMoveDay, target}, move == 0 ? 1 : 2);
    RecordAndCommit(connection, account_id, name(),
                    {{v1::RESOURCE_KIND_COMPANY, company_id},
                     {v1::RESOURCE_KIND_AGREEMENT, source},
                     {v1::RESOURCE_KIND_AGREEMENT, target}});
  }

 private:
  static constexpr int kServiceCompany = 1;
  static constexpr int kBareCompany = 2;
  // The same when midnight passes, since the bare statements do not look for what they replace.
  inline static const std::string kMoveDay = Today();

  // Before the first move, move -1 so to speak, the company is where it was loaded.
  static std::string HolderAfter(int64_t move, int caller) {
    return move < 0 ? AgreementId(caller) : TargetId(caller, static_cast<int>(move % kTargetsOfEach));
  }

  std::array<int64_t, kAgreements> service_moves_{};
  std::array<int64_t, kAgreements> bare_moves_{};
};

// A new user each time.
class GrantAccess : public Method {
 public:
  std::string name() const override { return "GrantAccess"; }
  std::string path() const override { return "/agreements.v1.CompanyService/GrantAccess"; }
  bool writes() const override { return true; }

  std::string NextRequest(int caller) override {
    v1::GrantAccessRequest request;
    request.set_account_id(AccountOf(caller));
    request.set_company_id(CompanyId(caller, 0));
    request.set_user_id(NewId("user-"));
    request.add_product_ids(kLicense);
    request.set_request_id(NewRequestId());
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kSql =
        "INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, expire_time, from_day, "
        "until_day, create_time, update_time) VALUES (?, ?, ?, ?, ?, 2, NULL, ?, '9999-12-31', ?, ?)";
    const std::string account_id = AccountOf(caller);
    const std::string access_id = NewId("acc-");
    const std::string user_id = NewId("user-");
    AddCompany(connection, caller, 0);
    connection.Execute(kSql, {account_id, CompanyId(caller, 0), access_id, user_id, kLicense, Today(), Now(), Now()},
                       1);
    RecordAndCommit(connection, account_id, name(),
                    {{v1::RESOURCE_KIND_ACCESS, access_id},
                     {v1::RESOURCE_KIND_COMPANY, CompanyId(caller, 0)},
                     {v1::RESOURCE_KIND_USER, user_id},
                     {v1::RESOURCE_KIND_AGREEMENT, AgreementId(caller)}});
  }
};

}  // namespace

std::vector<std::unique_ptr<Method>> ChangingMethods() {
  std::vector<std::unique_ptr<Method>> methods;
  methods.push_back(std::make_unique<CreateAgreement>());
  methods.push_back(std::make_unique<CreateCompany>());
  methods.push_back(std::make_unique<MoveCompany>());
  methods.push_back(std::make_unique<GrantAccess>());
  return methods;
}

}  // namespace agreements::benchmark
