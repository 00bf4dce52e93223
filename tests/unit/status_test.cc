#include "proto/status.h"

#include <gtest/gtest.h>

#include "google/rpc/status.pb.h"
#include "proto/errors.h"

namespace agreements {
namespace {

TEST(StatusTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(FromGrpcStatus(grpc::Status::OK), absl::OkStatus());
}

TEST(StatusTest, EveryErrorComesBackWithItsDetails) {
  for (const absl::Status& status :
       {FieldsInvalid({{.field = "display_name", .description = "is required", .sentence = "Navnet må fylles inn."}}),
        AgreementNotEmpty("agr-1", 2, {"cmp-1", "cmp-2"}), CompanyNotFound("cmp-1"), ServerBusy(absl::Seconds(1)),
        InternalError("err-1")}) {
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)), status);
  }
}

TEST(StatusTest, EveryCodeKeepsItsNumber) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "text");
    EXPECT_EQ(ToGrpcStatus(status).error_code(), code);
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)), status);
  }
}

TEST(StatusTest, DetailsAreAGoogleRpcStatusInTheOrderOfTheirTypes) {
  const grpc::Status status = ToGrpcStatus(CompanyNotFound("cmp-1"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "Company cmp-1 does not exist in this account.");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 5);
  EXPECT_EQ(details.message(), status.error_message());
  std::string types;
  for (const auto& detail : details.details()) types += detail.type_url() + "\n";
  EXPECT_EQ(types,
            "type.googleapis.com/google.rpc.ErrorInfo\n"
            "type.googleapis.com/google.rpc.LocalizedMessage\n"
            "type.googleapis.com/google.rpc.ResourceInfo\n");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "COMPANY_NOT_FOUND");
}

TEST(StatusTest, DetailsThatAreNoGoogleRpcStatusAreDropped) {
  EXPECT_EQ(FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "text", "\xff\xff")),
            absl::UnavailableError("text"));
  EXPECT_EQ(FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "text")), absl::UnavailableError("text"));
}

}  // namespace
}  // namespace agreements
