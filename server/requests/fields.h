// The formats of fields that requests have in common. Pure.
#ifndef AGREEMENTS_SERVER_REQUESTS_FIELDS_H_
#define AGREEMENTS_SERVER_REQUESTS_FIELDS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/product.pb.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/errors.h"
#include "server/requests/limits.h"

namespace agreements {

// Checks fields and gathers the violations. Functions that take a std::string& remove white space at its ends.
class Fields {
 public:
  // Those that many requests have: account_id, request_id, revision, page_size.
  template <typename Request>
  Fields& Common(const Request& request) {
    AccountId("account_id", request.account_id());
    if constexpr (requires { request.request_id(); }) {
      if (!request.request_id().empty()) {
        CallersId("request_id", request.request_id(), "Forespørsels-ID-en er ikke gyldig.");
      }
    }
    if constexpr (requires { request.has_revision(); }) {
      if (request.has_revision()) {
        Check(request.revision() >= 1, "revision", "must be at least 1", "Revisjonsnummeret er ikke gyldig.");
      }
    }
    if constexpr (requires { request.page_size(); }) {
      Check(request.page_size() >= 0 && request.page_size() <= kMaxPageSize, "page_size",
            absl::StrCat("must be 0 to ", kMaxPageSize), "Sidestørrelsen er ikke gyldig.");
    }
    return *this;
  }

  Fields& Check(bool valid, absl::string_view field, absl::string_view description, absl::string_view sentence);

  // A server-made id, e.g. "agr-1jq2v8k5w0c3m7xz".
  Fields& Id(absl::string_view field, absl::string_view id, absl::string_view prefix);
  Fields& OptionalId(absl::string_view field, absl::string_view id, absl::string_view prefix);
  // 1 to 100, all different.
  Fields& Ids(absl::string_view field, const google::protobuf::RepeatedPtrField<std::string>& ids,
              absl::string_view prefix);

  // Ids that come from the caller.
  Fields& AccountId(absl::string_view field, absl::string_view id);
  Fields& UserId(absl::string_view field, absl::string_view id);
  Fields& OptionalUserId(absl::string_view field, absl::string_view id);
  Fields& ProductId(absl::string_view field, absl::string_view id);
  Fields& OptionalProductId(absl::string_view field, absl::string_view id);
  // 1 to 100, all different.
  Fields& ProductIds(absl::string_view field, const google::protobuf::RepeatedPtrField<std::string>& ids);
  Fields& TransactionId(absl::string_view field, absl::string_view id);

  // A1: 1 to 200 code points, without controls and what changes the direction of text; one of them can be seen.
  Fields& Name(absl::string_view field, std::string& name);
  Fields& OptionalName(absl::string_view field, std::string& name);
  // A part of a name to search for, untrimmed: at most 200 code points, without controls.
  Fields& Text(absl::string_view field, absl::string_view text);

  Fields& CustomerNumber(absl::string_view field, std::string& number);
  // C1: also removes spaces between the digits.
  Fields& OrganizationNumber(absl::string_view field, std::string& number);

  // LICENSE or TRANSACTION.
  Fields& Kind(absl::string_view field, v1::ProductKind kind);
  Fields& UnitPrice(absl::string_view field, absl::string_view price);
  Fields& Quantity(absl::string_view field, int64_t quantity);

  // ISO 8601, "2026-11-01", of the years 2000 to 2999.
  Fields& Day(absl::string_view field, absl::string_view day);
  Fields& OptionalDay(absl::string_view field, absl::string_view day);
  // The optional from_day and until_day of `request`, which must be in this order.
  template <typename Request>
  Fields& OptionalDays(const Request& request) {
    return OptionalDay("from_day", request.from_day())
        .OptionalDay("until_day", request.until_day())
        .DaysInOrder(request.from_day(), request.until_day());
  }
  // No violation if either is missing or malformed.
  Fields& DaysInOrder(absl::string_view from_day, absl::string_view until_day);

  // As google.protobuf.Timestamp defines it.
  Fields& Time(absl::string_view field, const google::protobuf::Timestamp& time);
  // The optional from_create_time and until_create_time of `request`, which must be in this order.
  template <typename Request>
  Fields& OptionalCreateTimes(const Request& request) {
    const auto& from = request.from_create_time();
    const auto& until = request.until_create_time();
    if (request.has_from_create_time()) Time("from_create_time", from);
    if (request.has_until_create_time()) Time("until_create_time", until);
    if (!request.has_from_create_time() || !request.has_until_create_time()) return *this;
    return Check(std::make_pair(from.seconds(), from.nanos()) < std::make_pair(until.seconds(), until.nanos()),
                 "until_create_time", "must be later than from_create_time",
                 "Perioden må slutte etter at den begynner.");
  }

  // The identity of a caller or of an end user: at most 255 printable ASCII characters.
  Fields& OptionalIdentity(absl::string_view field, absl::string_view identity);
  // Of an RPC: letters.
  Fields& OptionalMethod(absl::string_view field, absl::string_view method);

  // 1 to `max` items of a list.
  Fields& Count(absl::string_view field, int count, int max);

  absl::Status status() const { return violations_.empty() ? absl::OkStatus() : FieldsInvalid(violations_); }

 private:
  Fields& CallersId(absl::string_view field, absl::string_view id, absl::string_view sentence);

  std::vector<FieldViolation> violations_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_FIELDS_H_
