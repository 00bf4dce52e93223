#include "client/cli/export/order_export.h"

#include <gmock/gmock.h>

#include "absl/strings/str_join.h"
#include "tests/export/csv_reader.h"
#include "tests/export/documents.h"

namespace agreements::cli {
namespace {

using ::testing::AllOf;
using testing::Append;
using ::testing::HasSubstr;
using testing::LicenseLine;
using ::testing::Not;
using testing::OctoberDocument;
using testing::ReadCsv;
using testing::TwoDocuments;
using Documents = std::vector<v1::OrderBasis>;

const char kId[] = "ord-1m84e76f91jab764";
const char kOtherId[] = "ord-1m84e76f91jab765";

OrderExportOptions Options(OrderFormat format) {
  OrderExportOptions options;
  options.format = format;
  options.order_date = absl::CivilDay(2026, 11, 26);
  return options;
}

std::string Export(const Documents& documents, const OrderExportOptions& options) {
  const absl::StatusOr<OrderFile> file = ExportOrders(documents, options);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? file->content : "";
}

absl::Status Refusal(const Documents& documents, OrderFormat format = OrderFormat::kUnimicro) {
  return ExportOrders(documents, Options(format)).status();
}

// One line of 218.32.
v1::OrderBasis Document(const std::string& id) {
  v1::OrderBasis document = OctoberDocument(id);
  Append(document, LicenseLine("Regnskap", "423.00", 16, "218.32"));
  document.set_total_amount("218.32");
  return document;
}

TEST(OrderFormatOf, KnowsThreeNames) {
  EXPECT_EQ(OrderFormatOf("unimicro"), OrderFormat::kUnimicro);
  EXPECT_EQ(OrderFormatOf("tripletex"), OrderFormat::kTripletex);
  EXPECT_EQ(OrderFormatOf("poweroffice"), OrderFormat::kPowerOffice);
  EXPECT_EQ(OrderFormatOf("Unimicro"), std::nullopt);
  EXPECT_EQ(OrderFormatOf(""), std::nullopt);
  EXPECT_EQ(OrderExportOptions().format, OrderFormat::kUnimicro);
}

// As the format's owner describes it: formats.cc has the sources.
TEST(ExportOrders, WritesTheHeadersOfEachFormat) {
  EXPECT_EQ(Export({}, Options(OrderFormat::kUnimicro)),
            "\ufeffOrdrenr;Ordredato;Leveringsdato;Kundenr;Kundenavn;Vår referanse;Deres referanse;Hovedselger;"
            "Rekvisisjon;Leveringsadr.;Lev.postnr.;Lev.poststed;Varenr;Varenavn;Antall;Pris eks. mva;Rabatt %;Prosjekt;"
            "Avdeling");
  EXPECT_EQ(Export({}, Options(OrderFormat::kTripletex)),
            "\ufeffORDER NO;ORDER DATE;CUSTOMER NO;CURRENCY;DELIVERY DATE;ORDER LINE - PROD NO;"
            "ORDER LINE - DESCRIPTION;ORDER LINE - UNIT PRICE;ORDER LINE - COUNT;ORDER LINE - VAT CODE");
  EXPECT_EQ(Export({}, Options(OrderFormat::kPowerOffice)),
            "\ufeff[Orders];;;;;;;;;\r\n"
            ";OrderNo;OrderDate;DeliveryDate;CustomerCode;Currency;ProductCode;Description;Quantity;"
            "OrderLineUnitPrice");
}

TEST(ExportOrders, WritesALineForEachLineInUnimicrosFormat) {
  OrderExportOptions options = Options(OrderFormat::kUnimicro);
  options.our_reference = "Kari Nordmann";
  const std::string content = Export(TwoDocuments(), options);
  EXPECT_EQ(content.substr(content.find('\n') + 1),
            "217608663529172;26.11.2026;31.10.2026;00512;Viddas Gruppe;Kari Nordmann;;;;;;;accounting;"
            "Regnskap oktober 2026: 16 brukerdager av 31 à 423,00;1;218,32;;;\n"
            "217608663529172;26.11.2026;31.10.2026;00512;Viddas Gruppe;Kari Nordmann;;;;;;;invoice:e;"
            "EHF-faktura oktober 2026: 1200 stk. à 0,52;1;624,00;;;\n"
            "217608663529172;26.11.2026;31.10.2026;00512;Viddas Gruppe;Kari Nordmann;;;;;;;invoice:e;"
            "EHF-faktura fra september 2026: 1 stk. à 0,52;1;0,52;;;\n"
            "217608663529173;26.11.2026;31.10.2026;7;\"Øystein \"\"Ærlig\"\" Ånes; Sønn & Co\";Kari Nordmann;;;;;;;"
            "accounting;\"Lønn; med \"\"alt\"\" 16.–31. oktober 2026: 1 brukerdag av 31 à 450,00\";1;14,52;;;\n"
            "217608663529173;26.11.2026;31.10.2026;7;\"Øystein \"\"Ærlig\"\" Ånes; Sønn & Co\";Kari Nordmann;;;;;;;"
            "payroll;Regnskap 16.–31. oktober 2026: 42 brukerdager av 31 à 423,00;1;573,10;;;");
}

TEST(ExportOrders, WritesALineForEachLineInTripletexFormat) {
  const std::string content = Export({TwoDocuments()[0]}, Options(OrderFormat::kTripletex));
  EXPECT_EQ(
      content.substr(content.find('\n') + 1),
      "ord-1m84e76f91jab764;2026-11-26;00512;NOK;2026-10-31;;"
      "Regnskap oktober 2026: 16 brukerdager av 31 à 423,00;218,32;1;3\r\n"
      "ord-1m84e76f91jab764;2026-11-26;00512;NOK;2026-10-31;;EHF-faktura oktober 2026: 1200 stk. à 0,52;624,00;1;3"
      "\r\n"
      "ord-1m84e76f91jab764;2026-11-26;00512;NOK;2026-10-31;;EHF-faktura fra september 2026: 1 stk. à 0,52;0,52;1;"
      "3");
}

TEST(ExportOrders, WritesAnOrderAndThenItsLinesInPowerOfficesFormat) {
  const testing::Table table = ReadCsv(Export(TwoDocuments(), Options(OrderFormat::kPowerOffice)));
  std::vector<std::string> lines;
  for (size_t i = 2; i < table.size(); ++i) lines.push_back(absl::StrJoin(table[i], "|"));
  EXPECT_THAT(lines, ::testing::ElementsAre(
                         "|217608663529172|26.11.2026|31.10.2026|00512|NOK||||",
                         "||||||accounting|Regnskap oktober 2026: 16 brukerdager av 31 à 423,00|1|218,32",
                         "||||||invoice:e|EHF-faktura oktober 2026: 1200 stk. à 0,52|1|624,00",
                         "||||||invoice:e|EHF-faktura fra september 2026: 1 stk. à 0,52|1|0,52",
                         "|217608663529173|26.11.2026|31.10.2026|7|NOK||||",
                         "||||||accounting|Lønn; med \"alt\" 16.–31. oktober 2026: 1 brukerdag av 31 à 450,00|1|14,52",
                         "||||||payroll|Regnskap 16.–31. oktober 2026: 42 brukerdager av 31 à 423,00|1|573,10"));
}

TEST(ExportOrders, HasAControlTotal) {
  const absl::StatusOr<OrderFile> file = ExportOrders(TwoDocuments(), Options(OrderFormat::kUnimicro));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(ToString(file->control_total), "2 order bases, 5 lines, 1430.46 NOK");
  EXPECT_EQ(ToString(ExportOrders({Document(kId)}, Options(OrderFormat::kUnimicro))->control_total),
            "1 order basis, 1 line, 218.32 NOK");
  EXPECT_EQ(ToString(ControlTotal()), "0 order bases, 0 lines");
  EXPECT_EQ(ToString({.documents = 1, .lines = 1, .hundredths = {{"NOK", -5}}}), "1 order basis, 1 line, -0.05 NOK");
}

TEST(ExportOrders, TakesTheSalesModulesProductNumbers) {
  for (const auto& [format, product_without] :
       std::map<OrderFormat, std::string>{{OrderFormat::kUnimicro, "payroll"},
                                          {OrderFormat::kTripletex, ""},
                                          {OrderFormat::kPowerOffice, "payroll"}}) {
    OrderExportOptions options = Options(format);
    options.product_numbers = {{"accounting", "0042"}};
    options.vat_code = "6";
    std::vector<std::string> products;
    const testing::Table table = ReadCsv(Export({TwoDocuments()[1]}, options));
    for (const std::vector<std::string>& row : table) products.push_back(absl::StrJoin(row, "|"));
    EXPECT_THAT(products, ::testing::Contains(HasSubstr("|0042|Lønn")));
    EXPECT_THAT(products, ::testing::Contains(HasSubstr("|" + product_without + "|Regnskap")));
    EXPECT_EQ(table.back().back() == "6", format == OrderFormat::kTripletex);
  }
}

TEST(ExportOrders, HasShortOrderNumbersIfAskedFor) {
  for (const OrderFormat format : {OrderFormat::kUnimicro, OrderFormat::kTripletex, OrderFormat::kPowerOffice}) {
    OrderExportOptions options = Options(format);
    options.short_order_numbers = true;
    EXPECT_THAT(Export({Document(kId)}, options),
                AllOf(HasSubstr("715849200;"), Not(HasSubstr("217608663529172")), Not(HasSubstr(kId))));
  }
}

TEST(ExportOrders, RefusesDocumentsOfOneShortOrderNumber) {
  Documents documents;
  for (const char* id : {"ord-1m84e76f91jab8h5", "ord-1m84e76f91jabaff"}) documents.push_back(Document(id));
  OrderExportOptions options = Options(OrderFormat::kUnimicro);
  EXPECT_TRUE(ExportOrders(documents, options).ok());
  options.short_order_numbers = true;
  const absl::Status status = ExportOrders(documents, options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("ord-1m84e76f91jab8h5 and ord-1m84e76f91jabaff"), HasSubstr("order number")));
}

// O5
TEST(ExportOrders, LeavesOutDocumentsWithoutLines) {
  v1::OrderBasis empty = OctoberDocument(kOtherId);
  empty.clear_customer_number();
  EXPECT_EQ(Export({empty, Document(kId), empty}, Options(OrderFormat::kUnimicro)),
            Export({Document(kId)}, Options(OrderFormat::kUnimicro)));
  EXPECT_EQ(Export({empty}, Options(OrderFormat::kUnimicro)), Export({}, Options(OrderFormat::kUnimicro)));
  empty.clear_total_amount();
  EXPECT_EQ(Export({empty}, Options(OrderFormat::kUnimicro)), Export({}, Options(OrderFormat::kUnimicro)));
}

TEST(ExportOrders, NamesAllAgreementsWithoutACustomerNumber) {
  Documents documents = {Document(kId)};
  for (const char* name : {"a", "b", "b", "c"}) {
    documents.push_back(Document(kOtherId));
    documents.back().set_agreement_id(std::string("agr-") + name);
    documents.back().set_agreement_display_name(std::string("Åse ") + name);
    documents.back().clear_customer_number();
  }
  documents.back().clear_lines();  // It has a total: its lines were not fetched.
  const absl::Status status = Refusal(documents);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("agr-a (Åse a), agr-b (Åse b), agr-c (Åse c);"));
}

TEST(ExportOrders, RefusesADocumentThatIsThereTwice) {
  const absl::Status status = Refusal({Document(kId), Document(kOtherId), Document(kId)});
  EXPECT_EQ(status, absl::InvalidArgumentError("ord-1m84e76f91jab764 is there twice"));
}

TEST(ExportOrders, RefusesPreviews) {
  const absl::Status status = Refusal({Document("")});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("agr-1m84e768f4ehmkhq"), HasSubstr("preview")));
}

TEST(ExportOrders, RefusesACurrencyThatTheFormatCannotName) {
  Documents documents = {Document(kId), Document(kOtherId)};
  documents[1].set_currency("SEK");
  const absl::Status status = Refusal(documents);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(kOtherId), HasSubstr("SEK"), HasSubstr("unimicro")));
  for (const OrderFormat format : {OrderFormat::kTripletex, OrderFormat::kPowerOffice}) {
    const absl::StatusOr<OrderFile> file = ExportOrders(documents, Options(format));
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(ToString(file->control_total), "2 order bases, 2 lines, 218.32 NOK, 218.32 SEK");
    EXPECT_THAT(file->content, HasSubstr(";SEK;"));
  }
}

TEST(ExportOrders, StopsIfADocumentContradictsItself) {
  using Change = void (*)(v1::OrderBasis&);
  const std::vector<std::pair<Change, std::string>> changes = {
      {[](v1::OrderBasis& document) { document.set_total_amount("218.33"); }, "218.33, but its lines add up to 218.32"},
      {[](v1::OrderBasis& document) { document.set_total_amount("218,32"); }, "218,32, but its lines add up to 218.32"},
      {[](v1::OrderBasis& document) { document.set_total_amount(""); }, "total , but its lines add up to 218.32"},
      {[](v1::OrderBasis& document) { document.set_line_count(2); }, "2 lines, but 1 of them"},
      {[](v1::OrderBasis& document) { document.clear_lines(); }, "1 lines, but 0 of them"},
      {[](v1::OrderBasis& document) { document.set_until_day("soon"); }, "has no days"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_amount("218.3"); }, "the amount '218.3'"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_amount("--5.00"); }, "the amount '--5.00'"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_amount("0218.32"); }, "the amount '0218.32'"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_amount("99999999999999999999.00"); },
       "the amount"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_unit_price("=1"); }, "without a price"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_user_days(0); }, "without a quantity"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->clear_kind(); }, "of an unknown kind"},
      {[](v1::OrderBasis& document) { document.mutable_lines(0)->set_original_month("-"); }, "original month"},
  };
  for (const auto& [change, what] : changes) {
    Documents documents = {Document(kOtherId), Document(kId)};
    change(documents[1]);
    const absl::Status status = Refusal(documents);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << what;
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(kId), HasSubstr(what)));
  }
}

TEST(ExportOrders, StopsIfTheSumIsTooLarge) {
  Documents documents = {Document(kId), Document(kOtherId)};
  for (v1::OrderBasis& document : documents) {
    document.mutable_lines(0)->set_amount("92233720368547758.07");
    document.set_total_amount("92233720368547758.07");
  }
  EXPECT_TRUE(Refusal({documents[0]}).ok());
  EXPECT_EQ(Refusal(documents).code(), absl::StatusCode::kInternal);
}

TEST(ExportOrders, WritesNegativeAmountsAsNumbers) {
  v1::OrderBasis document = Document(kId);
  Append(document, LicenseLine("Kreditert", "423.00", 1, "-0.52"));
  document.set_total_amount("217.80");
  EXPECT_THAT(Export({document}, Options(OrderFormat::kUnimicro)), HasSubstr(";1;-0,52;"));
}

TEST(ExportOrders, DefusesFormulasInNames) {
  v1::OrderBasis document = Document(kId);
  document.set_agreement_display_name("=HYPERLINK(\"x\")");
  document.mutable_lines(0)->set_product_display_name("@SUM(A1)");
  const testing::Table table = ReadCsv(Export({document}, Options(OrderFormat::kUnimicro)));
  EXPECT_EQ(table[1][4], "'=HYPERLINK(\"x\")");
  EXPECT_EQ(table[1][13], "'@SUM(A1) oktober 2026: 16 brukerdager av 31 à 423,00");
}

TEST(ExportOrders, LeavesCustomerNumbersAsTheyAre) {
  for (const char* number : {"00512", "0", "-417", "K-17", "12345678901234567890123456789012"}) {
    v1::OrderBasis document = Document(kId);
    document.set_customer_number(number);
    EXPECT_EQ(ReadCsv(Export({document}, Options(OrderFormat::kUnimicro)))[1][3], number);
    EXPECT_EQ(ReadCsv(Export({document}, Options(OrderFormat::kTripletex)))[1][2], number);
    EXPECT_EQ(ReadCsv(Export({document}, Options(OrderFormat::kPowerOffice)))[2][4], number);
  }
}

}  // namespace
}  // namespace agreements::cli
