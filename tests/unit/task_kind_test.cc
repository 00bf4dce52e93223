#include "server/rpc/task_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"

namespace agreements {
namespace {

using google::protobuf::DescriptorPool;

TEST(TaskKindTest, EveryMethodIsOfTheKindThatItsNameSays) {
  // Linked in, and with them the services.
  static_cast<void>(v1::RunBillingRequest::descriptor());
  static_cast<void>(v1::RecordTransactionsRequest::descriptor());
  int methods = 0;
  for (const char* name : {"agreements.v1.AgreementService", "agreements.v1.CompanyService"}) {
    const auto* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& method = service->method(i)->name();
      const auto begins_with = [&method](const char* verb) { return method.rfind(verb, 0) == 0; };
      TaskKind kind = TaskKind::kChange;
      if (begins_with("Get") || begins_with("BatchGet") || begins_with("List") || begins_with("Preview")) {
        kind = TaskKind::kRead;
      }
      if (begins_with("Run") || begins_with("Explain") || begins_with("Verify")) kind = TaskKind::kBackground;
      EXPECT_EQ(TaskKindOf(*service->method(i)->input_type()), kind) << method;
      ++methods;
    }
  }
  EXPECT_GT(methods, 40);
}

}  // namespace
}  // namespace agreements
