#include "client/walkthrough/walkthrough.h"

#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status.h"

namespace agreements {
namespace {

constexpr auto kTimeout = std::chrono::seconds(10);
constexpr char kTimeZone[] = "Europe/Oslo";  // The server's default.

// As grpcurl prints a message: JSON with the proto's field names.
std::string Printed(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "?";
  return absl::StrReplaceAll(absl::StripTrailingAsciiWhitespace(json), {{"\n", "\n  "}});
}

}  // namespace

Walkthrough::Walkthrough(const std::shared_ptr<grpc::Channel>& channel, std::string clock_file)
    : agreements_(v1::AgreementService::NewStub(channel)),
      companies_(v1::CompanyService::NewStub(channel)),
      account_id_(absl::StrCat("acct-", absl::ToUnixMicros(absl::Now()))),
      clock_file_(std::move(clock_file)) {
  if (!absl::LoadTimeZone(kTimeZone, &time_zone_)) Fail(absl::StrCat("this machine does not know ", kTimeZone));
}

Walkthrough::~Walkthrough() { RemoveClockFile(); }

void Walkthrough::Chapter(absl::string_view title) const { std::cout << "== " << title << " ==\n\n"; }

void Walkthrough::Say(absl::string_view text) const { std::cout << text << "\n\n"; }

void Walkthrough::Expect(bool holds, absl::string_view what) const {
  if (!holds) Fail(absl::StrCat("expected: ", what));
}

void Walkthrough::ExpectCharges(const v1::OrderBasis& order_basis, const std::vector<ExpectedLine>& lines,
                                absl::string_view total) const {
  std::cout << "  " << order_basis.agreement_display_name() << " is charged for " << order_basis.from_day() << " until "
            << order_basis.until_day() << ":\n";
  Expect(order_basis.lines_size() == static_cast<int>(lines.size()), absl::StrCat(lines.size(), " lines"));
  for (int i = 0; i < order_basis.lines_size(); ++i) {
    const v1::OrderBasisLine& line = order_basis.lines(i);
    const ExpectedLine& expected = lines[static_cast<size_t>(i)];
    std::cout << absl::StrFormat("  %10s  %s: %s\n", line.amount(), line.product_display_name(), expected.why);
    Expect(line.product_id() == expected.product_id && line.amount() == expected.amount,
           absl::StrCat(expected.amount, " for ", expected.product_id));
  }
  std::cout << absl::StrFormat("  %10s  %s in all\n\n", order_basis.total_amount(), order_basis.currency());
  Expect(!order_basis.currency().empty(), "a currency");
  Expect(order_basis.total_amount() == total, absl::StrCat(total, " in all"));
}

// The server may read the file at any time, so it is never there in part.
void Walkthrough::SetClock(absl::CivilMinute time) {
  clock_ = absl::FromCivil(time, time_zone_);
  const std::string new_file = clock_file_ + ".new";
  std::ofstream(new_file) << absl::FormatTime(absl::RFC3339_full, clock_, time_zone_) << "\n";
  if (std::rename(new_file.c_str(), clock_file_.c_str()) != 0) Fail(absl::StrCat("cannot write ", clock_file_));
  std::cout << "-- It is " << time.day() << absl::FormatTime(" %B %Y, %H:%M in Oslo. --\n\n", clock_, time_zone_);
}

void Walkthrough::ReturnToPresent() {
  clock_ = absl::InfinitePast();
  RemoveClockFile();
  const absl::CivilDay today = absl::ToCivilDay(Now(), time_zone_);
  std::cout << "-- Back in the present: it is " << today.day()
            << absl::FormatTime(" %B %Y in Oslo. --\n\n", Now(), time_zone_);
}

absl::Time Walkthrough::Now() const { return clock_ == absl::InfinitePast() ? absl::Now() : clock_; }

void Walkthrough::Fail(absl::string_view reason) const {
  std::cout << "  FAILED: " << reason << std::endl;
  RemoveClockFile();
  std::exit(EXIT_FAILURE);
}

void Walkthrough::Begin(absl::string_view story, const google::protobuf::Message& request,
                        grpc::ClientContext& context) {
  const std::string name = absl::StrReplaceAll(request.GetDescriptor()->name(), {{"Request", ""}});
  std::cout << ++steps_ << ". " << story << "\n\n  " << name << " " << Printed(request) << "\n";
  context.set_deadline(std::chrono::system_clock::now() + kTimeout);
  context.set_wait_for_ready(true);
}

void Walkthrough::PrintAnswer(const google::protobuf::Message& response) {
  std::cout << "  is answered " << Printed(response) << "\n";
}

void Walkthrough::PrintRefusal(const grpc::Status& status, v1::ErrorReason reason) const {
  const absl::Status refusal = FromGrpcStatus(status);
  std::cout << "  is refused: " << absl::StatusCodeToString(refusal.code());
  if (const auto info = DetailOf<google::rpc::ErrorInfo>(refusal)) std::cout << " " << Printed(*info);
  if (const auto message = DetailOf<google::rpc::LocalizedMessage>(refusal)) {
    std::cout << "\n  «" << message->message() << "»\n";
  }
  if (ReasonOf(refusal) != reason) Fail(absl::StrCat("expected ", v1::ErrorReason_Name(reason)));
  std::cout << "\n";
}

void Walkthrough::RemoveClockFile() const {
  std::error_code ignored;  // The run is over, and the next one writes it anew.
  if (has_clock()) std::filesystem::remove(clock_file_, ignored);
}

}  // namespace agreements
