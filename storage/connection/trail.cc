#include "storage/connection/trail.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "agreements/v1/product.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace agreements::storage {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kIdField = 1;  // Its number, in every resource.

v1::ResourceKind KindOf(const Message& row) {
  static const auto* const kKinds = new std::map<const Descriptor*, v1::ResourceKind>{
      {v1::Agreement::descriptor(), v1::RESOURCE_KIND_AGREEMENT},
      {v1::Company::descriptor(), v1::RESOURCE_KIND_COMPANY},
      {v1::CompanyDraft::descriptor(), v1::RESOURCE_KIND_COMPANY_DRAFT},
      {v1::Access::descriptor(), v1::RESOURCE_KIND_ACCESS},
      {v1::Product::descriptor(), v1::RESOURCE_KIND_PRODUCT},
      {v1::OrderBasis::descriptor(), v1::RESOURCE_KIND_ORDER_BASIS},
  };
  const auto found = kKinds->find(row.GetDescriptor());
  return found == kKinds->end() ? v1::RESOURCE_KIND_UNSPECIFIED : found->second;
}

std::string Text(const Message& row, const FieldDescriptor* field) {
  return row.GetReflection()->GetString(row, field);
}

std::string IdOf(const Message& row) { return Text(row, row.GetDescriptor()->FindFieldByNumber(kIdField)); }

// What a field refers to. A product is not touched by accesses to it.
v1::ResourceKind KindOfReference(const FieldDescriptor* field) {
  if (field->name() == "agreement_id") return v1::RESOURCE_KIND_AGREEMENT;
  if (field->name() == "company_id") return v1::RESOURCE_KIND_COMPANY;
  if (field->name() == "user_id") return v1::RESOURCE_KIND_USER;
  return v1::RESOURCE_KIND_UNSPECIFIED;
}

// Whether a change of the field is told. Lines of order bases are not.
bool IsTold(const FieldDescriptor* field) {
  const std::string& name = field->name();
  if (field->number() == kIdField || field->is_repeated()) return false;
  if (name == "create_time" || name == "update_time" || name == "revision") return false;
  return field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
         field->message_type() == google::protobuf::Timestamp::descriptor();
}

std::string ValueOf(const Message& row, const FieldDescriptor* field) {
  const auto* reflection = row.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(row, field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection->GetInt32(row, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection->GetInt64(row, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(row, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->GetEnumValue(row, field) == 0 ? "" : reflection->GetEnum(row, field)->name();
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (!reflection->HasField(row, field)) return "";
      google::protobuf::Timestamp time;
      time.CopyFrom(reflection->GetMessage(row, field));
      return google::protobuf::util::TimeUtil::ToString(time);
    }
    default:
      return "";
  }
}

// Adds that a field was changed. If it was before, both are one.
void Add(const std::string& field, const std::string& old_value, const std::string& new_value,
         v1::ChangedResource& resource) {
  auto& fields = *resource.mutable_fields();
  const auto earlier = std::find_if(fields.begin(), fields.end(),
                                    [&](const v1::FieldChange& change) { return change.field() == field; });
  if (earlier != fields.end()) {
    earlier->set_new_value(new_value);
    return;
  }
  v1::FieldChange& change = *fields.Add();
  change.set_field(field);
  change.set_old_value(old_value);
  change.set_new_value(new_value);
}

void Compare(const Message& before, const Message& after, v1::ChangedResource& resource) {
  const Descriptor* type = after.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const std::string old_value = IsTold(field) ? ValueOf(before, field) : "";
    const std::string new_value = IsTold(field) ? ValueOf(after, field) : "";
    if (old_value != new_value) Add(field->name(), old_value, new_value, resource);
    if (field->name() == "revision" && ValueOf(before, field) != ValueOf(after, field)) {
      resource.set_revision(after.GetReflection()->GetInt64(after, field));
    }
  }
}

}  // namespace

v1::ChangedResource& Trail::Get(const Key& key) {
  was_told_ = true;
  v1::ChangedResource& resource = changed_[key];
  resource.set_kind(key.first);
  resource.set_id(key.second);
  return resource;
}

void Trail::Saw(const Message& row) {
  const v1::ResourceKind kind = KindOf(row);
  if (kind == v1::RESOURCE_KIND_UNSPECIFIED) return;
  std::unique_ptr<Message>& seen = seen_[{kind, IdOf(row)}];
  seen.reset(row.New());
  seen->CopyFrom(row);
}

void Trail::Changed(const Message& row) {
  const Key key = {KindOf(row), IdOf(row)};
  const auto seen = seen_.find(key);
  const std::unique_ptr<Message> nothing(row.New());
  const Message& before = seen == seen_.end() ? *nothing : *seen->second;
  Compare(before, row, Get(key));
  for (const Message* version : {&before, &row}) {
    for (int i = 0; i < row.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = row.GetDescriptor()->field(i);
      const v1::ResourceKind kind = KindOfReference(field);
      if (kind != v1::RESOURCE_KIND_UNSPECIFIED && !Text(*version, field).empty()) Touched(kind, Text(*version, field));
    }
  }
  Saw(row);
}

void Trail::Touched(v1::ResourceKind kind, absl::string_view id) { Get({kind, std::string(id)}); }

void Trail::Noted(v1::ResourceKind kind, absl::string_view id, const std::string& field, const std::string& old_value,
                  const std::string& new_value) {
  v1::ChangedResource& resource = Get({kind, std::string(id)});
  if (old_value == new_value) return;
  v1::FieldChange& change = *resource.add_fields();
  change.set_field(field);
  change.set_old_value(old_value);
  change.set_new_value(new_value);
}

void Trail::Counted(v1::ResourceKind kind, absl::string_view id, const std::string& field, int64_t count) {
  was_told_ = true;
  counts_[{{kind, std::string(id)}, field}] += count;
}

std::vector<v1::ChangedResource> Trail::Resources() const {
  Trail all;
  all.changed_ = changed_;
  for (const auto& [name, count] : counts_) {
    const auto& [key, field] = name;
    if (count != 0) all.Noted(key.first, key.second, field, "", absl::StrCat(count));
  }
  const ByKey told = all.changed_;
  for (const auto& [key, resource] : told) {
    const auto seen = seen_.find(key);
    if (key.first != v1::RESOURCE_KIND_COMPANY || seen == seen_.end()) continue;
    all.Touched(v1::RESOURCE_KIND_AGREEMENT, static_cast<const v1::Company&>(*seen->second).agreement_id());
  }
  std::vector<v1::ChangedResource> resources;
  for (auto& [key, resource] : all.changed_) resources.push_back(std::move(resource));
  return resources;
}

}  // namespace agreements::storage
