// What domain.md says of charging, as slow and obvious as it can be said: tables of days, exact fractions. Written from
// domain.md and the protos alone. Agreements, companies, users and products are numbers that the caller chooses.
#ifndef AGREEMENTS_TESTS_HISTORY_BILLING_ORACLE_H_
#define AGREEMENTS_TESTS_HISTORY_BILLING_ORACLE_H_

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "agreements/v1/product.pb.h"
#include "agreements/v1/transaction.pb.h"

namespace agreements::testing::oracle {

using Day = absl::CivilDay;
using Month = absl::CivilMonth;
using Fraction = boost::multiprecision::cpp_rational;
using Integer = boost::multiprecision::cpp_int;

// Why a call must fail, and with each reason the metadata that it must carry, if it matters: the call gives one of
// them. Empty: it must succeed.
using Refusals = std::multimap<std::string, std::map<std::string, std::string>>;

Refusals Refused(const std::string& reason, const std::map<std::string, std::string>& metadata = {});

inline constexpr int kNobody = -1;

// D1, by hand: an hour ahead of UTC, two from the last Sunday of March, 01:00 UTC, to that of October.
Day OsloDay(absl::Time time);
std::string Text(Day day);
Day ParseDay(absl::string_view text);
// "423.00", "0.125".
std::string MoneyText(const Fraction& money);
Fraction ParseMoney(absl::string_view text);

struct Agreement {
  std::string id;
  std::string name;
  std::string customer_number;
  Day first_day;
  Day settled_until;
  bool deleted = false;
};

struct Company {
  std::string id;
  int agreement = kNobody;  // The one that holds it or, deleted, held it last.
  bool deleted = false;
  std::map<Day, int> holder;  // At the end of each day, if nothing more happens.
  std::map<Day, bool> exists;

  // First day of what holds it last, which is nobody if it is deleted.
  Day NewestFrom() const;
  // First day of its last placement in an agreement.
  Day HeldFrom() const;
  int HolderOn(Day day) const;
};

// That a company was undeleted, for who counts what histories have of it.
struct Undeletion {
  int company;
  int last;  // The agreement that held it last.
  int target;
  Day today;
  Day last_day;  // Of being held, as the deletion left it.
  Day held_from;
  Day begins;  // In the target.
  bool last_is_deleted;
  Day last_settled_until;
  Day target_settled_until;
  bool deleted_again = false;  // On the same day.

  bool SameDay() const { return today <= last_day; }
};

struct Access {
  std::string id;  // Empty until the service has named it.
  int company;
  int user;
  int product;
  v1::AccessState state;
  std::optional<absl::Time> expire_time;
  std::optional<Day> first_day = {};
  std::optional<Day> last_day = {};

  bool Covers(Day day) const { return first_day && *first_day <= day && (!last_day || day <= *last_day); }
};

struct Product {
  std::string id;
  std::string name;
  v1::ProductKind kind;
  std::map<Day, Fraction> prices = {};
  std::optional<Day> priced_until = {};
};

struct Transaction {
  int company;
  std::string id;
  std::string product_id;
  int64_t quantity;
  absl::Time occur_time;
  Day day;
  v1::TransactionState state = v1::TRANSACTION_STATE_RECORDED;
  std::string document_id = {};
};

// A user-day (B2), and an access through which it counts: user, company, access, day.
using Share = std::tuple<int, int, size_t, Day>;

struct Line {
  int product = 0;
  std::string product_name;
  Day price_valid_from;
  Fraction unit_price;
  std::set<std::pair<int, Day>> user_days;
  std::set<Share> shares;
  std::set<size_t> transactions;
  Integer quantity = 0;
  Integer amount = 0;  // In øre.
};

// 0: licences, 1: transactions, 2: late ones, by original month; then product and price version.
using LineKey = std::tuple<int, Month, std::string, Day>;

struct Document {
  std::string id;  // Empty until the service has named it.
  int agreement = 0;
  std::string agreement_name;
  std::string customer_number;
  Day from_day;
  Day until_day;
  std::map<LineKey, Line> lines;

  Integer Total() const;
};

// What a document would be, or why there can be none.
struct Computed {
  Document document;
  bool chargeable = false;
  Refusals refusals;
};

// A pair of agreement and month in a billing run.
struct Due {
  Month month;
  int agreement;
  Day from_day;
  Day until_day;
  bool settled;  // Nothing to do: the run's last day is in a document.
};

// What a billing run must say of it.
struct BillingResult {
  v1::BillingOutcome outcome;
  std::optional<Document> document = {};
  Refusals refusals = {};
  bool or_refused = false;  // A month in arrears that cannot be computed: one or the other.
};

struct Report {
  int company;
  std::string transaction_id;
  std::string product_id;
  int64_t quantity;
  absl::Time occur_time;
};

struct ItemResult {
  bool duplicate = false;
  size_t transaction = 0;
  Refusals refusals = {};
};

// Each operation returns why it must fail, and has changed nothing then. What has no number yet does not exist.
class Oracle {
 public:
  void SetNow(absl::Time now) { now_ = now; }
  absl::Time now() const { return now_; }
  Day today() const { return OsloDay(now_); }

  void CreateAgreement(int agreement, const std::string& customer_number);
  Refusals UpdateAgreement(int agreement, const std::optional<std::string>& name,
                           const std::optional<std::string>& customer_number);
  Refusals DeleteAgreement(int agreement);
  Refusals UndeleteAgreement(int agreement);

  Refusals CreateCompany(int company, int agreement);
  Refusals MoveCompany(int company, int agreement);
  Refusals MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number);
  Refusals DeleteCompany(int company);
  // kNobody: into the agreement that held it last.
  Refusals UndeleteCompany(int company, int agreement);

  // Those that succeed leave what they are about in touched().
  Refusals Invite(int company, int user, const std::vector<int>& products);
  Refusals Accept(int company, int user, const std::vector<int>& products);
  Refusals Grant(int company, int user, const std::vector<int>& products);
  Refusals Revoke(int company, int user, const std::vector<int>& products);
  const std::vector<size_t>& touched() const { return touched_; }

  Refusals CreateProduct(int product, const Product& content);
  Refusals RenameProduct(int product, const std::string& name);
  Refusals SetPrice(int product, Day valid_from, const Fraction& unit_price);

  ItemResult Record(const Report& report);
  ItemResult Cancel(int company, const std::string& transaction_id);

  // Without days: the default.
  Computed Preview(int agreement, std::optional<Day> from_day, std::optional<Day> until_day) const;
  // The same if nothing happens any more.
  Computed Estimate(int agreement, std::optional<Day> from_day, std::optional<Day> until_day) const;
  // The document that there is for these days already.
  const Document* Existing(int agreement, Day from_day, Day until_day) const;
  Computed Create(int agreement, Day from_day, Day until_day);

  Day DefaultBillingDay() const { return Day(Month(today())); }
  // In the order of the run. REQUIRES: until_day is not later than today.
  std::vector<Due> BeginBilling(Day until_day) const;
  // Whether the run must tell of it; else it may.
  bool MustTell(const Due& due, Day until_day) const;
  BillingResult Bill(const Due& due, Day until_day, bool include_arrears);

  // Of days that are settled, and in no document yet.
  std::set<size_t> Waiting(int agreement) const;
  bool Expired(const Access& access) const;

  std::map<int, Agreement> agreements;
  std::map<int, Company> companies;
  std::map<int, Product> products;
  std::vector<Access> accesses;
  std::vector<Transaction> transactions;
  std::vector<Document> documents;
  std::vector<Undeletion> undeletions;  // Those that succeeded, in turn.

 private:
  Refusals CheckAgreement(int agreement) const;
  Refusals CheckLive(int agreement) const;
  Refusals CheckCompany(int company) const;
  Refusals CheckAccessCall(int company, const std::vector<int>& products) const;
  Refusals CheckPeriod(int agreement, Day from_day, Day until_day) const;

  void Place(Company& company, Day from_day, int holder);
  size_t* Live(int company, int user, int product);
  Day AccessFrom(int company) const;
  void Begin(Access& access) const;
  void Add(Access access);
  void EndAll(int company, Day last_day);
  Day LastDayOfDeletion(int company) const;

  std::optional<int> FindProduct(const std::string& product_id) const;
  std::optional<size_t> Find(int company, const std::string& transaction_id) const;
  bool IsUnclaimed(size_t transaction, int agreement) const;

  Computed Compute(int agreement, Day from_day, Day until_day, bool with_late = true) const;
  void AddUserDays(Computed& computed) const;
  void AddTransactions(Computed& computed, bool with_late) const;
  Line* LineFor(Computed& computed, int product, Day day, std::optional<Month> original_month) const;
  static void Price(Computed& computed);
  void Freeze(const Document& document);
  BillingResult BillBlocked(const Due& due, bool in_arrears) const;

  absl::Time now_;
  std::map<std::tuple<int, int, int>, size_t> live_;
  std::vector<size_t> touched_;
};

}  // namespace agreements::testing::oracle

#endif  // AGREEMENTS_TESTS_HISTORY_BILLING_ORACLE_H_
