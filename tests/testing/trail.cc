#include "tests/testing/trail.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace agreements::testing {
namespace {

// Ids and the names that tests know.
std::vector<std::pair<std::string, std::string>> Names(Service& service) {
  const std::string rows = service.Sql(R"sql(
  SELECT agreement_id, display_name FROM agreements
  UNION ALL SELECT company_id, display_name FROM companies
  UNION ALL SELECT draft_id, 'draft' FROM company_drafts
  UNION ALL SELECT access_id, CONCAT(user_id, '-', product_id, '-', state) FROM accesses
  UNION ALL SELECT order_basis_id, 'document' FROM order_bases)sql");
  std::vector<std::pair<std::string, std::string>> names;
  for (const absl::string_view row : absl::StrSplit(rows, '\n', absl::SkipEmpty())) {
    names.push_back(absl::StrSplit(row, '|'));
  }
  return names;
}

// "agreement" of RESOURCE_KIND_AGREEMENT.
std::string KindOf(v1::ResourceKind kind) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::ResourceKind_Name(kind), "RESOURCE_KIND_"));
}

}  // namespace

std::string TextOf(Service& service, const v1::Change& change) {
  std::string text = change.method();
  for (const v1::ChangedResource& resource : change.resources()) {
    absl::StrAppend(&text, "\n  ", KindOf(resource.kind()), " ", resource.id());
    if (resource.revision() != 0) absl::StrAppend(&text, " revision ", resource.revision());
    std::string separator = ": ";
    for (const v1::FieldChange& field : resource.fields()) {
      // Times and digests are others each time.
      const bool varies = absl::EndsWith(field.field(), "_time") || field.field() == "digest";
      absl::StrAppend(&text, std::exchange(separator, ", "), field.field(), " ",
                      varies && !field.old_value().empty() ? "*" : field.old_value(),
                      field.old_value().empty() ? "" : " ", ">", field.new_value().empty() ? "" : " ",
                      varies && !field.new_value().empty() ? "*" : field.new_value());
    }
  }
  return absl::StrReplaceAll(text, Names(service));
}

std::vector<v1::Change> ListedChanges(Service& service, const v1::ListChangesRequest& request) {
  const v1::ListChangesResponse response = service.Do(ListChanges, request).value();
  return {response.changes().begin(), response.changes().end()};
}

}  // namespace agreements::testing
