#include "tests/consistency/caller.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "proto/errors.h"
#include "proto/status.h"

namespace agreements::testing {

using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

namespace {

const std::map<std::string, const MethodDescriptor*>& Methods() {
  static const auto* const kMethods = [] {
    auto* methods = new std::map<std::string, const MethodDescriptor*>;
    const auto* files = google::protobuf::DescriptorPool::generated_pool();
    for (const auto* message : {v1::GetAgreementRequest::descriptor(), v1::GetCompanyRequest::descriptor()}) {
      const auto* service = files->FindFileByName(message->file()->name())->service(0);
      for (int i = 0; i < service->method_count(); ++i) (*methods)[service->method(i)->name()] = service->method(i);
    }
    return methods;
  }();
  return *kMethods;
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

}  // namespace

std::vector<std::string> AllMethods() {
  std::vector<std::string> names;
  for (const auto& [name, method] : Methods()) names.push_back(name);
  return names;
}

std::shared_ptr<Message> NewRequest(const std::string& method, const std::string& fields) {
  std::shared_ptr<Message> request = NewMessage(Methods().at(method)->input_type());
  if (!google::protobuf::TextFormat::ParseFromString(fields, request.get())) {
    throw std::runtime_error(absl::StrCat("no request of ", method, ": ", fields));
  }
  return request;
}

void SetField(Message& request, const std::string& name, const std::string& value) {
  request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName(name), value);
}

void SetField(Message& request, const std::string& name, int64_t value) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  request.GetReflection()->SetInt32(&request, field, static_cast<int32_t>(value));
}

Call Caller::Send(const std::string& method, const std::shared_ptr<const Message>& request, int64_t operation) {
  Call call{.operation = operation != 0 ? operation : ++operations_,
            .method = method,
            .request = request,
            .begin = absl::Now(),
            .end = {},
            .reason = {},
            .message = {},
            .answers = {}};
  std::unique_ptr<Message> page(request->New());
  page->CopyFrom(*request);
  grpc::Status status;
  do {
    status = SendOnce(method, *page, call.answers);
    const std::string next = call.answers.empty() ? "" : Field(*call.answers.back().message, "next_page_token");
    if (!status.ok() || next.empty()) break;
    SetField(*page, "page_token", next);
  } while (true);
  call.end = absl::Now();
  call.code = status.error_code();
  call.message = status.error_message();
  const v1::ErrorReason reason = ReasonOf(FromGrpcStatus(status));
  if (reason != v1::ERROR_REASON_UNSPECIFIED) {
    call.reason = std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), "ERROR_REASON_"));
  }
  return call;
}

// As a stream, whatever the method: it has one message, or more.
grpc::Status Caller::SendOnce(const std::string& method, const Message& request, std::vector<Answer>& answers) {
  const MethodDescriptor& descriptor = *Methods().at(method);
  grpc::GenericStub stub(channels_[next_channel_++ % channels_.size()]);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout_));
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const absl::Time begin = absl::Now();
  const auto stream =
      stub.PrepareCall(&context, absl::StrCat("/", descriptor.service()->full_name(), "/", method), &queue);
  stream->StartCall(nullptr);
  std::vector<Answer> received;
  const std::string bytes = request.SerializeAsString();
  const grpc::Slice slice(bytes);
  if (wait()) {
    stream->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
    for (bool ok = wait(); ok;) {
      grpc::ByteBuffer buffer;
      stream->Read(&buffer, nullptr);
      ok = wait();
      grpc::Slice content;
      if (!ok || !buffer.DumpToSingleSlice(&content).ok()) break;
      auto message = NewMessage(descriptor.output_type());
      if (!message->ParseFromArray(content.begin(), static_cast<int>(content.size()))) break;
      received.push_back({.begin = begin, .end = absl::Now(), .message = std::move(message)});
    }
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  wait();
  // What a stream has said stands, even if it breaks. A single answer counts with its status only.
  if (status.ok() || descriptor.server_streaming()) answers.insert(answers.end(), received.begin(), received.end());
  return status;
}

std::shared_ptr<grpc::Channel> PlainChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);  // How long connecting may take.
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace agreements::testing
