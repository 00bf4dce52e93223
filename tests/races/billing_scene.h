// What a round of a billing race is about, and what can be done in it. Each step returns its outcome, as Outcome()
// tells it.
#ifndef AGREEMENTS_TESTS_RACES_BILLING_SCENE_H_
#define AGREEMENTS_TESTS_RACES_BILLING_SCENE_H_

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/testing/service.h"

namespace agreements::testing {

inline constexpr char kBegin[] = "2026-11-27";
inline constexpr char kEnd[] = "2026-12-01";  // Of SettleRest.

// The midnight of most races, in Oslo: 28 November, 23:59:59, and two seconds later.
inline const absl::Time kBeforeMidnight =
    absl::FromCivil(absl::CivilSecond(2026, 11, 28, 22, 59, 59), absl::UTCTimeZone());
inline const absl::Time kAfterMidnight = kBeforeMidnight + absl::Seconds(2);

// An account as it is on kBegin: agreements A and B; in A a company, in which anna has a seat, and which has used 5
// pieces of ehf.
struct Scene {
  Scene(Service& service_of_scene, const std::string& account_id);

  Service& service;
  std::string account;
  std::string a;
  std::string b;
  std::string company;
};

// An order basis from kBegin on: "OK", or "EXISTED", or its error. Of two days, if it is not said.
std::string Settle(Scene& scene, const std::string& agreement_id, const std::string& until_day = "2026-11-29");
std::string SettleA(Scene& scene);
std::string SettleB(Scene& scene);
std::string SettleBoth(Scene& scene);    // One outcome, if they are the same.
std::string SettleOneDay(Scene& scene);  // A's.

// Of the company.
std::string MoveToB(Scene& scene);
std::string MoveToNew(Scene& scene);
std::string Remove(Scene& scene);
std::string RemoveThatDay(Scene& scene);     // An hour before midnight, after 7 pieces more.
std::string UndeleteAndGrant(Scene& scene);  // To bjarne.
std::string UndeleteIntoBAndGrant(Scene& scene);
std::string CreateAndGrant(Scene& scene);  // Of another one, in A; it is the scene's from then on.

// Of seats in the company: anna has one, bjarne has none.
std::string InviteBjarne(Scene& scene);
std::string AcceptBjarne(Scene& scene);
std::string GrantBjarne(Scene& scene);
std::string RevokeAnna(Scene& scene);

std::string SetPrice(Scene& scene);  // Of seats, from 28 November on.
std::string Record(Scene& scene);    // 7 pieces more, on 28 November.
std::string Cancel(Scene& scene);    // The 5 pieces.

std::string ClearCustomerNumber(Scene& scene);  // Of A.
std::string DeleteA(Scene& scene);

// Settles every agreement until kEnd. Returns what went wrong, or "".
std::string SettleRest(Scene& scene);

// What VerifyOrderBasis finds in the account's documents, or has waiting: "" is good.
std::string VerifyAll(Service& service, const std::string& account_id);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_RACES_BILLING_SCENE_H_
