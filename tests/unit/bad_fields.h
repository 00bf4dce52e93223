// Requests to validate, in text format.
#ifndef AGREEMENTS_TESTS_UNIT_BAD_FIELDS_H_
#define AGREEMENTS_TESTS_UNIT_BAD_FIELDS_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/text_format.h"
#include "proto/errors.h"
#include "server/requests/validate.h"

namespace agreements {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// A request of the account acct-1.
template <typename Request>
Request Of(const std::string& text = "") {
  return Parse<Request>("account_id: 'acct-1' " + text);
}

// The fields that are refused, as "from_day, until_day"; "" is good.
inline std::string BadFields(const absl::Status& status) {
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request) return status.ok() ? "" : status.ToString();
  return absl::StrJoin(bad_request->field_violations(), ", ",
                       [](std::string* out, const auto& violation) { out->append(violation.field()); });
}

template <typename Request>
std::string BadFields(const std::string& text = "") {
  auto request = Of<Request>(text);
  return BadFields(Validate(request));
}

}  // namespace agreements

#endif  // AGREEMENTS_TESTS_UNIT_BAD_FIELDS_H_
