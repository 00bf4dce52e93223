// What ids made by the service begin with. Sixteen characters follow: storage/connection/ids.h.
#ifndef AGREEMENTS_PROTO_ID_PREFIXES_H_
#define AGREEMENTS_PROTO_ID_PREFIXES_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace agreements {

inline constexpr absl::string_view kAgreementPrefix = "agr-";
inline constexpr absl::string_view kCompanyPrefix = "cmp-";
inline constexpr absl::string_view kDraftPrefix = "dft-";
inline constexpr absl::string_view kAccessPrefix = "acc-";
inline constexpr absl::string_view kOrderBasisPrefix = "ord-";
inline constexpr absl::string_view kChangePrefix = "chg-";

inline constexpr size_t kIdLength = 20;  // With the prefix.

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_ID_PREFIXES_H_
