#include "tests/testing/wire.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/status.pb.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "tests/testing/test_context.h"

namespace agreements::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kMaxDetailsSize = 4096;

std::unique_ptr<Message> NewMessage(const Descriptor* descriptor) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

bool HasCode(const absl::Status& status, std::initializer_list<absl::StatusCode> codes) {
  return std::find(codes.begin(), codes.end(), status.code()) != codes.end();
}

// What error_reason.proto and api.md promise of every error.
void CheckDetails(const absl::Status& status, const std::string& details) {
  using Code = absl::StatusCode;
  google::rpc::Status decoded;
  ASSERT_TRUE(decoded.ParseFromString(details)) << status;
  EXPECT_EQ(decoded.code(), status.raw_code());
  EXPECT_EQ(decoded.message(), status.message());
  EXPECT_LT(details.size(), kMaxDetailsSize) << status;
  EXPECT_NE(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED) << status;
  const auto sentence = DetailOf<google::rpc::LocalizedMessage>(status);
  ASSERT_TRUE(sentence) << status;
  EXPECT_EQ(sentence->locale(), "nb-NO");
  EXPECT_FALSE(sentence->message().empty()) << status;
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).has_value(), HasCode(status, {Code::kInvalidArgument})) << status;
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(status).has_value(),
            HasCode(status, {Code::kFailedPrecondition}))
      << status;
  EXPECT_EQ(DetailOf<google::rpc::ResourceInfo>(status).has_value(),
            HasCode(status, {Code::kNotFound, Code::kAlreadyExists}))
      << status;
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  EXPECT_EQ(retry.has_value(), HasCode(status, {Code::kResourceExhausted, Code::kUnavailable})) << status;
  EXPECT_TRUE(!retry || RetryDelayOf(status) > absl::ZeroDuration());
}

}  // namespace

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* name : {v1::AgreementService::service_full_name(), v1::CompanyService::service_full_name()}) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

const MethodDescriptor& MethodNamed(const std::string& name) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->name() == name) return *method;
  }
  throw std::runtime_error("no method " + name);
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

std::unique_ptr<Message> NewRequest(const MethodDescriptor& method) { return NewMessage(method.input_type()); }

std::unique_ptr<Message> NewResponse(const MethodDescriptor& method) { return NewMessage(method.output_type()); }

std::string Describe(const absl::Status& status) {
  std::string text = absl::StatusCodeToString(status.code());
  if (const auto info = DetailOf<google::rpc::ErrorInfo>(status)) {
    absl::StrAppend(&text, " ", info->reason());
    const std::map<std::string, std::string> metadata(info->metadata().begin(), info->metadata().end());
    for (const auto& [key, value] : metadata) absl::StrAppend(&text, " ", key, "=", value);
  }
  if (const auto bad_request = DetailOf<google::rpc::BadRequest>(status)) {
    const auto field = [](std::string* out, const auto& violation) { absl::StrAppend(out, violation.field()); };
    absl::StrAppend(&text, "; BadRequest ", absl::StrJoin(bad_request->field_violations(), ",", field));
  }
  if (const auto failure = DetailOf<google::rpc::PreconditionFailure>(status)) {
    for (const auto& violation : failure->violations()) {
      absl::StrAppend(&text, "; PreconditionFailure ", violation.type(), " ", violation.subject());
    }
  }
  if (const auto resource = DetailOf<google::rpc::ResourceInfo>(status)) {
    absl::StrAppend(&text, "; ResourceInfo ", resource->resource_type(), " ", resource->resource_name());
  }
  if (DetailOf<google::rpc::RetryInfo>(status)) absl::StrAppend(&text, "; RetryInfo");
  return text;
}

std::string Describe(const absl::Status& status, const Names& names) {
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [name, id] : names) replacements.emplace_back(id, name);
  return absl::StrReplaceAll(Describe(status), replacements);
}

absl::Status Checked(const grpc::Status& status) {
  absl::Status result = FromGrpcStatus(status);
  // gRPC's own errors have none.
  if (!status.error_details().empty()) CheckDetails(result, status.error_details());
  return result;
}

void FillIn(const std::string& text, const Names& names, Message& request) {
  if (!google::protobuf::TextFormat::MergeFromString(absl::StrReplaceAll(text, names), &request)) {
    throw std::runtime_error(absl::StrCat("no ", request.GetTypeName(), ": ", text));
  }
}

Statements::Statements() {
  hooks_.on_statement = [this](const storage::StatementEvent& event) { return OnStatement(event); };
  hooks_.rewrite = [this](const storage::Statement& statement) {
    const std::lock_guard lock(mutex_);
    const auto found = edits_.find(statement.name());
    return found == edits_.end() ? statement.sql() : absl::StrReplaceAll(statement.sql(), {found->second});
  };
}

int Statements::Count(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

void Statements::Fail(const std::string& name, int error_number) {
  const std::lock_guard lock(mutex_);
  errors_[name] = error_number;
}

void Statements::Edit(const std::string& name, const std::string& part, const std::string& replacement) {
  const std::lock_guard lock(mutex_);
  edits_[name] = {part, replacement};
}

void Statements::HoldUp(const std::string& name) {
  const std::lock_guard lock(mutex_);
  held_up_ = name;
  is_held_up_ = false;
  changed_.notify_all();
}

void Statements::HoldUpOnce(const std::string& name) {
  const std::lock_guard lock(mutex_);
  held_up_ = name;
  holds_up_once_ = true;
}

void Statements::WaitUntilHeldUp() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_held_up_; });
}

void Statements::LetGo() {
  const std::lock_guard lock(mutex_);
  held_up_.clear();
  holds_up_once_ = false;
  is_held_up_ = false;
  changed_.notify_all();
}

int Statements::OnStatement(const storage::StatementEvent& event) {
  if (event.phase != storage::StatementEvent::Phase::kBefore) return 0;
  const std::string name(event.name);
  std::unique_lock lock(mutex_);
  ++counts_[name];
  if (name == held_up_ && !(holds_up_once_ && is_held_up_)) {
    is_held_up_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return held_up_ != name; });
  }
  const auto found = errors_.find(name);
  return found == errors_.end() ? 0 : found->second;
}

Wire::Wire(const WireOptions& options, const storage::TestHooks* hooks) : Service(hooks) {
  // For the whole process: gRPC's shutdown, with the last object of it, now and then waits 10 seconds for a connection
  // that has carried a refused message.
  static const bool initialized = (grpc_init(), true);
  static_cast<void>(initialized);
  // It prints each invalid UTF-8 that a test sends.
  google::protobuf::SetLogHandler(nullptr);
  storage::DatabaseOptions database_options = test_database().options();
  database_options.max_call = options.max_call;
  database_options.unreachable_after = options.unreachable_after;
  database_options.row_wait = options.row_wait;
  database_options.max_statement = options.max_statement;
  database_ = std::make_unique<storage::Database>(database_options, test_database().ids(), absl::Now);
  server_ = Server::Start(
                {.access = options.access,
                 .queue = {.workers = options.workers, .max_queue = options.max_queue, .target = options.queue_target},
                 .call_log = options.call_log},
                *database_, TestContext(clock()))
                .value();
  channel_ = grpc::CreateChannel(server_->address(), options.credentials);
  agreements_ = v1::AgreementService::NewStub(channel_);
  companies_ = v1::CompanyService::NewStub(channel_);
}

absl::StatusOr<std::string> Wire::CallBytes(const std::string& path, const std::string& request, absl::Duration timeout,
                                            const Sender& sender) {
  grpc::GenericStub stub(sender.channel == nullptr ? channel_ : sender.channel);
  grpc::ClientContext context;
  for (const auto& [key, value] : sender.metadata) context.AddMetadata(key, value);
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  grpc::CompletionQueue queue;
  const auto finished = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  // As a stream, which a single response is, too.
  const auto call = stub.PrepareCall(&context, path, &queue);
  call->StartCall(nullptr);
  finished();
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
  finished();
  std::string bytes;
  for (grpc::ByteBuffer response;;) {
    call->Read(&response, nullptr);
    if (!finished()) break;
    std::vector<grpc::Slice> slices;
    response.Dump(&slices);
    for (const grpc::Slice& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  grpc::Status grpc_status;
  call->Finish(&grpc_status, nullptr);
  finished();
  if (absl::Status status = Checked(grpc_status); !status.ok()) return status;
  return bytes;
}

absl::Status Wire::Send(const Message& request, Message& response, absl::FunctionRef<absl::Status()> /*here*/) {
  static const std::vector<const MethodDescriptor*> methods = AllMethods();
  const auto method = std::find_if(methods.begin(), methods.end(), [&request](const MethodDescriptor* candidate) {
    return candidate->input_type() == request.GetDescriptor();
  });
  const auto bytes = CallMethod(**method, request);
  if (bytes.ok()) response.ParseFromString(*bytes);
  return bytes.status();
}

absl::Status Wire::Answer(const MethodDescriptor& method, const Message& request) {
  const auto response = CallMethod(method, request);
  const auto* results = method.output_type()->FindFieldByName("results");
  if (!response.ok() || results == nullptr) return response.status();
  const auto message = NewResponse(method);
  message->ParseFromString(*response);
  if (message->GetReflection()->FieldSize(*message, results) == 0) return absl::OkStatus();
  const auto& first = message->GetReflection()->GetRepeatedMessage(*message, results, 0);
  const auto& error = static_cast<const v1::TransactionResult&>(first).error();
  return Checked({static_cast<grpc::StatusCode>(error.code()), error.message(),
                  error.code() == 0 ? "" : error.SerializeAsString()});
}

std::string Wire::Rows() {
  std::string state;
  for (const char* table : {"agreements", "companies", "company_drafts", "placements", "products", "prices", "accesses",
                            "transactions", "order_bases", "order_basis_lines", "requests", "changes"}) {
    absl::StrAppend(&state, table, "\n", Sql(absl::StrCat("SELECT * FROM ", table, " ORDER BY 1, 2, 3")));
  }
  return state;
}

}  // namespace agreements::testing
