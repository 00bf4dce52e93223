// A history as a list of steps that can be run, cut down and printed as a test.
#ifndef AGREEMENTS_TESTS_HISTORY_BILLING_HISTORY_H_
#define AGREEMENTS_TESTS_HISTORY_BILLING_HISTORY_H_

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/history/billing_replay.h"

namespace agreements::testing {

// An argument as it stands in a test.
std::string Source(int number);
std::string Source(bool value);
std::string Source(const std::string& text);
std::string Source(const std::pair<int, int>& pair);
std::string Source(const Item& item);
template <typename T>
std::string Source(const std::vector<T>& values) {
  return absl::StrCat(
      "{", absl::StrJoin(values, ", ", [](std::string* out, const T& value) { absl::StrAppend(out, Source(value)); }),
      "}");
}

// Steps are Replay's.
class History {
 public:
  struct Step {
    std::string text;  // The call below that adds it.
    std::function<std::string(Replay&)> run;
    // The same step with less in it, each way.
    std::function<std::vector<Step>()> smaller = {};
  };

  History& At(const std::string& time) { return Add("At", &Replay::At, time); }
  History& CreateAgreement(int agreement, const std::string& customer_number) {
    return Add("CreateAgreement", &Replay::CreateAgreement, agreement, customer_number);
  }
  History& RenameAgreement(int agreement, const std::string& name) {
    return Add("RenameAgreement", &Replay::RenameAgreement, agreement, name);
  }
  History& SetCustomerNumber(int agreement, const std::string& customer_number) {
    return Add("SetCustomerNumber", &Replay::SetCustomerNumber, agreement, customer_number);
  }
  History& DeleteAgreement(int agreement) { return Add("DeleteAgreement", &Replay::DeleteAgreement, agreement); }
  History& UndeleteAgreement(int agreement) { return Add("UndeleteAgreement", &Replay::UndeleteAgreement, agreement); }

  History& CreateCompany(int company, int agreement) {
    return Add("CreateCompany", &Replay::CreateCompany, company, agreement);
  }
  History& MoveCompany(int company, int agreement) {
    return Add("MoveCompany", &Replay::MoveCompany, company, agreement);
  }
  History& MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number) {
    return Add("MoveCompanyToNewAgreement", &Replay::MoveCompanyToNewAgreement, company, agreement, customer_number);
  }
  History& DeleteCompany(int company) { return Add("DeleteCompany", &Replay::DeleteCompany, company); }
  History& UndeleteCompany(int company, int agreement) {
    return Add("UndeleteCompany", &Replay::UndeleteCompany, company, agreement);
  }

  History& Invite(int company, int user, const std::vector<int>& products) {
    return Add("Invite", &Replay::Invite, company, user, products);
  }
  History& Accept(int company, int user, const std::vector<int>& products) {
    return Add("Accept", &Replay::Accept, company, user, products);
  }
  History& Grant(int company, int user, const std::vector<int>& products) {
    return Add("Grant", &Replay::Grant, company, user, products);
  }
  History& Revoke(int company, int user, const std::vector<int>& products) {
    return Add("Revoke", &Replay::Revoke, company, user, products);
  }

  History& CreateProduct(int product) { return Add("CreateProduct", &Replay::CreateProduct, product); }
  History& RenameProduct(int product, const std::string& name) {
    return Add("RenameProduct", &Replay::RenameProduct, product, name);
  }
  History& SetPrice(int product, const std::string& valid_from, const std::string& unit_price) {
    return Add("SetPrice", &Replay::SetPrice, product, valid_from, unit_price);
  }

  History& Record(const std::vector<Item>& items);
  History& Cancel(const std::vector<std::pair<int, int>>& keys) { return Add("Cancel", &Replay::Cancel, keys); }

  History& Preview(int agreement, const std::string& from_day, const std::string& until_day) {
    return Add("Preview", &Replay::Preview, agreement, from_day, until_day);
  }
  History& CreateOrderBasis(int agreement, const std::string& from_day, const std::string& until_day,
                            const std::string& digest) {
    return Add("CreateOrderBasis", &Replay::CreateOrderBasis, agreement, from_day, until_day, digest);
  }
  History& TryOrderBasis(int agreement, const std::string& from_day, const std::string& until_day) {
    return Add("TryOrderBasis", &Replay::TryOrderBasis, agreement, from_day, until_day);
  }
  History& RunBilling(const std::string& until_day, bool include_arrears, int stop_after) {
    return Add("RunBilling", &Replay::RunBilling, until_day, include_arrears, stop_after);
  }

  const std::vector<Step>& steps() const { return steps_; }

  // In a fresh account, from the first step to Check(). Returns the first difference with its step, or "".
  std::string Run(Service& service) const;

  // As short as leaving steps and reported transactions out makes it, while it still differs. REQUIRES: it does.
  History Shrunk(Service& service) const;

  // The body of a test.
  std::string Text() const;

 private:
  void ShrinkStep(size_t step, Service& service);
  template <typename... Parameters>
  History& Add(const std::string& name, std::string (Replay::*step)(Parameters...),
               const std::decay_t<Parameters>&... arguments) {
    const std::vector<std::string> sources = {Source(arguments)...};
    steps_.push_back({.text = absl::StrCat(".", name, "(", absl::StrJoin(sources, ", "), ")"),
                      .run = [=](Replay& replay) { return (replay.*step)(arguments...); }});
    return *this;
  }

  std::vector<Step> steps_;
};

// An account that nobody has used.
std::string FreshAccount();

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_HISTORY_BILLING_HISTORY_H_
