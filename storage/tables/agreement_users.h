// The users of an agreement: those with an ACTIVE access to a company that it holds now. Each function reads only the
// index entries of those companies.
#ifndef AGREEMENTS_STORAGE_TABLES_AGREEMENT_USERS_H_
#define AGREEMENTS_STORAGE_TABLES_AGREEMENT_USERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

inline constexpr int kMaxProductsOfUser = 1000;
inline constexpr int kMaxCompaniesOfProduct = 10;

// A user and how many products they have.
struct UserProducts {
  std::string user_id;
  int64_t products;
};

// All functions count the request's agreement only and, if the request names a product, that product only.

// At most `limit` users with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<UserProducts>> ListAgreementUsers(ReadTransaction& tx,
                                                             const v1::ListAgreementUsersRequest& request,
                                                             absl::string_view after_id, int limit);

// The products of the users from `first_id` to `last_id`, in ascending order of user_id and product_id. Each message
// has one product. Of each user there are at most kMaxProductsOfUser.
absl::StatusOr<std::vector<v1::AgreementUser>> ListAgreementUserProducts(ReadTransaction& tx,
                                                                         const v1::ListAgreementUsersRequest& request,
                                                                         absl::string_view first_id,
                                                                         absl::string_view last_id);

// The number of users of each product, for at most `limit` products in ascending order.
absl::StatusOr<std::vector<v1::ProductUserCount>> CountProductUsers(ReadTransaction& tx,
                                                                    const v1::ListAgreementUsersRequest& request,
                                                                    int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_AGREEMENT_USERS_H_
