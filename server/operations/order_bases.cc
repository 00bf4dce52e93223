// Order bases: domain.md O1 to O5.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "proto/days.h"
#include "proto/status_macros.h"
#include "server/operations/freeze_order_bases.h"
#include "server/operations/operations.h"
#include "server/operations/order_basis_steps.h"
#include "server/operations/pages.h"
#include "storage/tables/order_bases.h"

namespace agreements {
namespace {

using storage::OrderBasisTime;
using storage::ReadTransaction;
using storage::Transaction;

// Bytes of a page of documents with lines. The largest document has less than 1.1 MiB, so an answer stays below the 4
// MiB that clients accept.
constexpr size_t kMaxPageBytes = 3 << 20;
constexpr int kLinesAtOnce = 2 * kMaxLines;

// Whether the list is ordered by creation time. It is if only creation times narrow it, so that their index serves.
bool IsByTime(const v1::ListOrderBasesRequest& request) {
  return (request.has_from_create_time() || request.has_until_create_time()) && request.agreement_id().empty() &&
         request.customer_number().empty();
}

// The page key of a list by creation time: "1796083200123456 ord-1jq2v8k5w0c3m7z9", in microseconds.
std::string TimeKey(const v1::OrderBasis& document) {
  const google::protobuf::Timestamp& time = document.create_time();
  return absl::StrCat(time.seconds() * 1'000'000 + time.nanos() / 1000, " ", document.order_basis_id());
}

absl::StatusOr<OrderBasisTime> ParseTimeKey(absl::string_view key) {
  if (key.empty()) return OrderBasisTime{.create_time = absl::InfiniteFuture(), .order_basis_id = kAfterAllIds};
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(key, absl::MaxSplits(' ', 1));
  int64_t microseconds = 0;
  if (!absl::SimpleAtoi(parts.first, &microseconds)) return absl::InternalError("a sealed page token has no time");
  return OrderBasisTime{.create_time = absl::FromUnixMicros(microseconds), .order_basis_id = std::string(parts.second)};
}

// The documents from `begin` on whose lines are read in one go: a few, or a large one.
std::vector<std::string> NextIds(const std::vector<v1::OrderBasis>& documents, size_t begin) {
  std::vector<std::string> ids;
  int lines = 0;
  for (size_t i = begin; i < documents.size() && ids.size() < storage::kOrderBasesAtOnce; ++i) {
    lines += std::min(documents[i].line_count(), kMaxLines);
    if (i > begin && lines > kLinesAtOnce) break;
    ids.push_back(documents[i].order_basis_id());
  }
  return ids;
}

// Adds their first lines to documents. Drops those that would make an answer too large, but never the first.
absl::Status AddLines(ReadTransaction& tx, std::vector<v1::OrderBasis>& documents) {
  size_t size = 0;
  for (size_t begin = 0; begin < documents.size();) {
    const std::vector<std::string> ids = NextIds(documents, begin);
    ASSIGN_OR_RETURN(auto lines, storage::ListFirstLines(tx, ids, kMaxLines));
    std::map<std::string, v1::OrderBasis*> by_id;
    for (size_t i = begin; i < begin + ids.size(); ++i) by_id[documents[i].order_basis_id()] = &documents[i];
    for (auto& [order_basis_id, line] : lines) *by_id.at(order_basis_id)->add_lines() = std::move(line);
    for (size_t i = begin; i < begin + ids.size(); ++i) {
      size += documents[i].ByteSizeLong();
      if (i == 0 || size <= kMaxPageBytes) continue;
      documents.resize(i);
      return absl::OkStatus();
    }
    begin += ids.size();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::OrderBasis>> ReadDocuments(ReadTransaction& tx, const v1::ListOrderBasesRequest& request,
                                                          const std::string& key, int limit) {
  if (!IsByTime(request)) return storage::ListOrderBases(tx, request, key.empty() ? kAfterAllIds : key, limit);
  ASSIGN_OR_RETURN(const OrderBasisTime before, ParseTimeKey(key));
  return storage::ListOrderBasesByTime(tx, request, before, limit);
}

}  // namespace

absl::StatusOr<v1::PreviewOrderBasisResponse> PreviewOrderBasis(storage::Snapshot& tx, const Context& context,
                                                                const v1::PreviewOrderBasisRequest& request) {
  ASSIGN_OR_RETURN(Preview preview, ComputePreview(tx, context, request));
  v1::PreviewOrderBasisResponse response;
  if (preview.estimated_from_day) response.set_estimated_from_day(FormatDay(*preview.estimated_from_day));
  Present(context, preview.order_basis);
  *response.mutable_order_basis() = std::move(preview.order_basis);
  return response;
}

absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrderBasis(storage::Database& database, const storage::Call& call,
                                                              const Context& context,
                                                              const v1::CreateOrderBasisRequest& request) {
  const Days days = {.from = ParseDay(request.from_day()), .until = ParseDay(request.until_day())};
  const std::vector<Settlement> page = {
      {.agreement_id = request.agreement_id(), .days = days, .expected_digest = request.expected_digest()}};
  ASSIGN_OR_RETURN(v1::CreateOrderBasisResponse response,
                   database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::CreateOrderBasisResponse> {
                     ASSIGN_OR_RETURN(Frozen frozen, FreezeOrderBases(tx, context, page));
                     return std::move(frozen.front());
                   }));
  // A response that an earlier version has stored for the request_id has all lines, and no currency.
  Present(context, *response.mutable_order_basis());
  return response;
}

absl::StatusOr<v1::GetOrderBasisResponse> GetOrderBasis(ReadTransaction& tx, const Context& context,
                                                        const v1::GetOrderBasisRequest& request) {
  v1::GetOrderBasisResponse response;
  v1::OrderBasis& order_basis = *response.mutable_order_basis();
  ASSIGN_OR_RETURN(order_basis, storage::GetOrderBasis(tx, request.order_basis_id()));
  RETURN_IF_ERROR(AddFirstLines(tx, order_basis));
  Present(context, order_basis);
  return response;
}

absl::StatusOr<v1::ListOrderBasisLinesResponse> ListOrderBasisLines(ReadTransaction& tx,
                                                                    const v1::ListOrderBasisLinesRequest& request) {
  ASSIGN_OR_RETURN(const std::string key, PageKey(request, "0"));
  int after_line_number = 0;
  if (!absl::SimpleAtoi(key, &after_line_number)) return absl::InternalError("a sealed page token has no line number");
  RETURN_IF_ERROR(storage::GetOrderBasis(tx, request.order_basis_id()).status());
  ASSIGN_OR_RETURN(
      auto lines, storage::ListOrderBasisLines(tx, request.order_basis_id(), after_line_number, PageSize(request) + 1));
  v1::ListOrderBasisLinesResponse response;
  response.set_next_page_token(
      FillPage(request, std::move(lines), *response.mutable_lines(),
               [](const v1::OrderBasisLine& line) { return absl::StrCat(line.line_number()); }));
  return response;
}

absl::StatusOr<v1::ListOrderBasesResponse> ListOrderBases(ReadTransaction& tx, const Context& context,
                                                          const v1::ListOrderBasesRequest& request) {
  ASSIGN_OR_RETURN(const std::string key, ReadPageToken(request, request.page_token()));
  ASSIGN_OR_RETURN(auto documents, ReadDocuments(tx, request, key, PageSize(request) + 1));
  const size_t found = documents.size();
  documents.resize(std::min(found, static_cast<size_t>(PageSize(request))));
  if (request.show_lines()) RETURN_IF_ERROR(AddLines(tx, documents));
  v1::ListOrderBasesResponse response;
  if (documents.size() < found) {
    const v1::OrderBasis& last = documents.back();
    response.set_next_page_token(MakePageToken(request, IsByTime(request) ? TimeKey(last) : last.order_basis_id()));
  }
  for (v1::OrderBasis& document : documents) {
    Present(context, document);
    *response.add_order_bases() = std::move(document);
  }
  return response;
}

}  // namespace agreements
