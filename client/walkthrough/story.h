// The parts of the walkthrough, in the order in which they are told. Each takes up where the ones before it ended.
#ifndef AGREEMENTS_CLIENT_WALKTHROUGH_STORY_H_
#define AGREEMENTS_CLIENT_WALKTHROUGH_STORY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "client/walkthrough/walkthrough.h"

namespace agreements {

// Who and what the story is about.
struct Cast {
  // Agreements that are there at the end of the first part.
  std::string vidda;        // Holds the bakery and the hotel.
  std::string aerlig_talt;  // Holds the hairdresser.
  // Companies.
  std::string bakery;
  std::string hotel;
  std::string hairdresser;
  std::string first_day;  // On which all of them were created, "2026-08-01".
};

inline constexpr char kAccounting[] = "accounting";
inline constexpr char kPayroll[] = "payroll";
inline constexpr char kScan[] = "invoice-scan";
inline constexpr char kAnna[] = "user-anna";
inline constexpr char kBo[] = "user-bo";
inline constexpr char kCecilie[] = "user-cecilie";

// structure.cc: agreements, companies and moves.
Cast TellStructure(Walkthrough& walk);

// finding.cc: lists by name, and searches.
void TellFinding(Walkthrough& walk, const Cast& cast);
// Who uses an agreement, after TellUsers().
void TellLicenses(Walkthrough& walk, const Cast& cast);

// users.cc: the price list, and who gets access to what.
void TellPrices(Walkthrough& walk, const Cast& cast);
void TellUsers(Walkthrough& walk, const Cast& cast);
// One of the users accepts late, and later loses the access again.
void TellAcceptance(Walkthrough& walk, const Cast& cast);
void TellRevocation(Walkthrough& walk, const Cast& cast);
// After 30 days: what nobody accepted has expired.
void TellExpiry(Walkthrough& walk, const Cast& cast);

// usage.cc: transactions are reported, some of them twice.
void TellTransactions(Walkthrough& walk, const Cast& cast);

// Today cannot be settled yet.
void TellDayThatIsNotOver(Walkthrough& walk, const Cast& cast);

// month.cc: a month of 31 days, in the middle of which a company moves, and its order bases on the day after it.
// Returns the order basis of the agreement that the company has moved to.
std::string TellMonth(Walkthrough& walk, const Cast& cast, absl::CivilMonth month);

// next_month.cc: what arrives late, and the next month's order basis.
void TellNextMonth(Walkthrough& walk, const Cast& cast, absl::CivilMonth month, const std::string& first_order_basis);

// What both months' parts do.
v1::RecordTransactionsResponse Report(Walkthrough& walk, absl::string_view story,
                                      const std::vector<v1::TransactionReport>& reports);
v1::TransactionReport Scans(const std::string& company_id, const std::string& transaction_id, int quantity,
                            absl::Time occur_time);
// Settles the account until a day, and tells what became of each agreement.
std::map<std::string, v1::BillingOutcome> Bill(Walkthrough& walk, absl::string_view story, absl::CivilDay until_day);
void ExpectVerified(Walkthrough& walk, absl::string_view story, const std::string& order_basis_id, int waiting);
std::string Day(absl::CivilDay day);

}  // namespace agreements

#endif  // AGREEMENTS_CLIENT_WALKTHROUGH_STORY_H_
