#include "client/cli/export/formats.h"

#include "absl/strings/str_format.h"
#include "client/cli/export/csv.h"
#include "client/cli/export/line_text.h"
#include "proto/days.h"

namespace agreements::cli {
namespace {

std::string Nothing(const OrderRow&) { return ""; }
std::string One(const OrderRow&) { return "1"; }
std::string Number(const OrderRow& row) { return row.order_number; }
std::string CustomerNumber(const OrderRow& row) { return IdentifierCell(row.document.customer_number()); }
std::string AgreementName(const OrderRow& row) { return TextCell(row.document.agreement_display_name()); }
std::string Currency(const OrderRow& row) { return IdentifierCell(row.document.currency()); }
std::string OurReference(const OrderRow& row) { return TextCell(row.options.our_reference); }
std::string VatCode(const OrderRow& row) { return IdentifierCell(row.options.vat_code); }
std::string Text(const OrderRow& row) { return TextCell(LineText(row.document, row.line)); }
std::string Amount(const OrderRow& row) { return DecimalComma(row.line.amount()); }

// Empty if the sales module's number is not known.
std::string MappedProduct(const OrderRow& row) {
  const auto number = row.options.product_numbers.find(row.line.product_id());
  return number == row.options.product_numbers.end() ? "" : IdentifierCell(number->second);
}

std::string Product(const OrderRow& row) {
  const std::string number = MappedProduct(row);
  return number.empty() ? IdentifierCell(row.line.product_id()) : number;
}

std::string NorwegianDay(absl::CivilDay day) {
  return absl::StrFormat("%02d.%02d.%04d", day.day(), day.month(), day.year());
}

absl::CivilDay LastDay(const OrderRow& row) { return ParseDay(row.document.until_day()) - 1; }

std::string NorwegianOrderDay(const OrderRow& row) { return NorwegianDay(row.options.order_date); }
std::string NorwegianLastDay(const OrderRow& row) { return NorwegianDay(LastDay(row)); }
std::string IsoOrderDay(const OrderRow& row) { return FormatDay(row.options.order_date); }
std::string IsoLastDay(const OrderRow& row) { return FormatDay(LastDay(row)); }

// Source: the public source of Unimicro's own web client, ExportBillingModal, which writes the licence holder's
// "Ordregrunnlag" for the sales module: these 19 columns, semicolons, a byte order mark, lines that end with LF, none
// after the last one, numeric order numbers. The help page "Importsentral" says that orders are imported, but not how.
//
// Not confirmed: the decimal comma (that source writes whatever JavaScript does, and no price) and the order of day and
// month (it writes month first, with full stops, as nobody does in Norway), quotes, the length of an order number, and
// that Varenavn may be another text than the product's name.
Format Unimicro() {
  return {.name = "unimicro",
          .columns = {{"Ordrenr", Number},
                      {"Ordredato", NorwegianOrderDay},
                      {"Leveringsdato", NorwegianLastDay},
                      {"Kundenr", CustomerNumber},
                      {"Kundenavn", AgreementName},
                      {"Vår referanse", OurReference},
                      {"Deres referanse", Nothing},
                      {"Hovedselger", Nothing},
                      {"Rekvisisjon", Nothing},
                      {"Leveringsadr.", Nothing},
                      {"Lev.postnr.", Nothing},
                      {"Lev.poststed", Nothing},
                      {"Varenr", Product},
                      {"Varenavn", Text},
                      {"Antall", One},
                      {"Pris eks. mva", Amount},
                      {"Rabatt %", Nothing},
                      {"Prosjekt", Nothing},
                      {"Avdeling", Nothing}},
          .only_currency = "NOK",
          .line_end = "\n"};
}

// Source: Tripletex's help, "Ordreimport - beskrivelse av kolonner" for the order's columns and the form of dates, and
// "Fakturaimport åpningsbalanse - beskrivelse av filformat" for CURRENCY and the line's columns. Columns are found by
// their header. A line without a product needs a text, a price and a VAT code. The customer's name is left out: it
// would replace the name that the customer has there.
//
// Not confirmed: DELIVERY DATE and ORDER LINE - PROD NO, which only public programs that write such files have; the
// decimal comma, semicolons, quotes and the byte order mark, which are those of a "CSV UTF-8" saved by a Norwegian
// Excel; and that an order number may have letters.
Format Tripletex() {
  return {.name = "tripletex",
          .columns = {{"ORDER NO", Number},
                      {"ORDER DATE", IsoOrderDay},
                      {"CUSTOMER NO", CustomerNumber},
                      {"CURRENCY", Currency},
                      {"DELIVERY DATE", IsoLastDay},
                      {"ORDER LINE - PROD NO", MappedProduct},
                      {"ORDER LINE - DESCRIPTION", Text},
                      {"ORDER LINE - UNIT PRICE", Amount},
                      {"ORDER LINE - COUNT", One},
                      {"ORDER LINE - VAT CODE", VatCode}},
          .order_numbers = OrderNumbers::kId};
}

// Source: PowerOffice's help, "Ordreimport": a CSV file with semicolons, [Orders] in the cell above and to the left of
// the table, a row for the order before those for its lines, ProductCode, Description, OrderLineUnitPrice. It advises
// against more than 1,000 orders or 10,000 lines in a file.
//
// Not confirmed: the other headers, which are the names that the documentation of PowerOffice Go's API, "GET Import/",
// has for the fields of an imported order; whether a line repeats its order's number; and the rest, as for Tripletex.
Format PowerOffice() {
  constexpr size_t kFirstLineColumn = 6;
  return {.name = "poweroffice",
          .columns = {{"", Nothing},
                      {"OrderNo", Number},
                      {"OrderDate", NorwegianOrderDay},
                      {"DeliveryDate", NorwegianLastDay},
                      {"CustomerCode", CustomerNumber},
                      {"Currency", Currency},
                      {"ProductCode", Product},
                      {"Description", Text},
                      {"Quantity", One},
                      {"OrderLineUnitPrice", Amount}},
          .title = "[Orders]",
          .first_line_column = kFirstLineColumn};
}

}  // namespace

const Format& Describe(OrderFormat format) {
  static const Format unimicro = Unimicro();
  static const Format tripletex = Tripletex();
  static const Format power_office = PowerOffice();
  switch (format) {
    case OrderFormat::kTripletex:
      return tripletex;
    case OrderFormat::kPowerOffice:
      return power_office;
    default:
      return unimicro;
  }
}

const std::vector<OrderFormat>& OrderFormats() {
  static const std::vector<OrderFormat> formats = {OrderFormat::kUnimicro, OrderFormat::kTripletex,
                                                   OrderFormat::kPowerOffice};
  return formats;
}

}  // namespace agreements::cli
