// Who uses an agreement (lisensinformasjon).
#include <algorithm>
#include <utility>

#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "storage/tables/agreement_users.h"
#include "storage/tables/agreements.h"

namespace agreements {
namespace {

using storage::ReadTransaction;

// A page ends with the user with whom it reaches this size, so that an answer stays below 4 MiB. A user with 1,000
// products of 10 companies each has 0.3 MiB. The counts of 10,000 products have less than 0.9 MiB.
constexpr size_t kFullPage = size_t{5} << 19;  // 2.5 MiB
constexpr int kMaxProductCounts = 10'000;
// How many products are read for a page.
constexpr int64_t kMaxProducts = 20'000;

// Keeps the first users, whose products together are not too many, but at least one user.
void KeepWhatFits(std::vector<storage::UserProducts>& users) {
  int64_t products = 0;
  const auto too_many = std::find_if(users.begin(), users.end(), [&products](const storage::UserProducts& user) {
    const bool first = products == 0;
    products += std::min<int64_t>(user.products, storage::kMaxProductsOfUser);
    return !first && products > kMaxProducts;
  });
  users.erase(too_many, users.end());
}

// Fills the page with `users` and their products, up to kFullPage.
absl::Status FillUsers(ReadTransaction& tx, const v1::ListAgreementUsersRequest& request,
                       const std::vector<storage::UserProducts>& users, v1::ListAgreementUsersResponse& response) {
  ASSIGN_OR_RETURN(auto products,
                   storage::ListAgreementUserProducts(tx, request, users.front().user_id, users.back().user_id));
  auto product = products.begin();
  size_t size = 0;
  for (const storage::UserProducts& found : users) {
    if (size >= kFullPage) return absl::OkStatus();
    v1::AgreementUser& user = *response.add_users();
    user.set_user_id(found.user_id);
    user.set_product_count(static_cast<int32_t>(found.products));
    for (; product != products.end() && product->user_id() == found.user_id; ++product) {
      *user.add_products() = std::move(*product->mutable_products(0));
    }
    size += user.ByteSizeLong();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListAgreementUsersResponse> ListAgreementUsers(storage::Snapshot& tx,
                                                                  const v1::ListAgreementUsersRequest& request) {
  ASSIGN_OR_RETURN(const std::string after_id, PageKey(request, ""));
  RETURN_IF_ERROR(storage::GetAgreement(tx, request.agreement_id()).status());
  v1::ListAgreementUsersResponse response;
  ASSIGN_OR_RETURN(auto users, storage::ListAgreementUsers(tx, request, after_id, PageSize(request) + 1));
  if (request.page_token().empty()) {
    ASSIGN_OR_RETURN(const auto counts, storage::CountProductUsers(tx, request, kMaxProductCounts));
    response.mutable_product_user_counts()->Add(counts.begin(), counts.end());
  }
  if (users.empty()) return response;
  const std::string last_id = users.back().user_id;
  if (static_cast<int>(users.size()) > PageSize(request)) users.pop_back();
  KeepWhatFits(users);
  RETURN_IF_ERROR(FillUsers(tx, request, users, response));
  const std::string& end_id = response.users(response.users_size() - 1).user_id();
  if (end_id != last_id) response.set_next_page_token(MakePageToken(request, end_id));
  return response;
}

}  // namespace agreements
