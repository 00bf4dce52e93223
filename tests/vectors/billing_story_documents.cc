// The part of BillingStory that makes, reads and checks documents.
#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

// "423.00" with four decimals is 4230000.
int64_t Scaled(const std::string& decimal, size_t decimals) {
  const std::vector<std::string> parts = absl::StrSplit(decimal, '.');
  std::string digits = parts[0] + (parts.size() > 1 ? parts[1] : "");
  digits.append(decimals - (parts.size() > 1 ? parts[1].size() : 0), '0');
  int64_t number = 0;
  if (!absl::SimpleAtoi(digits, &number)) throw std::runtime_error("no amount: " + decimal);
  return number;
}

// B4, in øre, from the unit price in ten-thousandths.
int64_t RightAmount(const v1::OrderBasisLine& line) {
  const bool license = line.kind() == v1::PRODUCT_KIND_LICENSE;
  const __int128 quantity = license ? line.user_days() : line.quantity();
  const __int128 divisor = __int128{100} * (license ? line.days_in_month() : 1);
  return static_cast<int64_t>((__int128{2} * Scaled(line.unit_price(), 4) * quantity + divisor) / (2 * divisor));
}

// The order of lines in a document.
auto OrderOf(const v1::OrderBasisLine& line) {
  return std::make_tuple(line.kind(), line.original_month(), line.product_id(), line.price_valid_from());
}

std::string LineText(const v1::OrderBasisLine& line) {
  const std::string quantity = line.kind() == v1::PRODUCT_KIND_LICENSE
                                   ? absl::StrCat(line.user_days(), "/", line.days_in_month())
                                   : absl::StrCat("x", line.quantity());
  const std::string late = line.original_month().empty() ? "" : absl::StrCat(" of ", line.original_month());
  return absl::StrCat(line.product_id(), " ", line.price_valid_from(), " ", line.unit_price(), " ", quantity, late, " ",
                      line.amount());
}

}  // namespace

v1::OrderBasis BillingStory::Preview(const std::string& agreement, const std::string& until_day) {
  return Do(&Agreements::PreviewOrderBasis,
            absl::StrCat("agreement_id: '$", agreement, "' until_day: '", until_day, "'"))
      .order_basis();
}

v1::OrderBasis BillingStory::Settle(const std::string& agreement, const std::string& until_day) {
  const v1::OrderBasis preview = Preview(agreement, until_day);
  const std::string text = absl::StrCat("agreement_id: '$", agreement, "' from_day: '", preview.from_day(),
                                        "' until_day: '", until_day, "' expected_digest: '", preview.digest(), "'");
  const auto created = Do(&Agreements::CreateOrderBasis, text);
  EXPECT_FALSE(created.existed());
  // O1: the document is the preview with an id and a time.
  v1::OrderBasis nameless = created.order_basis();
  nameless.clear_order_basis_id();
  nameless.clear_create_time();
  EXPECT_EQ(nameless.DebugString(), preview.DebugString());
  EXPECT_EQ(SettledUntil(agreement), until_day);
  CheckDocument(created.order_basis());
  return created.order_basis();
}

std::string BillingStory::Lines(const std::string& agreement, const std::string& from_day,
                                const std::string& until_day) {
  const v1::OrderBasis document = Settle(agreement, until_day);
  EXPECT_EQ(document.from_day(), from_day);
  EXPECT_EQ(document.until_day(), until_day);
  return LinesText(document);
}

void BillingStory::CheckDocument(const v1::OrderBasis& document) {
  Name("document", document.order_basis_id());
  const auto stored = Do(&Agreements::GetOrderBasis, "order_basis_id: '$document'").order_basis();
  EXPECT_EQ(stored.DebugString(), document.DebugString());
  EXPECT_EQ(document.line_count(), document.lines_size());
  int64_t total = 0;
  for (int i = 0; i < document.lines_size(); ++i) {
    const auto& line = document.lines(i);
    EXPECT_EQ(line.line_number(), i + 1);
    EXPECT_EQ(Scaled(line.amount(), 2), RightAmount(line)) << LineText(line);
    EXPECT_TRUE(i == 0 || OrderOf(document.lines(i - 1)) < OrderOf(line)) << LinesText(document);
    Explain(document, i + 1);
    total += Scaled(line.amount(), 2);
  }
  EXPECT_EQ(Scaled(document.total_amount(), 2), total);
  EXPECT_EQ(Problems(document), "");
}

std::string BillingStory::Explain(const v1::OrderBasis& document, int line_number) {
  Name("document", document.order_basis_id());
  const auto& line = document.lines(line_number - 1);
  const auto parts =
      ReadAll(&Agreements::ExplainOrderBasis, absl::StrCat("order_basis_id: '$document' line_number: ", line_number))
          .value();
  std::map<std::string, v1::UserShare> shares;  // By user, whose share may go on in the next message.
  std::vector<v1::Transaction> transactions;
  std::string last_user;
  for (const auto& part : parts) {
    for (const auto& share : part.users()) {
      EXPECT_LE(last_user, share.user_id());
      last_user = share.user_id();
      const auto [found, is_new] = shares.emplace(share.user_id(), share);
      if (!is_new) found->second.mutable_accesses()->MergeFrom(share.accesses());
    }
    transactions.insert(transactions.end(), part.transactions().begin(), part.transactions().end());
  }
  std::vector<std::string> texts;
  int64_t user_days = 0;
  for (const auto& [user, share] : shares) {
    texts.push_back(ShareText(line, share));
    user_days += share.days();
  }
  EXPECT_EQ(user_days, line.user_days()) << LineText(line);
  int64_t quantity = 0;
  for (const auto& transaction : transactions) {
    EXPECT_EQ(transaction.order_basis_id(), document.order_basis_id());
    EXPECT_EQ(transaction.product_id(), line.product_id());
    texts.push_back(absl::StrCat(NameOf(transaction.company_id()), "/", transaction.transaction_id(), " ",
                                 transaction.day(), " ", transaction.quantity()));
    quantity += transaction.quantity();
  }
  EXPECT_EQ(quantity, line.quantity()) << LineText(line);
  std::sort(texts.begin(), texts.end());
  return absl::StrJoin(texts, "; ");
}

std::string BillingStory::ShareText(const v1::OrderBasisLine& line, const v1::UserShare& share) const {
  std::set<absl::CivilDay> days;  // B3: the union.
  std::vector<std::string> texts;
  std::pair<std::string, std::string> last;
  for (const auto& access : share.accesses()) {
    EXPECT_LT(last, std::make_pair(access.company_id(), access.from_day()));
    last = {access.company_id(), access.from_day()};
    EXPECT_GE(access.from_day(), line.price_valid_from());
    for (absl::CivilDay day = DayOf(access.from_day()); day < DayOf(access.until_day()); ++day) days.insert(day);
    texts.push_back(absl::StrCat(NameOf(access.company_id()), " ", access.from_day(), " - ", access.until_day()));
  }
  EXPECT_EQ(share.days(), static_cast<int>(days.size())) << share.ShortDebugString();
  std::sort(texts.begin(), texts.end());
  return absl::StrCat(share.user_id(), " ", share.days(), ": ", absl::StrJoin(texts, ", "));
}

std::string BillingStory::Problems(const v1::OrderBasis& document) {
  Name("document", document.order_basis_id());
  const auto response = Do(&Agreements::VerifyOrderBasis, "order_basis_id: '$document'");
  std::set<v1::VerificationProblem> problems;
  for (const auto& finding : response.findings()) {
    EXPECT_NE(finding.description(), "");
    problems.insert(finding.problem());
  }
  return absl::StrJoin(problems, " ", [](std::string* out, v1::VerificationProblem problem) {
    absl::StrAppend(out, WithoutPrefix(v1::VerificationProblem_Name(problem), "VERIFICATION_PROBLEM_"));
  });
}

std::vector<std::string> BillingStory::RunBilling(const std::string& text) {
  const auto messages = ReadAll(&Agreements::RunBilling, text).value();
  std::vector<std::string> results;
  std::string month;
  for (size_t i = 0; i < messages.size(); ++i) {
    const auto& message = messages[i];
    const bool last = i + 1 == messages.size();
    EXPECT_EQ(message.agreement_id().empty(), last) << message.DebugString();
    EXPECT_EQ(message.progress().done(), static_cast<int64_t>(last ? i : i + 1));
    EXPECT_LE(message.progress().done(), message.progress().total());
    EXPECT_TRUE(!last || message.progress().done() == message.progress().total()) << message.DebugString();
    if (last) continue;
    EXPECT_LE(month, message.month());
    month = message.month();
    results.push_back(ResultText(message));
  }
  EXPECT_FALSE(messages.empty());
  return results;
}

std::string BillingStory::ResultText(const v1::RunBillingResponse& result) {
  std::string text = absl::StrCat(NameOf(result.agreement_id()), " ", result.month(), " ",
                                  WithoutPrefix(v1::BillingOutcome_Name(result.outcome()), "BILLING_OUTCOME_"));
  if (result.has_error()) {
    return absl::StrCat(text, " ", DetailOf<google::rpc::ErrorInfo>(ErrorOf(result.error())).value().reason());
  }
  // A month that cannot be settled yet has no document.
  if (result.outcome() == v1::BILLING_OUTCOME_NOTHING_TO_CHARGE && !result.has_order_basis()) return text;
  EXPECT_EQ(result.order_basis().agreement_id(), result.agreement_id());
  EXPECT_EQ(result.order_basis().lines_size(), 0);
  return absl::StrCat(text, " ", result.order_basis().total_amount());
}

std::vector<std::string> BillingStory::Documents(bool show_empty) {
  const auto response =
      Do(&Agreements::ListOrderBases, absl::StrCat("page_size: 1000 show_empty: ", show_empty ? "true" : "false"));
  std::vector<std::string> texts;
  for (const auto& document : response.order_bases()) {
    texts.push_back(absl::StrCat(NameOf(document.agreement_id()), " ", document.from_day(), " ", document.until_day(),
                                 " ", document.total_amount()));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string LinesText(const v1::OrderBasis& document) {
  return absl::StrJoin(document.lines(), "; ",
                       [](std::string* out, const v1::OrderBasisLine& line) { absl::StrAppend(out, LineText(line)); });
}

}  // namespace agreements::testing
