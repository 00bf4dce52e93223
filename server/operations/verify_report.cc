#include "server/operations/verify_report.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/id_prefixes.h"

namespace agreements {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

// "ok     12 agreements: ...", or "WRONG  12 agreements: ...: 3 found" with what was found.
void AppendCheck(absl::string_view word, const Check& check, std::string& report) {
  absl::StrAppend(&report, word, check.looked_at, " ", check.table, ": ", check.rule,
                  check.count == 0 ? "" : absl::StrCat(": ", check.count, " found"), "\n");
  for (const Finding& finding : check.first) {
    absl::StrAppend(&report, "        ", finding.account_id, " ", finding.text, "\n");
  }
  const int64_t more = check.count - static_cast<int64_t>(check.first.size());
  if (more > 0) absl::StrAppend(&report, "        and ", more, " more\n");
}

void Write(absl::string_view name, absl::string_view value, Writer& writer) {
  writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void Write(absl::string_view name, int64_t value, Writer& writer) {
  writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  writer.Int64(value);
}

constexpr absl::string_view kPrefixes[] = {kAgreementPrefix, kCompanyPrefix,    kDraftPrefix,
                                           kAccessPrefix,    kOrderBasisPrefix, kChangePrefix};

bool IsId(absl::string_view word) {
  return word.size() == kIdLength &&
         std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [word](absl::string_view prefix) { return absl::StartsWith(word, prefix); });
}

// The ids that servers have made, in the order of the text.
std::vector<std::string> IdsIn(absl::string_view text) {
  std::vector<std::string> ids;
  for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" :;,.()'\""))) {
    if (IsId(word) && std::find(ids.begin(), ids.end(), word) == ids.end()) ids.emplace_back(word);
  }
  return ids;
}

void WriteCheck(const Check& check, Writer& writer) {
  writer.StartObject();
  Write("table", check.table, writer);
  Write("rule", check.rule, writer);
  Write("looked_at", check.looked_at, writer);
  Write("findings", check.count, writer);
  writer.Key("breaches");
  writer.StartArray();
  for (const Finding& finding : check.first) {
    writer.StartObject();
    Write("account_id", finding.account_id, writer);
    Write("what", finding.text, writer);
    writer.Key("ids");
    writer.StartArray();
    for (const std::string& id : IdsIn(finding.text)) writer.String(id.c_str());
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace

std::string Report(const DatabaseVerification& verification) {
  std::string report;
  for (const Check& check : verification.checks) AppendCheck(check.count == 0 ? "ok     " : "WRONG  ", check, report);
  if (verification.waiting.count > 0) AppendCheck("note   ", verification.waiting, report);
  const int64_t findings = verification.findings();
  absl::StrAppend(&report, verification.checks.size(), " checks of ", verification.accounts,
                  " accounts: ", findings == 0 ? "nothing is wrong" : absl::StrCat(findings, " findings"), "\n");
  return report;
}

std::string JsonReport(const DatabaseVerification& verification) {
  rapidjson::StringBuffer json;
  Writer writer(json);
  writer.StartObject();
  Write("verdict", verification.findings() == 0 ? "WELL" : "BREACHES", writer);
  Write("accounts", verification.accounts, writer);
  Write("findings", verification.findings(), writer);
  writer.Key("checks");
  writer.StartArray();
  for (const Check& check : verification.checks) WriteCheck(check, writer);
  writer.EndArray();
  writer.Key("waiting");
  WriteCheck(verification.waiting, writer);
  writer.EndObject();
  return absl::StrCat(json.GetString(), "\n");
}

std::string JsonReport(const absl::Status& error) {
  rapidjson::StringBuffer json;
  Writer writer(json);
  writer.StartObject();
  Write("verdict", "NOT_VERIFIED", writer);
  Write("error", std::string(error.message()), writer);
  writer.EndObject();
  return absl::StrCat(json.GetString(), "\n");
}

}  // namespace agreements
