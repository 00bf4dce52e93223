#include "storage/connection/mysql_errors.h"

#include <gtest/gtest.h>

namespace agreements::storage {
namespace {

TEST(MysqlErrors, KnowWhatCanRunAgain) {
  for (const int number : {1020, 1180, 1213, 1317, 1969, 3024, 3101}) EXPECT_EQ(KindOf(number), ErrorKind::kRerun);
  for (const int number : {1205, 3572}) EXPECT_EQ(KindOf(number), ErrorKind::kRowLocked);
  for (const int number : {1927, 2006, 2013, 4031}) EXPECT_EQ(KindOf(number), ErrorKind::kConnectionLost);
  for (const int number : {1040, 1047, 1203, 1290, 1461, 1792, 1836, 2002, 2003, 3032, 3100}) {
    EXPECT_EQ(KindOf(number), ErrorKind::kServerRefuses);
  }
  EXPECT_EQ(KindOf(1062), ErrorKind::kDuplicate);
  for (const int number : {0, 1064, 1146, 1452, 3819, 4025}) EXPECT_EQ(KindOf(number), ErrorKind::kDefect);
}

TEST(MysqlErrors, KnowAServerThatHasNoRoomForAConnection) {
  for (const int number : {1040, 1203, 1461}) EXPECT_TRUE(IsWithoutRoom(number));
  for (const int number : {0, 1045, 1290, 2002, 2003, 3032}) EXPECT_FALSE(IsWithoutRoom(number));
}

TEST(MysqlErrors, KnowARowThatBreaksAConstraint) {
  for (const int number : {3819, 4025}) EXPECT_TRUE(IsCheckViolation(number));
  for (const int number : {0, 1062, 1452}) EXPECT_FALSE(IsCheckViolation(number));
}

TEST(MysqlErrors, KnowAFullDisk) {
  for (const int number : {3, 20, 1021, 1026, 1114, 1598}) EXPECT_EQ(KindOf(number), ErrorKind::kCannotWrite);
  constexpr char kFull[] = R"(Got error 28 "No space left on device" from storage engine InnoDB)";
  EXPECT_EQ(KindOf(1030, kFull), ErrorKind::kCannotWrite);
  EXPECT_EQ(KindOf(1180, R"(Got error 28 "No space left on device" during COMMIT)"), ErrorKind::kCannotWrite);
  EXPECT_EQ(KindOf(1, "Can't create/write to file '/tmp/x' (errno: 28)"), ErrorKind::kCannotWrite);
  EXPECT_EQ(KindOf(1030, "Got error 5 from storage engine"), ErrorKind::kDefect);
  EXPECT_EQ(KindOf(1062, "Duplicate entry 'No space left on device' for key 'k'"), ErrorKind::kDuplicate);
}

TEST(MysqlErrors, FindTheKeyInTheTextOfEitherEngine) {
  EXPECT_EQ(DuplicateKeyName("Duplicate entry 'a-1' for key 'live_organization_number'"), "live_organization_number");
  EXPECT_EQ(DuplicateKeyName("Duplicate entry 'a-1' for key 'companies.live_organization_number'"),
            "live_organization_number");
  EXPECT_EQ(DuplicateKeyName("Duplicate entry 'it's 'x' for key 'PRIMARY'"), "PRIMARY");
  EXPECT_EQ(DuplicateKeyName("Duplicate entry 'x' for key 'other' y' for key 'PRIMARY'"), "PRIMARY");
  EXPECT_EQ(DuplicateKeyName("Duplicate entry 'x' for key 'other' (errno 1062)' for key 'PRIMARY'"), "PRIMARY");
  EXPECT_EQ(DuplicateKeyName("no quotes"), "");
  EXPECT_EQ(DuplicateKeyName("'"), "");
  EXPECT_EQ(DuplicateKeyName("'quotes'"), "");
  EXPECT_EQ(DuplicateKeyName("ends early for key '"), "");
}

TEST(MysqlErrors, FindTheKeyBeforeWhatVitessAppends) {
  constexpr char kSuffix[] =
      R"text( (errno 1062) (sqlstate 23000): Sql: "insert into t values (:a)", BindVars: {a: "' for key 'other'"})text";
  const auto key_name = [&](const std::string& text) {
    return DuplicateKeyName("target: agreements.-80.primary: vttablet: rpc error: code = AlreadyExists desc = " + text +
                            kSuffix);
  };
  EXPECT_EQ(key_name("Duplicate entry 'a-1' for key 'companies.live_organization_number'"), "live_organization_number");
  EXPECT_EQ(key_name("Duplicate entry 'it's 'x' for key 'other' y' for key 'companies.PRIMARY'"), "PRIMARY");
  EXPECT_EQ(DuplicateKeyName("Duplicate entry 'a' for key 'companies.PRIMARY', says a proxy"), "PRIMARY");
}

}  // namespace
}  // namespace agreements::storage
