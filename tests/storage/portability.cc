#include "tests/storage/portability.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace agreements::testing {
namespace {

using Words = std::vector<std::string>;

// Names, numbers and single other characters. Texts and comments are left out.
Words WordsOf(absl::string_view sql) {
  Words words;
  for (size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    size_t end = i + 1;
    if (c == '\'') {
      end = std::min(sql.find('\'', end), sql.size() - 1) + 1;
    } else if (sql.substr(i, 2) == "--") {
      end = std::min(sql.find('\n', i), sql.size());
    } else if (absl::ascii_isalnum(c) || c == '_') {
      while (end < sql.size() && (absl::ascii_isalnum(sql[end]) || sql[end] == '_')) ++end;
      words.emplace_back(sql.substr(i, end - i));
    } else if (!absl::ascii_isspace(c)) {
      words.emplace_back(1, c);
    }
    i = end;
  }
  return words;
}

bool IsOneOf(const std::string& word, std::initializer_list<absl::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Reads a statement from its first word to its last one, query by query.
class Reader {
 public:
  Reader(absl::string_view sql, const Tables& tables) : words_(WordsOf(sql)), tables_(tables) {}

  std::vector<std::string> Read() {
    if (Has({"JSON_TABLE"})) Report("JSON_TABLE");
    if (Has({"READ", "ONLY"})) Report("READ ONLY");
    if (Has({"AS", "next"})) Report("the alias next");
    while (!AtEnd()) {
      ReadQueries(/*is_joined=*/false);
      ++next_;  // A parenthesis too many, or ";".
    }
    const auto is_shared = [this](const std::string& table) { return tables_.shared.count(table) > 0; };
    if (all_tables_.size() > 1 && std::any_of(all_tables_.begin(), all_tables_.end(), is_shared)) {
      Report("a shared table beside another one");
    }
    return obstacles_;
  }

 private:
  // A table in a FROM, an UPDATE or a JOIN.
  struct Item {
    std::string table;
    std::string alias;  // Or the table's name.
    bool has_alias;
  };

  struct Query {
    std::vector<Item> items;
    std::vector<size_t> derived;   // Where those begin that are queries.
    bool equates_account = false;  // With account_id without an alias.
  };

  bool AtEnd() const { return next_ >= words_.size(); }
  const std::string& Word(size_t i) const {
    static const std::string* const kNone = new std::string;
    return i < words_.size() ? words_[i] : *kNone;
  }
  bool Has(const Words& words) const {
    return std::search(words_.begin(), words_.end(), words.begin(), words.end()) != words_.end();
  }
  void Report(const std::string& obstacle) { obstacles_.push_back(obstacle); }

  // Reads the queries between two parentheses, with UNION between them.
  void ReadQueries(bool is_joined) {
    while (!AtEnd() && !IsOneOf(Word(next_), {")", ";"})) {
      ReadQuery(is_joined);
      if (Word(next_) == "UNION") ++next_;
    }
  }

  // Reads as far as a UNION or the end of the parentheses.
  void ReadQuery(bool is_joined) {
    Query query;
    int depth = 0;  // Of parentheses around expressions.
    bool is_in_on = false;
    bool expects_table = false;
    for (; !AtEnd(); ++next_) {
      const std::string& word = Word(next_);
      if (depth == 0 && IsOneOf(word, {")", ";", "UNION"})) break;
      depth += word == "(" ? 1 : word == ")" ? -1 : 0;
      if (word == "(" && Word(next_ + 1) == "SELECT") {
        if (is_in_on) Report("a subquery in ON");
        if (expects_table) query.derived.push_back(next_);
        ReadSubquery(/*is_derived=*/expects_table);
        --depth;
      } else if (expects_table && word != "(") {
        AddItem(query);
      }
      if (word == "account_id" && Word(next_ - 1) != "." && Word(next_ + 1) == "=") query.equates_account = true;
      if (IsOneOf(word, {"ON", "JOIN", "STRAIGHT_JOIN", "WHERE", "SET", "GROUP", "ORDER", "LIMIT"})) {
        is_in_on = word == "ON";
      }
      expects_table = IsOneOf(word, {"FROM", "JOIN", "STRAIGHT_JOIN", "UPDATE"});
      if (word == "INTO") all_tables_.insert(Word(next_ + 1));
    }
    const bool joins = is_joined || query.items.size() + query.derived.size() > 1;
    if (joins) RequireAccounts(query);
    const size_t end = next_;
    for (const size_t begin : query.derived) {
      next_ = begin + 1;
      ReadQueries(joins);
    }
    next_ = end;
  }

  // Ends at the last parenthesis. A derived table is only passed: it is read when it is known whether it is joined.
  void ReadSubquery(bool is_derived) {
    if (is_derived) {
      SkipParentheses();
    } else {
      ++next_;
      ReadQueries(/*is_joined=*/true);
    }
  }

  void SkipParentheses() {
    for (int depth = 0; !AtEnd(); ++next_) {
      depth += Word(next_) == "(" ? 1 : Word(next_) == ")" ? -1 : 0;
      if (depth == 0) return;
    }
  }

  void AddItem(Query& query) {
    const std::string& table = Word(next_);
    if (tables_.of_accounts.count(table) + tables_.shared.count(table) == 0) return;
    const bool has_alias = Word(next_ + 1) == "AS";
    query.items.push_back({.table = table, .alias = has_alias ? Word(next_ + 2) : table, .has_alias = has_alias});
    all_tables_.insert(table);
  }

  void RequireAccounts(const Query& query) {
    for (const Item& item : query.items) {
      if (tables_.of_accounts.count(item.table) == 0) continue;
      const bool is_equated = Has({item.alias, ".", "account_id", "="}) || Has({"=", item.alias, ".", "account_id"});
      if (!is_equated && !(query.equates_account && !item.has_alias)) {
        Report(absl::StrCat(item.alias, " without its account_id"));
      }
    }
  }

  const Words words_;
  const Tables& tables_;
  size_t next_ = 0;
  std::set<std::string> all_tables_;
  std::vector<std::string> obstacles_;
};

}  // namespace

std::vector<std::string> Obstacles(absl::string_view sql, const Tables& tables) { return Reader(sql, tables).Read(); }

}  // namespace agreements::testing
