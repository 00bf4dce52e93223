// What is refused is refused for a reason that held at some time of the call.
#include <algorithm>
#include <functional>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/consistency/checks.h"

namespace agreements::testing {

using google::protobuf::Message;

namespace {

// What a call is about: "Company" and the field of its request with the id; of a product, of neither.
std::pair<std::string, std::string> SubjectOf(const Call& call) {
  if (absl::StrContains(call.method, "Draft") && HasField(*call.request, "draft_id"))
    return {"CompanyDraft", "draft_id"};
  if (HasField(*call.request, "company_id")) return {"Company", "company_id"};
  if (call.method == "UpdateProduct") return {"Product", "product_id"};
  return {"Agreement", "agreement_id"};
}

// Whether a reason holds for a version of the thing that it is about.
using Holds = std::function<bool(const Message& request, const Message& version)>;

bool IsDeleted(const Message& version) { return !Field(version, "delete_time").empty(); }

const std::map<std::string, Holds>& Reasons() {
  static const std::map<std::string, Holds> kReasons = {
      {"STALE_REVISION", [](const auto& request,
                            const auto& version) { return Field(request, "revision") != Field(version, "revision"); }},
      {"COMPANY_DELETED", [](const auto&, const auto& version) { return IsDeleted(version); }},
      {"COMPANY_NOT_DELETED", [](const auto&, const auto& version) { return !IsDeleted(version); }},
      {"AGREEMENT_DELETED", [](const auto&, const auto& version) { return IsDeleted(version); }},
      {"AGREEMENT_NOT_DELETED", [](const auto&, const auto& version) { return !IsDeleted(version); }},
      {"ALREADY_IN_AGREEMENT",
       [](const auto& request, const auto& version) {
         return Field(request, "agreement_id") == Field(version, "agreement_id");
       }},
      {"DRAFT_COMPLETED",
       [](const auto&, const auto& version) { return Field(version, "state") == "COMPANY_DRAFT_STATE_COMPLETED"; }},
      {"DRAFT_DISCARDED",
       [](const auto&, const auto& version) { return Field(version, "state") == "COMPANY_DRAFT_STATE_DISCARDED"; }},
  };
  return kReasons;
}

}  // namespace

void CheckRefusals(const History& history, Violations& violations) {
  for (const Call& call : history.record.calls) {
    const auto reason = Reasons().find(call.reason);
    if (reason == Reasons().end()) continue;
    auto [kind, field] = SubjectOf(call);
    if (call.reason == "AGREEMENT_DELETED") std::tie(kind, field) = std::pair("Agreement", "agreement_id");
    const auto entity =
        history.entities.find(absl::StrCat(AccountOf(call), " ", kind, " ", Field(*call.request, field)));
    if (entity == history.entities.end()) continue;  // About another agreement, as that of a draft.
    const auto versions = entity->second.Between(call.begin, call.end);
    const bool held = std::any_of(versions.begin(), versions.end(),
                                  [&](const Message* version) { return reason->second(*call.request, *version); });
    if (!held) violations.push_back({"refused", absl::StrCat("without a reason: ", TextOf(call))});
  }
}

}  // namespace agreements::testing
