#include "tests/e2e/alerts_fixture.h"

#include <signal.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {
namespace {

constexpr char kAccount[] = "acct-4711";

constexpr char kPolicy[] = R"json({
  "name": "test",
  "allow_rules": [{"name": "all", "source": {"principals": ["spiffe://test/operator"]}}],
  "callers": [{"name": "operator", "principals": ["spiffe://test/operator"], "accounts": ["*"]}]
})json";

void Run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
}

std::string Engine() {
  const char* engine = std::getenv("AGREEMENTS_TEST_ENGINE");
  return engine == nullptr ? "mariadb" : engine;
}

// Each call, e.g. of &Stub::GetAgreement, has a deadline.
template <typename Stub, typename Request, typename Response>
grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  Request request, Response& response) {
  request.set_account_id(kAccount);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  return (stub.*method)(&context, request, &response);
}

// The same, and it must succeed.
template <typename Stub, typename Request, typename Response>
Response MustCall(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request) {
  Response response;
  const grpc::Status status = Call(stub, method, request, response);
  EXPECT_TRUE(status.ok()) << request.GetTypeName() << ": " << status.error_message();
  return response;
}

}  // namespace

Load::Load(int threads, const std::function<void()>& something) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this, something] {
      while (!ending_) something();
    });
  }
}

Load::~Load() {
  ending_ = true;
  for (std::thread& thread : threads_) thread.join();
}

Directory::Directory() {
  std::string name = std::filesystem::temp_directory_path() / "agreements-alerts.XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

Directory::~Directory() { std::filesystem::remove_all(path_); }

PrivateDatabase::PrivateDatabase() {
  Start();
  try {
    Run(absl::StrCat("mariadb --no-defaults --user=root --skip-password --socket=$(cat ",
                     directory_.path("socket-path"), ") --execute='CREATE DATABASE agreements'"));
    std::vector<std::string> migrate = {AGREEMENTS_ADMIN, "migrate"};
    const std::vector<std::string> to_this = flags();
    migrate.insert(migrate.end(), to_this.begin(), to_this.end());
    ChildProcess process(migrate);
    if (process.Wait() != 0) throw std::runtime_error(process.Output());
  } catch (...) {
    Stop();
    throw;
  }
}

PrivateDatabase::~PrivateDatabase() { Stop(); }

void PrivateDatabase::Start() {
  Run(absl::StrCat(AGREEMENTS_DATABASE, " start --test --engine ", Engine(), " --dir ", directory_.path("")));
}

void PrivateDatabase::Stop() { Run(absl::StrCat(AGREEMENTS_DATABASE, " stop --dir ", directory_.path(""))); }

std::vector<std::string> PrivateDatabase::flags() const {
  std::string socket;
  std::ifstream(directory_.path("socket-path")) >> socket;
  return {"--db_socket=" + socket, "--db_user=root", "--db_name=agreements"};
}

AccessFiles::AccessFiles() {
  RenewCertificate(absl::Now() + absl::Hours(24 * 30));
  Replace("authorities.pem", authority_.certificate());
  Replace("policy.json", kPolicy);
}

std::vector<std::string> AccessFiles::flags() const {
  return {"--insecure=false", "--tls_cert_file=" + directory_.path("certificate.pem"),
          "--tls_key_file=" + directory_.path("key.pem"), "--tls_client_ca_file=" + directory_.path("authorities.pem"),
          "--policy_file=" + directory_.path("policy.json")};
}

std::string AccessFiles::Read(const std::string& name) const {
  std::ifstream file(directory_.path(name));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void AccessFiles::Replace(const std::string& name, const std::string& content) const {
  std::ofstream(directory_.path("new")) << content;
  std::filesystem::rename(directory_.path("new"), directory_.path(name));
}

void AccessFiles::RenewCertificate(absl::Time end) const {
  const Identity identity = authority_.Sign({.sans = {"IP:127.0.0.1"}, .end = end});
  Replace("key.pem", identity.key);
  Replace("certificate.pem", identity.certificate);
}

std::shared_ptr<grpc::Channel> AccessFiles::Connect(const std::string& address, const std::string& san) const {
  const Identity identity = authority_.Sign({.sans = {san}});
  return grpc::CreateChannel(address, grpc::SslCredentials({.pem_root_certs = authority_.certificate(),
                                                            .pem_private_key = identity.key,
                                                            .pem_cert_chain = identity.certificate}));
}

void AlertsTest::SetUp() {
  if (!PrometheusProcess::IsThere()) GTEST_SKIP() << "AGREEMENTS_TEST_PROMETHEUS is empty; tests/run unpacks one";
}

void AlertsTest::Serve(const std::vector<std::string>& flags) {
  flags_ = DatabaseFlags(database_);
  // A busy machine keeps calls waiting for longer than the 5 ms by which a server knows that it has too many.
  flags_.emplace_back("--queue_target=10s");
  flags_.insert(flags_.end(), flags.begin(), flags.end());
  server_ = std::make_unique<ServerProcess>(flags_);
  const std::string address = server_->Address();
  ASSERT_NE(address, "") << Output();
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  agreements_ = v1::AgreementService::NewStub(channel);
  companies_ = v1::CompanyService::NewStub(channel);
  if (prometheus_ != nullptr) return;
  prometheus_ = std::make_unique<PrometheusProcess>(server_->HttpAddress());
  flags_.push_back("--http_listen=" + server_->HttpAddress());
}

void AlertsTest::Kill() {
  server_->Signal(SIGKILL);
  server_->Wait();
}

void AlertsTest::ServeAgain() { Serve(std::exchange(flags_, {})); }

void AlertsTest::KillSessions() {
  const std::string sessions = database_.Sql(absl::StrCat("SELECT id FROM information_schema.processlist WHERE db = '",
                                                          database_.schema(), "' AND id <> CONNECTION_ID()"));
  for (const absl::string_view id : absl::StrSplit(sessions, '\n', absl::SkipEmpty())) {
    try {
      database_.Sql(absl::StrCat("KILL ", id));
    } catch (const std::exception& gone) {
      continue;  // By itself meanwhile.
    }
  }
}

std::string AlertsTest::Metrics() {
  RawConnection connection(server_->HttpAddress());
  connection.Say("GET /metrics HTTP/1.0\r\n\r\n");
  return connection.ReadToEnd();
}

std::string AlertsTest::ValueOf(const std::string& name) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(Metrics(), '\n'))) {
    if (absl::StartsWith(line, name + " ")) return line.substr(name.size() + 1);
  }
  return "";
}

void AlertsTest::SetClock(const std::string& time) const {
  std::ofstream(clock_file_ + ".new") << time;
  std::filesystem::rename(clock_file_ + ".new", clock_file_);
}

std::string AlertsTest::CreateAgreement(const std::string& customer_number) {
  v1::CreateAgreementRequest request;
  request.set_display_name("Fjordkraft Regnskap");
  request.set_customer_number(customer_number);
  return MustCall(*agreements_, &v1::AgreementService::Stub::CreateAgreement, request).agreement().agreement_id();
}

grpc::Status AlertsTest::Get(const std::string& agreement_id) {
  v1::GetAgreementRequest request;
  request.set_agreement_id(agreement_id);
  v1::GetAgreementResponse response;
  return Call(*agreements_, &v1::AgreementService::Stub::GetAgreement, request, response);
}

grpc::Status AlertsTest::Get(const std::string& agreement_id, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::AgreementService::NewStub(channel);
  v1::GetAgreementRequest request;
  request.set_agreement_id(agreement_id);
  v1::GetAgreementResponse response;
  return Call(*stub, &v1::AgreementService::Stub::GetAgreement, request, response);
}

grpc::Status AlertsTest::Update(const std::string& agreement_id) {
  static std::atomic<int> names = 0;
  v1::UpdateAgreementRequest request;
  request.set_agreement_id(agreement_id);
  request.set_display_name(absl::StrCat("Fjordkraft ", ++names));
  v1::UpdateAgreementResponse response;
  return Call(*agreements_, &v1::AgreementService::Stub::UpdateAgreement, request, response);
}

void AlertsTest::UseLicences(const Licences& licences) {
  product_ids_.push_back(licences.product_id);
  v1::CreateProductRequest product;
  product.set_product_id(licences.product_id);
  product.set_display_name(licences.product_id);
  product.set_kind(v1::PRODUCT_KIND_LICENSE);
  MustCall(*agreements_, &v1::AgreementService::Stub::CreateProduct, product);
  v1::CreateCompanyRequest company;
  company.set_agreement_id(CreateAgreement(licences.customer_number));
  company.set_display_name("Nordlys Bakeri AS");
  v1::GrantAccessRequest access;
  access.set_company_id(
      MustCall(*companies_, &v1::CompanyService::Stub::CreateCompany, company).company().company_id());
  access.set_user_id("user-17");
  access.add_product_ids(licences.product_id);
  MustCall(*companies_, &v1::CompanyService::Stub::GrantAccess, access);
}

void AlertsTest::SetPrices(const std::string& valid_from) {
  for (const std::string& product_id : product_ids_) {
    v1::SetPriceRequest request;
    request.set_product_id(product_id);
    request.set_valid_from(valid_from);
    request.set_unit_price("423.00");
    MustCall(*agreements_, &v1::AgreementService::Stub::SetPrice, request);
  }
}

void AlertsTest::RunBilling() {
  v1::RunBillingRequest request;
  request.set_account_id(kAccount);
  grpc::ClientContext context;
  const auto stream = agreements_->RunBilling(&context, request);
  v1::RunBillingResponse response;
  while (stream->Read(&response)) {
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

}  // namespace agreements::testing
