// What lists and streams return: ranges for a loop.
//
//   for (absl::StatusOr<v1::Agreement>& agreement : client.ListAgreements(request)) {
//     if (!agreement.ok()) return agreement.status();
//     ...
//   }
//
// An error is the last element. Ranges are read once, by one thread.
#ifndef AGREEMENTS_RANGES_H_
#define AGREEMENTS_RANGES_H_

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace agreements {

// Reads one element after the other from `next`, which returns std::nullopt at the end.
template <typename Element>
class Range {
 public:
  using Next = std::function<std::optional<absl::StatusOr<Element>>()>;

  explicit Range(Next next) : next_(std::move(next)) {}

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = absl::StatusOr<Element>;
    using pointer = value_type*;
    using reference = value_type&;

    explicit iterator(Range* range) : range_(range) {}
    reference operator*() const { return *range_->current_; }
    pointer operator->() const { return &*range_->current_; }
    iterator& operator++() {
      range_->Advance();
      return *this;
    }
    void operator++(int) { range_->Advance(); }
    bool operator==(std::default_sentinel_t /*end*/) const { return !range_->current_.has_value(); }

   private:
    Range* range_;
  };

  iterator begin() {
    Advance();
    return iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

  // All that is left, or the first error.
  absl::StatusOr<std::vector<Element>> All() {
    std::vector<Element> elements;
    for (absl::StatusOr<Element>& element : *this) {
      if (!element.ok()) return element.status();
      elements.push_back(*std::move(element));
    }
    return elements;
  }

 private:
  void Advance() {
    if (current_.has_value() && !current_->ok()) {
      current_.reset();
    } else {
      current_ = next_();
    }
  }

  Next next_;
  std::optional<absl::StatusOr<Element>> current_;
};

// A list's elements, page by page.
template <typename Page, typename Element>
class PagedRange : public Range<Element> {
 public:
  using ReadPage = std::function<absl::StatusOr<Page>()>;

  PagedRange(typename Range<Element>::Next next, ReadPage read_page)
      : Range<Element>(std::move(next)), read_page_(std::move(read_page)) {}

  // Only the page that the request asks for by page_size and page_token, as the service answers it, with the
  // next_page_token: for those who page themselves, e.g. in a browser.
  absl::StatusOr<Page> page() const { return read_page_(); }

 private:
  ReadPage read_page_;
};

}  // namespace agreements

#endif  // AGREEMENTS_RANGES_H_
