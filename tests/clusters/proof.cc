#include "tests/clusters/proof.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agreements/v1/change.pb.h"

namespace agreements::testing {
namespace {

// Columns whose values the trail tells.
struct Table {
  v1::ResourceKind kind;
  const char* name;
  const char* id;
  std::vector<std::string> columns;
  std::vector<std::string> counts;  // Columns that begin at 0 instead of nothing.
};

const std::vector<Table>& Tables() {
  static const auto* const kTables = new std::vector<Table>{
      {v1::RESOURCE_KIND_AGREEMENT,
       "agreements",
       "agreement_id",
       {"display_name", "customer_number", "settled_until"},
       {"company_count", "draft_count"}},
      {v1::RESOURCE_KIND_COMPANY,
       "companies",
       "company_id",
       {"agreement_id", "display_name", "organization_number"},
       {}},
      {v1::RESOURCE_KIND_COMPANY_DRAFT,
       "company_drafts",
       "draft_id",
       {"agreement_id", "display_name", "organization_number", "company_id"},
       {}},
      {v1::RESOURCE_KIND_ACCESS, "accesses", "access_id", {"company_id", "user_id", "product_id", "from_day"}, {}},
      {v1::RESOURCE_KIND_PRODUCT, "products", "product_id", {"display_name"}, {}},
      {v1::RESOURCE_KIND_ORDER_BASIS,
       "order_bases",
       "order_basis_id",
       {"agreement_id", "from_day", "until_day", "digest"},
       {"line_count"}},
  };
  return *kTables;
}

using Resource = std::tuple<std::string, int, std::string>;  // Account, kind, id.

std::vector<std::vector<std::string>> Rows(const Cluster& cluster, int node, const std::string& sql) {
  std::vector<std::vector<std::string>> rows;
  const std::string text = cluster.Sql(node, sql);
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    rows.push_back(absl::StrSplit(line, '|'));
  }
  return rows;
}

// The whole trail, with its account.
std::vector<std::pair<std::string, v1::Change>> ReadTrail(const Cluster& cluster, int node) {
  std::vector<std::pair<std::string, v1::Change>> trail;
  for (const auto& row : Rows(
           cluster, node,
           "SELECT account_id, change_id, REPLACE(TO_BASE64(content), '\n', '') FROM agreements.changes WHERE kind = 0 "
           "ORDER BY account_id, change_id")) {
    v1::Change change;
    std::string content;
    if (!absl::Base64Unescape(row[2], &content) || !change.ParseFromString(content)) {
      throw std::runtime_error(row[1] + " does not parse");
    }
    change.set_change_id(row[1]);
    trail.emplace_back(row[0], std::move(change));
  }
  return trail;
}

// How often each thing that a caller can name is in the trail, by account and name.
std::map<std::pair<std::string, std::string>, int> TimesDone(
    const std::vector<std::pair<std::string, v1::Change>>& trail, const Cluster& cluster, int node) {
  std::map<std::pair<std::string, std::string>, int> times;
  for (const auto& [account_id, change] : trail) {
    if (!change.request_id().empty()) {
      ++times[{account_id, change.request_id()}];
      continue;
    }
    for (const v1::ChangedResource& resource : change.resources()) {
      if (resource.kind() == v1::RESOURCE_KIND_ORDER_BASIS) ++times[{account_id, resource.id()}];
    }
  }
  for (const auto& row :
       Rows(cluster, node, "SELECT account_id, company_id, transaction_id FROM agreements.transactions")) {
    ++times[{row[0], absl::StrCat(row[1], " ", row[2])}];
  }
  return times;
}

// Compares the trail with the rows. Whatever the order of changes: a field has the value that was told once more often
// as new than as old, and every other value that it had has come and gone.
class TrailCheck {
 public:
  TrailCheck(const std::vector<std::pair<std::string, v1::Change>>& trail, const Cluster& cluster, int node)
      : cluster_(cluster), node_(node) {
    for (const auto& [account_id, change] : trail) {
      for (const v1::ChangedResource& resource : change.resources()) Add(account_id, resource);
    }
  }

  std::vector<std::string> Findings() {
    for (const Table& table : Tables()) Compare(table);
    ComparePlacements();
    CompareCounts("transactions_recorded", v1::RESOURCE_KIND_COMPANY,
                  "SELECT account_id, company_id, COUNT(*) FROM agreements.transactions GROUP BY 1, 2");
    CompareCounts("transactions_cancelled", v1::RESOURCE_KIND_COMPANY,
                  "SELECT account_id, company_id, COUNT(*) FROM agreements.transactions "
                  "WHERE order_basis_id = 'cancelled' GROUP BY 1, 2");
    CompareCounts("transactions_claimed", v1::RESOURCE_KIND_ORDER_BASIS,
                  "SELECT account_id, order_basis_id, COUNT(*) FROM agreements.transactions "
                  "WHERE order_basis_id NOT IN ('', 'cancelled') GROUP BY 1, 2");
    return std::move(findings_);
  }

 private:
  void Add(const std::string& account_id, const v1::ChangedResource& resource) {
    const Resource key = {account_id, resource.kind(), resource.id()};
    for (const v1::FieldChange& field : resource.fields()) {
      if (field.field() == "placements") {
        placements_[key].emplace(resource.revision(), field);
        continue;
      }
      int64_t count = 0;
      if (field.old_value().empty() && absl::SimpleAtoi(field.new_value(), &count)) {
        counts_[{key, field.field()}] += count;
      }
      auto& values = told_[key][field.field()];
      ++values[field.new_value()];
      --values[field.old_value()];
    }
  }

  void Find(const Resource& key, const std::string& text) {
    findings_.push_back(absl::StrCat(std::get<0>(key), " ", std::get<2>(key), ": ", text));
  }

  void Compare(const Table& table) {
    std::string columns;
    for (const auto* list : {&table.columns, &table.counts}) {
      for (const std::string& column : *list) absl::StrAppend(&columns, ", ", column);
    }
    std::set<Resource> stored;
    for (const auto& row :
         Rows(cluster_, node_,
              absl::StrCat("SELECT account_id, ", table.id, columns, " FROM agreements.", table.name))) {
      const Resource key = {row[0], table.kind, row[1]};
      stored.insert(key);
      for (size_t i = 0; i < table.columns.size() + table.counts.size(); ++i) {
        const bool counts = i >= table.columns.size();
        CompareField(key, counts ? table.counts[i - table.columns.size()] : table.columns[i], row[i + 2],
                     counts ? "0" : "");
      }
    }
    for (const auto& [key, fields] : told_) {
      if (std::get<1>(key) == table.kind && stored.count(key) == 0) Find(key, "is in the trail, and is not stored");
    }
  }

  void CompareField(const Resource& key, const std::string& field, const std::string& stored,
                    const std::string& first) {
    std::map<std::string, int> balance = told_[key][field];
    --balance[stored == "-" ? "" : stored];
    ++balance[first];
    for (const auto& [value, count] : balance) {
      if (count == 0) continue;
      Find(key, absl::StrCat(field, " is '", stored, "', and the trail has '", value, "' ", count, " times too often"));
      return;
    }
  }

  // In the order of revisions. "agr-1jq2v8k5w0c3m7xz from 2026-11-07" begins; as old value, "from 2026-11-07" means
  // that those from that day on are gone.
  static std::string PlacementsIn(const std::multimap<int64_t, v1::FieldChange>& changes) {
    std::map<std::string, std::string> holders;  // By first day.
    for (const auto& [revision, change] : changes) {
      if (!change.old_value().empty()) {
        holders.erase(holders.lower_bound(DayOf(change.old_value())), holders.end());
      } else {
        holders[DayOf(change.new_value())] = change.new_value();
      }
    }
    std::string text;
    for (const auto& [day, holder] : holders) absl::StrAppend(&text, text.empty() ? "" : ", ", holder);
    return text;
  }

  static std::string DayOf(const std::string& text) { return text.substr(text.find("from ") + 5); }

  void ComparePlacements() {
    std::map<Resource, std::string> stored;
    for (const auto& row : Rows(cluster_, node_,
                                "SELECT account_id, company_id, CONCAT(COALESCE(agreement_id, 'nobody'), ' from ', "
                                "from_day) FROM agreements.placements ORDER BY account_id, company_id, from_day")) {
      std::string& placements = stored[{row[0], v1::RESOURCE_KIND_COMPANY, row[1]}];
      absl::StrAppend(&placements, placements.empty() ? "" : ", ", row[2]);
    }
    for (const auto& [key, changes] : placements_) {
      const std::string told = PlacementsIn(changes);
      const std::string& found = stored[key];
      if (found != told) Find(key, absl::StrCat("its placements are '", found, "', and in the trail '", told, "'"));
    }
    for (const auto& [key, found] : stored) {
      if (placements_.count(key) == 0) Find(key, "its placements are not in the trail");
    }
  }

  void CompareCounts(const std::string& field, v1::ResourceKind kind, const std::string& sql) {
    std::map<Resource, int64_t> difference;
    for (const auto& [name, count] : counts_) {
      if (name.second == field) difference[name.first] += count;
    }
    for (const auto& row : Rows(cluster_, node_, sql)) {
      int64_t count = 0;
      if (absl::SimpleAtoi(row[2], &count)) difference[{row[0], kind, row[1]}] -= count;
    }
    for (const auto& [key, count] : difference) {
      if (count != 0) Find(key, absl::StrCat(field, ": the trail has ", count, " more than are stored"));
    }
  }

  const Cluster& cluster_;
  const int node_;
  std::map<Resource, std::map<std::string, std::map<std::string, int>>> told_;  // By field and value.
  std::map<Resource, std::multimap<int64_t, v1::FieldChange>> placements_;      // By revision.
  std::map<std::pair<Resource, std::string>, int64_t> counts_;                  // By field.
  std::vector<std::string> findings_;
};

}  // namespace

Proof Prove(const std::vector<Attempt>& attempts, const Cluster& cluster, int node) {
  Proof proof;
  const auto trail = ReadTrail(cluster, node);
  const auto times = TimesDone(trail, cluster, node);
  for (const Attempt& attempt : attempts) {
    const auto found = times.find({attempt.account_id, attempt.id});
    const int count = found == times.end() ? 0 : found->second;
    const bool lost = attempt.answer == Attempt::Answer::kDone && count == 0;
    const bool doubled = count > 1 || (attempt.answer == Attempt::Answer::kRefused && count > 0);
    proof.lost += lost ? 1 : 0;
    proof.doubled += doubled ? 1 : 0;
    if (lost || doubled) {
      proof.findings.push_back(
          absl::StrCat(attempt.account_id, " ", attempt.method, " ", attempt.id, ": is there ", count, " times"));
    }
  }
  std::vector<std::string> torn = TrailCheck(trail, cluster, node).Findings();
  proof.torn = static_cast<int64_t>(torn.size());
  proof.findings.insert(proof.findings.end(), torn.begin(), torn.end());
  return proof;
}

std::string Text(const Proof& proof) {
  return absl::StrCat(proof.lost, " lost, ", proof.doubled, " doubled, ", proof.torn, " torn");
}

std::string FirstFindings(const Proof& proof) {
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(proof.findings.size(), 20); ++i) {
    absl::StrAppend(&text, proof.findings[i], "\n");
  }
  return text;
}

int64_t CountDone(const std::vector<Attempt>& attempts, const Cluster& cluster, int node) {
  const auto times = TimesDone(ReadTrail(cluster, node), cluster, node);
  return std::count_if(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
    return attempt.answer == Attempt::Answer::kDone && times.count({attempt.account_id, attempt.id}) > 0;
  });
}

}  // namespace agreements::testing
