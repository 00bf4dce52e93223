#include "client/cli/call.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "agreements/errors.h"
#include "proto/status.h"

namespace agreements::cli {
namespace {

using google::protobuf::Message;

grpc::ByteBuffer ToBytes(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

bool Parse(const grpc::ByteBuffer& bytes, Message& message) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return false;
  std::string text;
  for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return message.ParseFromString(text);
}

// One call, one step at a time.
class Exchange {
 public:
  Exchange(const Connection& connection, grpc::ClientContext& context, const std::string& path)
      : stub_(connection.channel()), call_(stub_.PrepareCall(&context, path, &queue_)) {}

  void Send(const Message& request) {
    call_->StartCall(this);
    if (!Done()) return;
    call_->WriteLast(ToBytes(request), grpc::WriteOptions(), this);
    Done();
  }

  // False when there is nothing more.
  bool Read(grpc::ByteBuffer& response) {
    call_->Read(&response, this);
    return Done();
  }

  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Done();
    return status;
  }

 private:
  // Waits for the step, and tells whether it went well.
  bool Done() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace

absl::Status Caller::Call(const Command& command, const Message& request,
                          const std::function<absl::Status(const Message&)>& on_response) const {
  const google::protobuf::MethodDescriptor* method = command.method;
  const ClientOptions& options = connection_->options();
  grpc::ClientContext context;
  CallOptions call_options;
  call_options.actor = actor_;
  Prepare(context, call_options, command.is_long() ? options.timeouts.long_call : options.timeouts.call);
  Exchange exchange(*connection_, context,
                    absl::StrCat("/", std::string(method->service()->full_name()), "/", std::string(method->name())));
  exchange.Send(request);
  absl::Status refusal;
  for (grpc::ByteBuffer bytes; exchange.Read(bytes); bytes.Clear()) {
    const std::unique_ptr<Message> response = api_.New(method->output_type());
    if (!refusal.ok()) continue;  // Cancelled: what was on its way is dropped.
    refusal = Parse(bytes, *response) ? on_response(*response)
                                      : absl::InternalError("an answer that cannot be read as the API describes it");
    if (!refusal.ok()) context.TryCancel();
  }
  absl::Status status = FromGrpcStatus(exchange.Finish());
  if (!refusal.ok()) return refusal;
  if (absl::IsUnavailable(status) && ReasonOf(status) == v1::ERROR_REASON_UNSPECIFIED) {
    return absl::UnavailableError(
        absl::StrCat("the service cannot be reached at ", options.endpoint, ": ", status.message()));
  }
  return status;
}

}  // namespace agreements::cli
