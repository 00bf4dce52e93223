// What the tasks of a method do, by which workers share themselves out.
#ifndef AGREEMENTS_SERVER_RPC_TASK_KIND_H_
#define AGREEMENTS_SERVER_RPC_TASK_KIND_H_

#include <cstdint>

#include "google/protobuf/descriptor.h"

namespace agreements {

enum class TaskKind : std::uint8_t {
  kRead,
  kChange,      // Can wait for a row that another transaction has locked.
  kBackground,  // Works through much; nobody sits and waits for it.
};

// The kind of the method with this request.
TaskKind TaskKindOf(const google::protobuf::Descriptor& request);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_TASK_KIND_H_
