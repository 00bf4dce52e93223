#include "agreements/testing/scripted_server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "google/protobuf/descriptor.h"
#include "proto/make_error.h"
#include "proto/status.h"

namespace agreements::testing {
namespace {

struct Script {
  std::vector<std::string> responses;
  absl::Status end;
};

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

std::array<const google::protobuf::ServiceDescriptor*, 2> Services() {
  return {v1::GetAgreementRequest::descriptor()->file()->service(0),
          v1::GetCompanyRequest::descriptor()->file()->service(0)};
}

const google::protobuf::MethodDescriptor& MethodNamed(absl::string_view name) {
  for (const auto* service : Services()) {
    const auto* method = service->FindMethodByName(std::string(name));
    if (method != nullptr) return *method;
  }
  throw std::invalid_argument(absl::StrCat("the services have no method ", name));
}

// Reads the request, writes the script's responses, and ends.
class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  using TakeScript = std::function<Script(std::string request)>;

  Reactor(grpc::GenericCallbackServerContext& context, TakeScript take_script)
      : context_(context), take_script_(std::move(take_script)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no request came"));
      return;
    }
    script_ = take_script_(BytesOf(request_));
    GoOn();
  }
  void OnWriteDone(bool /*ok*/) override { GoOn(); }
  void OnDone() override { delete this; }

 private:
  void GoOn() {
    if (written_ < script_.responses.size()) {
      response_ = BufferOf(script_.responses[written_++]);
      StartWrite(&response_);
      return;
    }
    if (const auto delay = RetryDelayOf(script_.end)) {
      context_.AddTrailingMetadata("grpc-retry-pushback-ms", absl::StrCat(absl::ToInt64Milliseconds(*delay)));
    }
    Finish(ToGrpcStatus(script_.end));
  }

  grpc::GenericCallbackServerContext& context_;
  const TakeScript take_script_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  Script script_;
  size_t written_ = 0;
};

}  // namespace

absl::Status Error(absl::StatusCode code, v1::ErrorReason reason, const ErrorDetails& details) {
  const Metadata metadata(details.metadata.begin(), details.metadata.end());
  absl::Status status;
  if (details.violations.empty()) {
    status = MakeError(code, reason, details.message, details.sentence, metadata);
  } else {
    std::vector<FieldViolation> violations;
    for (const Violation& violation : details.violations) {
      violations.push_back({.field = violation.field, .description = violation.description, .sentence = ""});
    }
    status = MakeInvalid(reason, details.message, details.sentence, violations, metadata);
  }
  return details.retry_delay ? WithRetryDelay(status, *details.retry_delay) : status;
}

class ScriptedServer::Service final : public grpc::CallbackGenericService {
 public:
  Service() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    // Connections ask for it. The setting is the process's.
    const bool had_health = grpc::DefaultHealthCheckServiceEnabled();
    grpc::EnableDefaultHealthCheckService(true);
    server_ = builder.BuildAndStart();
    grpc::EnableDefaultHealthCheckService(had_health);
    if (server_ == nullptr || port_ == 0) throw std::runtime_error("no port is free on 127.0.0.1");
    SetServing(true);
  }
  ~Service() override { server_->Shutdown(std::chrono::system_clock::now()); }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  int port() const { return port_; }

  void SetServing(bool is_serving) {
    for (const auto* service : Services()) {
      server_->GetHealthCheckService()->SetServingStatus(service->full_name(), is_serving);
    }
  }

  void Add(const std::string& method, Script script) {
    const std::lock_guard lock(mutex_);
    scripts_[method].push_back(std::move(script));
  }

  std::vector<Received> Calls(const std::string& method) const {
    const std::lock_guard lock(mutex_);
    const auto calls = calls_.find(method);
    return calls == calls_.end() ? std::vector<Received>() : calls->second;
  }

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    // "/agreements.v1.AgreementService/GetAgreement"
    const std::string method = context->method().substr(context->method().rfind('/') + 1);
    return new Reactor(*context, [this, context, method](std::string request) {
      Received call;
      call.request = std::move(request);
      for (const auto& [key, value] : context->client_metadata()) {
        call.metadata.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
      }
      call.deadline = absl::FromChrono(context->deadline());
      const std::lock_guard lock(mutex_);
      calls_[method].push_back(std::move(call));
      std::deque<Script>& scripts = scripts_[method];
      if (scripts.empty()) return Script{{}, absl::UnimplementedError(absl::StrCat("no answer is left for ", method))};
      Script script = std::move(scripts.front());
      scripts.pop_front();
      return script;
    });
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Script>> scripts_;
  std::map<std::string, std::vector<Received>> calls_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

ScriptedServer::ScriptedServer() : service_(std::make_unique<Service>()) {}

ScriptedServer::~ScriptedServer() = default;

std::string ScriptedServer::address() const { return absl::StrCat("127.0.0.1:", service_->port()); }

absl::StatusOr<std::shared_ptr<const Connection>> ScriptedServer::Connect(ClientOptions options) const {
  options.endpoint = address();
  options.insecure = true;
  return Connection::Open(options);
}

void ScriptedServer::Answer(absl::string_view method, const google::protobuf::Message& response) {
  Add(method, {&response}, absl::OkStatus());
}

void ScriptedServer::Answer(absl::string_view method, const absl::Status& error) { Add(method, {}, error); }

void ScriptedServer::Add(absl::string_view method, const std::vector<const google::protobuf::Message*>& responses,
                         const absl::Status& end) {
  const google::protobuf::MethodDescriptor& descriptor = MethodNamed(method);
  if (!descriptor.server_streaming() && (responses.size() == 1) != end.ok()) {
    throw std::invalid_argument(absl::StrCat(method, " answers with one response, or an error"));
  }
  Script script{{}, end};
  for (const google::protobuf::Message* response : responses) {
    if (response->GetDescriptor()->full_name() != descriptor.output_type()->full_name()) {
      throw std::invalid_argument(absl::StrCat(method, " answers with ", descriptor.output_type()->full_name(),
                                               ", not ", response->GetDescriptor()->full_name()));
    }
    script.responses.push_back(response->SerializeAsString());
  }
  service_->Add(descriptor.name(), std::move(script));
}

void ScriptedServer::SetServing(bool is_serving) { service_->SetServing(is_serving); }

std::vector<ScriptedServer::Received> ScriptedServer::Calls(absl::string_view method) const {
  return service_->Calls(MethodNamed(method).name());
}

}  // namespace agreements::testing
