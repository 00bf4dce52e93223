#include "tests/consistency/record.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace agreements::testing {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Outcome Call::outcome() const {
  switch (code) {
    case grpc::StatusCode::OK:
      return Outcome::kDone;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ABORTED:
      return Outcome::kRefused;
    default:
      return Outcome::kUnknown;
  }
}

bool HasField(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name) != nullptr;
}

std::string Field(const google::protobuf::Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated()) return "";
  const google::protobuf::Reflection& fields = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return fields.GetString(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(fields.GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(fields.GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return fields.GetEnum(message, field)->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return fields.GetBool(message, field) ? "true" : "";
    default:
      return fields.HasField(message, field) ? fields.GetMessage(message, field).ShortDebugString() : "";
  }
}

void Walk(const Message& message, const std::function<void(const Message&)>& visit) {
  visit(message);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Walk(message.GetReflection()->GetMessage(message, field), visit);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      Walk(message.GetReflection()->GetRepeatedMessage(message, field, i), visit);
    }
  }
}

bool IsChange(const Call& call) {
  if (!Field(*call.request, "validate_only").empty()) return false;
  return HasField(*call.request, "request_id") || call.method == "RecordTransactions" ||
         call.method == "CancelTransactions" || call.method == "RunBilling";
}

bool HasRequestId(const Call& call) { return !Field(*call.request, "request_id").empty(); }

std::string TextOf(const Call& call) {
  return absl::StrCat(
      call.method, " {", call.request->ShortDebugString(), "} at ",
      absl::FormatTime("%H:%M:%E6S", call.begin, absl::UTCTimeZone()), " to ",
      absl::FormatTime("%H:%M:%E6S", call.end, absl::UTCTimeZone()), ": ",
      call.code == grpc::StatusCode::OK ? "OK" : absl::StrCat("code ", call.code, " ", call.reason, " ", call.message));
}

}  // namespace agreements::testing
