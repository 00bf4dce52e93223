// Documents of different agreements meet at the products that they price: domain.md B5.
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/races/billing_scene.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

class PricesInUseTest : public ::testing::Test {
 protected:
  // A, B and C each have a company in which someone has a seat, and are not settled yet.
  PricesInUseTest() : c_(service_.NewAgreementWithNumber("C", "1003")) {
    service_.Grant(service_.NewCompany(scene_.b, "Viddas"), "bjarne", {"seat"}).value();
    service_.Grant(service_.NewCompany(c_, "Solvang"), "carina", {"seat"}).value();
    service_.clock().SetDay(kEnd);
  }

  // One caller is held before it commits a document of B until the 29th, while `second` does what it can: "waits", or
  // "does not wait", and what became of it.
  std::string WhileBIsSettled(const std::function<std::string()>& second) {
    std::string settled;
    std::string outcome;
    Conductor::Meeting meeting;
    meeting.held = [&] { settled = SettleB(scene_); };
    meeting.at = [](absl::string_view name, int /*number*/) { return name == "COMMIT"; };
    meeting.second = [&] { outcome = second(); };
    const bool waited = conductor_.Meet(service_.test_database(), meeting).waited;
    EXPECT_EQ(settled, "OK");
    return absl::StrCat(waited ? "waits" : "does not wait", ": ", outcome);
  }

  std::string PricedUntil() {
    return service_.Do(GetProduct, {{"product_id", "seat"}}).value().product().priced_until();
  }

  Conductor conductor_;
  Service service_{conductor_.hooks()};
  Scene scene_{service_, kAccount};
  const std::string c_;
};

TEST_F(PricesInUseTest, B5DocumentsThatTakePricesIntoUseWaitForEachOther) {
  EXPECT_EQ(WhileBIsSettled([&] { return SettleA(scene_); }), "waits: OK");
  EXPECT_EQ(PricedUntil(), "2026-11-29");
}

TEST_F(PricesInUseTest, B5DocumentsWithPricesThatAreInUseDoNotWait) {
  ASSERT_EQ(Settle(scene_, c_), "OK");
  EXPECT_EQ(WhileBIsSettled([&] { return SettleA(scene_); }), "does not wait: OK");
  EXPECT_EQ(PricedUntil(), "2026-11-29");
}

TEST_F(PricesInUseTest, B5ADocumentThatGoesOnADayTakesThatDaysPriceIntoUse) {
  ASSERT_EQ(Settle(scene_, c_), "OK");
  EXPECT_EQ(WhileBIsSettled([&] { return Settle(scene_, scene_.a, "2026-11-30"); }), "does not wait: OK");
  EXPECT_EQ(PricedUntil(), "2026-11-30");
}

TEST_F(PricesInUseTest, B5ANewPriceWaitsForTheDocumentThatTakesTheOldOneIntoUse) {
  EXPECT_EQ(WhileBIsSettled([&] { return SetPrice(scene_); }), "waits: PRICE_IN_USE");
}

TEST_F(PricesInUseTest, B5APriceThatIsInUseIsRefusedWithoutWaiting) {
  ASSERT_EQ(Settle(scene_, c_), "OK");
  EXPECT_EQ(WhileBIsSettled([&] { return SetPrice(scene_); }), "does not wait: PRICE_IN_USE");
}

}  // namespace
}  // namespace agreements::testing
