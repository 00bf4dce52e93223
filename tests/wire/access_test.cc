// Who is let in over TLS, and what the policy allows.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/wire/access_fixture.h"

namespace agreements::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kNotFound[] = "NOT_FOUND AGREEMENT_NOT_FOUND";

TEST_F(AccessTest, WhoShowsNoCertificateOfTheAuthorityGetsNoConnection) {
  const Authority& authority = files_.authority();
  const Authority other;
  const absl::Time now = absl::Now();
  const std::vector<std::pair<std::string, std::shared_ptr<grpc::ChannelCredentials>>> refused = {
      {"no certificate", Credentials(authority, {})},
      {"another authority", Credentials(authority, other.Sign({.sans = {kOperator}}))},
      {"expired",
       Credentials(authority,
                   authority.Sign({.sans = {kOperator}, .begin = now - absl::Hours(2), .end = now - absl::Hours(1)}))},
      {"not yet valid",
       Credentials(authority,
                   authority.Sign({.sans = {kOperator}, .begin = now + absl::Hours(1), .end = now + absl::Hours(2)}))},
      {"plain text", grpc::InsecureChannelCredentials()}};
  for (const auto& [name, credentials] : refused) {
    EXPECT_EQ(Get({.channel = Connect(credentials), .metadata = {}}), "UNAVAILABLE") << name;
  }
  EXPECT_EQ(statements_.Count("get_agreement"), 0);
  EXPECT_EQ(Get(From(kOperator)), kNotFound);
  EXPECT_EQ(statements_.Count("get_agreement"), 1);
}

TEST_F(AccessTest, WhoHasNoNameOrNoRuleIsRefused) {
  const std::string unknown = "UNAUTHENTICATED CALLER_UNKNOWN";
  const std::vector<std::pair<std::vector<std::string>, std::string>> answers = {
      {{}, unknown},
      {{"IP:127.0.0.1"}, unknown},
      {{"URI:https://test/operator"}, unknown},
      {{kOperator, "URI:spiffe://test/limited"}, unknown},
      {{kOperator, "URI:https://test/operator"}, unknown},
      {{"URI:https://test/one", "URI:https://test/two", "DNS:operator"}, unknown},
      {{"URI:spiffe://", "DNS:operator"}, unknown},
      {{"DNS:one", "DNS:two"}, unknown},
      {{absl::StrCat("URI:spiffe://test/", std::string(300, 'x'))}, unknown},
      {{kListed}, "PERMISSION_DENIED NOT_ALLOWED caller=spiffe://test/listed method=AgreementService/GetAgreement"},
      {{"DNS:portal.test"}, "PERMISSION_DENIED NOT_ALLOWED caller=portal.test method=AgreementService/GetAgreement"},
      {{"URI:https://test/portal", "DNS:portal.test"},
       "PERMISSION_DENIED NOT_ALLOWED caller=portal.test method=AgreementService/GetAgreement"},
      {{kOperator, "DNS:portal.test", "DNS:other.test"}, kNotFound}};
  for (const auto& [sans, answer] : answers) {
    EXPECT_EQ(Get({.channel = Connect(CredentialsOf(sans)), .metadata = {}}), answer) << absl::StrJoin(sans, ",");
  }
  EXPECT_EQ(statements_.Count("get_agreement"), 1);
}

// The last line of OpenSSL's own client, or "connected".
std::string ConnectWithOpenSsl(const std::string& address, const Identity& identity, int version) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), version);
  SSL_CTX_set_max_proto_version(context.get(), version);
  const auto bio = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&BIO_free_all)>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                         BIO_free_all);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio(identity.certificate).get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio(identity.key).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(connection.get(), address.c_str());
  if (BIO_do_connect(connection.get()) == 1) return "connected";
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "closed" : reason;
}

TEST_F(AccessTest, NothingOlderThanTls13IsSpoken) {
  const Identity identity = files_.authority().Sign({.sans = {kOperator}});
  EXPECT_EQ(ConnectWithOpenSsl(wire_.address(), identity, TLS1_3_VERSION), "connected");
  EXPECT_EQ(ConnectWithOpenSsl(wire_.address(), identity, TLS1_2_VERSION), "unexpected eof while reading");
}

TEST_F(AccessTest, WithoutARuleEveryMethodIsRefused) {
  const Sender listed = From(kListed);
  for (const auto* method : AllMethods()) {
    EXPECT_THAT(Describe(wire_.CallMethod(*method, *NewRequest(*method), listed).status()),
                StartsWith("PERMISSION_DENIED NOT_ALLOWED caller=spiffe://test/listed"))
        << method->full_name();
  }
}

TEST_F(AccessTest, ReflectionIsBehindThePolicyAndHealthIsOpen) {
  const std::string reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const Sender listed = From(kListed);
  EXPECT_EQ(wire_.CallBytes(reflection, "\x3a\x01*", absl::Seconds(30), listed).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(wire_.CallBytes(reflection, "\x3a\x01*", absl::Seconds(30), From("IP:127.0.0.1")).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(wire_.CallBytes(reflection, std::string("\x3a\x00", 2)).value(), HasSubstr("agreements.v1"));
  EXPECT_EQ(wire_.CallBytes("/grpc.health.v1.Health/Check", "", absl::Seconds(30), listed).value(), "\x08\x01");
}

TEST_F(AccessTest, OnlyWhoIsTrustedNamesAnActor) {
  EXPECT_EQ(Get({.channel = nullptr, .metadata = {{"x-actor", "user-1"}}}), kNotFound);
  EXPECT_THAT(Get({.channel = nullptr, .metadata = {{"x-actor", "Kari Nordmann"}}}),
              StartsWith("INVALID_ARGUMENT FIELD_INVALID; BadRequest x-actor"));
  Sender limited = From(kLimited);
  EXPECT_EQ(Get(limited), kNotFound);
  limited.metadata = {{"x-actor", "user-1"}};
  EXPECT_THAT(Get(limited), StartsWith("PERMISSION_DENIED NOT_ALLOWED caller=spiffe://test/limited"));
}

TEST_F(AccessTest, TheServerReachesItself) { EXPECT_TRUE(wire_.server().Probe(absl::Seconds(30)).ok()); }

TEST_F(AccessTest, TwoCallersWithOneRequestIdDoNotMeet) {
  v1::CreateAgreementRequest request;
  request.set_account_id("acct-mine");
  request.set_request_id("r-1");
  const auto create = [&](const Sender& sender, const std::string& name) {
    request.set_display_name(name);
    v1::CreateAgreementResponse response;
    response.ParseFromString(wire_.CallMethod(*AllMethods().at(0), request, sender).value());
    return response.agreement();
  };
  const Sender limited = From(kLimited);
  const v1::Agreement first = create({}, "Fjordkraft");
  const v1::Agreement second = create(limited, "Nordlys");
  EXPECT_NE(first.agreement_id(), second.agreement_id());
  EXPECT_EQ(create({}, "Fjordkraft").agreement_id(), first.agreement_id());
  EXPECT_EQ(create(limited, "Nordlys").agreement_id(), second.agreement_id());
}

TEST_F(AccessTest, TheTrailNamesCallerActorAndTrace) {
  v1::CreateAgreementRequest request;
  request.set_account_id("acct-mine");
  request.set_display_name("Fjordkraft");
  const std::string trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const Sender sender{
      .channel = nullptr,
      .metadata = {{"x-actor", "user-1"}, {"traceparent", absl::StrCat("00-", trace_id, "-00f067aa0ba902b7-01")}}};
  ASSERT_TRUE(wire_.CallMethod(*AllMethods().at(0), request, sender).ok());
  v1::ListChangesRequest list;
  list.set_account_id("acct-mine");
  list.set_caller("spiffe://test/operator");
  list.set_actor("user-1");
  const auto listed = wire_.Call(&Agreements::ListChanges, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->changes_size(), 1);
  EXPECT_EQ(listed->changes(0).method(), "CreateAgreement");
  EXPECT_EQ(listed->changes(0).caller(), "spiffe://test/operator");
  EXPECT_EQ(listed->changes(0).actor(), "user-1");
  EXPECT_EQ(listed->changes(0).trace_id(), trace_id);
}

// A response in a form that is always the same, which its bytes are not.
std::string Text(const google::protobuf::MethodDescriptor& method, const std::string& bytes) {
  const auto response = NewResponse(method);
  EXPECT_TRUE(response->ParseFromString(bytes));
  return response->DebugString();
}

// An account that a caller may not act for looks to it as one that has nothing, whatever it has.
TEST_F(AccessTest, AnAccountThatIsNotTheCallersHasNothing) {
  const Names theirs = wire_.Populate("acct-theirs");
  Names nothing = theirs;
  nothing["$account"] = "acct-nothing";
  const Sender limited = From(kLimited);
  const std::string rows = wire_.Rows();
  int refused = 0;
  for (const auto* method : AllMethods()) {
    SCOPED_TRACE(method->full_name());
    const auto asked = wire_.CallMethod(*method, *ValidRequest(*method, theirs), limited);
    EXPECT_EQ(wire_.Rows(), rows);
    if (Describe(asked.status()) == absl::StrCat("PERMISSION_DENIED NOT_ALLOWED caller=spiffe://test/limited method=",
                                                 method->service()->name(), "/", method->name())) {
      ++refused;
      EXPECT_TRUE(method->name() == "CreateAgreement" || method->name() == "CreateProduct");
      continue;
    }
    const auto none = wire_.CallMethod(*method, *ValidRequest(*method, nothing));
    EXPECT_EQ(Describe(asked.status()), Describe(none.status()));
    EXPECT_EQ(Text(*method, asked.value_or("")), Text(*method, none.value_or("")));
  }
  EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace agreements::testing
