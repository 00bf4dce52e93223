// Charging, all of it (domain.md U1 to U3, B1 to B9, T1 to T4, O1 to O8, M5, D2): random histories over several months,
// against an oracle that was written from domain.md alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/history/billing_generator.h"
#include "tests/history/billing_history.h"

namespace agreements::testing {
namespace {

constexpr int kHistories = 2000;  // A tenth in CI.

using oracle::Oracle;
using oracle::Undeletion;

// Whether something is so that happened to the company after it was undeleted.
using Happened = bool (*)(const Oracle& oracle, const Undeletion& undeletion);

bool AccessBegan(const Oracle& oracle, const Undeletion& undeletion) {
  return std::any_of(oracle.accesses.begin(), oracle.accesses.end(), [&](const oracle::Access& access) {
    return access.company == undeletion.company && access.first_day == undeletion.today;
  });
}

bool AccessWasOneDay(const Oracle& oracle, const Undeletion& undeletion) {
  return std::any_of(oracle.accesses.begin(), oracle.accesses.end(), [&](const oracle::Access& access) {
    return access.company == undeletion.company && access.first_day == undeletion.today &&
           access.last_day == undeletion.today;
  });
}

bool AccessEndedWithTheDeletion(const Oracle& oracle, const Undeletion& undeletion) {
  return std::any_of(oracle.accesses.begin(), oracle.accesses.end(), [&](const oracle::Access& access) {
    return access.company == undeletion.company && access.last_day == undeletion.last_day &&
           *access.first_day < undeletion.last_day;
  });
}

bool HadTransactions(const Oracle& oracle, const Undeletion& undeletion) {
  return std::any_of(oracle.transactions.begin(), oracle.transactions.end(), [&](const auto& transaction) {
    return transaction.company == undeletion.company && transaction.day == undeletion.today;
  });
}

bool WasNotTheFirst(const Oracle& oracle, const Undeletion& undeletion) {
  const Undeletion* first = nullptr;
  for (const Undeletion& other : oracle.undeletions) {
    if (other.company == undeletion.company && other.today == undeletion.today && first == nullptr) first = &other;
  }
  return first != &undeletion;
}

bool IntoAnother(const Oracle& /*oracle*/, const Undeletion& undeletion) {
  return undeletion.last != undeletion.target;
}

// What undeletions on the day of the deletion there must be among the histories.
const std::map<std::string, Happened> kCases = {
    {"IntoTheSame", [](const Oracle& oracle, const Undeletion& it) { return !IntoAnother(oracle, it); }},
    {"IntoAnother", IntoAnother},
    {"IntoAnotherThatTakesTheDay",
     [](const Oracle& oracle, const Undeletion& it) { return IntoAnother(oracle, it) && it.begins == it.today; }},
    {"TheOldAgreementWasDeleted", [](const Oracle& /*oracle*/, const Undeletion& it) { return it.last_is_deleted; }},
    {"TheOldAgreementHadSettledTheDay",
     [](const Oracle& oracle, const Undeletion& it) {
       return IntoAnother(oracle, it) && it.last_settled_until > it.today;
     }},
    {"OnlyTheOldAgreementHadSettledTheDay",
     [](const Oracle& oracle, const Undeletion& it) {
       return IntoAnother(oracle, it) && it.last_settled_until > it.today && it.target_settled_until <= it.today;
     }},
    {"OnlyTheNewAgreementHadSettledTheDay",
     [](const Oracle& oracle, const Undeletion& it) {
       return IntoAnother(oracle, it) && it.last_settled_until <= it.today && it.target_settled_until > it.today;
     }},
    {"WhatItReplacedBeganThatDay",
     [](const Oracle& oracle, const Undeletion& it) { return IntoAnother(oracle, it) && it.held_from == it.today; }},
    {"NotTheFirstOfThatDay", WasNotTheFirst},
    {"DeletedAgainThatDay",
     [](const Oracle& oracle, const Undeletion& it) { return IntoAnother(oracle, it) && it.deleted_again; }},
    {"AnAccessEndedWithTheDeletion",
     [](const Oracle& oracle, const Undeletion& it) {
       return IntoAnother(oracle, it) && AccessEndedWithTheDeletion(oracle, it);
     }},
    {"AnAccessBeganThatDay",
     [](const Oracle& oracle, const Undeletion& it) { return IntoAnother(oracle, it) && AccessBegan(oracle, it); }},
    {"AnAccessWasOfThatDayAlone",
     [](const Oracle& oracle, const Undeletion& it) { return IntoAnother(oracle, it) && AccessWasOneDay(oracle, it); }},
    {"TransactionsOfThatDay",
     [](const Oracle& oracle, const Undeletion& it) { return IntoAnother(oracle, it) && HadTransactions(oracle, it); }},
};

// How often histories had each case, and undeletions on the day of the deletion and later at all.
using Counts = std::map<std::string, int>;

void Count(const Oracle& oracle, Counts& counts) {
  for (const Undeletion& undeletion : oracle.undeletions) {
    ++counts[undeletion.SameDay() ? "SameDay" : "LaterDay"];
    if (!undeletion.SameDay()) continue;
    for (const auto& [name, happened] : kCases) counts[name] += happened(oracle, undeletion) ? 1 : 0;
  }
}

// "" if service and oracle agree on the history of a seed; else how they differ, and the history as a test, shrunk.
std::string RunSeed(Service& service, unsigned seed, Counts& counts) {
  Generator generator(seed);
  History history;
  Replay replay(service, FreshAccount());
  std::string difference;
  while (difference.empty() && static_cast<int>(history.steps().size()) < generator.steps()) {
    generator.Add(replay.oracle(), history);
    difference = history.steps().back().run(replay);
  }
  if (difference.empty()) difference = replay.Check();
  Count(replay.oracle(), counts);
  if (difference.empty()) return "";
  const History shrunk = history.Shrunk(service);
  return absl::StrCat("seed ", seed, ": ", history.steps().size(), " steps, of which these are enough:\n\n",
                      "TEST(BillingProperty, Seed", seed, ") {\n", shrunk.Text(), "}\n\n", shrunk.Run(service));
}

TEST(BillingProperty, EveryHistoryIsChargedAsTheOracleSays) {
  Service service;
  const int histories = Rounds(kHistories);
  Counts counts;
  for (int seed = 1; seed <= histories; ++seed) {
    const std::string difference = RunSeed(service, static_cast<unsigned>(seed), counts);
    ASSERT_TRUE(difference.empty()) << difference;
  }
  EXPECT_EQ(service.Findings(), "");
  for (const auto& [name, count] : counts) RecordProperty(name, count);
  for (const auto& [name, happened] : kCases) {
    EXPECT_TRUE(counts[name] > 0 || histories < kHistories / 10) << name << " is in no history";
  }
}

}  // namespace
}  // namespace agreements::testing
