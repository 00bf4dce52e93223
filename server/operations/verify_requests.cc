#include "server/operations/verify_requests.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/ids.h"
#include "storage/connection/requests.h"
#include "storage/tables/revisions.h"

namespace agreements {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using storage::ReadTransaction;

constexpr int kPageSize = 1000;
constexpr int kRecordsAPage = 100;  // A response can be large.

// A call records its request before it waits for rows, so the second of two changes to a resource can have the earlier
// record. The difference is at most the time of a call, plus that between clocks.
constexpr absl::Duration kOrderSlack = absl::Minutes(1);

// What the records say about a resource.
struct Recorded {
  std::set<int64_t> revisions;
  std::optional<int64_t> first_recent;  // The lowest revision in a recent record.
  std::string request_id;               // Of the record with the highest revision.
};

// By id.
using RecordedResources = std::map<std::string, Recorded>;

struct Kind {
  const char* name;
  storage::ListRevisions list;
  bool has_time_in_id;
};

constexpr Kind kAgreement = {"agreement", storage::ListAgreementRevisions, true};
constexpr Kind kCompany = {"company", storage::ListCompanyRevisions, true};
constexpr Kind kDraft = {"draft", storage::ListDraftRevisions, true};
constexpr Kind kProduct = {"product", storage::ListProductRevisions, false};
constexpr const Kind* kKinds[] = {&kAgreement, &kCompany, &kDraft, &kProduct};

// The response of a record. Null if this program does not know the method.
std::unique_ptr<Message> ParseResponse(const storage::RecordedRequest& record) {
  // The linker keeps only messages that something refers to. This refers to all messages of both services.
  google::protobuf::LinkMessageReflection<v1::DeleteAgreementResponse>();
  google::protobuf::LinkMessageReflection<v1::MoveCompanyResponse>();
  const std::string name = absl::StrCat(absl::StripSuffix(record.method, "Request"), "Response");
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> response(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  return response->ParseFromString(record.response) ? std::move(response) : nullptr;
}

// Calls `visit` for each message that is a field of `message`.
template <typename Visit>
void VisitMessages(const Message& message, const Visit& visit) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) visit(message.GetReflection()->GetMessage(message, field));
    const int size = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 0;
    for (int i = 0; i < size; ++i) visit(message.GetReflection()->GetRepeatedMessage(message, field, i));
  }
}

std::string Missing(const char* kind, const std::string& id, const std::string& request_id) {
  return absl::StrCat(kind, " ", id, ": is missing, but request ", request_id, " returned it");
}

// Verifies one part of an account's resources. Ids are divided into `count` parts, of which this is `number`.
class RequestsVerifier {
 public:
  RequestsVerifier(ReadTransaction& tx, size_t number, size_t count, const VerifyRequestsOptions& options,
                   std::vector<std::string>& lost_changes, std::vector<std::string>& lost_records)
      : tx_(tx),
        number_(number),
        count_(count),
        options_(options),
        lost_changes_(lost_changes),
        lost_records_(lost_records) {}

  absl::Status Run() {
    // Records have real times.
    recent_since_ = absl::Now() - options_.kept;
    ASSIGN_OR_RETURN(const auto unreadable, storage::NewestRequestWithoutMethod(tx_));
    if (unreadable) recent_since_ = std::max(recent_since_, *unreadable + kOrderSlack);
    absl::Time since;
    do {  // Again if some were unreadable, which moves recent_since_.
      since = recent_since_;
      recorded_.clear();
      deletions_.clear();
      lost_changes_.clear();
      RETURN_IF_ERROR(ReadRecords());
    } while (recent_since_ != since);
    for (const Kind* kind : kKinds) RETURN_IF_ERROR(Compare(*kind));
    return absl::OkStatus();
  }

 private:
  bool IsOurs(const std::string& id) const { return std::hash<std::string>()(id) % count_ == number_; }

  absl::Status ReadRecords() {
    storage::RecordedRequest last;
    for (;;) {
      ASSIGN_OR_RETURN(auto page, storage::ListRequests(tx_, last.caller, last.request_id, kRecordsAPage));
      if (page.empty()) return absl::OkStatus();
      for (const storage::RecordedRequest& record : page) RETURN_IF_ERROR(ReadRecord(record));
      last = std::move(page.back());
      last.response.clear();
    }
  }

  absl::Status ReadRecord(const storage::RecordedRequest& record) {
    const std::unique_ptr<Message> response = ParseResponse(record);
    if (response == nullptr) {
      recent_since_ = std::max(recent_since_, record.create_time + kOrderSlack);
      return absl::OkStatus();
    }
    absl::Status status;
    VisitMessages(*response, [&](const Message& resource) { status.Update(ReadResource(record, resource)); });
    if (const auto* deleted = dynamic_cast<const v1::DeleteAgreementResponse*>(response.get())) {
      deletions_.emplace(deleted->agreement().agreement_id(), ToTime(deleted->agreement().delete_time()));
    }
    return status;
  }

  absl::Status ReadResource(const storage::RecordedRequest& record, const Message& resource) {
    if (const auto* agreement = dynamic_cast<const v1::Agreement*>(&resource)) {
      Add(kAgreement, agreement->agreement_id(), agreement->revision(), record);
    } else if (const auto* company = dynamic_cast<const v1::Company*>(&resource)) {
      Add(kCompany, company->company_id(), company->revision(), record);
    } else if (const auto* draft = dynamic_cast<const v1::CompanyDraft*>(&resource)) {
      Add(kDraft, draft->draft_id(), draft->revision(), record);
    } else if (const auto* product = dynamic_cast<const v1::Product*>(&resource)) {
      Add(kProduct, product->product_id(), product->revision(), record);
    } else if (const auto* access = dynamic_cast<const v1::Access*>(&resource)) {
      return Require("access", access->access_id(), record, storage::HasAccess);
    } else if (const auto* order_basis = dynamic_cast<const v1::OrderBasis*>(&resource)) {
      return Require("order basis", order_basis->order_basis_id(), record, storage::HasOrderBasis);
    }
    return absl::OkStatus();
  }

  void Add(const Kind& kind, const std::string& id, int64_t revision, const storage::RecordedRequest& record) {
    if (!IsOurs(id)) return;
    Recorded& recorded = recorded_[&kind][id];
    if (recorded.revisions.empty() || revision > *recorded.revisions.rbegin()) recorded.request_id = record.request_id;
    recorded.revisions.insert(revision);
    if (record.create_time >= recent_since_) {
      recorded.first_recent = std::min(recorded.first_recent.value_or(revision), revision);
    }
  }

  template <typename Has>
  absl::Status Require(const char* kind, const std::string& id, const storage::RecordedRequest& record, Has has) {
    if (!IsOurs(id)) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool found, has(tx_, id));
    if (!found) lost_changes_.push_back(Missing(kind, id, record.request_id));
    return absl::OkStatus();
  }

  // Merges what is stored with what is recorded, both in ascending order of ids.
  absl::Status Compare(const Kind& kind) {
    RecordedResources& recorded = recorded_[&kind];
    const Recorded nothing;
    auto next = recorded.begin();
    std::string after_id;
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, kind.list(tx_, after_id, kPageSize));
      for (const storage::Revision& stored : page) {
        for (; next != recorded.end() && next->first < stored.id; ++next) Miss(kind, *next);
        const bool is_recorded = next != recorded.end() && next->first == stored.id;
        if (IsOurs(stored.id)) CompareOne(kind, stored, is_recorded ? next->second : nothing);
        if (is_recorded) ++next;
      }
      if (page.empty()) break;
      after_id = page.back().id;
    }
    for (; next != recorded.end(); ++next) Miss(kind, *next);
    return absl::OkStatus();
  }

  void Miss(const Kind& kind, const RecordedResources::value_type& lost) {
    lost_changes_.push_back(Missing(kind.name, lost.first, lost.second.request_id));
  }

  void CompareOne(const Kind& kind, const storage::Revision& stored, const Recorded& recorded) {
    if (!recorded.revisions.empty() && *recorded.revisions.rbegin() > stored.revision) {
      lost_changes_.push_back(absl::StrCat(kind.name, " ", stored.id, ": is at revision ", stored.revision,
                                           ", but request ", recorded.request_id, " returned revision ",
                                           *recorded.revisions.rbegin()));
    }
    std::optional<int64_t> first = recorded.first_recent;
    if (kind.has_time_in_id && storage::TimeOfId(stored.id) >= recent_since_) first = 1;
    if (!first) return;
    // The drafts that an agreement's deletion discards are not in its response.
    const bool discarded = stored.discard_time && deletions_.count({stored.agreement_id, *stored.discard_time}) == 1;
    const int64_t last = discarded ? stored.revision - 1 : stored.revision;
    for (int64_t revision = *first; revision <= last; ++revision) {
      if (recorded.revisions.count(revision) == 1) continue;
      lost_records_.push_back(
          absl::StrCat(kind.name, " ", stored.id, ": no request is recorded for its revision ", revision));
    }
  }

  ReadTransaction& tx_;
  const size_t number_;
  const size_t count_;
  const VerifyRequestsOptions& options_;
  std::vector<std::string>& lost_changes_;
  std::vector<std::string>& lost_records_;
  absl::Time recent_since_;  // Every record since then exists and can be read.
  std::map<const Kind*, RecordedResources> recorded_;
  std::set<std::pair<std::string, absl::Time>> deletions_;  // Of agreements, and when.
};

}  // namespace

absl::Status VerifyRequests(storage::Database& database, const storage::Call& call, int64_t records,
                            const VerifyRequestsOptions& options) {
  const auto count = static_cast<size_t>(records / options.records_at_once + 1);
  for (size_t number = 0; number < count; ++number) {
    std::vector<std::string> lost_changes;
    std::vector<std::string> lost_records;
    const auto gone = database.ReadSnapshot(call, [&](ReadTransaction& tx) -> absl::StatusOr<bool> {
      lost_changes.clear();
      lost_records.clear();
      RETURN_IF_ERROR(RequestsVerifier(tx, number, count, options, lost_changes, lost_records).Run());
      return true;
    });
    RETURN_IF_ERROR(gone.status());
    for (const std::string& text : lost_changes) options.change_is_lost(text);
    for (const std::string& text : lost_records) options.record_is_lost(text);
  }
  return absl::OkStatus();
}

}  // namespace agreements
