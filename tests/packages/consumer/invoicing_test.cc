// A caller's tests: with a mock, with a scripted server, and with the real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "agreements/agreement_client.h"
#include "agreements/company_client.h"
#include "agreements/errors.h"
#include "agreements/testing/local_service.h"
#include "agreements/testing/scripted_server.h"
#include "agreements/v1/agreement_service_mock.grpc.pb.h"

namespace {

namespace v1 = agreements::v1;
using ::testing::_;
using ::testing::DoAll;
using ::testing::Return;
using ::testing::SetArgPointee;

TEST(InvoicingTest, AsksAMock) {
  const auto stub = std::make_shared<v1::MockAgreementServiceStub>();
  v1::GetAgreementResponse response;
  response.mutable_agreement()->set_customer_number("00417");
  EXPECT_CALL(*stub, GetAgreement(_, _, _)).WillOnce(DoAll(SetArgPointee<2>(response), Return(grpc::Status::OK)));
  EXPECT_EQ(agreements::AgreementClient(stub).GetAgreement({})->agreement().customer_number(), "00417");
}

TEST(InvoicingTest, IsToldThatAPreviewHasChanged) {
  agreements::testing::ScriptedServer server;
  server.Answer("CreateOrderBasis",
                agreements::testing::Error(absl::StatusCode::kAborted, v1::ERROR_REASON_PREVIEW_CHANGED));
  const agreements::AgreementClient client(*server.Connect());
  EXPECT_EQ(agreements::ReasonOf(client.CreateOrderBasis({}).status()), v1::ERROR_REASON_PREVIEW_CHANGED);
}

TEST(InvoicingTest, CallsTheRealService) {
  const auto service = agreements::testing::LocalService::Start();
  ASSERT_TRUE(service.ok()) << service.status();
  const auto connection = agreements::Connection::Open((*service)->options());
  ASSERT_TRUE(connection.ok()) << connection.status();
  const agreements::AgreementClient agreements(*connection);
  const agreements::CompanyClient companies(*connection);

  v1::CreateAgreementRequest agreement;
  agreement.set_account_id("acct-1");
  agreement.set_display_name("Fjordkraft Regnskap");
  const auto created = agreements.CreateAgreement(agreement);
  ASSERT_TRUE(created.ok()) << created.status();
  for (int i = 0; i < 3; ++i) {
    v1::CreateCompanyRequest company;
    company.set_account_id("acct-1");
    company.set_agreement_id(created->agreement().agreement_id());
    company.set_display_name("Bakeriet " + std::to_string(i));
    ASSERT_TRUE(companies.CreateCompany(company).ok());
  }
  v1::ListCompaniesRequest list;
  list.set_account_id("acct-1");
  EXPECT_EQ(companies.ListCompanies(list).All()->size(), 3U);
  EXPECT_EQ(system(("\"" INVOICING "\" " + (*service)->address() + " >/dev/null").c_str()), 0) << (*service)->log();
}

TEST(InvoicingTest, IsToldWhichProgramIsMissing) {
  ASSERT_EQ(setenv("AGREEMENTS_DATABASE", "/nowhere", 1), 0);
  const auto service = agreements::testing::LocalService::Start();
  ASSERT_EQ(unsetenv("AGREEMENTS_DATABASE"), 0);
  EXPECT_NE(std::string(service.status().message()).find("/nowhere"), std::string::npos) << service.status();
}

}  // namespace
