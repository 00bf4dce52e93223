// Explaining a line of an order basis or of a preview: domain.md O7.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/operations/explanation_memory.h"
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

ExplanationMemory all_memory;  // Of the process.

// The line that is explained.
struct Subject {
  std::string agreement_id;
  std::string order_basis_id;  // Empty for a preview.
  v1::OrderBasisLine line;
  Days days = {};  // The days that it counts.

  bool is_license() const { return line.kind() == v1::PRODUCT_KIND_LICENSE; }
};

// Days of a month as a mask: bit 0 is the 1st.
uint32_t MaskOf(Days days) {
  const absl::CivilDay first = MonthOf(days.from).from;
  const auto bit = [first](absl::CivilDay day) { return uint64_t{1} << (day - first); };
  return static_cast<uint32_t>(bit(days.until) - bit(days.from));
}

// How far an explanation has come: accesses or transactions, depending on what the line counts.
struct Progress {
  storage::UserAccessKey access;        // The last one,
  uint32_t counted_days = 0;            // and its user's days so far.
  storage::TransactionKey transaction;  // The last one.
  int64_t told = 0;                     // User-days or pieces so far.
};

// What is read at once. It is kept as serialized messages, since an access takes 75 bytes there, and ten times as many
// in a message object.
class Part {
 public:
  explicit Part(Progress begin) : progress_(std::move(begin)) {}

  void Add(const storage::UserAccess& access) {
    const auto& [key, until_day] = access;
    const bool is_next_user = key.user_id != progress_.access.user_id;
    if (is_next_user) progress_.counted_days = 0;
    if (is_next_user || page_.users().empty()) page_.add_users()->set_user_id(key.user_id);
    // A day that several accesses of the user cover counts once, also across messages and parts.
    const uint32_t days = MaskOf({.from = ParseDay(key.from_day), .until = ParseDay(until_day)});
    const int new_days = absl::popcount(days & ~progress_.counted_days);
    progress_.counted_days |= days;
    progress_.told += new_days;
    progress_.access = key;
    v1::UserShare& user = *page_.mutable_users()->rbegin();
    user.set_days(user.days() + new_days);
    v1::AccessShare& share = *user.add_accesses();
    share.set_company_id(key.company_id);
    share.set_access_id(key.access_id);
    share.set_from_day(key.from_day);
    share.set_until_day(until_day);
    EndRow();
  }

  void Add(const v1::Transaction& transaction) {
    *page_.add_transactions() = transaction;
    progress_.told += transaction.quantity();
    progress_.transaction = {.company_id = transaction.company_id(),
                             .day = transaction.day(),
                             .transaction_id = transaction.transaction_id()};
    EndRow();
  }

  // REQUIRES: everything is added.
  void Finish() {
    if (size_ % kPageSize > 0) EndPage();
  }

  int size() const { return static_cast<int>(size_); }
  const Progress& progress() const { return progress_; }
  // Serialized, and not taken yet. REQUIRES: Finish() was called.
  std::deque<std::string>& pages() { return pages_; }

 private:
  void EndRow() {
    if (++size_ % kPageSize == 0) EndPage();
  }

  void EndPage() {
    pages_.push_back(page_.SerializeAsString());
    page_.Clear();
  }

  Progress progress_;
  size_t size_ = 0;
  v1::ExplainOrderBasisResponse page_;
  std::deque<std::string> pages_;
};

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
// Settled days do not change, so the parts of a document fit together although they are read one after the other. Those
// of a preview can change between two reads. The first part is read together with the line, and usually it is all. If
// later ones do not add up to the line, the stream ends as PREVIEW_CHANGED.
class Explanation {
 public:
  Explanation(storage::Database& database, const Context& context, const v1::ExplainOrderBasisRequest& request,
              int max_part)
      : database_(database), context_(context), request_(request), max_part_(max_part) {}

  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> Next(const storage::Call& call) {
    if (part_.pages().empty() && !all_read_) RETURN_IF_ERROR(Read(call));
    if (part_.pages().empty()) return End();
    v1::ExplainOrderBasisResponse page;
    if (!page.ParseFromString(part_.pages().front())) return absl::InternalError("a page does not parse");
    part_.pages().pop_front();
    return page;
  }

 private:
  struct SubjectAndPart {
    Subject subject;
    Part part;
  };

  // Reads the next part, and before the first one the line.
  absl::Status Read(const storage::Call& call) {
    memory_ = {};
    ExplanationMemory::Share memory = all_memory.Take();
    const int rows = std::min(max_part_, memory.rows());
    ASSIGN_OR_RETURN(auto read,
                     database_.ReadSnapshot(call, [&](storage::Snapshot& tx) { return ReadPart(tx, rows); }));
    subject_ = std::move(read.subject);
    part_ = std::move(read.part);
    memory.Keep(part_.size());
    memory_ = std::move(memory);
    all_read_ = part_.size() < rows;
    return absl::OkStatus();
  }

  // At most so many rows. Each time, the database looks at all of the agreement's. Const, since a transaction can run
  // again.
  absl::StatusOr<SubjectAndPart> ReadPart(storage::Snapshot& tx, int rows) const {
    SubjectAndPart read = {.subject = {}, .part = Part(part_.progress())};
    if (subject_) {
      read.subject = *subject_;
    } else {
      ASSIGN_OR_RETURN(read.subject, FindSubject(tx, context_, request_));
    }
    const auto add = [&](const auto& row) { read.part.Add(row); };
    const auto& [agreement_id, order_basis_id, line, days] = read.subject;
    const auto& [access, counted_days, transaction, told] = part_.progress();
    if (read.subject.is_license()) {
      RETURN_IF_ERROR(storage::ForEachUserAccess(tx, agreement_id, line.product_id(), days, access, rows, add));
    } else if (order_basis_id.empty()) {
      RETURN_IF_ERROR(
          storage::ForEachUnclaimedOfProduct(tx, agreement_id, line.product_id(), days, transaction, rows, add));
    } else {
      RETURN_IF_ERROR(storage::ForEachClaimed(tx, order_basis_id, line.product_id(), days, transaction, rows, add));
    }
    read.part.Finish();
    return read;
  }

  // Everything is sent. It must add up to the line.
  absl::StatusOr<std::optional<v1::ExplainOrderBasisResponse>> End() const {
    const auto& [agreement_id, order_basis_id, line, days] = *subject_;
    const int64_t counted = subject_->is_license() ? line.user_days() : line.quantity();
    const int64_t told = part_.progress().told;
    if (told == counted) return std::nullopt;
    if (order_basis_id.empty()) return PreviewChanged(agreement_id, "");
    return absl::InternalError(absl::StrCat("line ", line.line_number(), " of ", order_basis_id, " counts ", counted,
                                            ", and history says ", told));
  }

  storage::Database& database_;
  const Context& context_;
  const v1::ExplainOrderBasisRequest request_;
  const int max_part_;
  std::optional<Subject> subject_;   // Empty until it is read.
  Part part_{Progress()};            // What is read and not sent yet.
  ExplanationMemory::Share memory_;  // That it takes.
  bool all_read_ = false;
};

}  // namespace

Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasisInParts(storage::Database& database, const Context& context,
                                                               const v1::ExplainOrderBasisRequest& request,
                                                               int max_part) {
  return [explanation = std::make_shared<Explanation>(database, context, request, max_part)](
             const storage::Call& call) { return explanation->Next(call); };
}

Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasis(storage::Database& database, const Context& context,
                                                        const v1::ExplainOrderBasisRequest& request) {
  return ExplainOrderBasisInParts(database, context, request, ExplanationMemory::kMost);
}

}  // namespace agreements
