// A history's steps, each done to the service and to the oracle, which must agree.
#ifndef AGREEMENTS_TESTS_HISTORY_BILLING_REPLAY_H_
#define AGREEMENTS_TESTS_HISTORY_BILLING_REPLAY_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/history/billing_oracle.h"
#include "tests/testing/service.h"

namespace agreements::testing {

// What a history reports of a company's use.
struct Item {
  int company;
  int transaction;
  int product;
  int64_t quantity;
  std::string occur_time;  // RFC 3339.
};

inline constexpr int kUnknownProduct = 4;  // 0 and 1 are licences, 2 and 3 are charged by the piece.
std::string ProductId(int product);

// Each step returns how service and oracle differ, or "". Numbers that were not created are ids that do not exist;
// days are ISO 8601.
class Replay {
 public:
  // At noon of 2026-01-01 in Oslo, until At() says otherwise.
  Replay(Service& service, std::string account_id);

  const oracle::Oracle& oracle() const { return oracle_; }

  std::string At(const std::string& time);
  std::string CreateAgreement(int agreement, const std::string& customer_number);
  std::string RenameAgreement(int agreement, const std::string& name);
  std::string SetCustomerNumber(int agreement, const std::string& customer_number);
  std::string DeleteAgreement(int agreement);
  std::string UndeleteAgreement(int agreement);

  std::string CreateCompany(int company, int agreement);
  std::string MoveCompany(int company, int agreement);
  std::string MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number);
  std::string DeleteCompany(int company);
  std::string UndeleteCompany(int company, int agreement);

  std::string Invite(int company, int user, const std::vector<int>& products);
  std::string Accept(int company, int user, const std::vector<int>& products);
  std::string Grant(int company, int user, const std::vector<int>& products);
  std::string Revoke(int company, int user, const std::vector<int>& products);

  std::string CreateProduct(int product);
  std::string RenameProduct(int product, const std::string& name);
  std::string SetPrice(int product, const std::string& valid_from, const std::string& unit_price);

  std::string Record(const std::vector<Item>& items);
  // Pairs of company and transaction.
  std::string Cancel(const std::vector<std::pair<int, int>>& keys);

  // Empty days: the default.
  std::string Preview(int agreement, const std::string& from_day, const std::string& until_day);
  // `digest` is "seen" (of the agreement's last preview, if any), "wrong" or "".
  std::string CreateOrderBasis(int agreement, const std::string& from_day, const std::string& until_day,
                               const std::string& digest);
  std::string TryOrderBasis(int agreement, const std::string& from_day, const std::string& until_day);
  // Stops listening after so many results, unless it is 0.
  std::string RunBilling(const std::string& until_day, bool include_arrears, int stop_after);

  // Everything that is stored, explained and verified.
  std::string Check();

 private:
  template <typename Request>
  Request For() const {
    Request request;
    request.set_account_id(account_id_);
    return request;
  }
  // A call in the account.
  template <typename Operation>
  auto Do(Operation operation, Fields fields) {
    fields.emplace_back("account_id", account_id_);
    return service_.Do(operation, fields);
  }
  storage::Call StreamCall() const;

  std::string AgreementId(int agreement) const;
  std::string CompanyId(int company) const;
  // Of a request about days of an agreement.
  Fields DaysOf(int agreement, const std::string& from_day, const std::string& until_day) const;
  std::string UpdateAgreement(int agreement, const std::string& field, const std::string& value,
                              const oracle::Refusals& refusals);
  static std::vector<std::string> ProductIds(const std::vector<int>& products);

  // Of a call that changes accesses; the oracle knows which.
  template <typename Response>
  std::string CompareAccesses(const absl::StatusOr<Response>& result, const oracle::Refusals& refusals);
  std::string CheckItem(const v1::TransactionResult& result, const oracle::ItemResult& expected,
                        v1::TransactionOutcome outcome) const;

  // A user-day: user, product, day, agreement.
  using UserDay = std::tuple<std::string, std::string, std::string, std::string>;

  void NameDocument(const std::string& id);
  std::string CheckDigest(const v1::OrderBasis& document);
  std::string CheckBilling(const v1::RunBillingResponse& response, const oracle::BillingResult& expected,
                           bool document_is_new);
  std::string DueText(const oracle::Due& due) const;
  std::string CheckBillingEnd(const std::vector<oracle::Due>& due, size_t next, oracle::Day until_day) const;
  std::string CatchUp(const std::vector<oracle::Due>& due, size_t next, oracle::Day until_day, bool include_arrears);

  std::string CheckAgreement(int agreement);
  std::string CheckCompany(int company);
  std::string CheckAccesses(int company);
  std::string CheckTransactions(int company);
  std::string CheckProduct(int product);
  std::string CheckTiles(int agreement);
  std::string CheckDocument(const oracle::Document& document);
  std::string CheckEstimate(int agreement, const std::string& from_day, const std::string& until_day);
  // `preview` are the fields of a preview's request.
  std::string CheckPreviewsLines(const Fields& preview, const oracle::Document& document);
  // All messages as one.
  absl::StatusOr<v1::ExplainOrderBasisResponse> WholeOf(const Stream<v1::ExplainOrderBasisResponse>& stream) const;
  // Of a document, what is explained is noted.
  std::string CheckExplanation(const Fields& explained, int line_number, const oracle::Document& document,
                               const oracle::Line& line);
  std::string CheckUsers(const oracle::Document& document, const oracle::Line& line,
                         const std::vector<v1::UserShare>& users);
  std::string CheckVerification(const oracle::Document& document);
  std::set<UserDay> SettledUserDays() const;
  std::string CheckCompanyDays() const;
  std::string CheckUserDays() const;
  std::string CheckAmounts() const;
  std::string CheckTransactionsOnce() const;

  Service& service_;
  const std::string account_id_;
  oracle::Oracle oracle_;
  std::map<int, std::pair<std::string, std::string>> previews_;  // By agreement: content and digest.
  std::map<std::string, std::string> digests_;                   // By content.
  std::map<std::string, std::string> contents_;                  // By digest.

  // What the service has told in Check().
  std::map<std::string, v1::OrderBasis> told_documents_;
  int64_t company_days_ = 0;
  std::map<UserDay, int> explained_days_;              // How often.
  std::map<std::string, int> explained_transactions_;  // By their text: how often.
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_HISTORY_BILLING_REPLAY_H_
