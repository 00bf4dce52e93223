#include "tests/history/billing_history.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace agreements::testing {
namespace {

// An argument as it stands in a test.
std::string Source(int number) { return absl::StrCat(number); }
std::string Source(bool value) { return value ? "true" : "false"; }
std::string Source(const std::string& text) { return absl::StrCat("\"", text, "\""); }
std::string Source(const std::pair<int, int>& pair) { return absl::StrCat("{", pair.first, ", ", pair.second, "}"); }
std::string Source(const Item& item) {
  return absl::StrCat("{", item.company, ", ", item.transaction, ", ", item.product, ", ", item.quantity, ", ",
                      Source(item.occur_time), "}");
}
template <typename T>
std::string Source(const std::vector<T>& values) {
  return absl::StrCat(
      "{", absl::StrJoin(values, ", ", [](std::string* out, const T& value) { absl::StrAppend(out, Source(value)); }),
      "}");
}

template <typename... Arguments>
std::string CallText(const std::string& name, const Arguments&... arguments) {
  const std::vector<std::string> sources = {Source(arguments)...};
  return absl::StrCat(".", name, "(", absl::StrJoin(sources, ", "), ")");
}

}  // namespace

std::string FreshAccount() {
  static std::atomic<int> count = 0;
  return absl::StrCat("acct-history-", ++count);
}

History& History::Add(std::string text, std::function<std::string(Replay&)> run) {
  steps_.push_back({.text = std::move(text), .run = std::move(run)});
  return *this;
}

History& History::At(const std::string& time) {
  return Add(CallText("At", time), [=](Replay& replay) { return replay.At(time); });
}

History& History::CreateAgreement(int agreement, const std::string& customer_number) {
  return Add(CallText("CreateAgreement", agreement, customer_number),
             [=](Replay& replay) { return replay.CreateAgreement(agreement, customer_number); });
}

History& History::RenameAgreement(int agreement, const std::string& name) {
  return Add(CallText("RenameAgreement", agreement, name),
             [=](Replay& replay) { return replay.RenameAgreement(agreement, name); });
}

History& History::SetCustomerNumber(int agreement, const std::string& customer_number) {
  return Add(CallText("SetCustomerNumber", agreement, customer_number),
             [=](Replay& replay) { return replay.SetCustomerNumber(agreement, customer_number); });
}

History& History::DeleteAgreement(int agreement) {
  return Add(CallText("DeleteAgreement", agreement), [=](Replay& replay) { return replay.DeleteAgreement(agreement); });
}

History& History::UndeleteAgreement(int agreement) {
  return Add(CallText("UndeleteAgreement", agreement),
             [=](Replay& replay) { return replay.UndeleteAgreement(agreement); });
}

History& History::CreateCompany(int company, int agreement) {
  return Add(CallText("CreateCompany", company, agreement),
             [=](Replay& replay) { return replay.CreateCompany(company, agreement); });
}

History& History::MoveCompany(int company, int agreement) {
  return Add(CallText("MoveCompany", company, agreement),
             [=](Replay& replay) { return replay.MoveCompany(company, agreement); });
}

History& History::MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number) {
  return Add(CallText("MoveCompanyToNewAgreement", company, agreement, customer_number),
             [=](Replay& replay) { return replay.MoveCompanyToNewAgreement(company, agreement, customer_number); });
}

History& History::DeleteCompany(int company) {
  return Add(CallText("DeleteCompany", company), [=](Replay& replay) { return replay.DeleteCompany(company); });
}

History& History::UndeleteCompany(int company, int agreement) {
  return Add(CallText("UndeleteCompany", company, agreement),
             [=](Replay& replay) { return replay.UndeleteCompany(company, agreement); });
}

History& History::Invite(int company, int user, const std::vector<int>& products) {
  return Add(CallText("Invite", company, user, products),
             [=](Replay& replay) { return replay.Invite(company, user, products); });
}

History& History::Accept(int company, int user, const std::vector<int>& products) {
  return Add(CallText("Accept", company, user, products),
             [=](Replay& replay) { return replay.Accept(company, user, products); });
}

History& History::Grant(int company, int user, const std::vector<int>& products) {
  return Add(CallText("Grant", company, user, products),
             [=](Replay& replay) { return replay.Grant(company, user, products); });
}

History& History::Revoke(int company, int user, const std::vector<int>& products) {
  return Add(CallText("Revoke", company, user, products),
             [=](Replay& replay) { return replay.Revoke(company, user, products); });
}

History& History::CreateProduct(int product) {
  return Add(CallText("CreateProduct", product), [=](Replay& replay) { return replay.CreateProduct(product); });
}

History& History::RenameProduct(int product, const std::string& name) {
  return Add(CallText("RenameProduct", product, name),
             [=](Replay& replay) { return replay.RenameProduct(product, name); });
}

History& History::SetPrice(int product, const std::string& valid_from, const std::string& unit_price) {
  return Add(CallText("SetPrice", product, valid_from, unit_price),
             [=](Replay& replay) { return replay.SetPrice(product, valid_from, unit_price); });
}

History& History::Record(const std::vector<Item>& items) {
  Add(CallText("Record", items), [=](Replay& replay) { return replay.Record(items); });
  steps_.back().smaller = [=] {
    History without;
    for (size_t i = 0; items.size() > 1 && i < items.size(); ++i) {
      std::vector<Item> fewer = items;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      without.Record(fewer);
    }
    return without.steps_;
  };
  return *this;
}

History& History::Cancel(const std::vector<std::pair<int, int>>& keys) {
  return Add(CallText("Cancel", keys), [=](Replay& replay) { return replay.Cancel(keys); });
}

History& History::Preview(int agreement, const std::string& from_day, const std::string& until_day) {
  return Add(CallText("Preview", agreement, from_day, until_day),
             [=](Replay& replay) { return replay.Preview(agreement, from_day, until_day); });
}

History& History::CreateOrderBasis(int agreement, const std::string& from_day, const std::string& until_day,
                                   const std::string& digest) {
  return Add(CallText("CreateOrderBasis", agreement, from_day, until_day, digest),
             [=](Replay& replay) { return replay.CreateOrderBasis(agreement, from_day, until_day, digest); });
}

History& History::TryOrderBasis(int agreement, const std::string& from_day, const std::string& until_day) {
  return Add(CallText("TryOrderBasis", agreement, from_day, until_day),
             [=](Replay& replay) { return replay.TryOrderBasis(agreement, from_day, until_day); });
}

History& History::RunBilling(const std::string& until_day, bool include_arrears, int stop_after) {
  return Add(CallText("RunBilling", until_day, include_arrears, stop_after),
             [=](Replay& replay) { return replay.RunBilling(until_day, include_arrears, stop_after); });
}

std::string History::Run(Service& service) const {
  Replay replay(service, FreshAccount());
  for (const Step& step : steps_) {
    if (const std::string difference = step.run(replay); !difference.empty()) {
      return absl::StrCat(step.text, "\n", difference);
    }
  }
  return replay.Check();
}

History History::Shrunk(Service& service) const {
  History shrunk = *this;
  for (size_t chunk = std::max<size_t>(steps_.size() / 2, 1); chunk > 0;) {
    bool shorter = false;
    for (size_t from = 0; from < shrunk.steps_.size();) {
      History attempt = shrunk;
      const auto begin = attempt.steps_.begin() + static_cast<std::ptrdiff_t>(from);
      const size_t count = std::min(chunk, attempt.steps_.size() - from);
      attempt.steps_.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      if (attempt.Run(service).empty()) {
        from += chunk;
      } else {
        shrunk = attempt;
        shorter = true;
      }
    }
    // Single steps again and again: leaving one out can make another one needless.
    if (chunk > 1 || !shorter) chunk /= 2;
  }
  for (size_t step = 0; step < shrunk.steps_.size(); ++step) shrunk.ShrinkStep(step, service);
  return shrunk;
}

void History::ShrinkStep(size_t step, Service& service) {
  for (bool shorter = true; shorter && steps_[step].smaller;) {
    shorter = false;
    for (const Step& smaller : steps_[step].smaller()) {
      History attempt = *this;
      attempt.steps_[step] = smaller;
      if (attempt.Run(service).empty()) continue;
      *this = attempt;
      shorter = true;
      break;
    }
  }
}

std::string History::Text() const {
  std::string text = "  Service service;\n  EXPECT_EQ(History()";
  for (const Step& step : steps_) absl::StrAppend(&text, "\n                ", step.text);
  return absl::StrCat(text, "\n                .Run(service),\n            \"\");\n");
}

}  // namespace agreements::testing
