// Logs that a file was read again, or that what it holds now is not taken.
#ifndef AGREEMENTS_SERVER_OPS_READING_LOG_H_
#define AGREEMENTS_SERVER_OPS_READING_LOG_H_

#include <string>

#include "proto/files/watched_files.h"

namespace agreements {

// `what` is the file in words, e.g. "the policy".
WatchedFiles::Tell LogReading(std::string what);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_READING_LOG_H_
