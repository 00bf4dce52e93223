// The metadata of a call: x-actor once or twice, and traceparent, separated by line breaks.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "server/access/caller.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

void Handle(const std::string& text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  Metadata metadata = {{"x-actor", lines.front()}};
  if (lines.size() > 1) metadata.emplace("traceparent", lines[1]);
  const bool is_there_twice = lines.size() > 2;
  if (is_there_twice) metadata.emplace("x-actor", lines[2]);

  const absl::StatusOr<std::string> actor = ActorOf(metadata);
  if (actor.ok()) {
    Require(!is_there_twice && *actor == lines.front(), "an actor is what was sent");
    Require(!actor->empty() && actor->size() <= 64, "an actor has 1 to 64 characters");
    Require(std::all_of(actor->begin(), actor->end(), [](char c) { return c > ' ' && c < 0x7f; }), "they can be seen");
  } else {
    Require(ReasonOf(actor.status()) == v1::ERROR_REASON_FIELD_INVALID, actor.status().ToString());
  }

  const auto [trace_id, span_id] = TraceOf(metadata);
  Require(trace_id.empty() == span_id.empty(), "both or neither");
  Require(trace_id.empty() || trace_id.size() == 32, "a trace id has 32 digits");
  Require(trace_id.empty() || lines[1].substr(3, 32) == trace_id, "it stands after the version");
  Require(std::all_of(trace_id.begin(), trace_id.end(), [](char c) { return absl::ascii_isxdigit(c); }), "hexadecimal");
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
