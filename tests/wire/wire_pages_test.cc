// Pages of every list, and their tokens.
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "tests/testing/wire.h"
#include "tests/wire/list_walk.h"

namespace agreements::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// An account with at least 60 rows in every list.
class WirePagesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    wire_ = new Wire;
    names_ = wire_->Populate("acct-pages");
    const std::string first_day =
        absl::StrCat("occur_time { seconds: ", absl::ToUnixSeconds(wire_->clock().Now()), " }");
    for (int i = 0; i < 60; ++i) {
      wire_->Call(&Agreements::CreateAgreement, "display_name: 'Fjord'", names_).value();
      wire_->Call(&Companies::CreateCompany, "agreement_id: '$agreement' display_name: 'Nord'", names_).value();
      wire_->Call(&Companies::CreateCompanyDraft, "agreement_id: '$agreement' display_name: 'D'", names_).value();
      ChangePlacement(i);
      AddUsage(i);
      Settle();
    }
    SettleManyLines(first_day);
  }
  static void TearDownTestSuite() {
    delete wire_;
    wire_ = nullptr;
  }

  // Moves, deletes or undeletes $company, on a day of its own.
  static void ChangePlacement(int i) {
    PassDay();
    if (i % 10 == 8) {
      wire_->Call(&Companies::DeleteCompany, "company_id: '$company'", names_).value();
      PassDay();  // The last one on which it is held.
    } else if (i % 10 == 9) {
      wire_->Call(&Companies::UndeleteCompany, "company_id: '$company'", names_).value();
    } else {
      const std::string target = i % 2 == 0 ? "$other" : "$agreement";
      wire_->Call(&Companies::MoveCompany, absl::StrCat("company_id: '$company' agreement_id: '", target, "'"), names_)
          .value();
    }
  }

  // A product, a price, an access and a transaction.
  static void AddUsage(int i) {
    wire_
        ->Call(&Agreements::CreateProduct,
               absl::StrCat("product_id: 'p-", i, "' display_name: 'P' kind: PRODUCT_KIND_TRANSACTION"), names_)
        .value();
    const std::string valid_from = absl::FormatCivilTime(absl::CivilDay(2030, 1, 1) + i);
    wire_
        ->Call(&Agreements::SetPrice,
               absl::StrCat("product_id: '$license' unit_price: '1' valid_from: '", valid_from, "'"), names_)
        .value();
    wire_
        ->Call(&Companies::GrantAccess,
               absl::StrCat("company_id: '$billed_company' product_ids: '$license' user_id: 'u-", i, "'"), names_)
        .value();
    const std::string report = absl::StrCat(
        "transactions { company_id: '$billed_company' product_id: '$scan' quantity: 1 ", "transaction_id: 't-", i,
        "' occur_time { seconds: ", absl::ToUnixSeconds(wire_->clock().Now()), " } }");
    wire_->Call(&Companies::RecordTransactions, report, names_).value();
  }

  // The next day of $billed that is over.
  static void Settle() {
    const std::string from_day =
        wire_->Call(&Agreements::GetAgreement, "agreement_id: '$billed'", names_).value().agreement().settled_until();
    absl::CivilDay until_day;
    ASSERT_TRUE(absl::ParseCivilTime(from_day, &until_day));
    wire_
        ->Call(&Agreements::CreateOrderBasis,
               absl::StrCat("agreement_id: '$billed' from_day: '", from_day, "' until_day: '",
                            absl::FormatCivilTime(until_day + 1), "'"),
               names_)
        .value();
  }

  // $order_basis becomes one with a line of each of the products, which were used long ago.
  static void SettleManyLines(const std::string& occur_time) {
    std::string reports;
    for (int i = 0; i < 60; ++i) {
      const std::string product = absl::StrCat("product_id: 'p-", i, "'");
      wire_->Call(&Agreements::SetPrice, absl::StrCat(product, " unit_price: '1' valid_from: '2026-01-01'"), names_)
          .value();
      absl::StrAppend(&reports, "transactions { company_id: '$billed_company' quantity: 1 ", product,
                      " transaction_id: 'line-", i, "' ", occur_time, " } ");
    }
    wire_->Call(&Companies::RecordTransactions, reports, names_).value();
    Settle();
    names_["$order_basis"] = wire_->Call(&Agreements::ListOrderBases, "agreement_id: '$billed'", names_)
                                 .value()
                                 .order_bases(0)
                                 .order_basis_id();
  }

  // 25 hours lead to another day even when summer time ends.
  static void PassDay() { wire_->clock().Set(wire_->clock().Now() + absl::Hours(25)); }

  static std::string Answer(const MethodDescriptor& method, const Message& request) {
    return Describe(wire_->Answer(method, request));
  }

  static Wire* wire_;
  static Names names_;
};

Wire* WirePagesTest::wire_ = nullptr;
Names WirePagesTest::names_;

TEST_F(WirePagesTest, AnySizeOfPagesMeetsTheSameRows) {
  for (const MethodDescriptor* method : ListMethods()) {
    const std::vector<std::string> whole = Walk(*wire_, *method, names_, 1000);
    EXPECT_GE(whole.size(), 60U) << method->name();
    const auto rows = static_cast<int>(whole.size());
    for (const int page_size : {1, 2, 7, rows - 1, rows, rows + 1}) {
      EXPECT_EQ(Walk(*wire_, *method, names_, page_size), whole) << method->name() << " in pages of " << page_size;
    }
  }
}

TEST_F(WirePagesTest, APageHas50RowsUnlessTheRequestSaysSo) {
  for (const MethodDescriptor* method : ListMethods()) {
    const Page page = GetPage(*wire_, *method, *FirstPage(*method, names_));
    EXPECT_EQ(page.rows.size(), 50U) << method->name();
    EXPECT_NE(page.next_page_token, "");
  }
}

TEST_F(WirePagesTest, ThePageSizeMayChangeFromPageToPage) {
  for (const MethodDescriptor* method : ListMethods()) {
    const auto request = FirstPage(*method, names_);
    std::vector<std::string> rows;
    for (const int page_size : {3, 1, 0, 1000}) {
      SetPageSize(*request, page_size);
      const Page page = GetPage(*wire_, *method, *request);
      rows.insert(rows.end(), page.rows.begin(), page.rows.end());
      SetText(*request, "page_token", page.next_page_token);
    }
    EXPECT_EQ(rows, Walk(*wire_, *method, names_, 1000)) << method->name();
  }
}

TEST_F(WirePagesTest, APageSizeBelow0OrOver1000IsInvalid) {
  for (const MethodDescriptor* method : ListMethods()) {
    for (const int page_size : {-1, 1001, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) {
      const auto request = FirstPage(*method, names_);
      SetPageSize(*request, page_size);
      EXPECT_EQ(Answer(*method, *request), "INVALID_ARGUMENT FIELD_INVALID; BadRequest page_size");
    }
  }
}

constexpr char kMismatch[] = "INVALID_ARGUMENT PAGE_TOKEN_MISMATCH; BadRequest page_token";

TEST_F(WirePagesTest, APageTokenIsForItsOwnMethodAccountAndFiltersOnly) {
  for (const MethodDescriptor* method : ListMethods()) {
    const std::string token = GetPage(*wire_, *method, *FirstPage(*method, names_)).next_page_token;
    for (const MethodDescriptor* other : ListMethods()) {
      const auto request = FirstPage(*other, names_);
      SetText(*request, "page_token", token);
      EXPECT_EQ(Answer(*other, *request), other == method ? "OK" : kMismatch) << method->name() << other->name();
    }
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor* field = method->input_type()->field(i);
      if (field->name() == "page_size" || field->name() == "page_token") continue;
      const auto request = FirstPage(*method, names_);
      SetText(*request, "page_token", token);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
        request->GetReflection()->SetBool(request.get(), field, true);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        request->GetReflection()->SetEnumValue(request.get(), field, 1);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {  // A time.
        FillIn(absl::StrCat(field->name(), " { seconds: 1 }"), names_, *request);
      } else {
        Names others = names_;
        others["$account"] = "acct-2";
        others["$company"] = names_.at("$drafted_company");
        others["$billed_company"] = names_.at("$company");
        others["$order_basis"] = names_.at("$no_order_basis");
        others["$license"] = names_.at("$scan");
        others["$billed"] = names_.at("$agreement");
        const auto other = ValidRequest(*method, others);
        SetText(*request, field->name(), other->GetReflection()->GetString(*other, field));
      }
      EXPECT_EQ(Answer(*method, *request), kMismatch) << method->name() << " with another " << field->name();
    }
  }
}

TEST_F(WirePagesTest, APageTokenThatWasTamperedWithIsAMismatch) {
  for (const MethodDescriptor* method : ListMethods()) {
    const auto request = FirstPage(*method, names_);
    const std::string token = GetPage(*wire_, *method, *request).next_page_token;
    for (size_t i = 0; i < token.size(); ++i) {
      std::string tampered = token;
      tampered[i] = token[i] == 'A' ? 'B' : 'A';
      SetText(*request, "page_token", tampered);
      EXPECT_EQ(Answer(*method, *request), kMismatch) << method->name() << " " << tampered;
    }
    for (const std::string& tampered : {token + token, token + "A", token + " ", token.substr(1), std::string("1")}) {
      SetText(*request, "page_token", tampered);
      EXPECT_EQ(Answer(*method, *request), kMismatch) << method->name() << " " << tampered;
    }
  }
}

TEST_F(WirePagesTest, PlacementsTileTheDaysFromTheNewestToTheOldest) {
  v1::ListPlacementsRequest request;
  request.set_account_id(names_.at("$account"));
  request.set_company_id(names_.at("$company"));
  request.set_page_size(1);
  std::string until_day;
  int placements = 0;
  do {
    const auto page = wire_->Call(&Companies::ListPlacements, request).value();
    ASSERT_EQ(page.placements_size(), 1);
    EXPECT_EQ(page.placements(0).until_day(), until_day);
    EXPECT_TRUE(until_day.empty() || page.placements(0).from_day() < until_day);
    until_day = page.placements(0).from_day();
    request.set_page_token(page.next_page_token());
    ++placements;
  } while (!request.page_token().empty());
  EXPECT_EQ(placements, 61);
}

}  // namespace
}  // namespace agreements::testing
