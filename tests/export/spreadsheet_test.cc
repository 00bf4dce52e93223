// A person can open the file in a spreadsheet with Norwegian settings. Skipped where LibreOffice is not installed
// (package libreoffice-calc-nogui).
#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/export/order_export.h"
#include "tests/e2e/child_process.h"
#include "tests/export/documents.h"

namespace agreements::cli {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;

// What LibreOffice has made of a file.
struct Sheet {
  std::vector<std::string> texts;
  std::vector<std::string> numbers;
  std::vector<std::string> dates;
  size_t formulas = 0;
};

// A user's settings, of which only the language is another than the default.
constexpr char kNorwegian[] = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>nb-NO</value></prop>
  </item>
</oor:items>
)xml";

std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// XML's five entities.
std::string Unescaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&quot;", "\""}, {"&apos;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}});
}

// All first groups of a regular expression.
std::vector<std::string> Find(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    found.push_back(Unescaped((*match)[1]));
  }
  return found;
}

class SpreadsheetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::ChildProcess({"which", "soffice"}).Wait() != 0) {
      GTEST_SKIP() << "there is no soffice; the package libreoffice-calc-nogui has it";
    }
    std::string name = std::filesystem::temp_directory_path() / "agreements-spreadsheet.XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    std::filesystem::create_directories(directory_ / "profile/user");
    std::ofstream(directory_ / "profile/user/registrymodifications.xcu") << kNorwegian;
  }

  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  // Opens it with semicolons and quotes, as UTF-8. `columns` says which are texts, as a person says it in the dialog:
  // "4/2" means the fourth. All others are whatever they look like, formulas too.
  Sheet Open(const std::string& content, const std::string& columns) const {
    std::ofstream(directory_ / "orders.csv", std::ios::binary) << content;
    // Then: quoted cells are what they look like; dates and other special numbers are seen; and formulas, too.
    testing::ChildProcess soffice(
        {"soffice", absl::StrCat("-env:UserInstallation=file://", (directory_ / "profile").string()), "--headless",
         absl::StrCat("--infilter=CSV:59,34,76,1,", columns, ",,false,true,true,false,false,0,true"), "--convert-to",
         "fods", "--outdir", directory_.string(), (directory_ / "orders.csv").string()});
    if (soffice.Wait() != 0) throw std::runtime_error(soffice.Output());
    const std::string all = Content(directory_ / "orders.fods");
    const std::string sheet = all.substr(all.find("<table:table "));
    return {.texts = Find(sheet, R"(value-type="string"[^>]*>\s*<text:p>([^<]*)</text:p>)"),
            .numbers = Find(sheet, R"rx(office:value-type="float" office:value="([^"]*)")rx"),
            .dates = Find(sheet, R"rx(office:date-value="([^"]*)")rx"),
            .formulas = Find(sheet, R"rx((table:formula=))rx").size()};
  }

 private:
  std::filesystem::path directory_;
};

std::string Export(const std::vector<v1::OrderBasis>& documents, OrderFormat format) {
  OrderExportOptions options;
  options.format = format;
  options.order_date = absl::CivilDay(2026, 11, 26);
  return ExportOrders(documents, options)->content;
}

TEST_F(SpreadsheetTest, SeesUnimicrosNumbersTextsAndDates) {
  const Sheet sheet = Open(Export(testing::TwoDocuments(), OrderFormat::kUnimicro), "4/2");
  EXPECT_THAT(sheet.numbers,
              ElementsAre("217608663529172", "1", "218.32", "217608663529172", "1", "624", "217608663529172", "1",
                          "0.52", "217608663529173", "1", "14.52", "217608663529173", "1", "573.1"));
  EXPECT_THAT(std::vector<std::string>({"00512", "7", "Vår referanse", "Øystein \"Ærlig\" Ånes; Sønn & Co",
                                        "Regnskap oktober 2026: 16 brukerdager av 31 à 423,00"}),
              IsSubsetOf(sheet.texts));
  EXPECT_EQ(sheet.dates.size(), 10);
  EXPECT_THAT(sheet.dates, Each(::testing::AnyOf("2026-11-26", "2026-10-31")));
}

TEST_F(SpreadsheetTest, SeesTripletexNumbersTextsAndDates) {
  const Sheet sheet = Open(Export(testing::TwoDocuments(), OrderFormat::kTripletex), "3/2");
  EXPECT_THAT(sheet.numbers,
              ElementsAre("218.32", "1", "3", "624", "1", "3", "0.52", "1", "3", "14.52", "1", "3", "573.1", "1", "3"));
  EXPECT_THAT(std::vector<std::string>({"00512", "ord-1m84e76f91jab764", "NOK"}), IsSubsetOf(sheet.texts));
  EXPECT_EQ(sheet.dates.size(), 10);
}

TEST_F(SpreadsheetTest, SeesPowerOfficesNumbersTextsAndDates) {
  const Sheet sheet = Open(Export(testing::TwoDocuments(), OrderFormat::kPowerOffice), "5/2");
  EXPECT_THAT(sheet.numbers, ElementsAre("217608663529172", "1", "218.32", "1", "624", "1", "0.52", "217608663529173",
                                         "1", "14.52", "1", "573.1"));
  EXPECT_THAT(std::vector<std::string>({"00512", "[Orders]", "accounting"}), IsSubsetOf(sheet.texts));
  EXPECT_EQ(sheet.dates.size(), 4);
}

TEST_F(SpreadsheetTest, SeesNoFormulaInNames) {
  EXPECT_EQ(Open("=1+1;+2;-3", "1/1").formulas, 1) << "this test would not see one";
  v1::OrderBasis document = testing::TwoDocuments()[0];
  document.set_agreement_display_name("=1+1");
  document.mutable_lines(0)->set_product_display_name("=SUM(P2:P3)&\"");
  document.mutable_lines(1)->set_product_display_name("+1+1");
  for (const OrderFormat format : {OrderFormat::kUnimicro, OrderFormat::kTripletex, OrderFormat::kPowerOffice}) {
    const Sheet sheet = Open(Export({document}, format), "1/1");
    EXPECT_EQ(sheet.formulas, 0);
    EXPECT_THAT(sheet.texts, ::testing::Contains(HasSubstr("'=SUM(P2:P3)")));
  }
}

}  // namespace
}  // namespace agreements::cli
