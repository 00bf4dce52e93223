// Page tokens: the first byte says of which type the request is, the second one how long the token is. Token and
// request follow.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <memory>

#include "proto/errors.h"
#include "server/requests/page_tokens.h"
#include "tests/fuzz/request_types.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

void RequireMismatch(const absl::Status& status) {
  Require(ReasonOf(status) == v1::ERROR_REASON_PAGE_TOKEN_MISMATCH, status.ToString());
}

void Handle(const uint8_t* data, size_t size) {
  if (size < 2) return;
  const std::unique_ptr<google::protobuf::Message> request(
      RequestTypes()[data[0] % RequestTypes().size()].prototype->New());
  const size_t length = std::min<size_t>(data[1], size - 2);
  const std::string token(reinterpret_cast<const char*>(data + 2), length);
  if (!request->ParseFromArray(data + 2 + length, static_cast<int>(size - 2 - length))) request->Clear();

  const absl::StatusOr<std::string> key = ReadPageToken(*request, token);
  if (!key.ok()) RequireMismatch(key.status());
  if (key.ok() && !token.empty()) Require(MakePageToken(*request, *key) == token, "a token has one spelling");
  if (token.empty()) return;

  // The same bytes as a key.
  const std::string made = MakePageToken(*request, token);
  Require(ReadPageToken(*request, made).value() == token, "a token gives back its key");
  RequireMismatch(ReadPageToken(*request, made.substr(0, made.size() - 1)).status());
  std::string changed = made;
  changed[data[0] % changed.size()] ^= 1;
  RequireMismatch(ReadPageToken(*request, changed).status());
  const auto* account = request->GetDescriptor()->FindFieldByName("account_id");
  const auto& reflection = *request->GetReflection();
  reflection.SetString(request.get(), account, reflection.GetString(*request, account) + "x");
  RequireMismatch(ReadPageToken(*request, made).status());
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  google::protobuf::SetLogHandler(nullptr);  // As the server does it.
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle(data, size);
  return 0;
}
