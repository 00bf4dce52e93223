// A history as a list of steps that can be run, cut down and printed as a test.
#ifndef AGREEMENTS_TESTS_HISTORY_BILLING_HISTORY_H_
#define AGREEMENTS_TESTS_HISTORY_BILLING_HISTORY_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/history/billing_replay.h"

namespace agreements::testing {

// Steps are Replay's.
class History {
 public:
  struct Step {
    std::string text;  // The call below that adds it.
    std::function<std::string(Replay&)> run;
    // The same step with less in it, each way.
    std::function<std::vector<Step>()> smaller = {};
  };

  History& At(const std::string& time);
  History& CreateAgreement(int agreement, const std::string& customer_number);
  History& RenameAgreement(int agreement, const std::string& name);
  History& SetCustomerNumber(int agreement, const std::string& customer_number);
  History& DeleteAgreement(int agreement);
  History& UndeleteAgreement(int agreement);

  History& CreateCompany(int company, int agreement);
  History& MoveCompany(int company, int agreement);
  History& MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number);
  History& DeleteCompany(int company);
  History& UndeleteCompany(int company, int agreement);

  History& Invite(int company, int user, const std::vector<int>& products);
  History& Accept(int company, int user, const std::vector<int>& products);
  History& Grant(int company, int user, const std::vector<int>& products);
  History& Revoke(int company, int user, const std::vector<int>& products);

  History& CreateProduct(int product);
  History& RenameProduct(int product, const std::string& name);
  History& SetPrice(int product, const std::string& valid_from, const std::string& unit_price);

  History& Record(const std::vector<Item>& items);
  History& Cancel(const std::vector<std::pair<int, int>>& keys);

  History& Preview(int agreement, const std::string& from_day, const std::string& until_day);
  History& CreateOrderBasis(int agreement, const std::string& from_day, const std::string& until_day,
                            const std::string& digest);
  History& TryOrderBasis(int agreement, const std::string& from_day, const std::string& until_day);
  History& RunBilling(const std::string& until_day, bool include_arrears, int stop_after);

  const std::vector<Step>& steps() const { return steps_; }

  // In a fresh account, from the first step to Check(). Returns the first difference with its step, or "".
  std::string Run(Service& service) const;

  // As short as leaving steps and reported transactions out makes it, while it still differs. REQUIRES: it does.
  History Shrunk(Service& service) const;

  // The body of a test.
  std::string Text() const;

 private:
  void ShrinkStep(size_t step, Service& service);
  History& Add(std::string text, std::function<std::string(Replay&)> run);

  std::vector<Step> steps_;
};

// An account that nobody has used.
std::string FreshAccount();

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_HISTORY_BILLING_HISTORY_H_
