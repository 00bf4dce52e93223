// U1 to U3: invitations and accesses.
#include <algorithm>

#include "tests/history/billing_oracle.h"

namespace agreements::testing::oracle {
namespace {

constexpr absl::Duration kInvitation = absl::Hours(30 * 24);

}  // namespace

Refusals Oracle::CheckAccessCall(int company, const std::vector<int>& wanted) const {
  Refusals refusals = CheckCompany(company);
  for (const int product : wanted) {
    if (!products.contains(product)) {
      refusals.merge(Refused("PRODUCT_NOT_FOUND"));
    } else if (products.at(product).kind != v1::PRODUCT_KIND_LICENSE) {
      refusals.merge(Refused("PRODUCT_KIND_WRONG"));
    }
  }
  return refusals;
}

size_t* Oracle::Live(int company, int user, int product) {
  const auto it = live_.find({company, user, product});
  return it == live_.end() ? nullptr : &it->second;
}

bool Oracle::Expired(const Access& access) const {
  return access.state == v1::ACCESS_STATE_INVITED && now_ >= *access.expire_time;
}

// D2, of an access.
Day Oracle::AccessFrom(int company) const {
  const Company& entered = companies.at(company);
  return std::max({today(), agreements.at(entered.agreement).settled_until, entered.NewestFrom()});
}

void Oracle::Begin(Access& access) const {
  access.state = v1::ACCESS_STATE_ACTIVE;
  access.first_day = AccessFrom(access.company);
}

// In the place of what is live, an invitation at the most.
void Oracle::Add(Access access) {
  if (const size_t* live = Live(access.company, access.user, access.product)) {
    accesses[*live].state = v1::ACCESS_STATE_ENDED;
  }
  live_[{access.company, access.user, access.product}] = accesses.size();
  accesses.push_back(std::move(access));
}

Refusals Oracle::Invite(int company, int user, const std::vector<int>& wanted) {
  if (Refusals refusals = CheckAccessCall(company, wanted); !refusals.empty()) return refusals;
  touched_.clear();
  for (const int product : wanted) {
    const size_t* live = Live(company, user, product);
    if (live == nullptr || Expired(accesses[*live])) {
      Add({"", company, user, product, v1::ACCESS_STATE_INVITED, now_ + kInvitation});
    }
    touched_.push_back(*Live(company, user, product));
  }
  return {};
}

Refusals Oracle::Accept(int company, int user, const std::vector<int>& wanted) {
  Refusals refusals = CheckAccessCall(company, wanted);
  for (const int product : wanted) {
    const size_t* live = Live(company, user, product);
    if (live == nullptr) refusals.merge(Refused("ACCESS_NOT_FOUND"));
    if (live != nullptr && Expired(accesses[*live])) refusals.merge(Refused("INVITATION_EXPIRED"));
  }
  if (!refusals.empty()) return refusals;
  touched_.clear();
  for (const int product : wanted) {
    touched_.push_back(*Live(company, user, product));
    Access& access = accesses[touched_.back()];
    if (access.state == v1::ACCESS_STATE_INVITED) Begin(access);
  }
  return {};
}

Refusals Oracle::Grant(int company, int user, const std::vector<int>& wanted) {
  if (Refusals refusals = CheckAccessCall(company, wanted); !refusals.empty()) return refusals;
  touched_.clear();
  for (const int product : wanted) {
    const size_t* live = Live(company, user, product);
    if (live == nullptr || accesses[*live].state == v1::ACCESS_STATE_INVITED) {
      Add({"", company, user, product, v1::ACCESS_STATE_ACTIVE, std::nullopt, AccessFrom(company)});
    }
    touched_.push_back(*Live(company, user, product));
  }
  return {};
}

Refusals Oracle::Revoke(int company, int user, const std::vector<int>& wanted) {
  Refusals refusals = CheckAccessCall(company, wanted);
  for (const int product : wanted) {
    const size_t* live = Live(company, user, product);
    if (live == nullptr || Expired(accesses[*live])) refusals.merge(Refused("ACCESS_NOT_FOUND"));
  }
  if (!refusals.empty()) return refusals;
  const Company& left = companies[company];
  touched_.clear();
  for (const int product : wanted) {
    touched_.push_back(*Live(company, user, product));
    Access& access = accesses[touched_.back()];
    if (access.first_day) {
      access.last_day =
          std::max({today(), agreements[left.agreement].settled_until - 1, *access.first_day, left.NewestFrom() - 1});
    }
    access.state = v1::ACCESS_STATE_ENDED;
    live_.erase({company, user, product});
  }
  return {};
}

void Oracle::EndAll(int company, Day last_day) {
  for (Access& access : accesses) {
    if (access.company != company || access.state == v1::ACCESS_STATE_ENDED) continue;
    if (access.first_day) access.last_day = std::max(last_day, *access.first_day);
    access.state = v1::ACCESS_STATE_ENDED;
    live_.erase({company, access.user, access.product});
  }
}

}  // namespace agreements::testing::oracle
