// Verify finds every change of which a single row is missing, whichever row and whichever mutation.
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

// A row that is there without its effect on anything else cannot be found missing. Each with its reason.
struct Unseen {
  const char* table;
  const char* columns;  // Those that differ, and no other.
  const char* reason;
};

constexpr Unseen kUnseen[] = {
    {"agreements", "guard", "it is written so that the row is locked, and nothing ever reads it"},
    {"products", "guard", "it is written so that the row is locked, and nothing ever reads it"},
};

// The tables that mutations write.
constexpr const char* kTables[] = {"requests",       "changes",     "agreements",        "companies",
                                   "company_drafts", "placements",  "products",          "accesses",
                                   "transactions",   "order_bases", "order_basis_lines", "prices"};

// A table, and copies of it: the rows before the mutation, and after it.
class Table {
 public:
  Table(Service& service, std::string name)
      : service_(service),
        name_(std::move(name)),
        keys_(Columns("column_key = 'PRI'")),
        columns_(Columns("extra NOT LIKE '%GENERATED%'")) {}

  const std::string& name() const { return name_; }

  void Copy(absl::string_view when) const {
    service_.Sql(
        absl::StrCat("CREATE TABLE ", when, "_", name_, " AS SELECT ", absl::StrJoin(columns_, ", "), " FROM ", name_));
  }

  // The keys of the rows that the mutation inserted, updated or deleted.
  std::vector<std::string> Changed() const {
    const std::string sql = service_.Sql(
        absl::StrCat("SELECT HEX(", Key("a"), ") FROM after_", name_, " AS a LEFT JOIN before_", name_, " AS b ON ",
                     Same(keys_), " WHERE NOT (", Same(columns_), ") UNION SELECT HEX(", Key("b"), ") FROM before_",
                     name_, " AS b LEFT JOIN after_", name_, " AS a ON ", Same(keys_), " WHERE a.account_id IS NULL"));
    return absl::StrSplit(sql, '\n', absl::SkipEmpty());
  }

  // The columns that the mutation updated: "display_name,revision". "" if it inserted or deleted the row.
  std::string Updated(const std::string& key) const {
    std::vector<std::string> updated;
    for (const std::string& column : columns_) {
      const std::string sql = service_.Sql(absl::StrCat("SELECT 1 FROM after_", name_, " AS a JOIN before_", name_,
                                                        " AS b ON ", Same(keys_), " WHERE NOT (a.", column, " <=> b.",
                                                        column, ") AND HEX(", Key("a"), ") = '", key, "'"));
      if (!sql.empty()) updated.push_back(column);
    }
    return absl::StrJoin(updated, ",");
  }

  // Makes the row what it was then.
  void Set(const std::string& key, absl::string_view when) const {
    const std::string columns = absl::StrJoin(columns_, ", ");
    service_.Sql(absl::StrCat("DELETE FROM ", name_, " WHERE HEX(", Key(name_), ") = '", key, "'"));
    service_.Sql(absl::StrCat("INSERT INTO ", name_, " (", columns, ") SELECT ", columns, " FROM ", when, "_", name_,
                              " AS t WHERE HEX(", Key("t"), ") = '", key, "'"));
  }

  // The row as text, for messages.
  std::string Text(const std::string& key) const {
    return service_.Sql(absl::StrCat("SELECT * FROM (SELECT ", absl::StrJoin(keys_, ", "), " FROM after_", name_,
                                     " UNION SELECT ", absl::StrJoin(keys_, ", "), " FROM before_", name_,
                                     ") AS t WHERE HEX(", Key("t"), ") = '", key, "'"));
  }

 private:
  std::vector<std::string> Columns(absl::string_view condition) const {
    return absl::StrSplit(service_.Sql(absl::StrCat("SELECT column_name FROM information_schema.columns WHERE "
                                                    "table_schema = DATABASE() AND table_name = '",
                                                    name_, "' AND ", condition, " ORDER BY ordinal_position")),
                          '\n', absl::SkipEmpty());
  }

  std::string Key(absl::string_view alias) const {
    return absl::StrCat(
        "CONCAT_WS('|', ",
        absl::StrJoin(keys_, ", ",
                      [&](std::string* out, const std::string& column) { absl::StrAppend(out, alias, ".", column); }),
        ")");
  }

  static std::string Same(const std::vector<std::string>& columns) {
    return absl::StrJoin(columns, " AND ", [](std::string* out, const std::string& column) {
      absl::StrAppend(out, "a.", column, " <=> b.", column);
    });
  }

  Service& service_;
  const std::string name_;
  const std::vector<std::string> keys_;
  const std::vector<std::string> columns_;
};

std::vector<Table> Tables(Service& service) {
  std::vector<Table> tables;
  for (const char* name : kTables) tables.emplace_back(service, name);
  return tables;
}

bool IsUnseen(const Table& table, const std::string& key) {
  const std::string updated = table.Updated(key);
  return std::any_of(std::begin(kUnseen), std::end(kUnseen),
                     [&](const Unseen& unseen) { return table.name() == unseen.table && updated == unseen.columns; });
}

class HalfAppliedTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(HalfAppliedTest, EachRowIsMissed) {
  Service service;
  service.set_caller("spiffe://example.org/portal", "user-17", "");
  const MutationRun run = GetParam().prepare(service);
  const std::vector<Table> tables = Tables(service);
  for (const Table& table : tables) table.Copy("before");
  ASSERT_TRUE(run("request-1", false).ok());
  for (const Table& table : tables) table.Copy("after");
  ASSERT_EQ(service.Findings(), "");
  service.Sql("SET foreign_key_checks = 0");
  // Where two rows follow one another, half of the change has both.
  service.Sql("ALTER TABLE accesses DROP KEY live");
  int undone = 0;
  for (const Table& table : tables) {
    for (const std::string& key : table.Changed()) {
      ++undone;
      table.Set(key, "before");
      const bool found = !service.Findings().empty();
      EXPECT_EQ(found, !IsUnseen(table, key)) << table.name() << " " << table.Text(key) << table.Updated(key);
      table.Set(key, "after");
    }
  }
  EXPECT_GE(undone, 5) << "a request, an entry, a response, its method, and a row";
  EXPECT_EQ(service.Findings(), "") << "everything is back";
}

INSTANTIATE_TEST_SUITE_P(Every, HalfAppliedTest, ::testing::ValuesIn(AllMutations()),
                         [](const auto& mutation) { return mutation.param.name; });

}  // namespace
}  // namespace agreements::testing
