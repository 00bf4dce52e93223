#include "tests/export/documents.h"

#include <utility>

namespace agreements::testing {

v1::OrderBasis OctoberDocument(const std::string& order_basis_id) {
  v1::OrderBasis document;
  document.set_order_basis_id(order_basis_id);
  document.set_agreement_id("agr-1m84e768f4ehmkhq");
  document.set_agreement_display_name("Viddas Gruppe");
  document.set_customer_number("00512");
  document.set_from_day("2026-10-01");
  document.set_until_day("2026-11-01");
  document.set_total_amount("0.00");
  document.set_currency("NOK");
  return document;
}

v1::OrderBasisLine LicenseLine(const std::string& name, const std::string& unit_price, int64_t user_days,
                               const std::string& amount) {
  v1::OrderBasisLine line;
  line.set_product_id("accounting");
  line.set_product_display_name(name);
  line.set_kind(v1::PRODUCT_KIND_LICENSE);
  line.set_price_valid_from("2026-10-01");
  line.set_unit_price(unit_price);
  line.set_user_days(user_days);
  line.set_days_in_month(31);
  line.set_amount(amount);
  return line;
}

v1::OrderBasisLine TransactionLine(const std::string& name, const std::string& unit_price, int64_t quantity,
                                   const std::string& amount, const std::string& original_month) {
  v1::OrderBasisLine line;
  line.set_product_id("invoice:e");
  line.set_product_display_name(name);
  line.set_kind(v1::PRODUCT_KIND_TRANSACTION);
  line.set_price_valid_from("2026-10-01");
  line.set_unit_price(unit_price);
  line.set_quantity(quantity);
  line.set_original_month(original_month);
  line.set_amount(amount);
  return line;
}

void Append(v1::OrderBasis& document, v1::OrderBasisLine line) {
  *document.add_lines() = std::move(line);
  document.set_line_count(document.lines_size());
  document.mutable_lines()->rbegin()->set_line_number(document.lines_size());
}

std::vector<v1::OrderBasis> TwoDocuments() {
  v1::OrderBasis first = OctoberDocument("ord-1m84e76f91jab764");
  Append(first, LicenseLine("Regnskap", "423.00", 16, "218.32"));
  Append(first, TransactionLine("EHF-faktura", "0.52", 1200, "624.00"));
  Append(first, TransactionLine("EHF-faktura", "0.52", 1, "0.52", "2026-09"));
  first.set_total_amount("842.84");

  v1::OrderBasis second = OctoberDocument("ord-1m84e76f91jab765");
  second.set_agreement_id("agr-1m84e768f4ehmkhr");
  second.set_agreement_display_name("Øystein \"Ærlig\" Ånes; Sønn & Co");
  second.set_customer_number("7");
  second.set_from_day("2026-10-16");
  Append(second, LicenseLine("Lønn; med \"alt\"", "450.00", 1, "14.52"));
  Append(second, LicenseLine("Regnskap", "423.00", 42, "573.10"));
  *second.mutable_lines(1)->mutable_product_id() = "payroll";
  second.set_total_amount("587.62");
  return {first, second};
}

}  // namespace agreements::testing
