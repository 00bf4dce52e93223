// A fixture for tests of order bases, on a real database.
#ifndef AGREEMENTS_TESTS_OPERATIONS_ORDER_BASES_FIXTURE_H_
#define AGREEMENTS_TESTS_OPERATIONS_ORDER_BASES_FIXTURE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tests/testing/service.h"

namespace agreements::testing {

// Bytes that gRPC's clients take unless they are told otherwise.
inline constexpr size_t kMaxAnswer = size_t{4} << 20;

// An agreement with a company since 1 October 2026.
class OrderBasesFixture : public OperationsTest {
 protected:
  using Explained = std::vector<v1::ExplainOrderBasisResponse>;
  static constexpr int kWhole = 0;  // As much at once as the service reads.

  OrderBasesFixture() {
    service_.clock().SetDay("2026-10-01");
    agreement_ = service_.NewAgreementWithNumber("A", "C-A");
    company_ = service_.NewCompany(agreement_, "Nordlys");
  }

  // A licence product, and one that is priced by the piece.
  void NewProducts() {
    service_.NewProduct("accounting");
    service_.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
    service_.SetPriceOf("accounting", "2026-01-01", "310.00").value();
    service_.SetPriceOf("scan", "2026-01-01", "2.00").value();
  }

  v1::OrderBasis CreateOctober() {
    return service_.CreateOrder(agreement_, "2026-10-01", "2026-11-01").value().order_basis();
  }

  // "accounting 31 310.00, scan 2 4.00 of 2026-09".
  static std::string LinesOf(const v1::OrderBasis& order_basis) {
    return absl::StrJoin(order_basis.lines(), ", ", [](std::string* out, const v1::OrderBasisLine& line) {
      absl::StrAppend(out, line.product_id(), " ", line.user_days() + line.quantity(), " ", line.amount(),
                      line.original_month().empty() ? "" : " of ", line.original_month());
    });
  }

  // The messages of a stream. `change` is called before the one with the number `at_message`, from 1.
  template <typename Response>
  static absl::StatusOr<std::vector<Response>> ReadAll(
      const Stream<Response>& stream, size_t at_message = 0, const std::function<void()>& change = [] {}) {
    storage::Call call;
    call.account_id = kAccount;
    std::vector<Response> messages;
    for (;;) {
      if (messages.size() + 1 == at_message) change();
      const auto next = stream(call);
      if (!next.ok()) return next.status();
      if (!*next) return messages;
      messages.push_back(**next);
    }
  }

  // Explains the line that `fields` name: see OfDocument().
  absl::StatusOr<Explained> Explain(
      const Fields& fields, size_t at_message = 0, const std::function<void()>& change = [] {}) {
    return ExplainInParts(kWhole, fields, at_message, change);
  }

  // The same, reading at most so many accesses or transactions at once.
  absl::StatusOr<Explained> ExplainInParts(
      int max_part, const Fields& fields, size_t at_message = 0, const std::function<void()>& change = [] {}) {
    v1::ExplainOrderBasisRequest request;
    request.set_account_id(kAccount);
    SetFields(fields, request);
    if (absl::Status status = Validate(request); !status.ok()) return status;
    return ReadAll(max_part == kWhole
                       ? ExplainOrderBasis(service_.database(), service_.context(), request)
                       : ExplainOrderBasisInParts(service_.database(), service_.context(), request, max_part),
                   at_message, change);
  }

  static Fields OfDocument(const v1::OrderBasis& document, int line_number) {
    return {{"order_basis_id", document.order_basis_id()}, {"line_number", absl::StrCat(line_number)}};
  }

  v1::VerifyOrderBasisResponse Verify(const v1::OrderBasis& document) {
    return service_.Do(VerifyOrderBasis, {{"order_basis_id", document.order_basis_id()}}).value();
  }

  // "LINE TOTAL DIGEST"; "" is good.
  std::string Problems(const v1::OrderBasis& document) {
    const v1::VerifyOrderBasisResponse verified = Verify(document);
    return absl::StrJoin(verified.findings(), " ", [](std::string* out, const v1::VerificationFinding& finding) {
      EXPECT_NE(finding.description(), "");
      absl::StrAppend(out, absl::StripPrefix(v1::VerificationProblem_Name(finding.problem()), "VERIFICATION_PROBLEM_"));
    });
  }

  std::string agreement_;
  std::string company_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_OPERATIONS_ORDER_BASES_FIXTURE_H_
