// Hashes that tell whether two requests are the same. Pure.
#ifndef AGREEMENTS_SERVER_REQUESTS_REQUEST_HASH_H_
#define AGREEMENTS_SERVER_REQUESTS_REQUEST_HASH_H_

#include <initializer_list>
#include <string>

#include "google/protobuf/message.h"

namespace agreements {

// SHA-256, as hexadecimal digits, of the request's type and content without `ignored_fields`.
std::string HashOf(const google::protobuf::Message& request, std::initializer_list<const char*> ignored_fields);

// What must be the same when a request_id is used again: method and content.
inline std::string RequestHash(const google::protobuf::Message& request) {
  return HashOf(request, {"request_id", "validate_only"});
}

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_REQUEST_HASH_H_
