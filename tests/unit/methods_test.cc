#include "server/rpc/methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/clock.h"
#include "server/rpc/services.h"
#include "storage/connection/ids.h"

namespace agreements {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<v1::GetAgreementResponse> Get(storage::ReadTransaction& /*tx*/,
                                             const v1::GetAgreementRequest& /*request*/) {
  return v1::GetAgreementResponse();
}

absl::StatusOr<v1::GetCompanyResponse> GetAnother(storage::ReadTransaction& /*tx*/,
                                                  const v1::GetAgreementRequest& /*request*/) {
  return v1::GetCompanyResponse();
}

class MethodsTest : public ::testing::Test {
 protected:
  storage::ClockIdSource ids_{absl::Now};
  storage::Database database_{{}, ids_, absl::Now};
  const Context context_ = {};
  Workers workers_{{.workers = 1, .max_queue = 1}};
  Metrics metrics_{"NOK"};
  const Authorizer authorizer_{metrics_};
  Methods methods_{database_, context_, workers_, {database_, authorizer_, metrics_, nullptr}};
};

TEST_F(MethodsTest, EveryMethodIsBoundOnce) {
  const auto services = BindServices(methods_);
  ASSERT_TRUE(services.ok()) << services.status();
  EXPECT_EQ(services->size(), 2U);
}

TEST_F(MethodsTest, AnUnboundMethodIsRefused) {
  EXPECT_THAT(std::string(methods_.Check(AgreementServiceDescriptor()).message()),
              HasSubstr("agreements.v1.AgreementService.CreateAgreement is bound to no operation"));
}

TEST_F(MethodsTest, AMethodThatIsBoundTwiceIsRefused) {
  methods_.Bind(Get);
  const absl::Status status = BindServices(methods_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("GetAgreement is bound more than once"));
}

TEST_F(MethodsTest, AnOperationThatAnswersWithAnotherMessageIsRefused) {
  methods_.Bind(GetAnother);
  EXPECT_THAT(std::string(methods_.Check(AgreementServiceDescriptor()).message()),
              HasSubstr("GetAgreement is bound to an operation that does not fit it"));
}

TEST_F(MethodsTest, EveryMethodIsOfTheKindThatItsNameSays) {
  ASSERT_TRUE(BindServices(methods_).ok());
  for (const auto* service : {&AgreementServiceDescriptor(), &CompanyServiceDescriptor()}) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& method = service->method(i)->name();
      const auto begins_with = [&method](const char* verb) { return method.rfind(verb, 0) == 0; };
      TaskKind kind = TaskKind::kChange;
      if (begins_with("Get") || begins_with("BatchGet") || begins_with("List") || begins_with("Preview")) {
        kind = TaskKind::kRead;
      }
      if (begins_with("Run") || begins_with("Explain") || begins_with("Verify")) kind = TaskKind::kBackground;
      EXPECT_EQ(methods_.KindOf(*service->method(i)), kind) << method;
    }
  }
}

}  // namespace
}  // namespace agreements
