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
class WirePagesTest : public WireTest {
 protected:
  static void SetUpTestSuite() {
    WireTest::SetUpTestSuite();
    names_ = wire_->Populate("acct-pages");
    const std::string first_day =
        absl::StrCat("occur_time { seconds: ", absl::ToUnixSeconds(wire_->clock().Now()), " }");
    for (int i = 0; i < 60; ++i) {
      Do(&Agreements::CreateAgreement, "display_name: 'Fjord'");
      Do(&Companies::CreateCompany, "agreement_id: '$agreement' display_name: 'Nord'");
      Do(&Companies::CreateCompanyDraft, "agreement_id: '$agreement' display_name: 'D'");
      ChangePlacement(i);
      AddUsage(i);
      Settle();
    }
    SettleManyLines(first_day);
  }

  // A call in the account that succeeds.
  template <typename Stub, typename Request, typename Response>
  static Response Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const std::string& text) {
    return wire_->Call(method, text, names_).value();
  }

  // Moves, deletes or undeletes $company, on a day of its own.
  static void ChangePlacement(int i) {
    PassDay();
    if (i % 10 == 8) {
      Do(&Companies::DeleteCompany, "company_id: '$company'");
      PassDay();  // The last one on which it is held.
    } else if (i % 10 == 9) {
      Do(&Companies::UndeleteCompany, "company_id: '$company'");
    } else {
      const std::string target = i % 2 == 0 ? "$other" : "$agreement";
      Do(&Companies::MoveCompany, absl::StrCat("company_id: '$company' agreement_id: '", target, "'"));
    }
  }

  // A product, a price, an access and a transaction.
  static void AddUsage(int i) {
    Do(&Agreements::CreateProduct,
       absl::StrCat("product_id: 'p-", i, "' display_name: 'P' kind: PRODUCT_KIND_TRANSACTION"));
    const std::string valid_from = absl::FormatCivilTime(absl::CivilDay(2030, 1, 1) + i);
    Do(&Agreements::SetPrice, absl::StrCat("product_id: '$license' unit_price: '1' valid_from: '", valid_from, "'"));
    Do(&Companies::GrantAccess,
       absl::StrCat("company_id: '$billed_company' product_ids: '$license' user_id: 'u-", i, "'"));
    Do(&Companies::RecordTransactions,
       absl::StrCat("transactions { company_id: '$billed_company' product_id: '$scan' quantity: 1 ",
                    "transaction_id: 't-", i, "' occur_time { seconds: ", absl::ToUnixSeconds(wire_->clock().Now()),
                    " } }"));
  }

  // The next day of $billed that is over.
  static void Settle() {
    const std::string from_day = Do(&Agreements::GetAgreement, "agreement_id: '$billed'").agreement().settled_until();
    absl::CivilDay until_day;
    ASSERT_TRUE(absl::ParseCivilTime(from_day, &until_day));
    Do(&Agreements::CreateOrderBasis, absl::StrCat("agreement_id: '$billed' from_day: '", from_day, "' until_day: '",
                                                   absl::FormatCivilTime(until_day + 1), "'"));
  }

  // Makes an order basis with a line for each product, and names it $order_basis.
  static void SettleManyLines(const std::string& occur_time) {
    std::string reports;
    for (int i = 0; i < 60; ++i) {
      const std::string product = absl::StrCat("product_id: 'p-", i, "'");
      Do(&Agreements::SetPrice, absl::StrCat(product, " unit_price: '1' valid_from: '2026-01-01'"));
      absl::StrAppend(&reports, "transactions { company_id: '$billed_company' quantity: 1 ", product,
                      " transaction_id: 'line-", i, "' ", occur_time, " } ");
    }
    Do(&Companies::RecordTransactions, reports);
    Settle();
    names_["$order_basis"] = Do(&Agreements::ListOrderBases, "agreement_id: '$billed'").order_bases(0).order_basis_id();
  }

  // 25 hours, since the day on which summer time ends has 25.
  static void PassDay() { wire_->clock().Set(wire_->clock().Now() + absl::Hours(25)); }

  static std::string Answer(const MethodDescriptor& method, const Message& request) {
    return Describe(wire_->Answer(method, request));
  }

  inline static Names names_;
};

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
  const auto pages =
      wire_->Pages(ListPlacements, {{"account_id", names_.at("$account")}, {"company_id", names_.at("$company")}}, 1);
  std::string until_day;
  for (const auto& page : pages) {
    ASSERT_EQ(page.placements_size(), 1);
    EXPECT_EQ(page.placements(0).until_day(), until_day);
    EXPECT_TRUE(until_day.empty() || page.placements(0).from_day() < until_day);
    until_day = page.placements(0).from_day();
  }
  EXPECT_EQ(pages.size(), 61U);
}

}  // namespace
}  // namespace agreements::testing
