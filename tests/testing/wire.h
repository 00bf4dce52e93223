// The running service and its callers, for tests that go over the network.
#ifndef AGREEMENTS_TESTS_TESTING_WIRE_H_
#define AGREEMENTS_TESTS_TESTING_WIRE_H_

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "agreements/v1/company_service.grpc.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/rpc/server.h"
#include "tests/testing/service.h"

namespace agreements::testing {

using Agreements = v1::AgreementService::StubInterface;
using Companies = v1::CompanyService::StubInterface;

// Ids by the names that they have in texts of requests and errors: {"$agreement", "agr-..."}.
using Names = std::map<std::string, std::string>;

// Every method of both services.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

const google::protobuf::MethodDescriptor& MethodNamed(const std::string& name);

// "/agreements.v1.AgreementService/GetAgreement"
std::string PathOf(const google::protobuf::MethodDescriptor& method);

std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::MethodDescriptor& method);
std::unique_ptr<google::protobuf::Message> NewResponse(const google::protobuf::MethodDescriptor& method);

// A request with every string field set that succeeds on what Wire::Populate() has made.
std::unique_ptr<google::protobuf::Message> ValidRequest(const google::protobuf::MethodDescriptor& method,
                                                        const Names& names);

// An error with its details, as text, e.g.
// "NOT_FOUND AGREEMENT_NOT_FOUND agreement_id=agr-1jq2v8k5w0c3m7xz; ResourceInfo Agreement agr-1jq2v8k5w0c3m7xz".
// "OK" for no error, and just the code for an error that is not the service's.
std::string Describe(const absl::Status& status);

// The same with names instead of ids.
std::string Describe(const absl::Status& status, const Names& names);

// The status that a caller got, found to carry what every error must: see agreements/v1/error_reason.proto.
absl::Status Checked(const grpc::Status& status);

// Fills in text format, with names instead of ids.
void FillIn(const std::string& text, const Names& names, google::protobuf::Message& request);

// Counts, holds up and breaks statements by their names. Thread-safe.
class Statements {
 public:
  Statements();

  const storage::TestHooks* hooks() const { return &hooks_; }

  // How often the statement was begun.
  int Count(const std::string& name) const;
  // The server's error that the statement fails with from now on; 0: none.
  void Fail(const std::string& name, int error_number);
  // Replaces a part of the statement's text, on connections that have not executed it yet.
  void Edit(const std::string& name, const std::string& part, const std::string& replacement);
  // The statement waits from now on, until LetGo(). One that has waited so far goes on.
  void HoldUp(const std::string& name);
  // The same for its next execution only.
  void HoldUpOnce(const std::string& name);
  void WaitUntilHeldUp() const;
  void LetGo();

 private:
  int OnStatement(const storage::StatementEvent& event);

  storage::TestHooks hooks_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, int> counts_;
  std::map<std::string, int> errors_;
  std::map<std::string, std::pair<std::string, std::string>> edits_;
  std::string held_up_;
  bool holds_up_once_ = false;
  bool is_held_up_ = false;
};

// From where a call comes, and what it says beside the request.
struct Sender {
  std::shared_ptr<grpc::Channel> channel = nullptr;  // nullptr: the Wire's own.
  std::map<std::string, std::string> metadata = {};
};

struct WireOptions {
  int workers = 16;
  size_t max_queue = 1024;
  absl::Duration queue_target = absl::InfiniteDuration();  // Calls may wait.
  absl::Duration max_call = absl::Seconds(30);
  absl::Duration unreachable_after = absl::Seconds(5);
  absl::Duration row_wait = absl::Seconds(5);
  absl::Duration max_statement = absl::Seconds(6);
  // How callers are let in, and how this one comes in.
  std::optional<AccessOptions> access = {};
  CallLog* call_log = nullptr;
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
};

// A server, whose calls come over the network. Thread-safe.
class Wire : public Service {
 public:
  explicit Wire(const WireOptions& options = {}, const storage::TestHooks* hooks = nullptr);

  // Through the generated stub: Call(&Agreements::GetAgreement, request).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const std::type_identity_t<Request>& request,
                                absl::Duration timeout = absl::Seconds(30)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    Response response;
    const absl::Status status = Checked((StubFor<Stub>().*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // The same with the request in text format: Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", names).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const std::string& text, const Names& names,
                                absl::Duration timeout = absl::Seconds(30)) {
    Request request;
    request.set_account_id(names.at("$account"));
    FillIn(text, names, request);
    return Call(method, request, timeout);
  }

  // Any bytes to any method, and the bytes of its response, or of all messages of its stream, one after the other: as a
  // message, those are merged.
  absl::StatusOr<std::string> CallBytes(const std::string& path, const std::string& request,
                                        absl::Duration timeout = absl::Seconds(30), const Sender& sender = {});

  // A message to a method that is known by its descriptor, and the bytes of its response.
  absl::StatusOr<std::string> CallMethod(const google::protobuf::MethodDescriptor& method,
                                         const google::protobuf::Message& request, const Sender& sender = {}) {
    return CallBytes(PathOf(method), request.SerializeAsString(), absl::Seconds(30), sender);
  }

  // The error of the call or, if it has results by the item, of the first item.
  absl::Status Answer(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request);

  // Makes in an account, and names: $agreement, which holds $company, $deleted_company, $draft (complete),
  // $nameless_draft, $completed_draft (which has become $drafted_company) and $discarded_draft; $other and $empty, both
  // agreements without anything; and $deleted, a deleted one. $nowhere is an agreement that does not exist,
  // $no_company, $no_draft, $no_access and $no_order_basis likewise.
  //
  // On 10 November 2026: the products $license and $scan, which is priced by the piece; $billed, an agreement with a
  // customer number, which holds $billed_company; there user-1 has $access, and `invited` $invitation. Since the
  // 12th, which is today: $order_basis of the 10th, with a licence line and the transaction tx-settled, and tx-open,
  // which is in none. A preview of the 11th has $digest.
  Names Populate(const std::string& account_id);

  // All rows, requests included.
  std::string Rows();

  // As SIGTERM does: takes no more calls, and returns when each that was taken has its answer.
  void Stop() { server_->Shutdown(); }

  const std::string& address() const { return server_->address(); }
  Server& server() { return *server_; }
  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  Agreements& agreements() { return *agreements_; }

 private:
  absl::Status Send(const google::protobuf::Message& request, google::protobuf::Message& response,
                    absl::FunctionRef<absl::Status()> here) override;

  void PopulateBilling(Names& names);

  template <typename Stub>
  Stub& StubFor() {
    if constexpr (std::is_same_v<Stub, Agreements>) {
      return *agreements_;
    } else {
      return *companies_;
    }
  }

  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Agreements> agreements_;
  std::unique_ptr<Companies> companies_;
};

// Tests that share a server: each suite has one.
class WireTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { wire_ = new Wire; }
  static void TearDownTestSuite() {
    delete wire_;
    wire_ = nullptr;
  }

  // A populated account of the test's own.
  static Names NewAccount() { return wire_->Populate(absl::StrCat("acct-", ++accounts_)); }

  inline static Wire* wire_ = nullptr;

 private:
  inline static int accounts_ = 0;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_WIRE_H_
