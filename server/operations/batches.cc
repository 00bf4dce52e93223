// Several of a kind at once, by their ids.
#include <map>
#include <utility>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"

namespace agreements {
namespace {

using storage::ReadTransaction;

// Sorts what was found for `ids` into their order, and tells which are missing.
template <typename Resource, typename IdOf>
void FillBatch(const google::protobuf::RepeatedPtrField<std::string>& ids, std::vector<Resource> resources, IdOf id_of,
               google::protobuf::RepeatedPtrField<Resource>& found,
               google::protobuf::RepeatedPtrField<std::string>& missing) {
  std::map<std::string, Resource> by_id;
  for (Resource& resource : resources) {
    std::string id = id_of(resource);
    by_id[std::move(id)] = std::move(resource);
  }
  for (const std::string& id : ids) {
    if (const auto it = by_id.find(id); it != by_id.end()) {
      *found.Add() = std::move(it->second);
    } else {
      *missing.Add() = id;
    }
  }
}

}  // namespace

absl::StatusOr<v1::BatchGetAgreementsResponse> BatchGetAgreements(Environment& env, const storage::Call& call,
                                                                  const v1::BatchGetAgreementsRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::BatchGetAgreementsResponse> {
    ASSIGN_OR_RETURN(auto agreements, storage::BatchGetAgreements(tx, request));
    v1::BatchGetAgreementsResponse response;
    FillBatch(
        request.agreement_ids(), std::move(agreements),
        [](const v1::Agreement& agreement) { return agreement.agreement_id(); }, *response.mutable_agreements(),
        *response.mutable_missing_agreement_ids());
    return response;
  });
}

absl::StatusOr<v1::BatchGetCompaniesResponse> BatchGetCompanies(Environment& env, const storage::Call& call,
                                                                const v1::BatchGetCompaniesRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::BatchGetCompaniesResponse> {
    ASSIGN_OR_RETURN(auto companies, storage::BatchGetCompanies(tx, request));
    v1::BatchGetCompaniesResponse response;
    FillBatch(
        request.company_ids(), std::move(companies), [](const v1::Company& company) { return company.company_id(); },
        *response.mutable_companies(), *response.mutable_missing_company_ids());
    return response;
  });
}

}  // namespace agreements
