#include "server/rpc/methods.h"

#include <deque>
#include <string>

#include "absl/strings/str_cat.h"

namespace agreements {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// A service whose methods become known at run time.
class BoundService : public grpc::Service {
 public:
  // `new_handler` makes the handler of the method, which stays valid.
  template <typename NewHandler>
  void AddHandler(const MethodDescriptor& descriptor, Metrics& metrics, const NewHandler& new_handler) {
    using grpc::internal::RpcMethod;
    const std::string& service = descriptor.service()->full_name();
    const bool is_stream = descriptor.server_streaming();
    const Method& method =
        methods_.emplace_back(Method{.path = absl::StrCat("/", service, "/", descriptor.name()),
                                     .metrics = &metrics.ForMethod(service, descriptor.name(), is_stream)});
    const auto type = is_stream ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
    AddMethod(new grpc::internal::RpcServiceMethod(method.path.c_str(), type, nullptr));
    MarkMethodRawCallback(static_cast<int>(methods_.size()) - 1, new_handler(method));
  }

 private:
  std::deque<Method> methods_;  // gRPC keeps pointers to their paths.
};

}  // namespace

void Methods::Add(const Descriptor& request, const Descriptor& response, bool is_stream, TaskKind kind,
                  NewHandler new_handler) {
  Binding& binding = bindings_[&request];
  binding.response = &response;
  binding.is_stream = is_stream;
  binding.kind = kind;
  ++binding.count;
  binding.new_handler = std::move(new_handler);
}

absl::Status Methods::Check(const ServiceDescriptor& service) const {
  std::string faults;
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    const auto found = bindings_.find(method.input_type());
    if (found == bindings_.end()) {
      absl::StrAppend(&faults, "; ", method.full_name(), " is bound to no operation");
      continue;
    }
    const Binding& binding = found->second;
    if (binding.count > 1) absl::StrAppend(&faults, "; ", method.full_name(), " is bound more than once");
    if (binding.response != method.output_type() || binding.is_stream != method.server_streaming()) {
      absl::StrAppend(&faults, "; ", method.full_name(), " is bound to an operation that does not fit it");
    }
  }
  return faults.empty() ? absl::OkStatus() : absl::InternalError(faults.substr(2));
}

TaskKind Methods::KindOf(const MethodDescriptor& method) const { return bindings_.at(method.input_type()).kind; }

std::unique_ptr<grpc::Service> Methods::ServiceOf(const ServiceDescriptor& service) const {
  auto bound = std::make_unique<BoundService>();
  for (int i = 0; i < service.method_count(); ++i) {
    const auto found = bindings_.find(service.method(i)->input_type());
    if (found == bindings_.end()) continue;
    bound->AddHandler(*service.method(i), surroundings_.metrics, found->second.new_handler);
  }
  return bound;
}

}  // namespace agreements
