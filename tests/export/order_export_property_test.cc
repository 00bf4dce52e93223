// Whatever the documents, each format's file says the same as they do: it is read back and added up, slowly and in
// another way.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/export/order_export.h"
#include "tests/export/csv_reader.h"
#include "tests/export/documents.h"

namespace agreements::cli {
namespace {

using testing::ReadCsv;
using testing::ReadDecimalComma;
using testing::Table;
using Documents = std::vector<v1::OrderBasis>;

// Where each format has what.
struct Layout {
  OrderFormat format;
  size_t columns;
  size_t header_rows;
  size_t order_number, customer_number, text, quantity, price;
  bool has_order_rows;
};

constexpr std::array<Layout, 3> kLayouts = {{{OrderFormat::kUnimicro, 19, 1, 0, 3, 13, 14, 15, false},
                                             {OrderFormat::kTripletex, 10, 1, 0, 2, 6, 8, 7, false},
                                             {OrderFormat::kPowerOffice, 10, 2, 1, 4, 7, 8, 9, true}}};

// What one order of the file says.
struct Imported {
  std::string customer_number;
  std::vector<std::string> texts;
  std::vector<int64_t> prices;

  bool operator==(const Imported&) const = default;
};

class RandomDocuments {
 public:
  explicit RandomDocuments(unsigned seed) : random_(seed) {}

  Documents Make() {
    Documents documents(Below(6));
    for (v1::OrderBasis& document : documents) document = MakeDocument();
    return documents;
  }

  size_t Below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random_); }

 private:
  v1::OrderBasis MakeDocument() {
    v1::OrderBasis document = testing::OctoberDocument(absl::StrFormat("ord-1m84e76f9%07d", ++documents_));
    document.set_agreement_display_name(Name());
    document.set_customer_number(absl::StrFormat("%0*d", 1 + Below(9), Below(1'000)));
    int64_t sum = 0;
    for (size_t lines = Below(5); lines > 0; --lines) {
      const int64_t amount = Amount();
      sum += amount;
      testing::Append(document, MakeLine(amount));
    }
    document.set_total_amount(Decimal(sum));
    return document;
  }

  v1::OrderBasisLine MakeLine(int64_t amount) {
    const std::string price = absl::StrFormat("%d.%02d", Below(1'000'000), Below(100));
    if (Below(2) == 0) {
      return testing::LicenseLine(Name(), price, 1 + static_cast<int64_t>(Below(5'000)), Decimal(amount));
    }
    return testing::TransactionLine(Name(), price, 1 + static_cast<int64_t>(Below(1'000'000'000)), Decimal(amount),
                                    Below(3) == 0 ? "2026-08" : "");
  }

  // Amounts of all sizes, some of them negative.
  int64_t Amount() {
    const int64_t amount = static_cast<int64_t>(random_() >> (8 + Below(56)));
    return Below(10) == 0 ? -amount : amount;
  }

  static std::string Decimal(int64_t hundredths) {
    return absl::StrFormat("%s%d.%02d", hundredths < 0 ? "-" : "", std::abs(hundredths) / 100,
                           std::abs(hundredths) % 100);
  }

  std::string Name() {
    static const std::vector<std::string> kPieces = {
        "=", "+", "-", "@", "\t", "\r", "\n", "\r\n",   ";",      "\"",     "\"\"",   "'",          ",",
        " ", "|", "æ", "Ø", "å",  "AS", "1",  "\uff1d", "\uff0b", "\u2212", "\u00a0", "\U0001f41f", "Regnskap"};
    std::string name;
    for (size_t pieces = Below(7); pieces > 0; --pieces) name += kPieces[Below(kPieces.size())];
    return name;
  }

  std::mt19937_64 random_;
  int64_t documents_ = 0;
};

std::map<std::string, Imported> Import(const Table& table, const Layout& layout) {
  std::map<std::string, Imported> orders;
  Imported* order = nullptr;
  for (size_t i = layout.header_rows; i < table.size(); ++i) {
    const std::vector<std::string>& row = table[i];
    EXPECT_EQ(row.size(), layout.columns);
    const bool is_order_row = layout.has_order_rows && !row[layout.order_number].empty();
    if (is_order_row || !layout.has_order_rows) {
      order = &orders[row[layout.order_number]];
      order->customer_number = row[layout.customer_number];
    }
    if (is_order_row) continue;
    EXPECT_EQ(row[layout.quantity], "1");
    order->texts.push_back(row[layout.text]);
    order->prices.push_back(ReadDecimalComma(row[layout.price]));
  }
  return orders;
}

bool LooksLikeFormula(const std::string& cell) {
  std::string visible = cell;
  for (const char* blank : {" ", "\u00a0"}) {
    while (absl::StartsWith(visible, blank)) visible.erase(0, std::string(blank).size());
    while (absl::StartsWith(visible, " ")) visible.erase(0, 1);
  }
  for (const char* beginning : {"=", "+", "@", "-", "\t", "\r", "\n", "\uff1d", "\uff0b", "\u2212"}) {
    if (absl::StartsWith(visible, beginning)) return true;
  }
  return false;
}

void ExpectSame(const Documents& documents, const OrderFile& file, const Layout& layout) {
  const Table table = ReadCsv(file.content);
  const std::map<std::string, Imported> orders = Import(table, layout);
  std::multiset<std::string> customers, imported_customers;
  std::multiset<int64_t> totals, imported_totals;
  int64_t sum = 0;
  int64_t lines = 0;
  for (const auto& [number, order] : orders) {
    imported_customers.insert(order.customer_number);
    int64_t total = 0;
    for (const int64_t price : order.prices) total += price;
    imported_totals.insert(total);
    sum += total;
    lines += static_cast<int64_t>(order.prices.size());
    for (const std::string& text : order.texts) EXPECT_FALSE(LooksLikeFormula(text)) << text;
  }
  for (const v1::OrderBasis& document : documents) {
    if (document.lines().empty()) continue;
    customers.insert(document.customer_number());
    std::string total = document.total_amount();
    std::replace(total.begin(), total.end(), '.', ',');
    totals.insert(ReadDecimalComma(total));
  }
  EXPECT_EQ(imported_customers, customers);
  EXPECT_EQ(imported_totals, totals);
  EXPECT_EQ(file.control_total.documents, static_cast<int64_t>(customers.size()));
  EXPECT_EQ(file.control_total.lines, lines);
  const auto nok = file.control_total.hundredths.find("NOK");
  EXPECT_EQ(nok == file.control_total.hundredths.end() ? 0 : nok->second, sum);
}

OrderExportOptions OptionsOf(const Layout& layout) {
  OrderExportOptions options;
  options.format = layout.format;
  options.order_date = absl::CivilDay(2026, 11, 26);
  return options;
}

TEST(ExportProperty, WhatIsImportedIsWhatWasCharged) {
  RandomDocuments random(11);
  for (int round = 0; round < 1'000; ++round) {
    const Documents documents = random.Make();
    for (const Layout& layout : kLayouts) {
      const absl::StatusOr<OrderFile> file = ExportOrders(documents, OptionsOf(layout));
      ASSERT_TRUE(file.ok()) << file.status();
      ExpectSame(documents, *file, layout);
      if (HasFailure()) FAIL() << file->content;
    }
  }
}

TEST(ExportProperty, AnOrderIsTheSameInEveryFile) {
  RandomDocuments random(12);
  for (int round = 0; round < 200; ++round) {
    Documents documents = random.Make();
    for (const Layout& layout : kLayouts) {
      const std::map<std::string, Imported> together =
          Import(ReadCsv(ExportOrders(documents, OptionsOf(layout))->content), layout);
      std::map<std::string, Imported> apart;
      std::reverse(documents.begin(), documents.end());
      for (const v1::OrderBasis& document : documents) {
        apart.merge(Import(ReadCsv(ExportOrders({document}, OptionsOf(layout))->content), layout));
      }
      EXPECT_TRUE(together == apart);
    }
  }
}

TEST(ExportProperty, AnAmountThatIsOffByOneStopsTheExport) {
  RandomDocuments random(13);
  int stopped = 0;
  while (stopped < 200) {
    Documents documents = random.Make();
    for (v1::OrderBasis& document : documents) {
      if (document.lines().empty()) continue;
      std::string& amount =
          *document.mutable_lines(static_cast<int>(random.Below(document.lines().size())))->mutable_amount();
      amount.back() = amount.back() == '9' ? '0' : static_cast<char>(amount.back() + 1);
      for (const Layout& layout : kLayouts) {
        EXPECT_EQ(ExportOrders(documents, OptionsOf(layout)).status().code(), absl::StatusCode::kInternal);
      }
      ++stopped;
      break;
    }
  }
}

}  // namespace
}  // namespace agreements::cli
