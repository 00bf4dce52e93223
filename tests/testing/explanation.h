// An explanation of a line as one message, whatever messages it came in.
#ifndef AGREEMENTS_TESTS_TESTING_EXPLANATION_H_
#define AGREEMENTS_TESTS_TESTING_EXPLANATION_H_

#include "agreements/v1/agreement_service.pb.h"

namespace agreements::testing {

// Adds the next message. A user who was in the last one, too, goes on.
inline void AddMessage(const v1::ExplainOrderBasisResponse& message, v1::ExplainOrderBasisResponse& whole) {
  for (const v1::UserShare& user : message.users()) {
    const bool goes_on = !whole.users().empty() && whole.users().rbegin()->user_id() == user.user_id();
    v1::UserShare& told = goes_on ? *whole.mutable_users()->rbegin() : *whole.add_users();
    told.set_user_id(user.user_id());
    told.set_days(told.days() + user.days());
    told.mutable_accesses()->MergeFrom(user.accesses());
  }
  whole.mutable_transactions()->MergeFrom(message.transactions());
}

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_EXPLANATION_H_
