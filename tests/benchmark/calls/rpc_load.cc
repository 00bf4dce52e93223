#include "tests/benchmark/calls/rpc_load.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/benchmark/figures.h"

namespace agreements::benchmark {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);  // Of a call, and of connecting.

}  // namespace

Channels::Channels(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  for (int i = 0; i < kCount; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
    const auto channel = grpc::CreateCustomChannel(address, credentials, arguments);
    Require(channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience)), "no server at " + address);
    stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
}

class RpcLoad::Caller {
 public:
  Caller(RpcLoad& load, grpc::GenericStub& stub, int number) : load_(load), stub_(stub), number_(number) {}

  // Begins a call, whose end begins the next one.
  void Call() {
    if (load_.ends()) {
      load_.Ended();
      return;
    }
    const grpc::Slice bytes(load_.requests_(number_));
    request_ = grpc::ByteBuffer(&bytes, 1);
    context_.emplace();
    context_->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    begin_ = Elapsed();
    stub_.UnaryCall(&*context_, load_.path_, {}, &request_, &response_,
                    [this](const grpc::Status& status) { Answered(status); });
  }

 private:
  void Answered(const grpc::Status& status) {
    if (status.ok()) {
      load_.Count(number_, Elapsed() - begin_);
      if (std::exchange(first_, false)) CheckResponse();
    } else {
      load_.Fail(absl::StrCat(load_.path_, " failed: ", status.error_code(), " ", status.error_message()));
    }
    Call();
  }

  void CheckResponse() {
    std::vector<grpc::Slice> slices;
    static_cast<void>(response_.Dump(&slices));  // Fails for an empty response, which the check sees.
    std::string bytes;
    for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    const std::string wrong = load_.check_(bytes);
    if (!wrong.empty()) load_.Fail(absl::StrCat(load_.path_, ": ", wrong));
  }

  RpcLoad& load_;
  grpc::GenericStub& stub_;
  const int number_;
  std::optional<grpc::ClientContext> context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  absl::Duration begin_;
  bool first_ = true;
};

RpcLoad::RpcLoad(Channels& channels, std::string path, Requests requests, Check check, int callers)
    : Load(callers), path_(std::move(path)), requests_(std::move(requests)), check_(std::move(check)) {
  for (int i = 0; i < callers; ++i) {
    callers_.push_back(std::make_unique<Caller>(*this, channels.StubOf(i, callers), i));
  }
}

RpcLoad::~RpcLoad() {
  Stop();
  RpcLoad::Join();
}

void RpcLoad::Begin() {
  running_ = callers();
  for (const auto& caller : callers_) caller->Call();
}

void RpcLoad::Join() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return running_ == 0; });
}

void RpcLoad::Ended() {
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) changed_.notify_all();
}

}  // namespace agreements::benchmark
