// The price list, and users who are invited, accept, are granted access, and lose it.
#include "client/walkthrough/story.h"

namespace agreements {
namespace {

using Agreements = Walkthrough::Agreements;
using Companies = Walkthrough::Companies;

void TellProduct(Walkthrough& walk, const Cast& cast, absl::string_view story, const std::string& product_id,
                 const std::string& name, v1::ProductKind kind, const std::string& unit_price) {
  auto create = walk.New<v1::CreateProductRequest>();
  create.set_product_id(product_id);
  create.set_display_name(name);
  create.set_kind(kind);
  walk.Call(story, &Agreements::CreateProduct, create);
  auto price = walk.New<v1::SetPriceRequest>();
  price.set_product_id(product_id);
  price.set_valid_from(cast.first_day);
  price.set_unit_price(unit_price);
  walk.Call(absl::StrCat("Its price, without VAT, from that day on: ", unit_price, "."), &Agreements::SetPrice, price);
}

template <typename Request>
Request Access(const Walkthrough& walk, const std::string& company_id, const std::string& user_id,
               const std::string& product_id) {
  auto request = walk.New<Request>();
  request.set_company_id(company_id);
  request.set_user_id(user_id);
  request.add_product_ids(product_id);
  return request;
}

}  // namespace

void TellPrices(Walkthrough& walk, const Cast& cast) {
  walk.Chapter("The price list");
  TellProduct(walk, cast, "A licence for accounting: charged by the day that a user holds it, at a price a month.",
              kAccounting, "Regnskap", v1::PRODUCT_KIND_LICENSE, "423.00");
  TellProduct(walk, cast, "One for payroll.", kPayroll, "Lønn", v1::PRODUCT_KIND_LICENSE, "95.00");
  TellProduct(walk, cast, "Scanned invoices are charged by the piece.", kScan, "Fakturatolk",
              v1::PRODUCT_KIND_TRANSACTION, "1.25");
}

void TellUsers(Walkthrough& walk, const Cast& cast) {
  walk.Chapter("Users");
  using Invite = v1::InviteUserRequest;
  using Accept = v1::AcceptInvitationRequest;
  walk.Call("Bo is invited to payroll in the bakery. An invitation is free.", &Companies::InviteUser,
            Access<Invite>(walk, cast.bakery, kBo, kPayroll));
  walk.Call("And in the hotel: both are in one agreement, so he will be charged once.", &Companies::InviteUser,
            Access<Invite>(walk, cast.hotel, kBo, kPayroll));
  walk.Call("Bo accepts at once: from today on he is charged.", &Companies::AcceptInvitation,
            Access<Accept>(walk, cast.bakery, kBo, kPayroll));
  walk.Call("In the hotel, too.", &Companies::AcceptInvitation, Access<Accept>(walk, cast.hotel, kBo, kPayroll));
  walk.Call("Cecilie is invited to payroll in the bakery, and thinks about it.", &Companies::InviteUser,
            Access<Invite>(walk, cast.bakery, kCecilie, kPayroll));
  walk.Call("And in the hotel, which she will not even answer.", &Companies::InviteUser,
            Access<Invite>(walk, cast.hotel, kCecilie, kPayroll));
  walk.Call("Anna is invited to accounting at the hairdresser's.", &Companies::InviteUser,
            Access<Invite>(walk, cast.hairdresser, kAnna, kAccounting));
  walk.Call("Nobody waits for her answer: she is granted access, which replaces the invitation.",
            &Companies::GrantAccess, Access<v1::GrantAccessRequest>(walk, cast.hairdresser, kAnna, kAccounting));
}

void TellAcceptance(Walkthrough& walk, const Cast& cast) {
  walk.Call("Cecilie accepts, but only in the bakery.", &Companies::AcceptInvitation,
            Access<v1::AcceptInvitationRequest>(walk, cast.bakery, kCecilie, kPayroll));
}

void TellRevocation(Walkthrough& walk, const Cast& cast) {
  walk.Call("Cecilie leaves the bakery. Today is the last day that she is charged.", &Companies::RevokeAccess,
            Access<v1::RevokeAccessRequest>(walk, cast.bakery, kCecilie, kPayroll));
}

void TellExpiry(Walkthrough& walk, const Cast& cast) {
  walk.Refused("Cecilie finds the invitation to the hotel: it has expired after 30 days.", &Companies::AcceptInvitation,
               Access<v1::AcceptInvitationRequest>(walk, cast.hotel, kCecilie, kPayroll),
               v1::ERROR_REASON_INVITATION_EXPIRED);
  auto list = walk.New<v1::ListAccessesRequest>();
  list.set_user_id(kCecilie);
  list.set_show_ended(true);
  walk.Call("All that Cecilie ever had, newest first.", &Companies::ListAccesses, list);
}

}  // namespace agreements
