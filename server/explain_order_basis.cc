// Why a line of an order basis is what it is: domain.md O7.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/numeric/bits.h"
#include "proto/errors.h"
#include "server/operations.h"
#include "server/pricing.h"
#include "server/rules.h"
#include "storage/order_bases.h"
#include "storage/prices.h"
#include "storage/status_macros.h"
#include "storage/transaction_claims.h"
#include "storage/user_days.h"

namespace agreements {
namespace {

using storage::ReadTransaction;

constexpr size_t kPageSize = 1000;  // Accesses or transactions in a message.
// Accesses that are read at once: each time, the database looks at all that the agreement has.
constexpr size_t kReadAhead = 10'000;

// Days of a month as a mask: bit 0 is the 1st.
uint32_t MaskOf(const v1::AccessShare& share) {
  const absl::CivilDay from = rules::ParseDay(share.from_day());
  const absl::CivilDay first = rules::MonthOf(from).from;
  const auto bit = [first](absl::CivilDay day) { return uint64_t{1} << (day - first); };
  return static_cast<uint32_t>(bit(rules::ParseDay(share.until_day())) - bit(from));
}

// A line's explanation, page by page. History does not change any more on settled days, so that pages that are read one
// after the other fit together.
class Explanation {
 public:
  Explanation(Environment& env, const v1::ExplainOrderBasisRequest& request) : env_(env), request_(request) {}

  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> Next(const storage::Call& call) {
    if (ended_) return std::nullopt;
    return env_.database.ReadSnapshot(
        call, [&](ReadTransaction& tx) -> absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> {
          if (line_.line_number() == 0) RETURN_IF_ERROR(Begin(tx, call));
          return line_.kind() == v1::PRODUCT_KIND_LICENSE ? NextUsers(tx, call) : NextTransactions(tx, call);
        });
  }

 private:
  absl::Status Begin(ReadTransaction& tx, const storage::Call& call) {
    ASSIGN_OR_RETURN(order_basis_, storage::GetOrderBasis(tx, call.account_id, request_.order_basis_id()));
    ASSIGN_OR_RETURN(const auto lines, storage::ListOrderBasisLines(tx, call.account_id, request_.order_basis_id(),
                                                                    request_.line_number() - 1, /*limit=*/1));
    if (lines.empty() || lines[0].line_number() != request_.line_number()) {
      return OrderBasisLineNotFound(request_.order_basis_id(), request_.line_number());
    }
    const v1::OrderBasisLine& line = lines[0];
    ASSIGN_OR_RETURN(const auto priced, storage::GetPricedProduct(tx, call.account_id, line.product_id()));
    days_ = rules::DaysOfLine(order_basis_, line, priced.prices);
    line_ = line;
    return absl::OkStatus();
  }

  // Reads the next accesses, if none are left.
  absl::Status ReadAhead(ReadTransaction& tx, const storage::Call& call) {
    if (next_access_ < accesses_.size() || all_read_) return absl::OkStatus();
    storage::UserAccessKey after;
    if (!accesses_.empty()) {
      const auto& [user_id, share] = accesses_.back();
      after = {.user_id = user_id,
               .company_id = share.company_id(),
               .access_id = share.access_id(),
               .from_day = share.from_day()};
    }
    ASSIGN_OR_RETURN(accesses_,
                     storage::ListUserAccesses(tx, call.account_id, order_basis_.agreement_id(), line_.product_id(),
                                               {.from_day = days_.from, .until_day = days_.until}, after, kReadAhead));
    next_access_ = 0;
    all_read_ = accesses_.size() < kReadAhead;
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> NextUsers(ReadTransaction& tx,
                                                                         const storage::Call& call) {
    RETURN_IF_ERROR(ReadAhead(tx, call));
    v1::ExplainOrderBasisResponse response;
    const size_t end = std::min(next_access_ + kPageSize, accesses_.size());
    for (; next_access_ < end; ++next_access_) {
      const auto& [user_id, share] = accesses_[next_access_];
      if (user_id != user_id_) counted_days_ = 0;
      if (response.users_size() == 0 || user_id != user_id_) response.add_users()->set_user_id(user_id);
      user_id_ = user_id;
      v1::UserShare& user = *response.mutable_users()->rbegin();
      // Days that another access of the user has counted, in this message or an earlier one, count once.
      const uint32_t new_days = MaskOf(share) & ~counted_days_;
      counted_days_ |= new_days;
      user.set_days(user.days() + absl::popcount(new_days));
      *user.add_accesses() = share;
    }
    ended_ = all_read_ && next_access_ == accesses_.size();
    if (response.users_size() == 0) return std::nullopt;
    return response;
  }

  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> NextTransactions(ReadTransaction& tx,
                                                                                const storage::Call& call) {
    ASSIGN_OR_RETURN(auto transactions,
                     storage::ListClaimed(tx, call.account_id, order_basis_.order_basis_id(), line_.product_id(),
                                          days_.from, days_.until, after_transaction_, kPageSize));
    ended_ = transactions.size() < kPageSize;
    if (transactions.empty()) return std::nullopt;
    v1::ExplainOrderBasisResponse response;
    const v1::Transaction& last = transactions.back();
    after_transaction_ = {.company_id = last.company_id(), .day = last.day(), .transaction_id = last.transaction_id()};
    for (v1::Transaction& transaction : transactions) *response.add_transactions() = std::move(transaction);
    return response;
  }

  Environment& env_;
  const v1::ExplainOrderBasisRequest request_;
  v1::OrderBasis order_basis_;
  v1::OrderBasisLine line_;
  rules::Days days_ = {};
  bool ended_ = false;
  std::vector<storage::UserAccess> accesses_;
  size_t next_access_ = 0;  // Index of the first one that is not told yet.
  bool all_read_ = false;
  std::string user_id_;        // Of the access told last,
  uint32_t counted_days_ = 0;  // and the user's days so far.
  storage::TransactionKey after_transaction_;
};

}  // namespace

Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasis(Environment& env, const v1::ExplainOrderBasisRequest& request) {
  return [explanation = std::make_shared<Explanation>(env, request)](const storage::Call& call) {
    return explanation->Next(call);
  };
}

}  // namespace agreements
