// What a request for the trail must look like.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/bad_fields.h"

namespace agreements {
namespace {

TEST(ValidateListChanges, TakesARequestWithoutFiltersAndOneWithAll) {
  EXPECT_EQ(BadFields<v1::ListChangesRequest>(), "");
  EXPECT_EQ(BadFields<v1::ListChangesRequest>(
                "agreement_id: 'agr-0000000000000001' company_id: 'cmp-0000000000000001' "
                "draft_id: 'dft-0000000000000001' access_id: 'acc-0000000000000001' user_id: 'user-17' "
                "product_id: 'accounting' order_basis_id: 'ord-0000000000000001' "
                "caller: 'spiffe://example.org/portal' actor: 'user-17' method: 'MoveCompany' "
                "from_create_time { seconds: 1 } until_create_time { seconds: 2 } page_size: 1000"),
            "");
}

TEST(ValidateListChanges, ReportsEveryBadFieldAtOnce) {
  EXPECT_EQ(
      BadFields<v1::ListChangesRequest>(
          "agreement_id: 'cmp-0000000000000001' company_id: 'agr-0000000000000001' draft_id: 'x' access_id: 'x' "
          "user_id: 'with space' product_id: 'with space' order_basis_id: 'x' caller: '\\n' "
          "actor: '\\303\\270' method: '/agreements.v1.CompanyService/MoveCompany'"),
      "agreement_id, company_id, draft_id, access_id, user_id, product_id, order_basis_id, caller, actor, method");
  auto request = Parse<v1::ListChangesRequest>(
      "page_size: 1001 from_create_time { seconds: 253402300800 } until_create_time { nanos: -1 }");
  EXPECT_EQ(BadFields(Validate(request)),
            "account_id, page_size, from_create_time, until_create_time, until_create_time")
      << "the last one because it is before the other";
}

TEST(ValidateListChanges, TakesEveryNameThatACallerCanHave) {
  for (const char* field : {"caller", "actor"}) {
    const auto with = [&](const std::string& value) {
      return BadFields<v1::ListChangesRequest>(absl::StrCat(field, ": '", value, "'"));
    };
    EXPECT_EQ(with("a b, c=d; e~!"), "");
    EXPECT_EQ(with(std::string(255, 'x')), "");
    EXPECT_EQ(with(std::string(256, 'x')), field);
    for (const char* bad : {"\\000", "\\t", "\\177", "\\302\\240"}) EXPECT_EQ(with(bad), field) << bad;
  }
}

TEST(ValidateListChanges, TakesAMethodByItsNameAlone) {
  for (const char* good : {"MoveCompany", "RunBilling", "AMethodOfANewerServer"}) {
    EXPECT_EQ(BadFields<v1::ListChangesRequest>(absl::StrCat("method: '", good, "'")), "") << good;
  }
  for (const std::string& bad :
       {std::string("Move Company"), std::string("agreements.v1.MoveCompanyRequest"), std::string(256, 'x')}) {
    EXPECT_EQ(BadFields<v1::ListChangesRequest>(absl::StrCat("method: '", bad, "'")), "method") << bad;
  }
}

TEST(ValidateListChanges, TakesTimesThatLeaveRoomBetweenThem) {
  const auto between = [](const std::string& from, const std::string& until) {
    return BadFields<v1::ListChangesRequest>(
        absl::StrCat("from_create_time {", from, "} until_create_time {", until, "}"));
  };
  EXPECT_EQ(between("seconds: 5", "seconds: 5 nanos: 1"), "");
  EXPECT_EQ(between("seconds: 5", "seconds: 5"), "until_create_time");
  EXPECT_EQ(between("seconds: 5 nanos: 1", "seconds: 5"), "until_create_time");
  EXPECT_EQ(between("seconds: -62135596800", "seconds: 253402300799 nanos: 999999999"), "");
  EXPECT_EQ(between("nanos: 1000000000", "seconds: 5"), "from_create_time");
}

}  // namespace
}  // namespace agreements
