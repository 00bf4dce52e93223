// What gRPC reads certificates from.
#ifndef AGREEMENTS_PROTO_FILES_PUBLISHED_FILE_H_
#define AGREEMENTS_PROTO_FILES_PUBLISHED_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace agreements {

// A file in memory, as a path. What Publish() was given last is there, as a whole.
class PublishedFile {
 public:
  PublishedFile() = default;
  ~PublishedFile();
  PublishedFile(const PublishedFile&) = delete;
  PublishedFile& operator=(const PublishedFile&) = delete;

  // UNAVAILABLE if there is no memory or descriptor for it.
  absl::Status Publish(const std::string& content);
  // REQUIRES: Publish() has succeeded.
  std::string path() const;

 private:
  int fd_ = -1;
  int64_t generation_ = 0;
};

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_FILES_PUBLISHED_FILE_H_
