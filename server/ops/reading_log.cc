#include "server/ops/reading_log.h"

#include <utility>

#include "spdlog/spdlog.h"

namespace agreements {

WatchedFiles::Tell LogReading(std::string what) {
  return [what = std::move(what)](const absl::Status& status) {
    if (status.ok()) {
      spdlog::info("{} has changed and is taken", what);
    } else {
      spdlog::error("{} has changed and is not taken; the one before stays in use: {}", what,
                    std::string(status.message()));
    }
  };
}

}  // namespace agreements
