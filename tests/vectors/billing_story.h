// Stories of billing over the network, told as domain.md tells its rules.
#ifndef AGREEMENTS_TESTS_VECTORS_BILLING_STORY_H_
#define AGREEMENTS_TESTS_VECTORS_BILLING_STORY_H_

#include <grpcpp/client_context.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "tests/testing/wire.h"

namespace agreements::testing {

// A transaction to report.
struct Use {
  std::string company = "c1";
  std::string id = "t1";
  std::string when;  // As of BillingStory::At().
  int64_t quantity = 1;
  std::string product = "scan";
};

// A price from a day on: {"2026-01-01", "423.00"}.
using Prices = std::vector<std::pair<std::string, std::string>>;

// "ACTIVE 2026-01-01 -", "ENDED 2026-01-01 - 2026-01-08", "INVITED".
std::string AccessText(const v1::Access& access);

// One account. Its agreements and companies have the names that the test gives them; in texts of requests and errors
// these stand for ids with a "$": "$A". What the test does must succeed, or throws; Try() is for what may fail.
class BillingStory {
 public:
  explicit BillingStory(Wire& wire);

  // Sets the clock: "2026-03-31T22:30:00Z", or "2026-04-01" for noon in Oslo.
  void At(const std::string& when);

  void Agreement(const std::string& name, const std::string& customer_number = "00417") {
    Name(name, wire_.NewAgreementWithNumber(name, customer_number, account()));
  }
  void Company(const std::string& agreement, const std::string& name) {
    Name(name, wire_.NewCompany(Id(agreement), name, "", account()));
  }
  void License(const std::string& product, const Prices& prices = {{"2026-01-01", "423.00"}}) {
    Product(product, v1::PRODUCT_KIND_LICENSE, prices);
  }
  void PerPiece(const std::string& product, const Prices& prices = {{"2026-01-01", "2.00"}}) {
    Product(product, v1::PRODUCT_KIND_TRANSACTION, prices);
  }
  void Price(const std::string& product, const std::string& valid_from, const std::string& unit_price) {
    wire_.SetPriceOf(product, valid_from, unit_price, account()).value();
  }
  // "2026-02-01", or "" while no order basis has priced it.
  std::string PricedUntil(const std::string& product);

  void Move(const std::string& company, const std::string& agreement) {
    wire_.Move(Id(company), Id(agreement), account()).value();
  }
  void DeleteCompany(const std::string& company) { wire_.RemoveCompany(Id(company), account()).value(); }
  // Into the agreement that it was in, unless another one is named.
  void UndeleteCompany(const std::string& company, const std::string& agreement = "") {
    wire_.Undelete(Id(company), agreement.empty() ? "" : Id(agreement), account()).value();
  }
  void DeleteAgreement(const std::string& agreement) { wire_.Delete(Id(agreement), false, account()).value(); }
  void Rename(const std::string& agreement, const std::string& display_name) {
    UpdateAgreement(agreement, "display_name", display_name);
  }
  void SetCustomerNumber(const std::string& agreement, const std::string& customer_number) {
    UpdateAgreement(agreement, "customer_number", customer_number);
  }
  std::string SettledUntil(const std::string& agreement);

  // Each returns the changed access in the form of AccessText().
  std::string Invite(const std::string& company, const std::string& user, const std::string& product) {
    return OnlyAccess(wire_.Invite(Id(company), user, {product}, account()).value());
  }
  std::string Accept(const std::string& company, const std::string& user, const std::string& product) {
    return OnlyAccess(wire_.Accept(Id(company), user, {product}, account()).value());
  }
  std::string Grant(const std::string& company, const std::string& user, const std::string& product) {
    return OnlyAccess(wire_.Grant(Id(company), user, {product}, account()).value());
  }
  std::string Revoke(const std::string& company, const std::string& user, const std::string& product) {
    return OnlyAccess(wire_.Revoke(Id(company), user, {product}, account()).value());
  }
  // All accesses of a user in a company, the oldest first. Those without days come last.
  std::string Accesses(const std::string& company, const std::string& user);

  // What became of each, separated by commas: "RECORDED 2026-01-07", "DUPLICATE 2026-01-07 SETTLED", or
  // "REFUSED FAILED_PRECONDITION ..." as Describe() has it.
  std::string Record(const std::vector<Use>& reports);
  // Of (company, transaction id).
  std::string Cancel(const std::vector<std::pair<std::string, std::string>>& transactions);

  v1::OrderBasis Preview(const std::string& agreement, const std::string& until_day = "");
  // Creates the next order basis as previewed, and checks it with CheckDocument().
  v1::OrderBasis Settle(const std::string& agreement, const std::string& until_day);
  // The same, expecting the first day, and in the form of LinesText().
  std::string Lines(const std::string& agreement, const std::string& from_day, const std::string& until_day);

  // The same of the whole of January 2026, on the first day after it.
  std::string January(const std::string& agreement) {
    At("2026-02-01");
    return Lines(agreement, "2026-01-01", "2026-02-01");
  }

  // Everything that holds of any document: it is stored as it was answered (O4); its lines are in order and their
  // amounts right (B4), and its total is their sum (B9); each is explained to the day and piece (O7); and verification
  // finds nothing (O8).
  void CheckDocument(const v1::OrderBasis& document);
  // "u1 31: c1 2026-01-01 - 2026-02-01; u2 24: ...", or "c1/t1 2026-01-07 3; ...", in ascending order.
  std::string Explain(const v1::OrderBasis& document, int line_number);
  // What verification finds, without its prefix: "LINE DIGEST"; "" is good.
  std::string Problems(const v1::OrderBasis& document);

  // A billing run's results in its order: "A 2026-01 CREATED 423.00", "A 2026-02 REFUSED INTERVAL_NOT_NEXT"; found to
  // be told as O6 says: oldest month first, and with a progress that goes up one by one to its total.
  std::vector<std::string> RunBilling(const std::string& text);
  std::string ResultText(const v1::RunBillingResponse& result);
  // "A 2026-01-01 2026-02-01 423.00", all there are, sorted.
  std::vector<std::string> Documents(bool show_empty = false);

  // A call in text format, whose account comes by itself: Call(&Agreements::GetAgreement, "agreement_id: '$A'").
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const std::string& text) {
    return wire_.Call(method, text, names_);
  }

  // The response of one that succeeds.
  template <typename Stub, typename Request, typename Response>
  Response Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const std::string& text) {
    return Call(method, text).value();
  }

  // Its error, with names instead of ids, as Describe() has it; or "OK".
  template <typename Stub, typename Request, typename Response>
  std::string Try(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const std::string& text) {
    return Describe(Call(method, text).status(), names_);
  }

  // All messages of a stream, or its error.
  template <typename Request, typename Response>
  absl::StatusOr<std::vector<Response>> ReadAll(std::unique_ptr<grpc::ClientReaderInterface<Response>> (
                                                    Agreements::*method)(grpc::ClientContext*, const Request&),
                                                const std::string& text) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    const auto reader = (agreements().*method)(&context, NewRequest<Request>(text));
    std::vector<Response> messages;
    for (Response message; reader->Read(&message);) messages.push_back(message);
    if (absl::Status status = Checked(reader->Finish()); !status.ok()) return status;
    return messages;
  }

  template <typename Request>
  Request NewRequest(const std::string& text) {
    Request request;
    request.set_account_id(names_.at("$account"));
    FillIn(text, names_, request);
    return request;
  }

  // SQL behind the server's back, with "$account" and ids by their names.
  std::string Sql(const std::string& sql);

  // A name for an id, and the other way around: Name("ord", document.order_basis_id()) makes it "$ord".
  void Name(const std::string& name, const std::string& id) { names_["$" + name] = id; }
  std::string NameOf(const std::string& id) const;

  Agreements& agreements() { return wire_.agreements(); }

 private:
  const std::string& account() const { return names_.at("$account"); }
  const std::string& Id(const std::string& name) const { return names_.at("$" + name); }
  void Product(const std::string& product, v1::ProductKind kind, const Prices& prices);
  void UpdateAgreement(const std::string& agreement, const std::string& field, const std::string& value);

  template <typename Response>
  static std::string OnlyAccess(const Response& response) {
    EXPECT_EQ(response.accesses_size(), 1);
    return AccessText(response.accesses(0));
  }

  std::string ResultsText(const google::protobuf::RepeatedPtrField<v1::TransactionResult>& results) const;
  std::string ShareText(const v1::OrderBasisLine& line, const v1::UserShare& share) const;

  Wire& wire_;
  Names names_;
};

// "2026-01-10T11:00:00Z" for noon in Oslo of "2026-01-10"; an instant as it is.
absl::Time TimeOf(const std::string& when);

absl::CivilDay DayOf(const std::string& text);

// "CREATED" of "BILLING_OUTCOME_CREATED".
std::string WithoutPrefix(const std::string& enum_name, absl::string_view prefix);

// The error in a result of a response, checked like the error of a call.
absl::Status ErrorOf(const google::rpc::Status& error);

// "accounting 2026-01-01 423.00 42/31 573.10; scan 2026-01-01 2.00 x3 6.00; scan 2026-01-01 2.00 x3 of 2025-12 6.00".
std::string LinesText(const v1::OrderBasis& document);

// A story for each test of a suite, which share a server.
class BillingStoryTest : public WireTest {
 protected:
  BillingStory story{*wire_};
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_VECTORS_BILLING_STORY_H_
