// What an account's documents charge against what its history says, counted day by day from the stored rows: slow,
// obvious, and nothing of the service in it.
#ifndef AGREEMENTS_TESTS_RACES_CHARGED_DAYS_H_
#define AGREEMENTS_TESTS_RACES_CHARGED_DAYS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/civil_time.h"
#include "tests/testing/service.h"

namespace agreements::testing {

// An account as it is stored.
class ChargedDays {
 public:
  ChargedDays(Service& service, const std::string& account_id);

  // What is wrong, each on a line: "" is good. domain.md B1 to B3, B5, B8, O3 and T4, but for transactions that no
  // document has claimed yet. An agreement's documents must tile its days.
  std::string Problems() const;

  // Transactions that are in no document and not cancelled.
  std::set<std::string> Waiting() const;

  // Each company-day and user-day of the days that agreements had settled `then`: what no change may touch (M4).
  std::set<std::string> SettledBy(const ChargedDays& then) const;

  // What all documents charge of a product: user-days or pieces.
  int64_t Charged(const std::string& product_id) const;

 private:
  struct Document {
    std::string id;
    std::string agreement;
    absl::CivilDay from;
    absl::CivilDay until;
  };
  struct Access {
    std::string company;
    std::string user;
    std::string product;
    absl::CivilDay from;
    absl::CivilDay until;
  };
  struct Agreement {
    absl::CivilDay created;
    absl::CivilDay settled_until;
  };
  struct Usage {
    std::string company;
    std::string id;
    absl::CivilDay day;
    std::string product;
    int64_t quantity;
    std::string claimed_by;
  };
  // Units by product, first day of the price version, and its unit price.
  using Lines = std::map<std::tuple<std::string, absl::CivilDay, int64_t>, int64_t>;

  std::string HolderOf(const std::string& company, absl::CivilDay day) const;
  std::set<std::string> UsersOn(const std::string& agreement, const std::string& product, absl::CivilDay day) const;
  void Add(const std::string& product, absl::CivilDay day, int64_t units, Lines& lines) const;
  Lines LinesFor(const Document& document) const;
  std::string TilingProblems(const std::string& agreement_id, const Agreement& agreement) const;
  std::string ClaimProblems() const;

  std::map<std::string, Agreement> agreements_;
  std::map<std::string, std::map<absl::CivilDay, std::string>> placements_;  // Of each company: holder by first day.
  std::vector<Access> accesses_;
  std::vector<Usage> usages_;
  std::map<std::string, std::map<absl::CivilDay, int64_t>> prices_;
  std::vector<Document> documents_;            // Ascending by first day.
  std::map<std::string, Lines> frozen_lines_;  // By document.
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_RACES_CHARGED_DAYS_H_
