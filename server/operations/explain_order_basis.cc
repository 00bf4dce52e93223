// Explaining a line of an order basis or of a preview: domain.md O7.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/order_basis_steps.h"
#include "server/rules/pricing.h"
#include "server/rules/rules.h"
#include "storage/billing/transaction_claims.h"
#include "storage/billing/user_days.h"
#include "storage/tables/order_bases.h"
#include "storage/tables/prices.h"

namespace agreements {
namespace {

using storage::ReadTransaction;

constexpr size_t kPageSize = 1000;  // Accesses or transactions in a message.
// Accesses or transactions that are read at once. Each time, the database scans all of the agreement's.
constexpr int kReadAhead = 10'000;

// The line that is explained.
struct Subject {
  std::string agreement_id;
  std::string order_basis_id;  // Empty for a preview.
  v1::OrderBasisLine line;
  Days days = {};  // The days that it counts.

  bool is_license() const { return line.kind() == v1::PRODUCT_KIND_LICENSE; }
};

// What is read at once: accesses or transactions, depending on what the line counts.
struct Batch {
  Subject subject;
  std::vector<storage::UserAccess> accesses;
  std::vector<v1::Transaction> transactions;

  size_t size() const { return accesses.size() + transactions.size(); }
};

// Days of a month as a mask: bit 0 is the 1st.
uint32_t MaskOf(const v1::AccessShare& share) {
  const absl::CivilDay from = ParseDay(share.from_day());
  const absl::CivilDay first = MonthOf(from).from;
  const auto bit = [first](absl::CivilDay day) { return uint64_t{1} << (day - first); };
  return static_cast<uint32_t>(bit(ParseDay(share.until_day())) - bit(from));
}

// The document, with only the requested line.
absl::StatusOr<v1::OrderBasis> FindDocument(ReadTransaction& tx, const v1::ExplainOrderBasisRequest& request) {
  ASSIGN_OR_RETURN(v1::OrderBasis document, storage::GetOrderBasis(tx, request.order_basis_id()));
  ASSIGN_OR_RETURN(const auto lines,
                   storage::ListOrderBasisLines(tx, request.order_basis_id(), request.line_number() - 1, /*limit=*/1));
  if (lines.empty() || lines[0].line_number() != request.line_number()) {
    return OrderBasisLineNotFound(request.order_basis_id(), request.line_number());
  }
  *document.add_lines() = lines[0];
  return document;
}

// The preview, with only the requested line.
absl::StatusOr<v1::OrderBasis> ComputeDocument(ReadTransaction& tx, const Context& context,
                                               const v1::ExplainOrderBasisRequest& request) {
  v1::PreviewOrderBasisRequest preview_request;
  preview_request.set_agreement_id(request.agreement_id());
  preview_request.set_from_day(request.from_day());
  preview_request.set_until_day(request.until_day());
  preview_request.set_estimate(request.estimate());
  ASSIGN_OR_RETURN(Preview preview, ComputePreview(tx, context, preview_request));
  v1::OrderBasis& document = preview.order_basis;
  if (!request.expected_digest().empty() && request.expected_digest() != document.digest()) {
    return PreviewChanged(request.agreement_id(), document.digest());
  }
  if (request.line_number() > document.lines_size()) {
    return PreviewLineNotFound(request.agreement_id(), request.line_number());
  }
  v1::OrderBasisLine line = document.lines(request.line_number() - 1);
  document.clear_lines();
  *document.add_lines() = std::move(line);
  return std::move(document);
}

absl::StatusOr<Subject> FindSubject(ReadTransaction& tx, const Context& context,
                                    const v1::ExplainOrderBasisRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderBasis document, request.order_basis_id().empty()
                                                      ? ComputeDocument(tx, context, request)
                                                      : FindDocument(tx, request));
  const v1::OrderBasisLine& line = document.lines(0);
  ASSIGN_OR_RETURN(const auto priced, storage::GetPricedProduct(tx, line.product_id()));
  return Subject{.agreement_id = document.agreement_id(),
                 .order_basis_id = document.order_basis_id(),
                 .line = line,
                 .days = rules::DaysOfLine(document, line, priced.prices)};
}

// A line's explanation, page by page.
//
// Settled days do not change, so the pages of a document fit together although they are read one after the other. Those
// of a preview can change between two reads. The first kReadAhead are read together with the line, and usually these
// are all. If later ones do not add up to the line, the stream ends as PREVIEW_CHANGED.
class Explanation {
 public:
  Explanation(storage::Database& database, const Context& context, const v1::ExplainOrderBasisRequest& request)
      : database_(database), context_(context), request_(request) {}

  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> Next(const storage::Call& call) {
    if (next_ == batch_.size() && !all_read_) RETURN_IF_ERROR(Read(call));
    if (next_ == batch_.size()) return End();
    return batch_.subject.is_license() ? TellUsers() : TellTransactions();
  }

 private:
  // Reads the next batch, and before the first one the line.
  absl::Status Read(const storage::Call& call) {
    ASSIGN_OR_RETURN(Batch batch, database_.ReadSnapshot(call, [&](storage::Snapshot& tx) { return ReadBatch(tx); }));
    batch_ = std::move(batch);
    begun_ = true;
    next_ = 0;
    all_read_ = batch_.size() < kReadAhead;
    return absl::OkStatus();
  }

  // Const, since a transaction can run again.
  absl::StatusOr<Batch> ReadBatch(ReadTransaction& tx) const {
    Batch batch{.subject = batch_.subject, .accesses = {}, .transactions = {}};
    Subject& subject = batch.subject;
    if (!begun_) {
      ASSIGN_OR_RETURN(subject, FindSubject(tx, context_, request_));
    }
    if (subject.is_license()) {
      ASSIGN_OR_RETURN(batch.accesses, storage::ListUserAccesses(tx, subject.agreement_id, subject.line.product_id(),
                                                                 subject.days, LastAccess(), kReadAhead));
    } else if (subject.order_basis_id.empty()) {
      ASSIGN_OR_RETURN(batch.transactions, storage::ListUnclaimedOfProduct(
                                               tx, subject.agreement_id, subject.line.product_id(), subject.days.from,
                                               subject.days.until, LastTransaction(), kReadAhead));
    } else {
      ASSIGN_OR_RETURN(batch.transactions,
                       storage::ListClaimed(tx, subject.order_basis_id, subject.line.product_id(), subject.days.from,
                                            subject.days.until, LastTransaction(), kReadAhead));
    }
    return batch;
  }

  storage::UserAccessKey LastAccess() const {
    if (batch_.accesses.empty()) return {};
    const auto& [user_id, share] = batch_.accesses.back();
    return {.user_id = user_id,
            .company_id = share.company_id(),
            .access_id = share.access_id(),
            .from_day = share.from_day()};
  }

  storage::TransactionKey LastTransaction() const {
    if (batch_.transactions.empty()) return {};
    const v1::Transaction& last = batch_.transactions.back();
    return {.company_id = last.company_id(), .day = last.day(), .transaction_id = last.transaction_id()};
  }

  v1::ExplainOrderBasisResponse TellUsers() {
    v1::ExplainOrderBasisResponse response;
    const size_t end = std::min(next_ + kPageSize, batch_.size());
    for (; next_ < end; ++next_) {
      const auto& [user_id, share] = batch_.accesses[next_];
      if (user_id != user_id_) counted_days_ = 0;
      if (response.users_size() == 0 || user_id != user_id_) response.add_users()->set_user_id(user_id);
      user_id_ = user_id;
      v1::UserShare& user = *response.mutable_users()->rbegin();
      // A day that several accesses of the user cover counts once, also across messages.
      const uint32_t new_days = MaskOf(share) & ~counted_days_;
      counted_days_ |= new_days;
      user.set_days(user.days() + absl::popcount(new_days));
      told_ += absl::popcount(new_days);
      *user.add_accesses() = share;
    }
    return response;
  }

  v1::ExplainOrderBasisResponse TellTransactions() {
    v1::ExplainOrderBasisResponse response;
    const size_t end = std::min(next_ + kPageSize, batch_.size());
    for (; next_ < end; ++next_) {
      told_ += batch_.transactions[next_].quantity();
      *response.add_transactions() = batch_.transactions[next_];
    }
    return response;
  }

  // Everything is sent. It must add up to the line.
  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> End() const {
    const auto& [agreement_id, order_basis_id, line, days] = batch_.subject;
    const int64_t counted = batch_.subject.is_license() ? line.user_days() : line.quantity();
    if (told_ == counted) return std::nullopt;
    if (order_basis_id.empty()) return PreviewChanged(agreement_id, "");
    return absl::InternalError(absl::StrCat("line ", line.line_number(), " of ", order_basis_id, " counts ", counted,
                                            ", and history says ", told_));
  }

  storage::Database& database_;
  const Context& context_;
  const v1::ExplainOrderBasisRequest request_;
  bool begun_ = false;
  Batch batch_;
  size_t next_ = 0;  // Index in the batch of the next one to send.
  bool all_read_ = false;
  int64_t told_ = 0;           // User-days or pieces sent so far.
  std::string user_id_;        // Of the last access that was sent,
  uint32_t counted_days_ = 0;  // and the user's days so far.
};

}  // namespace

Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasis(storage::Database& database, const Context& context,
                                                        const v1::ExplainOrderBasisRequest& request) {
  return [explanation = std::make_shared<Explanation>(database, context, request)](const storage::Call& call) {
    return explanation->Next(call);
  };
}

}  // namespace agreements
