#include "server/ops/call_log.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "spdlog/formatter.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// The logger of lines of calls. In JSON they come as whole objects.
constexpr char kCalls[] = "calls";

constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%E6SZ";

double Milliseconds(absl::Duration duration) {
  return absl::ToDoubleMilliseconds(absl::Trunc(duration, absl::Microseconds(1)));
}

void Add(Writer& writer, const char* name, absl::string_view value) {
  if (value.empty()) return;
  writer.Key(name);
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void Add(Writer& writer, const char* name, double value) {
  writer.Key(name);
  writer.Double(value);
}

void Add(Writer& writer, const char* name, int64_t value) {
  writer.Key(name);
  writer.Int64(value);
}

void AddHead(Writer& writer, absl::Time time, spdlog::level::level_enum level) {
  const auto name = spdlog::level::to_string_view(level);
  Add(writer, "time", absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone()));
  Add(writer, "level", absl::string_view(name.data(), name.size()));
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const absl::string_view payload(message.payload.data(), message.payload.size());
    if (absl::string_view(message.logger_name.data(), message.logger_name.size()) == kCalls) {
      line.append(payload.begin(), payload.end());
    } else {
      rapidjson::StringBuffer buffer;
      Writer writer(buffer);
      writer.StartObject();
      AddHead(writer, absl::FromChrono(message.time), message.level);
      Add(writer, "message", payload);
      writer.EndObject();
      line.append(buffer.GetString(), buffer.GetString() + buffer.GetSize());
    }
    line.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

// What somebody should look at is an error; what the caller should know is not.
spdlog::level::level_enum LevelOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnimplemented:
      return spdlog::level::err;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return spdlog::level::warn;
    default:
      return spdlog::level::info;
  }
}

std::string ToJson(const CallLine& line, absl::Time now, spdlog::level::level_enum level, int64_t skipped) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  AddHead(writer, now, level);
  Add(writer, "message", "call");
  Add(writer, "method", line.method);
  Add(writer, "code", absl::StatusCodeToString(line.code));
  Add(writer, "reason", line.reason);
  Add(writer, "fields", line.fields);
  Add(writer, "error_id", line.error_id);
  Add(writer, "caller", line.caller);
  Add(writer, "actor", line.actor);
  Add(writer, "account_id", line.account_id);
  Add(writer, "request_id", line.request_id);
  Add(writer, "x_request_id", line.x_request_id);
  Add(writer, "trace_id", line.trace_id);
  Add(writer, "span_id", line.span_id);
  Add(writer, "parent_span_id", line.parent_span_id);
  Add(writer, "duration_ms", Milliseconds(line.duration));
  Add(writer, "queue_ms", Milliseconds(line.queue_time));
  Add(writer, "database_ms", Milliseconds(line.database_time));
  Add(writer, "round_trips", line.round_trips);
  Add(writer, "reruns", absl::StrJoin(line.reruns, ","));
  if (line.is_replay) Add(writer, "replay", int64_t{1});
  if (line.messages > 1) Add(writer, "messages", line.messages);
  if (skipped > 0) Add(writer, "successes_not_logged", skipped);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string ToText(const CallLine& line, int64_t skipped) {
  std::string text = absl::StrFormat("%s %s", line.method, absl::StatusCodeToString(line.code));
  const auto add = [&text](absl::string_view name, absl::string_view value) {
    if (!value.empty()) absl::StrAppend(&text, " ", name, "=", value);
  };
  if (!line.reason.empty()) absl::StrAppend(&text, " ", line.reason);
  absl::StrAppendFormat(&text, " %.1f ms (queue %.1f, database %.1f, %d round trips)", Milliseconds(line.duration),
                        Milliseconds(line.queue_time), Milliseconds(line.database_time), line.round_trips);
  add("fields", line.fields);
  add("account", line.account_id);
  add("caller", line.caller);
  add("actor", line.actor);
  add("request_id", line.request_id);
  add("error_id", line.error_id);
  add("reruns", absl::StrJoin(line.reruns, ","));
  if (line.is_replay) absl::StrAppend(&text, " replay");
  if (line.messages > 1) absl::StrAppend(&text, " messages=", line.messages);
  add("x_request_id", line.x_request_id);
  if (skipped > 0) absl::StrAppend(&text, " (", skipped, " successes not logged)");
  return text;
}

}  // namespace

absl::StatusOr<LogFormat> LogFormatNamed(absl::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  if (name == "auto") return isatty(STDERR_FILENO) == 1 ? LogFormat::kText : LogFormat::kJson;
  return absl::InvalidArgumentError(absl::StrCat("must be auto, text or json, not ", name));
}

void SetUpLog(LogFormat format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("agreements", std::move(sink));
  if (format == LogFormat::kJson) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_pattern("[%Y-%m-%d %H:%M:%S.%e] [%^%l%$] %v");
  }
  spdlog::set_default_logger(std::move(logger));
}

CallLog::CallLog(const LogOptions& options)
    : options_(options), logger_(std::make_shared<spdlog::logger>(kCalls, spdlog::default_logger()->sinks().front())) {}

void CallLog::Write(absl::StatusCode code, absl::FunctionRef<CallLine()> make_line) {
  const absl::Time now = absl::Now();
  const std::optional<int64_t> skipped = SkippedBefore(code == absl::StatusCode::kOk, now);
  if (!skipped) return;
  const CallLine line = make_line();
  const auto level = LevelOf(code);
  const std::string text =
      options_.format == LogFormat::kJson ? ToJson(line, now, level, *skipped) : ToText(line, *skipped);
  logger_->log(level, "{}", text);
}

std::optional<int64_t> CallLog::SkippedBefore(bool is_success, absl::Time now) {
  const std::lock_guard lock(mutex_);
  if (is_success) {
    const int64_t second = absl::ToUnixSeconds(now);
    if (second != second_) successes_ = 0;
    second_ = second;
    if (successes_ >= options_.successes_per_second) {
      ++skipped_;
      return std::nullopt;
    }
    ++successes_;
  }
  return std::exchange(skipped_, 0);
}

}  // namespace agreements
