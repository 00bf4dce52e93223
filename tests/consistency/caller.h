// Calls any method of the service by its name, and records what came back.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_CALLER_H_
#define AGREEMENTS_TESTS_CONSISTENCY_CALLER_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "tests/consistency/record.h"

namespace agreements::testing {

// The names of all methods of both services.
std::vector<std::string> AllMethods();

// A request of a method, from its fields in protobuf's text format: NewRequest("GetCompany", "company_id: 'cmp-...'").
// Throws if they do not fit.
std::shared_ptr<google::protobuf::Message> NewRequest(const std::string& method, const std::string& fields);

void SetField(google::protobuf::Message& request, const std::string& name, const std::string& value);
void SetField(google::protobuf::Message& request, const std::string& name, int64_t value);

// Thread-safe.
class Caller {
 public:
  // Each call goes to the next of the channels. Without retries of their own, so that each outcome is seen.
  Caller(std::vector<std::shared_ptr<grpc::Channel>> channels, absl::Duration timeout)
      : channels_(std::move(channels)), timeout_(timeout) {}

  // Makes a call: of a list, reads page after page. `operation` is the number of the call that it repeats, or 0.
  Call Send(const std::string& method, const std::shared_ptr<const google::protobuf::Message>& request,
            int64_t operation = 0);

 private:
  grpc::Status SendOnce(const std::string& method, const google::protobuf::Message& request,
                        std::vector<Answer>& answers);

  const std::vector<std::shared_ptr<grpc::Channel>> channels_;
  const absl::Duration timeout_;
  std::atomic<size_t> next_channel_ = 0;
  std::atomic<int64_t> operations_ = 0;
};

// To one address, without retries, and back at once when the server is.
std::shared_ptr<grpc::Channel> PlainChannel(const std::string& address);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_CALLER_H_
