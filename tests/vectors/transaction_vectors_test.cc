// domain.md T1 to T4, over the network.
#include "absl/strings/str_cat.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

class TransactionVectorsTest : public BillingStoryTest {
 protected:
  TransactionVectorsTest() {
    story.Agreement("A");
    story.Agreement("B");
    story.Company("A", "c1");
    story.Company("A", "c2");
    story.PerPiece("scan");
    story.PerPiece("ehf", {{"2026-01-01", "1.50"}});
    story.License("accounting");
    story.At("2026-01-20");
  }

  // What Record() returns for a conflict.
  static std::string Conflict(const std::string& company = "c1", const std::string& id = "t1") {
    const std::string name = absl::StrCat("$", company);
    return absl::StrCat("REFUSED FAILED_PRECONDITION TRANSACTION_CONFLICT company_id=", name, " transaction_id=", id,
                        "; PreconditionFailure TRANSACTION_CONFLICT ", name, "/", id);
  }

  static std::string Invalid(const std::string& field) {
    return absl::StrCat("REFUSED INVALID_ARGUMENT FIELD_INVALID; BadRequest ", field);
  }
};

TEST_F(TransactionVectorsTest, T1ReportedAgainWithTheSameContentIsADuplicate) {
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .quantity = 3}}), "RECORDED 2026-01-07");
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .quantity = 3}}), "DUPLICATE 2026-01-07");
  EXPECT_EQ(story.January("A"), "scan 2026-01-01 2.00 x3 6.00");
}

TEST_F(TransactionVectorsTest, T1TheSameContentIsTheSameToTheMicrosecond) {
  story.Record({{.when = "2026-01-07T10:00:00.123456789Z"}});
  EXPECT_EQ(story.Record({{.when = "2026-01-07T10:00:00.123456Z"}}), "DUPLICATE 2026-01-07");
  EXPECT_EQ(story.Record({{.when = "2026-01-07T10:00:00.123456001Z"}}), "DUPLICATE 2026-01-07");
  EXPECT_EQ(story.Record({{.when = "2026-01-07T10:00:00.123457Z"}}), Conflict());
}

TEST_F(TransactionVectorsTest, T1OtherContentIsAConflict) {
  story.Record({{.when = "2026-01-07"}});
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .quantity = 2}}), Conflict());
  EXPECT_EQ(story.Record({{.when = "2026-01-08"}}), Conflict());
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .product = "ehf"}}), Conflict());
  EXPECT_EQ(story.January("A"), "scan 2026-01-01 2.00 x1 2.00");
}

TEST_F(TransactionVectorsTest, T1TheIdIsUniqueInItsCompany) {
  EXPECT_EQ(story.Record({{.company = "c1", .when = "2026-01-07"}, {.company = "c2", .when = "2026-01-08"}}),
            "RECORDED 2026-01-07, RECORDED 2026-01-08");
  EXPECT_EQ(story.Record({{.id = "T1", .when = "2026-01-09"}}), "RECORDED 2026-01-09");
}

TEST_F(TransactionVectorsTest, T1RepeatsWithinACallCountInItsOrder) {
  EXPECT_EQ(story.Record({{.id = "t1", .when = "2026-01-07"},
                          {.id = "t2", .when = "2026-01-08"},
                          {.id = "t1", .when = "2026-01-07"},
                          {.id = "t1", .when = "2026-01-07", .quantity = 2},
                          {.id = "t1", .when = "2026-01-07"}}),
            absl::StrCat("RECORDED 2026-01-07, RECORDED 2026-01-08, DUPLICATE 2026-01-07, ", Conflict(),
                         ", DUPLICATE 2026-01-07"));
}

TEST_F(TransactionVectorsTest, T1ARepeatOfARefusedOneIsTheFirst) {
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .quantity = 0}, {.when = "2026-01-07"}}),
            Invalid("transactions[0].quantity") + ", RECORDED 2026-01-07");
}

TEST_F(TransactionVectorsTest, T1OneBadItemNeverLosesTheOthers) {
  EXPECT_EQ(
      story.Record({{.id = "t1", .when = "2026-01-07"},
                    {.id = "t2", .when = "2026-01-07", .product = "nothing"},
                    {.id = "t3", .when = "2026-01-07", .quantity = -1},
                    {.id = "t4", .when = "2026-01-07"}}),
      absl::StrCat("RECORDED 2026-01-07, REFUSED NOT_FOUND PRODUCT_NOT_FOUND product_id=nothing; ",
                   "ResourceInfo Product nothing, ", Invalid("transactions[2].quantity"), ", RECORDED 2026-01-07"));
}

TEST_F(TransactionVectorsTest, T1DuplicatesAreLookedForBeforeAnythingElse) {
  story.Record({{.when = "2026-01-07"}});
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .quantity = 0}}), Conflict());
  for (const char* product : {"nothing", "accounting", R"(\"],[\")"}) {
    EXPECT_EQ(story.Record({{.when = "2026-01-07", .product = product}}), Conflict()) << product;
  }
  for (const char* when : {"2027-01-07", "2025-01-07"}) EXPECT_EQ(story.Record({{.when = when}}), Conflict()) << when;
  story.DeleteCompany("c1");
  story.At("2026-01-30");
  EXPECT_EQ(story.Record({{.when = "2026-01-07"}}), "DUPLICATE 2026-01-07");
  EXPECT_EQ(story.Record({{.when = "2026-01-29"}}), Conflict());
}

// The second report reaches a server whose clock is a second behind.
TEST_F(TransactionVectorsTest, T1ADuplicateThatIsAheadOfTimeByNowIsADuplicate) {
  story.At("2026-01-20T11:00:00Z");
  EXPECT_EQ(story.Record({{.when = "2026-01-20T11:05:00Z"}}), "RECORDED 2026-01-20");
  story.At("2026-01-20T10:59:59Z");
  EXPECT_EQ(story.Record({{.when = "2026-01-20T11:05:00Z"}}), "DUPLICATE 2026-01-20");
}

TEST_F(TransactionVectorsTest, T1AThousandInACall) {
  std::vector<Use> uses;
  for (int i = 0; i < 1000; ++i) uses.push_back({.id = absl::StrCat("t", i), .when = "2026-01-07"});
  EXPECT_EQ(story.Record(uses), absl::StrCat("RECORDED 2026-01-07", [] {
              std::string rest;
              for (int i = 1; i < 1000; ++i) rest += ", RECORDED 2026-01-07";
              return rest;
            }()));
  EXPECT_EQ(story.January("A"), "scan 2026-01-01 2.00 x1000 2000.00");
}

TEST_F(TransactionVectorsTest, T2AnUnknownCompanyOrProductOrALicenseIsRefused) {
  story.Name("nobody", "cmp-0000000000000000");
  EXPECT_EQ(story.Record({{.company = "nobody", .when = "2026-01-07"}}),
            "REFUSED NOT_FOUND COMPANY_NOT_FOUND company_id=$nobody; ResourceInfo Company $nobody");
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .product = "nothing"}}),
            "REFUSED NOT_FOUND PRODUCT_NOT_FOUND product_id=nothing; ResourceInfo Product nothing");
  EXPECT_EQ(story.Record({{.when = "2026-01-07", .product = "accounting"}}),
            "REFUSED INVALID_ARGUMENT PRODUCT_KIND_WRONG kind=LICENSE product_id=accounting; "
            "BadRequest transactions[0].product_id");
}

TEST_F(TransactionVectorsTest, T2TheQuantityIsOneToABillion) {
  EXPECT_EQ(story.Record({{.id = "t1", .when = "2026-01-07", .quantity = 0},
                          {.id = "t2", .when = "2026-01-07", .quantity = 1},
                          {.id = "t3", .when = "2026-01-07", .quantity = 1000000000},
                          {.id = "t4", .when = "2026-01-07", .quantity = 1000000001}}),
            absl::StrCat(Invalid("transactions[0].quantity"), ", RECORDED 2026-01-07, RECORDED 2026-01-07, ",
                         Invalid("transactions[3].quantity")));
}

TEST_F(TransactionVectorsTest, T2AtMostFiveMinutesAhead) {
  story.At("2026-01-20T11:00:00Z");
  EXPECT_EQ(story.Record({{.id = "t1", .when = "2026-01-20T11:05:00.000000999Z"},
                          {.id = "t2", .when = "2026-01-20T11:05:00.000001Z"}}),
            "RECORDED 2026-01-20, " + Invalid("transactions[1].occur_time"));
}

TEST_F(TransactionVectorsTest, T2ItsDayIsNeverLaterThanTheDayOnWhichItIsRecorded) {
  story.At("2026-01-20T22:58:00Z");
  EXPECT_EQ(story.Record({{.when = "2026-01-20T23:01:00Z"},
                          {.id = "t2", .when = "2026-01-20T23:00:00Z"},
                          {.id = "t3", .when = "2026-01-20T22:59:59.999999Z"}}),
            "RECORDED 2026-01-20, RECORDED 2026-01-20, RECORDED 2026-01-20");
  story.At("2026-01-20T23:00:00Z");
  EXPECT_EQ(
      story.Record({{.id = "t4", .when = "2026-01-20T23:00:00Z"}, {.id = "t5", .when = "2026-01-20T22:59:59.999999Z"}}),
      "RECORDED 2026-01-21, RECORDED 2026-01-20");
  story.At("2026-01-20T23:01:00Z");
  EXPECT_EQ(story.Record({{.when = "2026-01-20T23:01:00Z"}}), "DUPLICATE 2026-01-20");
}

TEST_F(TransactionVectorsTest, T2ADayWithoutAHolderIsRefused) {
  story.DeleteCompany("c1");
  story.At("2026-01-25");
  story.UndeleteCompany("c1");
  const auto refused = [](const std::string& day) {
    return absl::StrCat("REFUSED FAILED_PRECONDITION COMPANY_DELETED company_id=$c1 day=", day,
                        "; PreconditionFailure COMPANY_DELETED $c1");
  };
  EXPECT_EQ(story.Record({{.id = "t1", .when = "2025-12-31"},
                          {.id = "t2", .when = "2026-01-01T00:00:00+01:00"},
                          {.id = "t3", .when = "2026-01-20"},
                          {.id = "t4", .when = "2026-01-21"},
                          {.id = "t5", .when = "2026-01-24"},
                          {.id = "t6", .when = "2026-01-25"}}),
            absl::StrCat(refused("2025-12-31"), ", RECORDED 2026-01-01, RECORDED 2026-01-20, ", refused("2026-01-21"),
                         ", ", refused("2026-01-24"), ", RECORDED 2026-01-25"));
  EXPECT_EQ(story.Sql("SELECT GROUP_CONCAT(transaction_id ORDER BY transaction_id) FROM transactions "
                      "WHERE account_id = '$account'"),
            "t2,t3,t6\n");
}

TEST_F(TransactionVectorsTest, T3OneThatArrivesLateIsInTheNextDocumentOnALineOfItsOwn) {
  story.Price("scan", "2026-02-01", "3.00");
  story.Record({{.id = "t1", .when = "2026-01-07", .quantity = 5}});
  story.At("2026-02-02");
  story.Settle("A", "2026-02-01");
  EXPECT_EQ(story.Record({{.id = "t2", .when = "2026-01-08", .quantity = 7}, {.id = "t3", .when = "2026-02-01"}}),
            "RECORDED 2026-01-08, RECORDED 2026-02-01");
  story.At("2026-03-01");
  const v1::OrderBasis february = story.Settle("A", "2026-03-01");
  EXPECT_EQ(LinesText(february), "scan 2026-02-01 3.00 x1 3.00; scan 2026-01-01 2.00 x7 of 2026-01 14.00");
  EXPECT_EQ(story.Explain(february, 1), "c1/t3 2026-02-01 1");
  EXPECT_EQ(story.Explain(february, 2), "c1/t2 2026-01-08 7");
}

TEST_F(TransactionVectorsTest, T3LateLinesAreInTheOrderOfTheirMonths) {
  for (const char* until : {"2026-02-01", "2026-03-01"}) {
    story.At(until);
    story.Settle("A", until);
  }
  story.Record({{.id = "t1", .when = "2026-02-07", .product = "ehf"},
                {.id = "t2", .when = "2026-01-07"},
                {.id = "t3", .when = "2026-02-07"},
                {.id = "t4", .when = "2026-01-07", .product = "ehf"},
                {.id = "t5", .when = "2026-03-01", .product = "scan"}});
  story.Grant("c1", "u1", "accounting");
  story.At("2026-04-01");
  EXPECT_EQ(story.Lines("A", "2026-03-01", "2026-04-01"),
            "accounting 2026-01-01 423.00 31/31 423.00; scan 2026-01-01 2.00 x1 2.00; "
            "ehf 2026-01-01 1.50 x1 of 2026-01 1.50; scan 2026-01-01 2.00 x1 of 2026-01 2.00; "
            "ehf 2026-01-01 1.50 x1 of 2026-02 1.50; scan 2026-01-01 2.00 x1 of 2026-02 2.00");
}

TEST_F(TransactionVectorsTest, T3LateOnesArePricedByTheirOwnDays) {
  story.Price("scan", "2026-01-11", "3.00");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  story.Record({{.id = "t1", .when = "2026-01-10"}, {.id = "t2", .when = "2026-01-11"}});
  story.At("2026-03-01");
  EXPECT_EQ(story.Lines("A", "2026-02-01", "2026-03-01"),
            "scan 2026-01-01 2.00 x1 of 2026-01 2.00; scan 2026-01-11 3.00 x1 of 2026-01 3.00");
  EXPECT_EQ(story.PricedUntil("scan"), "2026-01-12");
}

TEST_F(TransactionVectorsTest, T3ALateOneWithoutAPriceRefusesTheDocument) {
  story.PerPiece("parcel", {{"2026-02-01", "1.00"}});
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  story.Record({{.when = "2026-01-10", .product = "parcel"}});
  story.At("2026-03-01");
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A'"),
            "FAILED_PRECONDITION PRICE_MISSING day=2026-01-10 product_id=parcel; "
            "PreconditionFailure PRICE_MISSING parcel");
}

TEST_F(TransactionVectorsTest, T3AfterAPartSettlementOneIsLateInTheSameMonth) {
  story.Record({{.id = "t1", .when = "2026-01-10"}});
  story.Settle("A", "2026-01-16");
  story.Record({{.id = "t2", .when = "2026-01-15", .quantity = 3}, {.id = "t3", .when = "2026-01-16", .quantity = 5}});
  story.At("2026-02-01");
  EXPECT_EQ(story.Lines("A", "2026-01-16", "2026-02-01"),
            "scan 2026-01-01 2.00 x5 10.00; scan 2026-01-01 2.00 x3 of 2026-01 6.00");
}

TEST_F(TransactionVectorsTest, T3ALateOneIsChargedToTheAgreementThatHeldTheCompanyThen) {
  story.Move("c1", "B");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  story.Settle("B", "2026-02-01");
  story.Record({{.id = "t1", .when = "2026-01-19", .quantity = 3}, {.id = "t2", .when = "2026-01-20", .quantity = 5}});
  story.At("2026-03-01");
  EXPECT_EQ(story.Lines("A", "2026-02-01", "2026-03-01"), "scan 2026-01-01 2.00 x3 of 2026-01 6.00");
  EXPECT_EQ(story.Lines("B", "2026-02-01", "2026-03-01"), "scan 2026-01-01 2.00 x5 of 2026-01 10.00");
}

TEST_F(TransactionVectorsTest, T3ALateOneOfADeletedCompanyIsCharged) {
  story.DeleteCompany("c1");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  EXPECT_EQ(story.Record({{.when = "2026-01-20"}}), "RECORDED 2026-01-20");
  story.At("2026-03-01");
  EXPECT_EQ(story.Lines("A", "2026-02-01", "2026-03-01"), "scan 2026-01-01 2.00 x1 of 2026-01 2.00");
}

TEST_F(TransactionVectorsTest, T4OneThatIsInNoDocumentCanBeCancelled) {
  story.Record({{.id = "t1", .when = "2026-01-07"}, {.id = "t2", .when = "2026-01-07", .quantity = 5}});
  EXPECT_EQ(story.Cancel({{"c1", "t1"}}), "CANCELLED 2026-01-07");
  EXPECT_EQ(story.Cancel({{"c1", "t1"}}), "CANCELLED 2026-01-07");
  EXPECT_EQ(story.January("A"), "scan 2026-01-01 2.00 x5 10.00");
}

TEST_F(TransactionVectorsTest, T4TheIdOfACancelledOneStaysUsed) {
  story.Record({{.when = "2026-01-07"}});
  story.Cancel({{"c1", "t1"}});
  EXPECT_EQ(story.Record({{.when = "2026-01-07"}}), "DUPLICATE 2026-01-07 CANCELLED");
  EXPECT_EQ(story.Record({{.when = "2026-01-08"}}), Conflict());
}

TEST_F(TransactionVectorsTest, T4OneThatIsInADocumentStays) {
  story.Record({{.id = "t1", .when = "2026-01-07"}, {.id = "t2", .when = "2026-01-20"}});
  const v1::OrderBasis document = story.Settle("A", "2026-01-20");
  story.Name("ord", document.order_basis_id());
  story.Name("document", "");
  EXPECT_EQ(story.Cancel({{"c1", "t1"}, {"c1", "t2"}, {"c1", "t3"}}),
            "REFUSED FAILED_PRECONDITION TRANSACTION_SETTLED company_id=$c1 order_basis_id=$ord transaction_id=t1; "
            "PreconditionFailure TRANSACTION_SETTLED $c1/t1, CANCELLED 2026-01-20, "
            "REFUSED NOT_FOUND TRANSACTION_NOT_FOUND company_id=$c1 transaction_id=t3; "
            "ResourceInfo Transaction $c1/t3");
  EXPECT_EQ(story.Record({{.when = "2026-01-07"}}), "DUPLICATE 2026-01-07 SETTLED");
}

}  // namespace
}  // namespace agreements::testing
