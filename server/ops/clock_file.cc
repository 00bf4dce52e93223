#include "server/ops/clock_file.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/connection/trouble_log.h"

namespace agreements {

std::function<absl::Time()> ClockFromFile(std::string path, std::function<absl::Time()> real) {
  const auto trouble = std::make_shared<storage::TroubleLog>(
      absl::StrCat("--clock_file: ", path, " does not tell the time, so the real time is used"));
  return [path = std::move(path), real = std::move(real), trouble] {
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) {
      trouble->IsWell();
      return real();
    }
    std::ifstream file(path);
    std::string content;
    std::getline(file, content, '\0');
    const bool readable = file.is_open() && !file.bad();
    const absl::string_view text = absl::StripAsciiWhitespace(content);
    if (readable && text.empty()) {
      trouble->IsWell();
      return real();
    }
    absl::Time time;
    std::string problem;
    const bool parsed = readable && absl::ParseTime(absl::RFC3339_full, text, &time, &problem);
    if (parsed && time != absl::InfinitePast() && time != absl::InfiniteFuture()) {
      trouble->IsWell();
      return time;
    }
    trouble->Happened(file ? absl::StrCat("no RFC 3339 time: ", problem) : "cannot be read");
    return real();
  };
}

}  // namespace agreements
