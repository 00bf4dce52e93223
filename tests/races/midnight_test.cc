// What waits for its lock over midnight happens on the new day: the clock is read after the last lock (domain.md D2).
#include "tests/races/billing_scene.h"
#include "tests/races/charged_days.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

using Step = std::string (*)(Scene& scene);

struct Change {
  std::string name;
  Step change;
  Step what_it_waits_for;
  // Afterwards: where the company was, and the user-days until kEnd.
  std::string placements;
  int64_t user_days;
  Step prepare = nullptr;  // On kBegin.
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

std::string SettleOneDayOfB(Scene& scene) { return Settle(scene, scene.b, "2026-11-28"); }

class MidnightTest : public ::testing::TestWithParam<Change> {};

TEST_P(MidnightTest, WhatWaitsOverItHappensOnTheNewDay) {
  const Change& change = GetParam();
  Conductor conductor;
  Service service(conductor.hooks());
  Scene scene(service, kAccount);
  if (change.prepare != nullptr) change.prepare(scene);
  service.clock().Set(kBeforeMidnight);
  std::string settled;
  std::string changed;
  Conductor::Meeting meeting;
  meeting.held = [&] { settled = change.what_it_waits_for(scene); };
  meeting.at = [](absl::string_view name, int /*number*/) { return name == "COMMIT"; };
  meeting.second = [&] { changed = change.change(scene); };
  meeting.on_stopped = [&] { service.clock().Set(kAfterMidnight); };
  EXPECT_TRUE(conductor.Meet(service.test_database(), meeting).waited);
  EXPECT_EQ(settled, "OK");
  EXPECT_EQ(changed, "OK");
  EXPECT_EQ(service.PlacementsOf(scene.company), change.placements);
  EXPECT_EQ(SettleRest(scene), "");
  EXPECT_EQ(ChargedDays(service, scene.account).Charged("seat"), change.user_days);
  EXPECT_EQ(ChargedDays(service, scene.account).Problems(), "");
  EXPECT_EQ(service.Findings(), "");
}

constexpr char kStayed[] = "A 2026-11-27 -";

INSTANTIATE_TEST_SUITE_P(
    EveryChange, MidnightTest,
    ::testing::Values(
        Change{"Move", MoveToB, SettleOneDay, "A 2026-11-27 - 2026-11-29, B 2026-11-29 -", 4},
        Change{"MoveWaitingForItsTarget", MoveToB, SettleOneDayOfB, "A 2026-11-27 - 2026-11-29, B 2026-11-29 -", 4},
        Change{"MoveToNewAgreement", MoveToNew, SettleOneDay, "A 2026-11-27 - 2026-11-29, C 2026-11-29 -", 4},
        Change{"Accept", AcceptBjarne, SettleOneDay, kStayed, 6, InviteBjarne},
        Change{"Grant", GrantBjarne, SettleOneDay, kStayed, 6}, Change{"Revoke", RevokeAnna, SettleOneDay, kStayed, 3},
        Change{"DeleteCompany", Remove, SettleOneDay, "A 2026-11-27 - 2026-11-30, nobody 2026-11-30 -", 3},
        Change{"UndeleteCompany", UndeleteAndGrant, SettleOneDay,
               "A 2026-11-27 - 2026-11-28, nobody 2026-11-28 - 2026-11-29, A 2026-11-29 -", 3, Remove},
        Change{"UndeleteIntoAnother", UndeleteIntoBAndGrant, SettleOneDay, "A 2026-11-27 - 2026-11-29, B 2026-11-29 -",
               4, RemoveThatDay},
        Change{"UndeleteIntoAnotherWaitingForIt", UndeleteIntoBAndGrant, SettleOneDayOfB,
               "A 2026-11-27 - 2026-11-29, B 2026-11-29 -", 4, RemoveThatDay},
        Change{"UndeleteIntoAnotherOnALaterDay", UndeleteIntoBAndGrant, SettleOneDay,
               "A 2026-11-27 - 2026-11-28, nobody 2026-11-28 - 2026-11-29, B 2026-11-29 -", 3, Remove},
        Change{"CreateCompany", CreateAndGrant, SettleOneDay, "A 2026-11-29 -", 6}),
    [](const auto& change) { return change.param.name; });

}  // namespace
}  // namespace agreements::testing
