// Tells a story in calls: each is printed with what it is for and its answer, and must turn out as the story says.
#ifndef AGREEMENTS_CLIENT_WALKTHROUGH_WALKTHROUGH_H_
#define AGREEMENTS_CLIENT_WALKTHROUGH_WALKTHROUGH_H_

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "agreements/v1/company_service.grpc.pb.h"
#include "agreements/v1/error_reason.pb.h"

namespace agreements {

// A line that an order basis must have.
struct ExpectedLine {
  std::string product_id;
  std::string amount;  // "218.32"
  std::string why;     // In words.
};

// The calls of one story, in an account of its own. A step that goes another way than told ends the program with a
// failure: those after it would not make sense. Not thread-safe.
class Walkthrough {
 public:
  using Agreements = v1::AgreementService::Stub;
  using Companies = v1::CompanyService::Stub;
  template <typename Stub, typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);
  template <typename Stub, typename Request, typename Response>
  using StreamMethod = std::unique_ptr<grpc::ClientReader<Response>> (Stub::*)(grpc::ClientContext*, const Request&);

  // The server must have the same --clock_file; "" if it has none: then the story cannot set the time.
  Walkthrough(const std::shared_ptr<grpc::Channel>& channel, std::string clock_file);
  Walkthrough(const Walkthrough&) = delete;
  Walkthrough& operator=(const Walkthrough&) = delete;
  ~Walkthrough();  // Takes the server back to the present.

  template <typename Request>
  Request New() const {
    Request request;
    request.set_account_id(account_id_);
    return request;
  }

  // A call that must succeed.
  template <typename Stub, typename Request, typename Response>
  Response Call(absl::string_view story, Method<Stub, Request, Response> method, const Request& request) {
    Response response;
    grpc::ClientContext context;
    Begin(story, request, context);
    const grpc::Status status = (StubOf<Stub>().*method)(&context, request, &response);
    if (!status.ok()) Fail(status.error_message());
    PrintAnswer(response);
    std::cout << "\n";
    return response;
  }

  // A call that must be refused for this reason.
  template <typename Stub, typename Request, typename Response>
  void Refused(absl::string_view story, Method<Stub, Request, Response> method, const Request& request,
               v1::ErrorReason reason) {
    Response response;
    grpc::ClientContext context;
    Begin(story, request, context);
    PrintRefusal((StubOf<Stub>().*method)(&context, request, &response), reason);
  }

  // A stream that must come to its end: all its messages.
  template <typename Stub, typename Request, typename Response>
  std::vector<Response> Stream(absl::string_view story, StreamMethod<Stub, Request, Response> method,
                               const Request& request) {
    grpc::ClientContext context;
    Begin(story, request, context);
    const auto reader = (StubOf<Stub>().*method)(&context, request);
    std::vector<Response> messages;
    for (Response message; reader->Read(&message); message.Clear()) {
      PrintAnswer(message);
      messages.push_back(message);
    }
    if (const grpc::Status status = reader->Finish(); !status.ok()) Fail(status.error_message());
    std::cout << "\n";
    return messages;
  }

  void Chapter(absl::string_view title) const;
  void Say(absl::string_view text) const;

  // Fails unless it is so; `what` says what should be.
  void Expect(bool holds, absl::string_view what) const;

  // Prints what is charged and why, and fails unless it is what the order basis says.
  void ExpectCharges(const v1::OrderBasis& order_basis, const std::vector<ExpectedLine>& lines,
                     absl::string_view total) const;

  bool has_clock() const { return !clock_file_.empty(); }
  // From here on the server takes this for the present: a time of the day in Oslo. REQUIRES: has_clock().
  void SetClock(absl::CivilMinute time);
  // The server's clock is the real one again.
  void ReturnToPresent();
  // What the server takes for the present.
  absl::Time Now() const;
  absl::TimeZone time_zone() const { return time_zone_; }

 private:
  template <typename Stub>
  Stub& StubOf() const {
    if constexpr (std::is_same_v<Stub, Agreements>) {
      return *agreements_;
    } else {
      return *companies_;
    }
  }

  [[noreturn]] void Fail(absl::string_view reason) const;
  void Begin(absl::string_view story, const google::protobuf::Message& request, grpc::ClientContext& context);
  static void PrintAnswer(const google::protobuf::Message& response);
  void PrintRefusal(const grpc::Status& status, v1::ErrorReason reason) const;
  void RemoveClockFile() const;

  const std::unique_ptr<Agreements> agreements_;
  const std::unique_ptr<Companies> companies_;
  const std::string account_id_;  // A fresh one each run, so that runs do not meet.
  const std::string clock_file_;
  absl::TimeZone time_zone_;
  absl::Time clock_ = absl::InfinitePast();  // None is set.
  int steps_ = 0;
};

}  // namespace agreements

#endif  // AGREEMENTS_CLIENT_WALKTHROUGH_WALKTHROUGH_H_
