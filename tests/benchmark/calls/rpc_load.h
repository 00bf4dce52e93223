// Callers of a method over gRPC, with its callback API and bytes as messages: what the client costs is gRPC.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_RPC_LOAD_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_RPC_LOAD_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/benchmark/calls/load.h"

namespace agreements::benchmark {

// Connections to a server, which callers share evenly.
class Channels {
 public:
  // Opens as many as the most callers use. Throws if there is no server.
  Channels(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials);

  // That of a caller, of so many: eight at the most are in use.
  grpc::GenericStub& StubOf(int caller, int callers) {
    return *stubs_[static_cast<size_t>(caller % std::min(callers, kCount))];
  }

 private:
  static constexpr int kCount = 8;

  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
};

class RpcLoad : public Load {
 public:
  // The next request of a caller, serialized. Requests of different callers are asked for at the same time.
  using Requests = std::function<std::string(int caller)>;
  // Says what is wrong with a response; "" if nothing is.
  using Check = std::function<std::string(const std::string& response)>;

  // `path`: "/agreements.v1.AgreementService/GetAgreement". `check` gets the first response of each caller. `channels`
  // must outlive it.
  RpcLoad(Channels& channels, std::string path, Requests requests, Check check, int callers);
  ~RpcLoad() override;

  void Begin() override;

 private:
  class Caller;

  void Join() override;
  void Ended();

  const std::string path_;
  const Requests requests_;
  const Check check_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0;
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_RPC_LOAD_H_
