// Calls of one method that share round trips to the database.
#ifndef AGREEMENTS_SERVER_RPC_GATHERED_READS_H_
#define AGREEMENTS_SERVER_RPC_GATHERED_READS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/rpc/call_in_flight.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/inline_reactor.h"
#include "server/rpc/workers.h"
#include "storage/connection/call.h"
#include "storage/connection/cancellation.h"
#include "storage/connection/figures.h"

namespace agreements {

// The calls of a method, which wait for a worker one by one. A worker that takes one takes all that wait, and reads for
// all of them at once. So a call that finds a free worker waits for no other, and a read begins after its calls have
// arrived. A call that is cancelled, or whose deadline passes, is answered at once, and leaves the others their read.
//
// Thread-safe. Must outlive its calls.
template <typename Request, typename Response>
class GatheredReads final : public Gathering {
 public:
  // Answers several calls, an account and a request each, or returns the error of all of them.
  using Serve = std::function<absl::StatusOr<std::vector<absl::StatusOr<Response>>>(
      const storage::Call& call, absl::Span<const std::string> account_ids, absl::Span<const Request> requests)>;

  // `surroundings` and `workers` outlive all calls.
  GatheredReads(const CallSurroundings& surroundings, Workers& workers, Serve serve)
      : surroundings_(surroundings), workers_(workers), serve_(std::move(serve)) {}

  // Answers a call.
  grpc::ServerUnaryReactor* Answer(const Method& method, grpc::CallbackServerContext& context,
                                   const grpc::ByteBuffer& bytes, grpc::ByteBuffer& answer) {
    auto* reactor = new Reactor(*this, method, context, answer);
    reactor->Start(bytes);
    return reactor;
  }

  std::unique_ptr<Batch> NewBatch() override { return std::make_unique<Together>(*this); }

 private:
  class Together;

  // A call.
  class Reactor final : public InlineReactor {
   public:
    Reactor(GatheredReads& reads, const Method& method, grpc::CallbackServerContext& context, grpc::ByteBuffer& answer)
        : call_(method, context, reads.surroundings_), reads_(reads), answer_(answer) {}

    // Call it once. The reactor deletes itself when gRPC no longer needs it.
    void Start(const grpc::ByteBuffer& bytes) {
      const absl::Status status = call_.Begin(StatementTime::kShort, bytes, request_);
      if (!status.ok()) {
        this->Finish(call_.End(status));
        return;
      }
      const TaskOwner owner = call_.Owner(TaskKind::kRead, &reads_);
      reads_.workers_.Run(owner, call_.Patience(), [this](const Admission& admission) {
        absl::Status entered = call_.Enter(TaskKind::kRead, admission);
        if (entered.ok() && !static_cast<Together*>(admission.batch)->Add(*this)) entered = Gone();
        if (!entered.ok()) this->Finish(call_.End(entered));
      });
    }

    void OnCancel() override {
      call_.Cancel();
      Together* left = nullptr;
      storage::CallFigures figures;
      {
        const std::lock_guard lock(reads_.mutex_);
        is_gone_ = true;
        left = std::exchange(batch_, nullptr);
        if (left != nullptr) figures = left->Leave(place_);
      }
      // Otherwise whoever has it answers it.
      if (left != nullptr) Answer(Gone(), figures);
    }

    void OnDone() override { delete this; }

    // Ends the call, which is in no batch any more.
    void Answer(const absl::StatusOr<Response>& response, const storage::CallFigures& figures) {
      call_.Used(figures);
      if (response.ok()) answer_ = call_.Answer(*response);
      this->Finish(call_.End(response.status()));
    }

   private:
    friend class Together;

    // gRPC counts deadlines in milliseconds.
    absl::Status Gone() const {
      return call_.Patience() < absl::Milliseconds(1) ? DeadlinePassed() : absl::CancelledError();
    }

    CallInFlight call_;
    GatheredReads& reads_;
    grpc::ByteBuffer& answer_;
    Request request_;  // The batch takes it.
    // Guarded by reads_.mutex_:
    bool is_gone_ = false;
    Together* batch_ = nullptr;  // That it is in.
    size_t place_ = 0;           // There.
  };

  // Calls that are read for at once.
  class Together final : public Batch {
   public:
    explicit Together(GatheredReads& reads) : reads_(reads) {
      // A call leaves at its deadline, and the read ends when all have left.
      call_.cancellation = std::make_shared<storage::Cancellation>();
      call_.figures = &figures_;
    }

    // Takes a call, unless it is gone. Before Run().
    bool Add(Reactor& reactor) {
      const std::lock_guard lock(reads_.mutex_);
      if (reactor.is_gone_) return false;
      reactor.batch_ = this;
      reactor.place_ = reactors_.size();
      reactors_.push_back(&reactor);
      account_ids_.push_back(reactor.call_.account_id());
      requests_.push_back(std::move(reactor.request_));
      ++waiting_;
      return true;
    }

    // A call leaves. Returns what it has used. REQUIRES: reads_.mutex_ is held.
    storage::CallFigures Leave(size_t place) {
      reactors_[place] = nullptr;
      storage::CallFigures figures;
      figures.database_time = absl::Now() - begin_;
      if (--waiting_ == 0) {
        call_.cancellation->Cancel();
        figures.round_trips = 1;
      }
      return figures;
    }

    void Run() override {
      if (reactors_.empty()) return;
      std::vector<absl::StatusOr<Response>> responses;
      const absl::Status status = CallInFlight::Guard([this, &responses]() -> absl::Status {
        ASSIGN_OR_RETURN(responses, reads_.serve_(call_, account_ids_, requests_));
        return absl::OkStatus();
      });
      {
        const std::lock_guard lock(reads_.mutex_);
        for (Reactor* reactor : reactors_) {
          if (reactor != nullptr) reactor->batch_ = nullptr;
        }
      }
      // Each has waited that long, and what was done for all of them counts once.
      storage::CallFigures figures = figures_;
      for (size_t i = 0; i < reactors_.size(); ++i) {
        if (reactors_[i] == nullptr) continue;
        reactors_[i]->Answer(status.ok() ? std::move(responses[i]) : status, figures);
        figures = {};
        figures.database_time = figures_.database_time;
      }
    }

   private:
    GatheredReads& reads_;
    const absl::Time begin_ = absl::Now();
    storage::Call call_;
    storage::CallFigures figures_;
    std::vector<std::string> account_ids_;
    std::vector<Request> requests_;
    // Guarded by reads_.mutex_ until Run() has read:
    std::vector<Reactor*> reactors_;  // nullptr: it has left.
    size_t waiting_ = 0;              // Those that have not.
  };

  const CallSurroundings& surroundings_;
  Workers& workers_;
  const Serve serve_;
  std::mutex mutex_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_GATHERED_READS_H_
