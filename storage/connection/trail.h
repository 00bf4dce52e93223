// What a transaction changes, as its entry in the trail tells it.
#ifndef AGREEMENTS_STORAGE_CONNECTION_TRAIL_H_
#define AGREEMENTS_STORAGE_CONNECTION_TRAIL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "agreements/v1/change.pb.h"
#include "google/protobuf/message.h"

namespace agreements::storage {

// The functions of tables tell it what they read and write. So an operation has its trail by using them. Resources are
// messages: agreements, companies, drafts, accesses, products and order bases.
class Trail {
 public:
  // Remembers a resource as it is stored now. Does nothing for other messages.
  void Saw(const google::protobuf::Message& row);

  // A resource was inserted, or updated to `row`. What changed is the difference to the last call of Saw(), or to an
  // empty message. Touches everything that `row` refers to. Call it before the row is read again, since others may have
  // changed fields that this transaction does not write.
  void Changed(const google::protobuf::Message& row);

  // A resource was written without a change to its fields.
  void Touched(v1::ResourceKind kind, absl::string_view id);

  // A change to a resource that none of its fields has, see FieldChange. If both values are the same, it was touched.
  void Noted(v1::ResourceKind kind, absl::string_view id, const std::string& field, const std::string& old_value,
             const std::string& new_value);

  // Adds to what is counted, e.g. transactions. A count of 0 is no change.
  void Counted(v1::ResourceKind kind, absl::string_view id, const std::string& field, int64_t count);

  // Whether nothing was changed.
  bool empty() const { return Resources().empty(); }

  // Whether it was told of any writing, even of one that was taken back.
  bool was_told() const { return was_told_; }

  // What was changed and touched, by kind and id. A company brings the agreement that holds it.
  std::vector<v1::ChangedResource> Resources() const;

 private:
  using Key = std::pair<v1::ResourceKind, std::string>;
  using ByKey = std::map<Key, v1::ChangedResource>;

  v1::ChangedResource& Get(const Key& key);

  std::map<Key, std::unique_ptr<google::protobuf::Message>> seen_;
  ByKey changed_;
  std::map<std::pair<Key, std::string>, int64_t> counts_;
  bool was_told_ = false;
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_TRAIL_H_
