#include "server/rpc/task_kind.h"

#include <algorithm>
#include <array>

#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"

namespace agreements {

TaskKind TaskKindOf(const google::protobuf::Descriptor& request) {
  const auto is_one_of = [&request](const auto& descriptors) {
    return std::find(descriptors.begin(), descriptors.end(), &request) != descriptors.end();
  };
  if (is_one_of(std::array{v1::RunBillingRequest::descriptor(), v1::ExplainOrderBasisRequest::descriptor(),
                           v1::VerifyOrderBasisRequest::descriptor()})) {
    return TaskKind::kBackground;
  }
  // They are safe to repeat, so they have no request_id.
  if (is_one_of(std::array{v1::RecordTransactionsRequest::descriptor(), v1::CancelTransactionsRequest::descriptor()})) {
    return TaskKind::kChange;
  }
  return request.FindFieldByName("request_id") != nullptr ? TaskKind::kChange : TaskKind::kRead;
}

}  // namespace agreements
