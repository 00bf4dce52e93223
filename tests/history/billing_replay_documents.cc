// The steps that make order bases.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/history/billing_replay.h"
#include "tests/history/billing_texts.h"

namespace agreements::testing {
namespace {

using oracle::Computed;
using oracle::Day;
using oracle::Due;
using oracle::ParseDay;
using oracle::Refusals;

std::optional<Day> OptionalDay(const std::string& day) {
  return day.empty() ? std::nullopt : std::optional<Day>(ParseDay(day));
}

}  // namespace

// The id that the service gave the newest document.
void Replay::NameDocument(const std::string& id) {
  oracle::Document& document = oracle_.documents.back();
  document.id = id;
  for (const auto& [key, line] : document.lines) {
    for (const size_t i : line.transactions) oracle_.transactions[i].document_id = id;
  }
}

// Digests are the same when agreement and content are, and only then.
std::string Replay::CheckDigest(const v1::OrderBasis& document) {
  const std::string content = absl::StrCat(document.agreement_id(), " ", DocumentText(document));
  if (document.digest().size() != 64) return absl::StrCat("  no digest: '", document.digest(), "'\n");
  return absl::StrCat(Difference(document.digest(), digests_.emplace(content, document.digest()).first->second),
                      Difference(content, contents_.emplace(document.digest(), content).first->second));
}

Fields Replay::DaysOf(int agreement, const std::string& from_day, const std::string& until_day) const {
  return {{"agreement_id", AgreementId(agreement)}, {"from_day", from_day}, {"until_day", until_day}};
}

std::string Replay::Preview(int agreement, const std::string& from_day, const std::string& until_day) {
  const Fields days = DaysOf(agreement, from_day, until_day);
  if (std::string differences = CheckEstimate(agreement, from_day, until_day); !differences.empty()) return differences;
  const Computed expected = oracle_.Preview(agreement, OptionalDay(from_day), OptionalDay(until_day));
  const auto result = Do(PreviewOrderBasis, days);
  if (!result.ok() || !expected.refusals.empty()) return Mismatch(result.status(), expected.refusals);
  const v1::OrderBasis& told = result->order_basis();
  previews_[agreement] = {DocumentText(told), told.digest()};
  return absl::StrCat(CheckPreviewsLines(days, expected.document),
                      Difference(DocumentText(told), DocumentText(expected.document)), CheckDigest(told),
                      Difference(told.order_basis_id(), ""), Difference(told.agreement_id(), AgreementId(agreement)));
}

// Each line, explained.
std::string Replay::CheckPreviewsLines(const Fields& preview, const oracle::Document& document) {
  std::string differences;
  int line_number = 0;
  for (const auto& [key, line] : document.lines) {
    absl::StrAppend(&differences, CheckExplanation(preview, ++line_number, document, line));
  }
  return differences;
}

std::string Replay::CheckEstimate(int agreement, const std::string& from_day, const std::string& until_day) {
  Fields fields = DaysOf(agreement, from_day, until_day);
  fields.emplace_back("estimate", "true");
  const Computed expected = oracle_.Estimate(agreement, OptionalDay(from_day), OptionalDay(until_day));
  const auto result = Do(PreviewOrderBasis, fields);
  std::string differences;
  if (!result.ok() || !expected.refusals.empty()) {
    differences = Mismatch(result.status(), expected.refusals);
  } else {
    const oracle::Document& document = expected.document;
    const v1::OrderBasis& told = result->order_basis();
    const bool is_over = document.until_day <= oracle_.today();
    const bool is_final = is_over && document.from_day == oracle_.agreements.at(agreement).settled_until;
    differences =
        absl::StrCat(Difference(DocumentText(told), DocumentText(document)), CheckPreviewsLines(fields, document),
                     Difference(result->estimated_from_day(),
                                is_over ? "" : oracle::Text(std::max(document.from_day, oracle_.today()))),
                     is_final ? CheckDigest(told) : Difference(told.digest(), ""));
  }
  return differences.empty() ? "" : absl::StrCat("  of an estimate from '", from_day, "'\n", differences);
}

std::string Replay::CreateOrderBasis(int agreement, const std::string& from_day, const std::string& until_day,
                                     const std::string& digest) {
  const auto seen = previews_.find(agreement);
  std::string expected_digest;
  if (digest == "seen" && seen != previews_.end()) expected_digest = seen->second.second;
  if (digest == "wrong") expected_digest = std::string(64, '0');
  Fields fields = DaysOf(agreement, from_day, until_day);
  fields.emplace_back("expected_digest", expected_digest);
  const auto result = Do(agreements::CreateOrderBasis, fields);
  if (const oracle::Document* existing = oracle_.Existing(agreement, ParseDay(from_day), ParseDay(until_day))) {
    if (!result.ok()) return Mismatch(result.status(), {});
    return absl::StrCat(result->existed() ? "" : "  existed is false\n",
                        Difference(result->order_basis().order_basis_id(), existing->id),
                        Difference(DocumentText(result->order_basis()), DocumentText(*existing)));
  }
  Computed expected = oracle_.Preview(agreement, ParseDay(from_day), ParseDay(until_day));
  const bool changed = !expected_digest.empty() && expected.refusals.empty() &&
                       (digest == "wrong" || seen->second.first != DocumentText(expected.document));
  if (changed) {
    expected.refusals.insert({"PREVIEW_CHANGED", {}});
    if (expected.chargeable && expected.document.customer_number.empty()) {
      expected.refusals.insert({"CUSTOMER_NUMBER_MISSING", {}});
    }
    return Mismatch(result.status(), expected.refusals);
  }
  expected = oracle_.Create(agreement, ParseDay(from_day), ParseDay(until_day));
  if (!result.ok() || !expected.refusals.empty()) return Mismatch(result.status(), expected.refusals);
  NameDocument(result->order_basis().order_basis_id());
  return absl::StrCat(result->existed() ? "  existed is true\n" : "", CheckDigest(result->order_basis()),
                      Difference(DocumentText(result->order_basis()), DocumentText(expected.document)));
}

std::string Replay::TryOrderBasis(int agreement, const std::string& from_day, const std::string& until_day) {
  Fields fields = DaysOf(agreement, from_day, until_day);
  fields.emplace_back("validate_only", "true");
  const auto result = Do(agreements::CreateOrderBasis, fields);
  const oracle::Document* existing = oracle_.Existing(agreement, ParseDay(from_day), ParseDay(until_day));
  const Computed expected = existing != nullptr
                                ? Computed{*existing, true, {}}
                                : oracle::Oracle(oracle_).Create(agreement, ParseDay(from_day), ParseDay(until_day));
  if (!result.ok() || !expected.refusals.empty()) return Mismatch(result.status(), expected.refusals);
  return absl::StrCat(Difference(result->order_basis().order_basis_id(), existing != nullptr ? existing->id : ""),
                      Difference(DocumentText(result->order_basis()), DocumentText(expected.document)));
}

storage::Call Replay::StreamCall() const {
  storage::Call call;
  call.account_id = account_id_;
  call.deadline = absl::Now() + absl::Seconds(30);
  return call;
}

std::string Replay::CheckBilling(const v1::RunBillingResponse& response, const oracle::BillingResult& expected,
                                 bool document_is_new) {
  const bool refused = response.outcome() == v1::BILLING_OUTCOME_REFUSED;
  if (refused && (expected.or_refused || expected.outcome == v1::BILLING_OUTCOME_REFUSED)) {
    return Mismatch(response.error(), expected.refusals);
  }
  std::string differences =
      Difference(v1::BillingOutcome_Name(response.outcome()), v1::BillingOutcome_Name(expected.outcome));
  if (refused) absl::StrAppend(&differences, "  error ", response.error().ShortDebugString(), "\n");
  // What is in arrears and cannot be computed has no document.
  if (expected.or_refused && !response.has_order_basis()) return differences;
  if (!expected.document || !response.has_order_basis()) {
    return absl::StrCat(differences, Difference(response.has_order_basis() ? "a document" : "no document",
                                                expected.document ? "a document" : "no document"));
  }
  if (document_is_new) NameDocument(response.order_basis().order_basis_id());
  return absl::StrCat(differences, Difference(HeaderText(response.order_basis()), HeaderText(*expected.document)),
                      Difference(response.order_basis().order_basis_id(),
                                 document_is_new ? oracle_.documents.back().id : expected.document->id));
}

std::string Replay::DueText(const Due& due) const {
  return absl::StrCat(AgreementId(due.agreement), " in ", absl::FormatCivilTime(due.month));
}

// After the last message.
std::string Replay::CheckBillingEnd(const std::vector<Due>& due, size_t next, Day until_day) const {
  std::string differences;
  for (; next < due.size(); ++next) {
    if (!oracle_.MustTell(due[next], until_day)) continue;
    absl::StrAppend(&differences, "  nothing was told of ", DueText(due[next]), "\n");
  }
  return differences;
}

// After a run that was stopped before due[next]: it settles a page at a time, and may have settled more than it told.
std::string Replay::CatchUp(const std::vector<Due>& due, size_t next, Day until_day, bool include_arrears) {
  std::string differences;
  for (; next < due.size(); ++next) {
    const std::string agreement_id = AgreementId(due[next].agreement);
    const auto now = Do(GetAgreement, {{"agreement_id", agreement_id}});
    if (!now.ok()) return Mismatch(now.status(), {});
    const Day settled_until = ParseDay(now->agreement().settled_until());
    const auto settled_in_oracle = [&] { return oracle_.agreements.at(due[next].agreement).settled_until; };
    if (settled_until == settled_in_oracle()) continue;
    const size_t documents = oracle_.documents.size();
    oracle_.Bill(due[next], until_day, include_arrears);
    if (oracle_.documents.size() > documents) {
      const auto newest = Do(ListOrderBases, {{"agreement_id", agreement_id}, {"show_empty", "true"}});
      if (!newest.ok() || newest->order_bases().empty()) return "  no document of a settled month\n";
      NameDocument(newest->order_bases(0).order_basis_id());
    }
    absl::StrAppend(&differences, Difference(oracle::Text(settled_until), oracle::Text(settled_in_oracle())));
  }
  return differences;
}

std::string Replay::RunBilling(const std::string& until_day, bool include_arrears, int stop_after) {
  auto request = For<v1::RunBillingRequest>();
  request.set_until_day(until_day);
  request.set_include_arrears(include_arrears);
  auto stream = agreements::RunBilling(service_.database(), service_.context(), request);
  const Day until = OptionalDay(until_day).value_or(oracle_.DefaultBillingDay());
  if (until > oracle_.today()) {
    return Mismatch(stream(StreamCall()).status(),
                    oracle::Refused("PERIOD_NOT_OVER", {{"latest_until_day", oracle::Text(oracle_.today())}}));
  }
  const std::vector<Due> due = oracle_.BeginBilling(until);
  size_t next = 0;
  for (int done = 0; stop_after == 0 || done < stop_after; ++done) {
    const auto message = stream(StreamCall());
    if (!message.ok()) return Mismatch(message.status(), {});
    if (!*message) return "  the stream ends without its last message\n";
    const v1::RunBillingResponse& response = **message;
    const v1::BillingProgress& progress = response.progress();
    const bool last = response.agreement_id().empty();
    if (progress.done() != done + (last ? 0 : 1) || progress.total() < progress.done()) return "  wrong progress\n";
    if (last) return CheckBillingEnd(due, next, until);
    const std::string told = absl::StrCat(response.agreement_id(), " in ", response.month());
    while (next < due.size() && !oracle_.MustTell(due[next], until) && DueText(due[next]) != told) ++next;
    std::string differences = Difference(told, next < due.size() ? DueText(due[next]) : "the end");
    if (!differences.empty()) return differences;
    const size_t documents = oracle_.documents.size();
    const oracle::BillingResult expected = oracle_.Bill(due[next++], until, include_arrears);
    differences = CheckBilling(response, expected, oracle_.documents.size() > documents);
    if (!differences.empty()) return absl::StrCat("  of ", told, "\n", differences);
  }
  return CatchUp(due, next, until, include_arrears);
}

}  // namespace agreements::testing
