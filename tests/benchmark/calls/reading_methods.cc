// GetAgreement, GetCompany and ListCompanies: a prepared SELECT each.
#include <array>

#include "absl/strings/str_cat.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "tests/benchmark/calls/data.h"
#include "tests/benchmark/calls/methods.h"

namespace agreements::benchmark {
namespace {

constexpr int kPageSize = 50;

// What a caller asks for next: each goes through all agreements, in an order that jumps.
class Position {
 public:
  int Next(int caller) {
    constexpr int64_t kStride = 389;  // Has no divisor in common with kAgreements.
    const int64_t n = calls_[static_cast<size_t>(caller)]++;
    return static_cast<int>((caller + n * kStride) % kAgreements);
  }

 private:
  std::array<int64_t, kAgreements> calls_{};
};

class GetAgreement : public Method {
 public:
  std::string name() const override { return "GetAgreement"; }
  std::string path() const override { return "/agreements.v1.AgreementService/GetAgreement"; }
  bool writes() const override { return false; }

  std::string NextRequest(int caller) override {
    const int agreement = position_.Next(caller);
    v1::GetAgreementRequest request;
    request.set_account_id(AccountOf(agreement));
    request.set_agreement_id(AgreementId(agreement));
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kSql =
        "SELECT agreement_id, display_name, customer_number, company_count, draft_count, settled_until, revision, "
        "create_time, update_time, delete_time FROM agreements WHERE account_id = ? AND agreement_id = ?";
    const int agreement = position_.Next(caller);
    connection.Query(kSql, {AccountOf(agreement), AgreementId(agreement)}, 1);
  }

 private:
  Position position_;
};

constexpr char kCompanyColumns[] =
    "SELECT company_id, agreement_id, display_name, organization_number, revision, create_time, update_time, "
    "delete_time FROM companies WHERE ";

class GetCompany : public Method {
 public:
  std::string name() const override { return "GetCompany"; }
  std::string path() const override { return "/agreements.v1.CompanyService/GetCompany"; }
  bool writes() const override { return false; }

  std::string NextRequest(int caller) override {
    const int agreement = position_.Next(caller);
    v1::GetCompanyRequest request;
    request.set_account_id(AccountOf(agreement));
    request.set_company_id(CompanyId(agreement, agreement % kCompaniesOfEach));
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kSql = absl::StrCat(kCompanyColumns, "account_id = ? AND company_id = ?");
    const int agreement = position_.Next(caller);
    connection.Query(kSql, {AccountOf(agreement), CompanyId(agreement, agreement % kCompaniesOfEach)}, 1);
  }

 private:
  Position position_;
};

// The first page of an agreement's companies, of which there are more.
class ListCompanies : public Method {
 public:
  std::string name() const override { return "ListCompanies"; }
  std::string path() const override { return "/agreements.v1.CompanyService/ListCompanies"; }
  bool writes() const override { return false; }

  std::string NextRequest(int caller) override {
    const int agreement = position_.Next(caller);
    v1::ListCompaniesRequest request;
    request.set_account_id(AccountOf(agreement));
    request.set_agreement_id(AgreementId(agreement));
    request.set_page_size(kPageSize);
    return request.SerializeAsString();
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kSql = absl::StrCat(
        kCompanyColumns, "account_id = ? AND agreement_id = ? AND delete_time IS NULL ORDER BY company_id DESC LIMIT ",
        kPageSize + 1);
    const int agreement = position_.Next(caller);
    connection.Query(kSql, {AccountOf(agreement), AgreementId(agreement)}, kPageSize + 1);
  }

 private:
  Position position_;
};

}  // namespace

std::vector<std::unique_ptr<Method>> ReadingMethods() {
  std::vector<std::unique_ptr<Method>> methods;
  methods.push_back(std::make_unique<GetAgreement>());
  methods.push_back(std::make_unique<GetCompany>());
  methods.push_back(std::make_unique<ListCompanies>());
  return methods;
}

}  // namespace agreements::benchmark
