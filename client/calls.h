// How every method of the clients is called. Not installed.
#ifndef AGREEMENTS_CLIENT_CALLS_H_
#define AGREEMENTS_CLIENT_CALLS_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agreements/connection.h"
#include "agreements/options.h"
#include "agreements/ranges.h"
#include "google/protobuf/repeated_field.h"
#include "proto/status.h"

namespace agreements {

inline constexpr int kPageSize = 1000;  // The largest: a loop over a list reads as seldom as it can.

// A UUID of version 4, e.g. "7d444840-9dc0-41d1-b245-5ffdce74fad2". Thread-safe.
std::string NewRequestId();

// A stub that keeps its connection.
template <typename Service>
std::shared_ptr<typename Service::StubInterface> StubOf(const std::shared_ptr<const Connection>& connection) {
  return {Service::NewStub(connection->channel()).release(),
          [connection](typename Service::StubInterface* stub) { delete stub; }};
}

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              absl::Duration timeout, const Request& request, const CallOptions& options) {
  grpc::ClientContext context;
  Prepare(context, options, timeout);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

// The request_id stays the same when gRPC sends the call again.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Change(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                absl::Duration timeout, Request request, const CallOptions& options) {
  if (request.request_id().empty()) {
    request.set_request_id(options.request_id.empty() ? NewRequestId() : options.request_id);
  }
  return Call(stub, method, timeout, request, options);
}

// `elements` are a page's.
template <typename Stub, typename Request, typename Page, typename Element>
PagedRange<Page, Element> ListOf(const std::shared_ptr<Stub>& stub,
                                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Page*),
                                 absl::Duration timeout,
                                 google::protobuf::RepeatedPtrField<Element>* (Page::*elements)(), Request request,
                                 const CallOptions& options) {
  auto read_page = [=]() { return Call(*stub, method, timeout, request, options); };
  if (request.page_size() == 0) request.set_page_size(kPageSize);
  auto next = [=, page = Page(), index = 0, is_first = true]() mutable -> std::optional<absl::StatusOr<Element>> {
    while (index == (page.*elements)()->size()) {
      if (!is_first && request.page_token().empty()) return std::nullopt;
      is_first = false;
      absl::StatusOr<Page> read = Call(*stub, method, timeout, request, options);
      if (!read.ok()) return read.status();
      page = *std::move(read);
      request.set_page_token(page.next_page_token());
      index = 0;
    }
    return std::move((page.*elements)()->at(index++));
  };
  return PagedRange<Page, Element>(std::move(next), std::move(read_page));
}

// A stream is cancelled when nobody reads it to its end.
template <typename Stub, typename Message>
class OpenStream {
 public:
  template <typename Request>
  OpenStream(std::shared_ptr<Stub> stub,
             std::unique_ptr<grpc::ClientReaderInterface<Message>> (Stub::*method)(grpc::ClientContext*,
                                                                                   const Request&),
             absl::Duration timeout, const Request& request, const CallOptions& options)
      : stub_(std::move(stub)) {
    Prepare(context_, options, timeout);
    reader_ = ((*stub_).*method)(&context_, request);
  }
  ~OpenStream() {
    if (reader_ == nullptr) return;
    context_.TryCancel();
    reader_->Finish();
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  std::optional<absl::StatusOr<Message>> Next() {
    Message message;
    if (reader_ == nullptr) return std::nullopt;
    if (reader_->Read(&message)) return message;
    const grpc::Status status = reader_->Finish();
    reader_.reset();
    if (status.ok()) return std::nullopt;
    return FromGrpcStatus(status);
  }

 private:
  const std::shared_ptr<Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderInterface<Message>> reader_;
};

template <typename Stub, typename Request, typename Message>
Range<Message> StreamOf(const std::shared_ptr<Stub>& stub,
                        std::unique_ptr<grpc::ClientReaderInterface<Message>> (Stub::*method)(grpc::ClientContext*,
                                                                                              const Request&),
                        absl::Duration timeout, const Request& request, const CallOptions& options) {
  const auto stream = std::make_shared<OpenStream<Stub, Message>>(stub, method, timeout, request, options);
  return Range<Message>([stream] { return stream->Next(); });
}

}  // namespace agreements

#endif  // AGREEMENTS_CLIENT_CALLS_H_
