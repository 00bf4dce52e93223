// One agreement with 10,000 companies, 50,000 users and 200,000 accesses.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/benchmark/parts.h"

namespace agreements::benchmark {
namespace {

using storage::Row;
using storage::Session;
using storage::Statement;

const Statement kReadRows = {"read_rows", R"sql(
  SELECT p.company_id, p.from_day, a.user_id, a.product_id, a.from_day, a.until_day
  FROM placements AS p
  JOIN accesses AS a
    ON a.account_id = p.account_id AND a.company_id = p.company_id
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND a.until_day > ?
    AND a.from_day < ?
)sql"};

const Statement kReadRowsInOrder = {"read_rows_in_order", R"sql(
  SELECT p.company_id, p.from_day, a.user_id, a.access_id, a.from_day, a.until_day
  FROM placements AS p
  JOIN accesses AS a
    ON a.account_id = p.account_id AND a.company_id = p.company_id
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND a.until_day > ?
    AND a.from_day < ?
    AND a.product_id = ?
  ORDER BY a.user_id, p.company_id, a.access_id
)sql"};

const Statement kSettle = {"settle", R"sql(
  UPDATE agreements
  SET settled_until = ?
  WHERE account_id = ? AND agreement_id = ?
)sql"};

const Statement kClaim = {"claim", R"sql(
  UPDATE transactions
  SET order_basis_id = ?
  WHERE account_id = ? AND order_basis_id = ''
)sql"};

const Statement kSumClaims = {"sum_claims", R"sql(
  SELECT product_id, day, SUM(quantity)
  FROM transactions
  WHERE account_id = ? AND order_basis_id = ?
  GROUP BY product_id, day
)sql"};

// Reads every column, as whoever used them would have to.
int64_t ReadAll(Session& session, const Statement& statement, absl::Span<const storage::Value> values, int columns) {
  int64_t rows = 0;
  size_t bytes = 0;
  Fixture::Require(session.Query(statement, values, [&](const Row& row) {
    ++rows;
    for (int column = 1; column <= columns; ++column) bytes += row.GetString(column).size();
  }));
  Require(rows > 0 && bytes > 0, "there is nothing to read");
  return rows;
}

void ReadRows(Session& session) {
  ReadAll(session, kReadRows, {kLargeAccount, IdOf("agr-", 0), kUntilDay, kFromDay, kUntilDay}, 6);
}

class LargeAgreement {
 public:
  LargeAgreement(Fixture& fixture, Report& report)
      : fixture_(fixture), report_(report), session_(fixture.Connect()), agreement_id_(IdOf("agr-", 0)) {}

  void Measure() {
    MeasurePreview();
    MeasureCreation("create", 0);
    fixture_.LoadTransactions();
    MeasureCreation(absl::StrCat("create, with ", fixture_.scale().transactions, " transactions to claim"),
                    fixture_.scale().transactions);
    Create();
    MeasureVerification();
    MeasureExplanation();
    fixture_.Unsettle(kLargeAccount);
    fixture_.RemoveTransactions();
  }

 private:
  void Compare(const std::string& what, int repetitions, const std::function<absl::Duration()>& service,
               const std::function<absl::Duration()>& bare) {
    double needed = 0;
    const Medians medians = benchmark::Compare(
        repetitions,
        [&] {
          ResetPeak();
          const double before = ReadMemory().resident;
          const absl::Duration time = service();
          needed = std::max(needed, ReadMemory().peak - before);
          return time;
        },
        bare);
    report_.AddTimes("the large agreement: " + what, medians);
    ResetPeak();
    report_.AddMemory(what, needed);
  }

  void MeasurePreview() {
    Compare(
        "preview", fixture_.scale().repetitions,
        [&] {
          v1::PreviewOrderBasisResponse response;
          const absl::Duration time = TimeOf([&] {
            response = Fixture::Value(fixture_.service().Preview(agreement_id_, kFromDay, kUntilDay, kLargeAccount));
          });
          // Product a at one price, b at two.
          Require(response.order_basis().line_count() == 3, "the preview has not all lines");
          return time;
        },
        [&] { return TimeOf([&] { ReadRows(*session_); }); });
  }

  v1::OrderBasis Create() {
    return Fixture::Value(fixture_.service().CreateOrder(agreement_id_, kFromDay, kUntilDay, kLargeAccount))
        .order_basis();
  }

  // Really created, and taken back by SQL outside the time. The bare SQL commits its changes, too.
  void MeasureCreation(const std::string& what, int64_t transactions) {
    Compare(
        what, fixture_.scale().repetitions,
        [&] {
          v1::OrderBasis order_basis;
          const absl::Duration time = TimeOf([&] { order_basis = Create(); });
          Require(order_basis.line_count() == (transactions > 0 ? 4 : 3), "the document has not all lines");
          fixture_.Unsettle(kLargeAccount);
          return time;
        },
        [&] {
          const absl::Duration time = TimeOf([&] { CreateBare(transactions > 0); });
          fixture_.Unsettle(kLargeAccount);
          return time;
        });
  }

  void CreateBare(bool claim) {
    const std::string id = IdOf("ord-", 0);
    Fixture::Require(session_->Command("START TRANSACTION"));
    Fixture::Require(session_->Execute(kSettle, {kUntilDay, kLargeAccount, agreement_id_}).status());
    if (claim) {
      Fixture::Require(session_->Execute(kClaim, {id, kLargeAccount}).status());
      ReadAll(*session_, kSumClaims, {kLargeAccount, id}, 3);
    }
    ReadRows(*session_);
    Fixture::Require(session_->Command("COMMIT"));
  }

  // Of the one document that there is.
  std::string OrderBasisId() {
    return fixture_.service()
        .Sql(absl::StrCat("SELECT order_basis_id FROM order_bases WHERE account_id = '", kLargeAccount, "'"))
        .substr(0, agreement_id_.size());
  }

  void MeasureVerification() {
    Compare(
        "verify", fixture_.scale().repetitions,
        [&] {
          return TimeOf([&] {
            Fixture::Value(fixture_.service().Do(VerifyOrderBasis,
                                                 {{"account_id", kLargeAccount}, {"order_basis_id", OrderBasisId()}}));
          });
        },
        [&] { return TimeOf([&] { ReadRows(*session_); }); });
  }

  // The line of product a, which has most of the accesses.
  void MeasureExplanation() {
    v1::ExplainOrderBasisRequest request;
    request.set_account_id(kLargeAccount);
    request.set_order_basis_id(OrderBasisId());
    request.set_line_number(1);
    Compare(
        "explain a line, all pages", fixture_.scale().repetitions,
        [&] {
          return TimeOf([&] {
            const auto stream = ExplainOrderBasis(fixture_.service().database(), fixture_.service().context(), request);
            int64_t users = 0;
            while (const auto page = Fixture::Next(stream, kLargeAccount)) users += page->users_size();
            Require(users > 0, "nothing explains the line");
          });
        },
        [&] {
          return TimeOf([&] {
            ReadAll(*session_, kReadRowsInOrder,
                    {kLargeAccount, agreement_id_, kUntilDay, kFromDay, kUntilDay, "license-a"}, 6);
          });
        });
  }

  Fixture& fixture_;
  Report& report_;
  const std::unique_ptr<Session> session_;
  const std::string agreement_id_;
};

}  // namespace

void MeasureLargeAgreement(Fixture& fixture, Report& report) { LargeAgreement(fixture, report).Measure(); }

}  // namespace agreements::benchmark
