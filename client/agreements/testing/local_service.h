// The real server on a database of its own, for a caller's integration tests.
//
//   static const auto service = testing::LocalService::Start().value();
//   const AgreementClient client(*Connection::Open(service->options()));
//
// Needs the packages agreements-server, mariadb-server-core and mariadb-client-core. Other places than those in PATH
// are named by AGREEMENTS_SERVER, AGREEMENTS_ADMIN (programs) and AGREEMENTS_DATABASE (the script that starts a
// database).
#ifndef AGREEMENTS_TESTING_LOCAL_SERVICE_H_
#define AGREEMENTS_TESTING_LOCAL_SERVICE_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agreements/options.h"

namespace agreements::testing {

// Takes some seconds to start: start one for many tests, and give each an account of its own. Ends with the object; the
// server ends with the process, too, however that ends.
class LocalService {
 public:
  // On an empty database and a free port, without TLS. `flags` are further ones of agreements-server, e.g.
  // "--time_zone=Europe/Oslo". An error says what could not be started, and the end of its log.
  static absl::StatusOr<std::unique_ptr<LocalService>> Start(const std::vector<std::string>& flags = {});

  ~LocalService();
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  // "127.0.0.1:54321"
  const std::string& address() const { return address_; }

  // By which clients reach it.
  ClientOptions options() const;

  // What the server has logged until now.
  std::string log() const;

 private:
  explicit LocalService(std::string directory);

  absl::Status StartServer(const std::vector<std::string>& flags);

  const std::string directory_;
  std::string socket_;
  std::string address_;
  pid_t server_ = 0;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTING_LOCAL_SERVICE_H_
