// How much a request may hold.
#ifndef AGREEMENTS_SERVER_REQUESTS_LIMITS_H_
#define AGREEMENTS_SERVER_REQUESTS_LIMITS_H_

#include <cstdint>

namespace agreements {

inline constexpr int kMaxDisplayNameLength = 200;    // Unicode code points
inline constexpr int kMaxCustomerNumberLength = 32;  // ASCII characters
inline constexpr int kMaxCallersIdLength = 64;       // account_id, request_id, user_id, product_id, transaction_id
inline constexpr int kMaxIdentityLength = 255;       // ASCII characters
inline constexpr int kMaxPageSize = 1000;
inline constexpr int kMaxBatch = 100;          // Ids in one call
inline constexpr int kMaxProductIds = 100;     // In one call
inline constexpr int kMaxTransactions = 1000;  // In one call
inline constexpr int64_t kMaxQuantity = 1'000'000'000;

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_LIMITS_H_
