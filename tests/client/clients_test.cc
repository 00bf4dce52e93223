// The client library against a scripted server, and against mocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agreements/agreement_client.h"
#include "agreements/company_client.h"
#include "agreements/errors.h"
#include "agreements/testing/scripted_server.h"
#include "agreements/v1/agreement_service_mock.grpc.pb.h"
#include "google/protobuf/descriptor.h"

namespace agreements::testing {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::MatchesRegex;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ClientsTest : public ::testing::Test {
 protected:
  AgreementClient Agreements(const ClientOptions& options = {}) const {
    return AgreementClient(*server_.Connect(options));
  }

  static v1::CreateAgreementRequest NewAgreement() {
    v1::CreateAgreementRequest request;
    request.set_account_id("acct-1");
    request.set_display_name("Fjordkraft");
    return request;
  }

  static v1::ListAgreementsResponse Page(const std::vector<std::string>& ids, const std::string& next_page_token) {
    v1::ListAgreementsResponse page;
    for (const std::string& id : ids) page.add_agreements()->set_agreement_id(id);
    page.set_next_page_token(next_page_token);
    return page;
  }

  // Ids, and errors by their reason.
  static std::vector<std::string> Read(Range<v1::Agreement>& range) {
    std::vector<std::string> read;
    for (const absl::StatusOr<v1::Agreement>& agreement : range) {
      read.push_back(agreement.ok() ? agreement->agreement_id() : v1::ErrorReason_Name(ReasonOf(agreement.status())));
    }
    return read;
  }

  std::vector<std::string> RequestIds() const {
    std::vector<std::string> ids;
    for (const auto& request : server_.Requests<v1::CreateAgreementRequest>("CreateAgreement")) {
      ids.push_back(request.request_id());
    }
    return ids;
  }

  ScriptedServer server_;
};

TEST_F(ClientsTest, ACallReturnsItsResponse) {
  v1::GetAgreementResponse response;
  response.mutable_agreement()->set_display_name("Fjordkraft Regnskap");
  server_.Answer("GetAgreement", response);
  v1::GetAgreementRequest request;
  request.set_agreement_id("agr-1");
  const auto got = Agreements().GetAgreement(request);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->agreement().display_name(), "Fjordkraft Regnskap");
  ASSERT_THAT(server_.Calls("GetAgreement"), SizeIs(1));
  EXPECT_EQ(server_.Requests<v1::GetAgreementRequest>("GetAgreement")[0].agreement_id(), "agr-1");
}

TEST_F(ClientsTest, EachChangeHasARequestIdOfItsOwnUnlessOneIsGiven) {
  for (int i = 0; i < 4; ++i) server_.Answer("CreateAgreement", v1::CreateAgreementResponse());
  const AgreementClient client = Agreements();
  EXPECT_TRUE(client.CreateAgreement(NewAgreement()).ok());
  EXPECT_TRUE(client.CreateAgreement(NewAgreement()).ok());
  CallOptions options;
  options.request_id = "by options";
  EXPECT_TRUE(client.CreateAgreement(NewAgreement(), options).ok());
  v1::CreateAgreementRequest request = NewAgreement();
  request.set_request_id("by the request");
  EXPECT_TRUE(client.CreateAgreement(request, options).ok());
  const std::string uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  const std::vector<std::string> ids = RequestIds();
  EXPECT_THAT(ids, ElementsAre(MatchesRegex(uuid), MatchesRegex(uuid), "by options", "by the request"));
  EXPECT_NE(ids[0], ids[1]);
}

TEST_F(ClientsTest, ACallThatIsUnavailableIsSentAgainWithTheSameRequestId) {
  const absl::Status stopping =
      Error(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING, {.retry_delay = absl::Milliseconds(1)});
  const absl::Status busy = Error(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY);
  server_.Answer("CreateAgreement", stopping);
  server_.Answer("CreateAgreement", busy);
  server_.Answer("CreateAgreement", v1::CreateAgreementResponse());
  EXPECT_TRUE(Agreements().CreateAgreement(NewAgreement()).ok());
  const std::vector<std::string> ids = RequestIds();
  ASSERT_THAT(ids, SizeIs(3));
  EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()), SizeIs(1));

  server_.Answer("CreateAgreement", stopping);
  ClientOptions once;
  once.max_attempts = 1;
  EXPECT_EQ(ReasonOf(Agreements(once).CreateAgreement(NewAgreement()).status()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(ClientsTest, ACallIsSentNoMoreOftenThanItMayBe) {
  for (int i = 0; i < 4; ++i) {
    server_.Answer("CreateAgreement", Error(absl::StatusCode::kUnavailable, v1::ERROR_REASON_DATABASE_UNAVAILABLE,
                                            {.retry_delay = absl::Milliseconds(1)}));
  }
  ClientOptions options;
  options.max_attempts = 3;
  const absl::Status status = Agreements(options).CreateAgreement(NewAgreement()).status();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_THAT(RequestIds(), SizeIs(3));
}

TEST_F(ClientsTest, AStaleRevisionIsNeverTriedAgain) {
  server_.Answer("MoveCompany", Error(absl::StatusCode::kAborted, v1::ERROR_REASON_STALE_REVISION));
  server_.Answer("MoveCompany", v1::MoveCompanyResponse());
  const absl::Status status = CompanyClient(*server_.Connect()).MoveCompany({}).status();
  EXPECT_TRUE(absl::IsAborted(status));
  EXPECT_THAT(server_.Calls("MoveCompany"), SizeIs(1));
}

TEST_F(ClientsTest, AnErrorSaysWhatItIsAbout) {
  server_.Answer("UpdateCompany", Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_FIELD_INVALID,
                                        {.message = "Fields are wrong.",
                                         .sentence = "Noe er feil utfylt.",
                                         .metadata = {{"count", "2"}},
                                         .violations = {{.field = "display_name", .description = "is missing"},
                                                        {.field = "revision", .description = "is negative"}},
                                         .retry_delay = absl::Milliseconds(1500)}));
  const absl::Status status = CompanyClient(*server_.Connect()).UpdateCompany({}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status.message(), "Fields are wrong.");
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_THAT(MetadataOf(status), ElementsAre(Pair("count", "2")));
  EXPECT_EQ(SentenceOf(status), "Noe er feil utfylt.");
  EXPECT_EQ(RetryDelayOf(status), absl::Milliseconds(1500));
  const std::vector<Violation> violations = ViolationsOf(status);
  ASSERT_THAT(violations, SizeIs(2));
  EXPECT_EQ(violations[0].field + " " + violations[0].description, "display_name is missing");
  EXPECT_EQ(violations[1].field + " " + violations[1].description, "revision is negative");

  const absl::Status other = absl::InternalError("of another service");
  EXPECT_EQ(ReasonOf(other), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_THAT(MetadataOf(other), SizeIs(0));
  EXPECT_EQ(SentenceOf(other), "");
  EXPECT_EQ(RetryDelayOf(other), std::nullopt);
  EXPECT_THAT(ViolationsOf(other), SizeIs(0));
}

TEST_F(ClientsTest, OptionsArriveAsMetadataAndDeadline) {
  server_.Answer("GetAgreement", v1::GetAgreementResponse());
  server_.Answer("GetAgreement", v1::GetAgreementResponse());
  ClientOptions client_options;
  client_options.timeouts.call = absl::Minutes(10);
  client_options.user_agent = "invoicing/2.3";
  const AgreementClient client = Agreements(client_options);
  CallOptions options;
  options.timeout = absl::Minutes(20);
  options.actor = "user-17";
  options.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  options.correlation_id = "c-1";
  options.metadata = {{"x-more", "1"}, {"x-more", "2"}};
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(client.GetAgreement({}).ok());
  EXPECT_TRUE(client.GetAgreement({}, options).ok());
  const auto calls = server_.Calls("GetAgreement");
  ASSERT_THAT(calls, SizeIs(2));
  EXPECT_EQ(calls[0].metadata.count("x-actor"), 0U);
  EXPECT_THAT(calls[0].metadata, Contains(Pair("user-agent", StartsWith("invoicing/2.3 grpc-c++/"))));
  // A deadline travels as what is left of it, rounded up.
  EXPECT_THAT(calls[0].deadline - begin, AllOf(Gt(absl::Minutes(9)), Lt(absl::Minutes(11))));
  EXPECT_THAT(
      calls[1].metadata,
      AllOf(Contains(Pair("x-actor", "user-17")), Contains(Pair("traceparent", options.traceparent)),
            Contains(Pair("x-request-id", "c-1")), Contains(Pair("x-more", "1")), Contains(Pair("x-more", "2"))));
  EXPECT_THAT(calls[1].deadline - begin, AllOf(Gt(absl::Minutes(19)), Lt(absl::Minutes(21))));
}

TEST_F(ClientsTest, AListIsReadPageByPage) {
  server_.Answer("ListAgreements", Page({"a", "b"}, "1"));
  server_.Answer("ListAgreements", Page({}, "2"));
  server_.Answer("ListAgreements", Page({"c"}, ""));
  v1::ListAgreementsRequest request;
  request.set_account_id("acct-1");
  auto list = Agreements().ListAgreements(request);  // It outlives its client.
  EXPECT_THAT(Read(list), ElementsAre("a", "b", "c"));
  std::vector<std::string> asked;
  for (const auto& sent : server_.Requests<v1::ListAgreementsRequest>("ListAgreements")) {
    asked.push_back(absl::StrCat(sent.account_id(), " ", sent.page_size(), " ", sent.page_token()));
  }
  EXPECT_THAT(asked, ElementsAre("acct-1 1000 ", "acct-1 1000 1", "acct-1 1000 2"));
}

TEST_F(ClientsTest, AnErrorIsTheLastElementOfAList) {
  server_.Answer("ListAgreements", Page({"a"}, "1"));
  server_.Answer("ListAgreements", Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_PAGE_TOKEN_MISMATCH));
  server_.Answer("ListAgreements", Page({"never asked for"}, ""));
  auto list = Agreements().ListAgreements({});
  EXPECT_THAT(Read(list), ElementsAre("a", "ERROR_REASON_PAGE_TOKEN_MISMATCH"));
  EXPECT_THAT(server_.Calls("ListAgreements"), SizeIs(2));
}

TEST_F(ClientsTest, AWholeListOrItsError) {
  server_.Answer("ListAgreements", Page({"a", "b"}, ""));
  server_.Answer("ListAgreements", Page({"a"}, "1"));
  server_.Answer("ListAgreements", absl::InternalError("no"));
  EXPECT_THAT(Agreements().ListAgreements({}).All().value(), SizeIs(2));
  EXPECT_TRUE(absl::IsInternal(Agreements().ListAgreements({}).All().status()));
}

TEST_F(ClientsTest, APageIsReadAsItIs) {
  server_.Answer("ListAgreements", Page({"c"}, "4"));
  v1::ListAgreementsRequest request;
  request.set_page_size(1);
  request.set_page_token("3");
  const auto page = Agreements().ListAgreements(request).page();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->next_page_token(), "4");
  const auto sent = server_.Requests<v1::ListAgreementsRequest>("ListAgreements");
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].page_size(), 1);
  EXPECT_EQ(sent[0].page_token(), "3");
}

TEST_F(ClientsTest, AStreamIsReadToItsEndOrItsError) {
  std::vector<v1::RunBillingResponse> results(3);
  for (int i = 0; i < 3; ++i) results[static_cast<size_t>(i)].set_agreement_id(absl::StrCat("agr-", i));
  server_.AnswerStream("RunBilling", results);
  server_.AnswerStream("RunBilling", results, Error(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING));
  const AgreementClient client = Agreements();
  for (const bool fails : {false, true}) {
    std::string read;
    absl::Status status;
    for (const auto& result : client.RunBilling({})) {
      status = result.status();
      if (result.ok()) absl::StrAppend(&read, result->agreement_id(), " ");
    }
    EXPECT_EQ(read, "agr-0 agr-1 agr-2 ");
    EXPECT_EQ(ReasonOf(status), fails ? v1::ERROR_REASON_SERVER_STOPPING : v1::ERROR_REASON_UNSPECIFIED);
  }
  EXPECT_THAT(server_.Calls("RunBilling"), SizeIs(2)) << "what was begun is not begun again";
}

TEST_F(ClientsTest, AStreamMayBeLeftEarly) {
  server_.AnswerStream("RunBilling", std::vector<v1::RunBillingResponse>(1000));
  int read = 0;
  for (const auto& result : Agreements().RunBilling({})) {
    EXPECT_TRUE(result.ok());
    if (++read == 3) break;
  }
  EXPECT_EQ(read, 3);
}

TEST_F(ClientsTest, AServerThatIsNotThereIsToldAtOnceToWhomDoesNotWait) {
  std::string address;
  {
    const ScriptedServer gone;
    address = gone.address();
  }
  ClientOptions options;
  options.endpoint = address;
  options.insecure = true;
  options.wait_for_ready = false;
  options.timeouts.call = absl::Hours(1);
  EXPECT_TRUE(absl::IsUnavailable(AgreementClient(*Connection::Open(options)).GetAgreement({}).status()));
}

TEST_F(ClientsTest, CallsTakeTurnsAmongTheServersThatServe) {
  ScriptedServer other;
  ClientOptions options;
  options.endpoint = absl::StrCat("ipv4:", server_.address(), ",", other.address());
  options.insecure = true;
  const AgreementClient client(*Connection::Open(options));
  // How many of ten calls the first and the second server get.
  const auto turns = [&] {
    const size_t before = server_.Calls("GetAgreement").size();
    const size_t other_before = other.Calls("GetAgreement").size();
    for (int i = 0; i < 10; ++i) {
      server_.Answer("GetAgreement", v1::GetAgreementResponse());
      other.Answer("GetAgreement", v1::GetAgreementResponse());
      EXPECT_TRUE(client.GetAgreement({}).ok());
    }
    return std::pair(server_.Calls("GetAgreement").size() - before, other.Calls("GetAgreement").size() - other_before);
  };
  const absl::Time patience = absl::Now() + absl::Minutes(1);
  while (turns() != std::pair<size_t, size_t>(5, 5)) ASSERT_LT(absl::Now(), patience) << "both are connected";
  other.SetServing(false);
  while (turns() != std::pair<size_t, size_t>(10, 0)) ASSERT_LT(absl::Now(), patience) << "one serves no more";
  other.SetServing(true);
  while (turns() != std::pair<size_t, size_t>(5, 5)) ASSERT_LT(absl::Now(), patience) << "both serve again";
}

TEST_F(ClientsTest, EveryWrongOptionIsNamed) {
  const auto error = [](const ClientOptions& options) {
    return std::string(Connection::Open(options).status().message());
  };
  EXPECT_THAT(error({}), StartsWith("endpoint is missing"));
  ClientOptions options;
  options.endpoint = "localhost:1";
  EXPECT_EQ(error(options), "certificate_file is missing; only insecure goes without");
  options.certificate_file = options.key_file = options.authority_file = "/nowhere.pem";
  EXPECT_EQ(error(options), "/nowhere.pem: cannot be read: No such file or directory");
  options.insecure = true;
  EXPECT_EQ(error(options), "certificate_file is given, and insecure too: choose one");
  options = {};
  options.endpoint = "localhost:1";
  options.insecure = true;
  EXPECT_EQ(error(options), "");
  options.max_attempts = 6;
  EXPECT_EQ(error(options), "max_attempts must be 1 to 5");
  options.max_attempts = 1;
  options.timeouts.call = absl::ZeroDuration();
  EXPECT_EQ(error(options), "timeouts.call must be more than 0");
  options.timeouts = {};
  options.timeouts.long_call = -absl::Seconds(1);
  EXPECT_EQ(error(options), "timeouts.long_call must be more than 0");
}

TEST_F(ClientsTest, AScriptThatTheServiceCouldNotFollowIsRefused) {
  EXPECT_THROW(server_.Answer("GetAgreemnt", v1::GetAgreementResponse()), std::invalid_argument);
  EXPECT_THROW(server_.Answer("GetAgreement", v1::GetCompanyResponse()), std::invalid_argument);
  EXPECT_THROW(server_.Answer("GetAgreement", absl::OkStatus()), std::invalid_argument);
  EXPECT_THROW(server_.Calls("get"), std::invalid_argument);
  EXPECT_THAT(std::string(Agreements().GetAgreement({}).status().message()), HasSubstr("no answer is left"));
}

TEST(MockTest, AClientCanCallAMock) {
  const auto stub = std::make_shared<v1::MockAgreementServiceStub>();
  v1::GetAgreementResponse response;
  response.mutable_agreement()->set_display_name("A");
  EXPECT_CALL(*stub, GetAgreement(_, _, _))
      .WillOnce(::testing::DoAll(::testing::SetArgPointee<2>(response), ::testing::Return(grpc::Status::OK)));
  EXPECT_EQ(AgreementClient(stub).GetAgreement({})->agreement().display_name(), "A");
}

TEST(ClientMethodsTest, EveryMethodOfTheServicesIsThere) {
  for (const auto& [service, header] :
       {std::pair{v1::GetAgreementRequest::descriptor()->file()->service(0), "agreement_client.h"},
        std::pair{v1::GetCompanyRequest::descriptor()->file()->service(0), "company_client.h"}}) {
    std::ostringstream text;
    text << std::ifstream(absl::StrCat(AGREEMENTS_CLIENT_HEADERS, "/", header)).rdbuf();
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& name = service->method(i)->name();
      EXPECT_TRUE(std::regex_search(text.str(), std::regex(absl::StrCat("[> ]", name, "\\(")))) << name;
    }
  }
}

}  // namespace
}  // namespace agreements::testing
