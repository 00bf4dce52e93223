// Computing an order basis once more: domain.md O8.
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/money.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/order_basis_steps.h"
#include "server/rules/rules.h"
#include "storage/billing/transaction_claims.h"
#include "storage/tables/agreements.h"
#include "storage/tables/order_bases.h"

namespace agreements {
namespace {

using storage::ReadTransaction;

constexpr int kMaxFindings = 100;
constexpr int kMaxWaiting = 100;

// Gathers the findings about one document.
class OrderBasisVerifier {
 public:
  OrderBasisVerifier(ReadTransaction& tx, const Context& context, v1::OrderBasis order_basis)
      : tx_(tx), context_(context), order_basis_(std::move(order_basis)) {}

  absl::StatusOr<v1::VerifyOrderBasisResponse> Run() {
    ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx_, order_basis_.agreement_id()));
    RETURN_IF_ERROR(CheckLines(agreement));
    CheckTotal();
    if (DigestOf(order_basis_) != order_basis_.digest()) {
      Find(v1::VERIFICATION_PROBLEM_DIGEST,
           absl::StrCat("digest is ", order_basis_.digest(), ", but that of the content is ", DigestOf(order_basis_)));
    }
    RETURN_IF_ERROR(CheckDaysBefore(agreement));
    RETURN_IF_ERROR(CheckDaysAfter(agreement));
    RETURN_IF_ERROR(CheckClaims());
    RETURN_IF_ERROR(ListWaiting(agreement));
    return std::move(response_);
  }

 private:
  void Find(v1::VerificationProblem problem, const std::string& description) {
    if (response_.findings_size() < kMaxFindings) {
      v1::VerificationFinding& finding = *response_.add_findings();
      finding.set_problem(problem);
      finding.set_description(description);
    } else {
      response_.mutable_findings(kMaxFindings - 1)
          ->set_description(absl::StrCat("and ", ++cut_findings_ + 1, " more findings"));
    }
  }

  absl::CivilDay from() const { return ParseDay(order_basis_.from_day()); }
  absl::CivilDay until() const { return ParseDay(order_basis_.until_day()); }

  // Lines by their key. Names are left out, since they are copies of what they were then.
  using LineKey = std::tuple<std::string, std::string, std::string>;
  static std::map<LineKey, std::string> LineTexts(const v1::OrderBasis& order_basis) {
    std::map<LineKey, std::string> texts;
    for (const v1::OrderBasisLine& line : order_basis.lines()) {
      texts[{line.product_id(), line.price_valid_from(), line.original_month()}] =
          absl::StrCat("at ", line.unit_price(), ", user_days ", line.user_days(), " of ", line.days_in_month(),
                       ", quantity ", line.quantity(), ", amount ", line.amount());
    }
    return texts;
  }

  absl::Status CheckLines(const v1::Agreement& agreement) {
    const Days days = {.from = from(), .until = until()};
    const std::vector<Charged> charged = {{.agreement = agreement, .days = days}};
    const std::vector<std::string> ids = {order_basis_.order_basis_id()};
    ASSIGN_OR_RETURN(const auto sums, storage::SumClaimed(tx_, ids));
    ASSIGN_OR_RETURN(const auto charges, ClaimedCharges(tx_, charged, sums, ids));
    const auto products = PricesOf(tx_, charges);
    const absl::StatusOr<v1::OrderBasis> computed =
        products.ok() ? DocumentsOf(charged, charges, *products).front() : products.status();
    if (!computed.ok()) {
      if (ReasonOf(computed.status()) == v1::ERROR_REASON_UNSPECIFIED) return computed.status();
      Find(v1::VERIFICATION_PROBLEM_LINE, absl::StrCat("cannot be computed: ", computed.status().message()));
      return absl::OkStatus();
    }
    auto stored = LineTexts(order_basis_);
    for (const auto& [key, text] : LineTexts(*computed)) {
      const auto found = stored.find(key);
      const std::string is = found == stored.end() ? "missing" : found->second;
      if (is != text) FindLine(key, is, text);
      stored.erase(key);
    }
    for (const auto& [key, text] : stored) FindLine(key, text, "no line");
    return absl::OkStatus();
  }

  void FindLine(const LineKey& key, const std::string& is, const std::string& should_be) {
    const auto& [product_id, price_valid_from, original_month] = key;
    Find(v1::VERIFICATION_PROBLEM_LINE, absl::StrCat("product ", product_id, ", price from ", price_valid_from,
                                                     original_month.empty() ? "" : ", of " + original_month, ": is ",
                                                     is, ", but history gives ", should_be));
  }

  void CheckTotal() {
    int64_t total = 0;
    for (const v1::OrderBasisLine& line : order_basis_.lines()) total += ParseAmount(line.amount());
    if (FormatAmount(total) != order_basis_.total_amount()) {
      Find(v1::VERIFICATION_PROBLEM_TOTAL, absl::StrCat("total_amount is ", order_basis_.total_amount(),
                                                        ", but the lines add up to ", FormatAmount(total)));
    }
    if (order_basis_.lines_size() != order_basis_.line_count()) {
      Find(v1::VERIFICATION_PROBLEM_TOTAL, absl::StrCat("line_count is ", order_basis_.line_count(), ", but there are ",
                                                        order_basis_.lines_size(), " lines"));
    }
  }

  // O3: the document before ends where this one begins. The first one begins on the day of the agreement's creation.
  absl::Status CheckDaysBefore(const v1::Agreement& agreement) {
    ASSIGN_OR_RETURN(const auto before, storage::FindOrderBasisCovering(tx_, agreement.agreement_id(), from() - 1));
    if (before && before->until_day() != order_basis_.from_day()) {
      Find(v1::VERIFICATION_PROBLEM_DAYS,
           absl::StrCat("begins on ", order_basis_.from_day(), ", but ", before->order_basis_id(),
                        ", before it, covers the days until ", before->until_day()));
    }
    const absl::Time created =
        absl::FromUnixSeconds(agreement.create_time().seconds()) + absl::Nanoseconds(agreement.create_time().nanos());
    const absl::CivilDay first_day = rules::DayOf(created, context_.clock.time_zone);
    if (!before && from() != first_day) {
      Find(v1::VERIFICATION_PROBLEM_DAYS,
           absl::StrCat("begins on ", order_basis_.from_day(),
                        ", but no order basis covers the day before, and the agreement was created on ",
                        FormatDay(first_day)));
    }
    return absl::OkStatus();
  }

  // O3: the next document begins where this one ends. If there is none, the agreement is settled until there.
  absl::Status CheckDaysAfter(const v1::Agreement& agreement) {
    ASSIGN_OR_RETURN(const auto after, storage::FindOrderBasisFrom(tx_, agreement.agreement_id(), until()));
    const bool is_last = agreement.settled_until() == order_basis_.until_day();
    if (!after && !is_last) {
      Find(v1::VERIFICATION_PROBLEM_DAYS,
           absl::StrCat("ends before ", order_basis_.until_day(), ", but no order basis begins on that day, and the ",
                        "agreement is settled until ", agreement.settled_until()));
    }
    if (after && is_last) {
      Find(v1::VERIFICATION_PROBLEM_DAYS, absl::StrCat("the agreement is settled until ", agreement.settled_until(),
                                                       ", but ", after->order_basis_id(), " begins on that day"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckClaims() {
    ASSIGN_OR_RETURN(const auto wrong,
                     storage::ListWronglyClaimed(tx_, order_basis_.agreement_id(), order_basis_.order_basis_id(),
                                                 until(), kMaxFindings));
    for (const v1::Transaction& transaction : wrong) {
      Find(v1::VERIFICATION_PROBLEM_TRANSACTION,
           absl::StrCat("claims transaction ", transaction.transaction_id(), " of ", transaction.company_id(), " on ",
                        transaction.day(), ", but the agreement does not hold the company on that day, or the order ",
                        "basis ends before it"));
    }
    return absl::OkStatus();
  }

  absl::Status ListWaiting(const v1::Agreement& agreement) {
    const absl::CivilDay settled_until = ParseDay(agreement.settled_until());
    ASSIGN_OR_RETURN(const int64_t count, storage::CountUnclaimed(tx_, agreement.agreement_id(), settled_until));
    response_.set_waiting_transaction_count(count);
    ASSIGN_OR_RETURN(auto waiting, storage::ListUnclaimed(tx_, agreement.agreement_id(), settled_until, kMaxWaiting));
    for (v1::Transaction& transaction : waiting) *response_.add_waiting_transactions() = std::move(transaction);
    return absl::OkStatus();
  }

  ReadTransaction& tx_;
  const Context& context_;
  const v1::OrderBasis order_basis_;
  v1::VerifyOrderBasisResponse response_;
  int cut_findings_ = 0;
};

}  // namespace

absl::StatusOr<v1::VerifyOrderBasisResponse> VerifyOrderBasis(storage::Snapshot& tx, const Context& context,
                                                              const v1::VerifyOrderBasisRequest& request) {
  ASSIGN_OR_RETURN(v1::OrderBasis order_basis, storage::GetOrderBasis(tx, request.order_basis_id()));
  RETURN_IF_ERROR(AddAllLines(tx, order_basis));
  return OrderBasisVerifier(tx, context, std::move(order_basis)).Run();
}

}  // namespace agreements
