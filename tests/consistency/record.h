// What callers of the service have sent, and what came back.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_RECORD_H_
#define AGREEMENTS_TESTS_CONSISTENCY_RECORD_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace agreements::testing {

// A message that came back, and when the call that brought it was made and ended: a page of a list has times of its
// own, one of a stream those of the stream.
struct Answer {
  absl::Time begin;
  absl::Time end;
  std::shared_ptr<const google::protobuf::Message> message;
};

// What a caller knows of a call from its code.
enum class Outcome { kDone, kRefused, kUnknown };

struct Call {
  int64_t operation = 0;  // A number, the same for a call and its repetitions, which have the same request.
  std::string method;     // "MoveCompany"
  std::shared_ptr<const google::protobuf::Message> request;
  absl::Time begin;
  absl::Time end;
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string reason;           // "AGREEMENT_DELETED"; empty of a success, and of an error that is not the service's.
  std::string message;          // Of an error.
  std::vector<Answer> answers;  // The pages of a list, from the first one on; the messages of a stream.

  Outcome outcome() const;
};

// What one run has left behind.
struct Record {
  std::vector<Call> calls;  // Under load, and repetitions of those whose outcome was unknown.
  std::vector<Call> last;   // Reads of all that is stored, when nothing else was going on.
};

// Collects calls. Thread-safe.
class Recorder {
 public:
  void Add(Call call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  std::vector<Call> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(calls_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Call> calls_;
};

bool HasField(const google::protobuf::Message& message, const std::string& name);

// A field of a message by its name, as text; empty if it is not there or not set.
std::string Field(const google::protobuf::Message& message, const std::string& name);

// Every message within a message, and itself.
void Walk(const google::protobuf::Message& message, const std::function<void(const google::protobuf::Message&)>& visit);

// Whether a request asks for a change: not for a check of one, nor for a read.
bool IsChange(const Call& call);

// Whether a repeated call is answered as the first one was.
bool HasRequestId(const Call& call);

// "MoveCompany company_id: ... : OK", to find a call in a report.
std::string TextOf(const Call& call);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_RECORD_H_
