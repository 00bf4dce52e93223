// Where the fuzzers begin: fuzz_seeds DIR writes DIR/FUZZER/..., among them a valid request of each type.
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agreements/v1/agreement_service.pb.h"
#include "google/protobuf/descriptor.h"
#include "server/requests/page_tokens.h"
#include "tests/fuzz/request_types.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What a text field with this name holds.
std::string TextOf(absl::string_view name) {
  constexpr char kDigits[] = "0123456789abcdef";
  if (absl::StartsWith(name, "agreement_id")) return absl::StrCat("agr-", kDigits);
  if (absl::StartsWith(name, "company_id")) return absl::StrCat("cmp-", kDigits);
  if (name == "draft_id") return absl::StrCat("dft-", kDigits);
  if (name == "access_id") return absl::StrCat("acc-", kDigits);
  if (name == "order_basis_id") return absl::StrCat("ord-", kDigits);
  if (name == "organization_number") return "974760673";
  if (name == "from_day" || name == "valid_from") return "2026-11-01";
  if (name == "until_day") return "2026-12-01";
  if (name == "unit_price") return "423.125";
  if (name == "method") return "MoveCompany";
  if (absl::StartsWith(name, "expected_digest")) return std::string(64, 'a');
  return "x-1";
}

// `number`: what its numbers are.
void Fill(Message& message, int number = 1) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const bool repeated = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        repeated ? reflection.AddString(&message, field, TextOf(field->name()))
                 : reflection.SetString(&message, field, TextOf(field->name()));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(*(repeated ? reflection.AddMessage(&message, field) : reflection.MutableMessage(&message, field)),
             absl::StartsWith(field->name(), "until_") ? 2 : 1);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection.SetInt64(&message, field, number);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(&message, field, number);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection.SetEnumValue(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection.SetBool(&message, field, true);
        break;
      default:
        Require(false, absl::StrCat(field->full_name(), " is of a type that seeds know"));
    }
  }
}

void Write(const std::filesystem::path& path, const std::string& content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

void WriteRequests(const std::filesystem::path& directory) {
  for (size_t i = 0; i < RequestTypes().size(); ++i) {
    const RequestType& type = RequestTypes()[i];
    const std::string& name = type.prototype->GetDescriptor()->name();
    const std::unique_ptr<Message> request(type.prototype->New());
    Fill(*request);
    if (auto* explain = dynamic_cast<v1::ExplainOrderBasisRequest*>(request.get())) {
      explain->clear_order_basis_id();  // It has either this or an agreement.
    }
    const absl::Status status = type.validate(*request);
    Require(status.ok(), absl::StrCat("the seed of ", name, " is valid: ", status.ToString()));
    const std::string bytes = request->SerializeAsString();
    Write(directory / "requests_fuzzer" / name, absl::StrCat(std::string(1, static_cast<char>(i)), "\x10", bytes));
    const std::string token = MakePageToken(*request, "agr-0123456789abcdef");
    Write(directory / "page_tokens_fuzzer" / name,
          absl::StrCat(std::string{static_cast<char>(i), static_cast<char>(token.size())}, token, bytes));
  }
}

void WriteTexts(const std::filesystem::path& directory) {
  for (const char* price : {"423.00", "0", "0.0001", "1000000", "1000000.0001", "0000001.5", "1.", ".5", "-1", "+1"}) {
    Write(directory / "decimals_fuzzer" / price, price);
  }
  for (const char* day :
       {"2026-11-01", "2024-02-29", "2900-02-29", "1999-12-31", "2026-11-31", "2026-1-01", "26-11-01"}) {
    Write(directory / "days_fuzzer" / day, day);
  }
  Write(directory / "policy_fuzzer" / "small",
        R"({"name": "p", "deny_rules": [{"name": "d", "request": {"paths": ["*/M"]}, "audit_only": true}],
            "allow_rules": [{"name": "a", "source": {"principals": ["p"]}, "request": {"paths": ["/s.S/M"]}}],
            "callers": [{"name": "c", "principals": ["p*"], "accounts": ["acct-1"], "may_name_actor": true}]})");
}

}  // namespace
}  // namespace agreements::testing

int main(int argc, char** argv) {
  agreements::testing::Require(argc == 2, "usage: fuzz_seeds DIR");
  agreements::testing::WriteRequests(argv[1]);
  agreements::testing::WriteTexts(argv[1]);
  return 0;
}
