// The trail after random histories: what ListChanges answers, with every filter, against a model that writes down each
// call as it is made.
#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/timestamps.h"
#include "tests/history/changes_model.h"

namespace agreements::testing {
namespace {

constexpr int kHistories = 400;  // A tenth in CI.
constexpr int kSteps = 100;
constexpr int kCombinations = 40;

// The same form as TextOf(Entry) of the model.
std::string TextOf(const v1::Change& change) {
  Entry entry{
      .method = change.method(), .caller = change.caller(), .actor = change.actor(), .request_id = change.request_id()};
  for (const v1::ChangedResource& resource : change.resources()) {
    const bool changed = std::any_of(resource.fields().begin(), resource.fields().end(),
                                     [](const auto& field) { return field.old_value() != field.new_value(); });
    if (changed != (resource.fields_size() > 0)) return absl::StrCat("no change: ", resource.ShortDebugString());
    entry.resources[{resource.kind(), resource.id()}] = changed;
  }
  return TextOf(entry);
}

// A filter of ListChanges, and which entries pass it.
struct Filter {
  Fields fields;
  std::function<bool(const Entry& entry)> passes;
};

// Each filter with one value, for every value that an entry has.
std::vector<Filter> FiltersOf(const std::vector<Entry>& entries) {
  static const std::map<v1::ResourceKind, std::string> kFields = {{v1::RESOURCE_KIND_AGREEMENT, "agreement_id"},
                                                                  {v1::RESOURCE_KIND_COMPANY, "company_id"},
                                                                  {v1::RESOURCE_KIND_COMPANY_DRAFT, "draft_id"},
                                                                  {v1::RESOURCE_KIND_ACCESS, "access_id"},
                                                                  {v1::RESOURCE_KIND_PRODUCT, "product_id"},
                                                                  {v1::RESOURCE_KIND_ORDER_BASIS, "order_basis_id"},
                                                                  {v1::RESOURCE_KIND_USER, "user_id"}};
  std::map<std::pair<std::string, std::string>, Filter> filters;
  const auto add = [&](const std::string& field, const std::string& value, std::function<bool(const Entry&)> passes) {
    if (!value.empty()) filters[{field, value}] = {.fields = {{field, value}}, .passes = std::move(passes)};
  };
  for (const Entry& entry : entries) {
    add("method", entry.method, [=](const Entry& other) { return other.method == entry.method; });
    add("caller", entry.caller, [=](const Entry& other) { return other.caller == entry.caller; });
    add("actor", entry.actor, [=](const Entry& other) { return other.actor == entry.actor; });
    for (const auto& [resource, changed] : entry.resources) {
      add(kFields.at(resource.first), resource.second,
          [id = resource](const Entry& other) { return other.resources.contains(id); });
    }
  }
  std::vector<Filter> all;
  for (auto& [name, filter] : filters) all.push_back(std::move(filter));
  return all;
}

// One history, from a seed. Returns the first difference, or "".
class History {
 public:
  History(Service& service, unsigned seed)
      : service_(service), account_(absl::StrCat("acct-", seed)), random_(seed), model_(service, account_, random_) {}

  std::string Run() {
    for (int i = 0; i < kSteps; ++i) {
      model_.Step();
      if (!model_.difference().empty()) return model_.difference();
    }
    std::string difference = Compare({.fields = {}, .passes = [](const Entry&) { return true; }});
    if (difference.empty()) difference = TakeTimes();
    if (!difference.empty()) return difference;
    const std::vector<Filter> filters = FiltersOf(model_.entries());
    for (const Filter& filter : filters) {
      if (difference = Compare(filter); !difference.empty()) return difference;
    }
    for (int i = 0; i < kCombinations; ++i) {
      if (difference = Compare(Combined(filters)); !difference.empty()) return difference;
    }
    return "";
  }

  // How many entries there are of each method, and without resources.
  void Count(std::map<std::string, int>& counts) {
    for (const Entry& entry : model_.entries()) {
      ++counts[entry.method];
      if (entry.resources.empty()) ++counts["WithoutResources"];
    }
  }

 private:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

  std::vector<v1::Change> List(const Fields& filter) {
    Fields fields = filter;
    fields.emplace_back("account_id", account_);
    const v1::ListChangesResponse response = service_.List(ListChanges, fields, 5 + Pick(60));
    return {response.changes().begin(), response.changes().end()};
  }

  // All entries are listed, newest first, and no others.
  std::string Compare(const Filter& filter) {
    std::vector<std::string> is;
    for (const v1::Change& change : List(filter.fields)) is.push_back(TextOf(change));
    std::vector<std::string> should_be;
    for (auto entry = model_.entries().rbegin(); entry != model_.entries().rend(); ++entry) {
      if (filter.passes(*entry)) should_be.push_back(TextOf(*entry));
    }
    if (is == should_be) return "";
    std::string name;
    for (const auto& [field, value] : filter.fields) absl::StrAppend(&name, field, " ", value, "\n");
    return absl::StrCat(name, "is\n  ", absl::StrJoin(is, "\n  "), "\nshould be\n  ", absl::StrJoin(should_be, "\n  "),
                        "\n");
  }

  // The model does not know in which millisecond of its call an entry was made.
  std::string TakeTimes() {
    auto entry = model_.entries().rbegin();
    for (const v1::Change& change : List({})) {
      const absl::Time time = ToTime(change.create_time());
      // Ids grow, if need be into the next millisecond.
      if (time < entry->begin - absl::Milliseconds(1) || time > entry->end + absl::Milliseconds(1)) {
        return absl::StrCat("not the time of the call: ", TextOf(change));
      }
      (entry++)->time = time;
    }
    return "";
  }

  absl::Time AnyTime() {
    return model_.entries()[static_cast<size_t>(Pick(static_cast<int>(model_.entries().size())))].time;
  }

  // Up to three filters at once, and now and then a span of time that begins and ends with some entry.
  Filter Combined(const std::vector<Filter>& filters) {
    std::map<std::string, Filter> parts;  // By field.
    for (int i = Pick(4); i > 0; --i) {
      const Filter& part = filters[static_cast<size_t>(Pick(static_cast<int>(filters.size())))];
      parts.emplace(part.fields.front().first, part);
    }
    absl::Time from = AnyTime();
    absl::Time until = AnyTime();
    if (until < from) std::swap(from, until);
    const auto add = [&](const std::string& field, absl::Time time, bool is_from) {
      parts[field] = {.fields = {{field, absl::StrCat("{", ToTimestamp(time).ShortDebugString(), "}")}},
                      .passes = [=](const Entry& entry) { return (entry.time >= time) == is_from; }};
    };
    if (Pick(2) == 0) add("from_create_time", from, true);
    if (Pick(2) == 0 && from < until) add("until_create_time", until, false);
    Filter all;
    for (const auto& [field, part] : parts) all.fields.push_back(part.fields.front());
    all.passes = [parts = std::move(parts)](const Entry& entry) {
      return std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return part.second.passes(entry); });
    };
    return all;
  }

  Service& service_;
  const std::string account_;
  std::mt19937 random_;
  ChangesModel model_;
};

TEST(ChangesProperty, EveryHistoryIsTheTrailThatTheModelHas) {
  Service service;
  const int histories = Rounds(kHistories);
  std::map<std::string, int> counts;
  for (int seed = 1; seed <= histories; ++seed) {
    History history(service, static_cast<unsigned>(seed));
    ASSERT_EQ(history.Run(), "") << "seed " << seed;
    history.Count(counts);
  }
  EXPECT_EQ(service.Findings(), "");
  for (const auto& [name, count] : counts) RecordProperty(name, count);
  EXPECT_TRUE(counts.size() == 26 || histories < kHistories / 10) << "a method is in no history";
}

}  // namespace
}  // namespace agreements::testing
