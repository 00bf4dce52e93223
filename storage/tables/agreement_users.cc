#include "storage/tables/agreement_users.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/tables/accesses.h"

namespace agreements::storage {
namespace {

// The ACTIVE accesses `a` of the companies `c` that an agreement holds. The key `days` has until_day next to the
// company, and all columns that are read. STRAIGHT_JOIN, since the agreement's companies are few.
const std::string kHeld = absl::StrCat(R"sql(companies AS c
  STRAIGHT_JOIN accesses AS a FORCE INDEX (days)
    ON a.account_id = c.account_id AND a.company_id = c.company_id
    AND a.until_day = ')sql",
                                       kStillGoesOn, R"sql('
  WHERE c.account_id = ? AND c.agreement_id = ?
    AND c.delete_time IS NULL
    AND (? = '' OR a.product_id = ?))sql");

const Statement kListAgreementUsers = {"list_agreement_users", {{"{held}", kHeld}}, R"sql(
  SELECT a.user_id, COUNT(DISTINCT a.product_id)
  FROM {held}
    AND a.user_id > ?
  GROUP BY a.user_id
  ORDER BY a.user_id
  LIMIT ?
)sql"};

// A company's newest placement is the one in the agreement that holds it. GROUP_CONCAT returns at least 1,024 bytes,
// which hold more than 10 ids.
const Statement kListAgreementUserProducts = {"list_agreement_user_products", {{"{held}", kHeld}}, R"sql(
  SELECT user_id, product_id, from_day, companies, first_companies
  FROM (
    SELECT a.user_id, a.product_id,
           MIN(GREATEST(a.from_day, (SELECT MAX(p.from_day)
                                     FROM placements AS p
                                     WHERE p.account_id = c.account_id AND p.company_id = c.company_id))) AS from_day,
           COUNT(*) AS companies,
           SUBSTRING_INDEX(GROUP_CONCAT(a.company_id ORDER BY a.company_id SEPARATOR ','), ',', ?) AS first_companies,
           ROW_NUMBER() OVER (PARTITION BY a.user_id ORDER BY a.product_id) AS number
    FROM {held}
      AND a.user_id BETWEEN ? AND ?
    GROUP BY a.user_id, a.product_id
  ) AS held
  WHERE number <= ?
  ORDER BY user_id, product_id
)sql"};

const Statement kCountProductUsers = {"count_product_users", {{"{held}", kHeld}}, R"sql(
  SELECT a.product_id, COUNT(DISTINCT a.user_id)
  FROM {held}
  GROUP BY a.product_id
  ORDER BY a.product_id
  LIMIT ?
)sql"};

UserProducts ReadUser(const Row& row) { return {.user_id = row.GetString(1), .products = row.GetInt64(2)}; }

v1::AgreementUser ReadProduct(const Row& row) {
  v1::AgreementUser user;
  user.set_user_id(row.GetString(1));
  v1::AgreementUserProduct& product = *user.add_products();
  product.set_product_id(row.GetString(2));
  product.set_from_day(row.GetString(3));
  product.set_company_count(static_cast<int32_t>(row.GetInt64(4)));
  const std::string companies = row.GetString(5);
  for (const absl::string_view company_id : absl::StrSplit(companies, ',')) {
    product.add_company_ids(std::string(company_id));
  }
  return user;
}

v1::ProductUserCount ReadCount(const Row& row) {
  v1::ProductUserCount count;
  count.set_product_id(row.GetString(1));
  count.set_user_count(row.GetInt64(2));
  return count;
}

}  // namespace

absl::StatusOr<std::vector<UserProducts>> ListAgreementUsers(ReadTransaction& tx,
                                                             const v1::ListAgreementUsersRequest& request,
                                                             absl::string_view after_id, int limit) {
  return tx.Query(
      kListAgreementUsers,
      {tx.account_id(), request.agreement_id(), request.product_id(), request.product_id(), after_id, limit}, ReadUser);
}

absl::StatusOr<std::vector<v1::AgreementUser>> ListAgreementUserProducts(ReadTransaction& tx,
                                                                         const v1::ListAgreementUsersRequest& request,
                                                                         absl::string_view first_id,
                                                                         absl::string_view last_id) {
  return tx.Query(kListAgreementUserProducts,
                  {kMaxCompaniesOfProduct, tx.account_id(), request.agreement_id(), request.product_id(),
                   request.product_id(), first_id, last_id, kMaxProductsOfUser},
                  ReadProduct);
}

absl::StatusOr<std::vector<v1::ProductUserCount>> CountProductUsers(ReadTransaction& tx,
                                                                    const v1::ListAgreementUsersRequest& request,
                                                                    int limit) {
  return tx.Query(kCountProductUsers,
                  {tx.account_id(), request.agreement_id(), request.product_id(), request.product_id(), limit},
                  ReadCount);
}

}  // namespace agreements::storage
