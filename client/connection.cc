#include "agreements/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "proto/files/certificates.h"
#include "proto/files/published_file.h"
#include "proto/files/watched_files.h"
#include "proto/status_macros.h"

namespace agreements {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(5);  // How often certificate files are looked at.
constexpr unsigned kProviderSeconds = 1;                    // How often gRPC looks at what is published.
constexpr int kKeepaliveMilliseconds = 20'000;              // Servers allow one ping in 9 seconds.
constexpr int kKeepaliveTimeoutMilliseconds = 10'000;
constexpr int kResolutionMilliseconds = 5'000;  // At least so long between two looks into DNS; gRPC has 30.
constexpr int kMaxReconnectMilliseconds = 5'000;

// The services' retries, and how addresses are chosen. In the words of gRPC's service config:
// https://github.com/grpc/grpc/blob/master/doc/service_config.md
std::string ServiceConfig(const ClientOptions& options) {
  std::string retries;
  if (options.max_attempts > 1) {
    retries = absl::StrCat(R"json(, "retryPolicy": {
        "maxAttempts": )json",
                           options.max_attempts, R"json(, "initialBackoff": "0.1s", "maxBackoff": "2s",
        "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"]})json");
  }
  return absl::StrCat(R"json({
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": "agreements.v1.AgreementService"},
    "methodConfig": [{
      "name": [{"service": "agreements.v1.AgreementService"}, {"service": "agreements.v1.CompanyService"}],
      "waitForReady": )json",
                      options.wait_for_ready ? "true" : "false", retries, "}]}");
}

absl::Status Invalid(absl::string_view option, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(option, " ", what));
}

absl::Status Check(const ClientOptions& options) {
  if (options.endpoint.empty()) return Invalid("endpoint", "is missing, e.g. \"agreements:50051\"");
  if (options.max_attempts < 1 || options.max_attempts > 5) return Invalid("max_attempts", "must be 1 to 5");
  if (options.timeouts.call <= absl::ZeroDuration()) return Invalid("timeouts.call", "must be more than 0");
  if (options.timeouts.long_call <= absl::ZeroDuration()) return Invalid("timeouts.long_call", "must be more than 0");
  for (const auto& [name, value] :
       {std::pair<absl::string_view, const std::string&>{"certificate_file", options.certificate_file},
        {"key_file", options.key_file},
        {"authority_file", options.authority_file}}) {
    if (options.insecure && !value.empty()) return Invalid(name, "is given, and insecure too: choose one");
    if (!options.insecure && value.empty()) return Invalid(name, "is missing; only insecure goes without");
  }
  return absl::OkStatus();
}

// An error of one option's file.
absl::Status In(absl::string_view option, const std::string& path, const absl::Status& status) {
  return status.ok() ? status : Invalid(option, absl::StrCat(path, ": ", status.message()));
}

}  // namespace

// The caller's certificate and the server's authorities, from files that may change.
class Connection::Tls {
 public:
  explicit Tls(const ClientOptions& options)
      : identity_files_(
            {options.certificate_file, options.key_file},
            [this, options](const std::vector<std::string>& contents) -> absl::Status {
              RETURN_IF_ERROR(In("certificate_file", options.certificate_file,
                                 CheckCertificate(contents[0], contents[1], absl::Now())));
              return identity_.Publish(absl::StrCat(contents[1], "\n", contents[0]));
            },
            options.on_files),
        authority_files_(
            {options.authority_file},
            [this, options](const std::vector<std::string>& contents) -> absl::Status {
              RETURN_IF_ERROR(In("authority_file", options.authority_file, CheckAuthorities(contents[0], absl::Now())));
              return authorities_.Publish(contents[0]);
            },
            options.on_files) {}

  absl::Status Start() {
    RETURN_IF_ERROR(identity_files_.Load());
    RETURN_IF_ERROR(authority_files_.Load());
    identity_files_.Watch(kLookInterval);
    authority_files_.Watch(kLookInterval);
    return absl::OkStatus();
  }

  std::shared_ptr<grpc::ChannelCredentials> NewCredentials() const {
    grpc::experimental::TlsChannelCredentialsOptions options;
    options.set_certificate_provider(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
        identity_.path(), identity_.path(), authorities_.path(), kProviderSeconds));
    options.watch_identity_key_cert_pairs();
    options.watch_root_certs();
    return grpc::experimental::TlsCredentials(options);
  }

 private:
  PublishedFile identity_;
  PublishedFile authorities_;
  WatchedFiles identity_files_;
  WatchedFiles authority_files_;
};

Connection::Connection(ClientOptions options) : options_(std::move(options)) {}

absl::StatusOr<std::shared_ptr<const Connection>> Connection::Open(const ClientOptions& options) {
  RETURN_IF_ERROR(Check(options));
  const std::shared_ptr<Connection> connection(new Connection(options));
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!options.insecure) {
    const auto tls = std::make_shared<Tls>(options);
    RETURN_IF_ERROR(tls->Start());
    credentials = tls->NewCredentials();
    connection->tls_ = tls;
  }
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig(options));
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);  // What DNS says of retries is not ours.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kResolutionMilliseconds);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMilliseconds);
  if (!options.user_agent.empty()) arguments.SetUserAgentPrefix(options.user_agent);
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  connection->channel_ = grpc::CreateCustomChannel(options.endpoint, credentials, arguments);
  return connection;
}

void Prepare(grpc::ClientContext& context, const CallOptions& options, absl::Duration timeout) {
  if (options.timeout != absl::ZeroDuration()) timeout = options.timeout;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  const std::pair<const char*, const std::string&> known[] = {
      {"x-actor", options.actor}, {"traceparent", options.traceparent}, {"x-request-id", options.correlation_id}};
  for (const auto& [key, value] : known) {
    if (!value.empty()) context.AddMetadata(key, value);
  }
  for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
}

}  // namespace agreements
