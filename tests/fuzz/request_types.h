// Every type of request of both services.
#ifndef AGREEMENTS_TESTS_FUZZ_REQUEST_TYPES_H_
#define AGREEMENTS_TESTS_FUZZ_REQUEST_TYPES_H_

#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace agreements::testing {

struct RequestType {
  const google::protobuf::Message* prototype;
  // Validate(), and ValidateItem() of each item. The first error.
  absl::Status (*validate)(google::protobuf::Message& request);
};

// In the order of their names. Ends the program if a method's request is missing.
const std::vector<RequestType>& RequestTypes();

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_FUZZ_REQUEST_TYPES_H_
