// Lists over the network, whichever method serves them.
#ifndef AGREEMENTS_TESTS_WIRE_LIST_WALK_H_
#define AGREEMENTS_TESTS_WIRE_LIST_WALK_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tests/testing/wire.h"

namespace agreements::testing {

// Every method that answers in pages.
std::vector<const google::protobuf::MethodDescriptor*> ListMethods();

// Sets a field of a request by its name.
void SetText(google::protobuf::Message& request, const std::string& field, const std::string& text);
void SetPageSize(google::protobuf::Message& request, int page_size);

// For the first page of the list of $account, without filters; of placements, those of $company, of transactions, those
// of $billed_company, of prices, those of $license, of lines, those of $order_basis, of an agreement's users, those of
// $billed.
std::unique_ptr<google::protobuf::Message> FirstPage(const google::protobuf::MethodDescriptor& method,
                                                     const Names& names);

struct Page {
  std::vector<std::string> rows;  // Ids; whole ones of what has none.
  std::string next_page_token;
};

Page GetPage(Wire& wire, const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request);

// All rows from FirstPage() on, page by page.
std::vector<std::string> Walk(Wire& wire, const google::protobuf::MethodDescriptor& method, const Names& names,
                              int page_size);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_WIRE_LIST_WALK_H_
