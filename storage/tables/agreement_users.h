// Who uses an agreement now: the accesses that go on in the companies that it holds. Each function reads the entries of
// those companies in one index, and nothing else of the account.
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

// All are of the request's agreement and, if it names one, of its product only.

// At most `limit` users with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<UserProducts>> ListAgreementUsers(ReadTransaction& tx,
                                                             const v1::ListAgreementUsersRequest& request,
                                                             absl::string_view after_id, int limit);

// What the users from `first_id` to `last_id` have, in ascending order of user_id and product_id: one product a
// message, the first 1,000 of each user.
absl::StatusOr<std::vector<v1::AgreementUser>> ListAgreementUserProducts(ReadTransaction& tx,
                                                                         const v1::ListAgreementUsersRequest& request,
                                                                         absl::string_view first_id,
                                                                         absl::string_view last_id);

// How many users have each product, of at most `limit` products in ascending order.
absl::StatusOr<std::vector<v1::ProductUserCount>> CountProductUsers(ReadTransaction& tx,
                                                                    const v1::ListAgreementUsersRequest& request,
                                                                    int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_AGREEMENT_USERS_H_
