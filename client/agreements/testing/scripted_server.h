// A server within the test, whose answers the test writes.
//
//   testing::ScriptedServer server;
//   server.Answer("GetAgreement", response);
//   server.Answer("MoveCompany", testing::Error(absl::StatusCode::kAborted, v1::ERROR_REASON_STALE_REVISION));
//   const AgreementClient client(*server.Connect());
#ifndef AGREEMENTS_TESTING_SCRIPTED_SERVER_H_
#define AGREEMENTS_TESTING_SCRIPTED_SERVER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agreements/connection.h"
#include "agreements/errors.h"
#include "agreements/options.h"
#include "agreements/v1/error_reason.pb.h"
#include "google/protobuf/message.h"

namespace agreements::testing {

// What an error carries beside its code and reason.
struct ErrorDetails {
  std::string message = "An error of a test.";
  std::string sentence = "En feil fra en test.";  // In Norwegian.
  std::map<std::string, std::string> metadata = {};
  std::vector<Violation> violations = {};
  std::optional<absl::Duration> retry_delay = {};
};

// An error as the service sends it.
absl::Status Error(absl::StatusCode code, v1::ErrorReason reason, const ErrorDetails& details = {});

// Speaks plain text on a free port of this machine. Methods are named as in "GetAgreement"; std::invalid_argument is
// thrown for one that neither service has. Thread-safe.
class ScriptedServer {
 public:
  ScriptedServer();
  // Ends calls that still run.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // "127.0.0.1:54321"
  std::string address() const;

  // A connection to it. Endpoint and insecure are set.
  absl::StatusOr<std::shared_ptr<const Connection>> Connect(ClientOptions options = {}) const;

  // The method's next call is answered so. Each answer is for one call, in the order in which they were given; a call
  // for which none is left is UNIMPLEMENTED. std::invalid_argument if it is not the method's response. An error with a
  // retry delay is sent with the metadata by which gRPC's own retries go, as the service does.
  void Answer(absl::string_view method, const google::protobuf::Message& response);
  void Answer(absl::string_view method, const absl::Status& error);

  // The same for a streaming method: these messages, and then the end or an error.
  template <typename Response>
  void AnswerStream(absl::string_view method, const std::vector<Response>& responses,
                    const absl::Status& end = absl::OkStatus()) {
    std::vector<const google::protobuf::Message*> messages;
    for (const Response& response : responses) messages.push_back(&response);
    Add(method, messages, end);
  }

  // What its health says, which decides whether connections give it calls. It begins as serving.
  void SetServing(bool is_serving);

  struct Received {
    std::string request;  // As bytes.
    std::multimap<std::string, std::string> metadata;
    absl::Time deadline;
  };

  // The method's calls until now, each time that one was sent.
  std::vector<Received> Calls(absl::string_view method) const;

  // Their requests.
  template <typename Request>
  std::vector<Request> Requests(absl::string_view method) const {
    std::vector<Request> requests;
    for (const Received& call : Calls(method)) requests.emplace_back().ParseFromString(call.request);
    return requests;
  }

 private:
  class Service;

  void Add(absl::string_view method, const std::vector<const google::protobuf::Message*>& responses,
           const absl::Status& end);

  std::unique_ptr<Service> service_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTING_SCRIPTED_SERVER_H_
