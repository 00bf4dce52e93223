// Lists walked while others write, and their filters.
#include <latch>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/testing/wire.h"
#include "tests/wire/list_walk.h"

namespace agreements::testing {
namespace {

constexpr int kWriters = 8;

// Makes rows for a list and removes them, through the API. Companies and drafts go into an agreement of its own.
class Writer {
 public:
  Writer(Wire& wire, const std::string& list, const std::string& account_id, unsigned seed)
      : wire_(wire), list_(list), names_{{"$account", account_id}}, random_(seed) {
    names_["$agreement"] =
        wire_.Call(&Agreements::CreateAgreement, "display_name: 'Holder'", names_).value().agreement().agreement_id();
  }

  std::string Create() {
    if (list_ == "ListAgreements") {
      return wire_.Call(&Agreements::CreateAgreement, "display_name: 'A'", names_).value().agreement().agreement_id();
    }
    const std::string text = "agreement_id: '$agreement' display_name: 'C'";
    if (list_ == "ListCompanies") {
      return wire_.Call(&Companies::CreateCompany, text, names_).value().company().company_id();
    }
    return wire_.Call(&Companies::CreateCompanyDraft, text, names_).value().draft().draft_id();
  }

  void CreatePassing() { passing_.push_back(Create()); }

  // Removes one of the passing rows and creates another.
  void Write() {
    std::swap(passing_[random_() % passing_.size()], passing_.back());
    names_["$id"] = passing_.back();
    passing_.pop_back();
    Remove();
    CreatePassing();
  }

 private:
  void Remove() {
    if (list_ == "ListAgreements") {
      wire_.Call(&Agreements::DeleteAgreement, "agreement_id: '$id'", names_).value();
    } else if (list_ == "ListCompanies") {
      wire_.Call(&Companies::DeleteCompany, "company_id: '$id'", names_).value();
    } else if (random_() % 2 == 0) {
      wire_.Call(&Companies::DeleteCompanyDraft, "draft_id: '$id'", names_).value();
    } else {
      wire_.Call(&Companies::CompleteCompanyDraft, "draft_id: '$id'", names_).value();
    }
  }

  Wire& wire_;
  const std::string list_;
  Names names_;
  std::mt19937 random_;
  std::vector<std::string> passing_;
};

class WireListsTest : public WireTest {
 protected:
  // Reads a list with `lasting` rows that stay, while others are added and removed.
  static void WalkWhileOthersWrite(const std::string& list, int lasting, int passing, int page_size, int walks);
};

void WireListsTest::WalkWhileOthersWrite(const std::string& list, int lasting, int passing, int page_size, int walks) {
  const std::string account_id = absl::StrCat("acct-", list, "-", page_size);
  std::mutex mutex;
  std::set<std::string> lasting_ids;
  std::atomic<int> writes = 0;
  std::latch all_write(kWriters + 1);
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i](const std::stop_token& stop) {
      Writer writer(*wire_, list, account_id, i);
      for (int row = 0; row < std::max(lasting, passing) / kWriters; ++row) {
        if (row < passing / kWriters) writer.CreatePassing();
        if (row >= lasting / kWriters) continue;
        const std::string id = writer.Create();
        const std::lock_guard lock(mutex);
        lasting_ids.insert(id);
      }
      all_write.arrive_and_wait();
      for (; !stop.stop_requested(); ++writes) writer.Write();
    });
  }
  all_write.arrive_and_wait();
  for (int walk = 0; walk < walks || writes < kWriters; ++walk) {
    const std::vector<std::string> rows = Walk(*wire_, MethodNamed(list), {{"$account", account_id}}, page_size);
    EXPECT_TRUE(std::is_sorted(rows.rbegin(), rows.rend())) << "not from the newest to the oldest";
    const std::set<std::string> met(rows.begin(), rows.end());
    EXPECT_TRUE(std::includes(met.begin(), met.end(), lasting_ids.begin(), lasting_ids.end())) << "something skipped";
  }
}

TEST_F(WireListsTest, PagesOfOneMeetEachAgreementOnceWhileOthersWrite) {
  WalkWhileOthersWrite("ListAgreements", 200, 200, 1, Rounds(20));
}
TEST_F(WireListsTest, PagesOf1000MeetEachAgreementOnceWhileOthersWrite) {
  WalkWhileOthersWrite("ListAgreements", 1200, 200, 1000, Rounds(200));
}
TEST_F(WireListsTest, PagesOfOneMeetEachCompanyOnceWhileOthersWrite) {
  WalkWhileOthersWrite("ListCompanies", 200, 200, 1, Rounds(20));
}
TEST_F(WireListsTest, PagesOf1000MeetEachCompanyOnceWhileOthersWrite) {
  WalkWhileOthersWrite("ListCompanies", 1200, 200, 1000, Rounds(200));
}
TEST_F(WireListsTest, PagesOfOneMeetEachDraftOnceWhileOthersWrite) {
  WalkWhileOthersWrite("ListCompanyDrafts", 200, 200, 1, Rounds(20));
}
TEST_F(WireListsTest, PagesOf1000MeetEachDraftOnceWhileOthersWrite) {
  WalkWhileOthersWrite("ListCompanyDrafts", 1200, 200, 1000, Rounds(200));
}

// The names of a list's rows, newest first: "C B A".
template <typename Rows>
std::string NamesOf(const Rows& rows) {
  return absl::StrJoin(rows, " ", [](std::string* out, const auto& row) { out->append(row.display_name()); });
}

TEST_F(WireListsTest, FiltersOfAgreements) {
  Names names = {{"$account", "acct-filters-1"}};
  for (const char* text : {"display_name: 'Ab' customer_number: '1'", "display_name: 'Ac' customer_number: '01'",
                           "display_name: 'ab' customer_number: '1'", "display_name: 'Abc'"}) {
    names["$last"] = wire_->Call(&Agreements::CreateAgreement, text, names).value().agreement().agreement_id();
  }
  wire_->Call(&Agreements::DeleteAgreement, "agreement_id: '$last'", names).value();
  const auto list = [&names](const std::string& filter) {
    return NamesOf(wire_->Call(&Agreements::ListAgreements, filter, names).value().agreements());
  };
  EXPECT_EQ(list(""), "ab Ac Ab");
  EXPECT_EQ(list("show_deleted: true"), "Abc ab Ac Ab");
  EXPECT_EQ(list("customer_number: '1'"), "ab Ab");
  EXPECT_EQ(list("customer_number: ' 01 '"), "Ac");
  EXPECT_EQ(list("display_name_prefix: 'A'"), "Ac Ab");
  EXPECT_EQ(list("display_name_prefix: 'A' show_deleted: true"), "Abc Ac Ab");
  EXPECT_EQ(list("display_name_prefix: 'A' customer_number: '1'"), "Ab");
  EXPECT_EQ(list("display_name_prefix: 'Ac' customer_number: '1'"), "");
}

TEST_F(WireListsTest, FiltersOfCompanies) {
  Names names = wire_->Populate("acct-filters-2");
  const auto create = [&names](const std::string& text) {
    names["$last"] = wire_->Call(&Companies::CreateCompany, text, names).value().company().company_id();
  };
  create("agreement_id: '$other' display_name: 'Na' organization_number: '974760673'");
  wire_->Call(&Companies::DeleteCompany, "company_id: '$last'", names).value();
  create("agreement_id: '$other' display_name: 'Nb' organization_number: '974760673'");
  create("agreement_id: '$empty' display_name: 'Nc'");
  wire_->Call(&Companies::MoveCompany, "company_id: '$last' agreement_id: '$other'", names).value();
  const auto list = [&names](const std::string& filter) {
    return NamesOf(wire_->Call(&Companies::ListCompanies, filter, names).value().companies());
  };
  EXPECT_EQ(list("agreement_id: '$other'"), "Nc Nb");
  EXPECT_EQ(list("agreement_id: '$other' show_deleted: true"), "Nc Nb Na");
  EXPECT_EQ(list("agreement_id: '$empty' show_deleted: true"), "");
  EXPECT_EQ(list("agreement_id: '$nowhere'"), "");
  EXPECT_EQ(list("organization_number: '974760673'"), "Nb");
  EXPECT_EQ(list("organization_number: '974760673' show_deleted: true"), "Nb Na");
  EXPECT_EQ(list("display_name_prefix: 'N' show_deleted: true"), "Nc Nb Na");
  EXPECT_EQ(list("display_name_prefix: 'Nc' organization_number: '974760673'"), "");
}

TEST_F(WireListsTest, FiltersOfCompanyDrafts) {
  const Names names = wire_->Populate("acct-filters-3");
  wire_->Call(&Companies::CreateCompanyDraft, "agreement_id: '$other' display_name: 'new'", names).value();
  const auto list = [&names](const std::string& filter) {
    return NamesOf(wire_->Call(&Companies::ListCompanyDrafts, filter, names).value().drafts());
  };
  EXPECT_EQ(list(""), "new  draft");  // One of them has no name.
  EXPECT_EQ(list("show_closed: true"), "new discarded_draft completed_draft  draft");
  EXPECT_EQ(list("agreement_id: '$other'"), "new");
  EXPECT_EQ(list("agreement_id: '$agreement' show_closed: true"), "discarded_draft completed_draft  draft");
  EXPECT_EQ(list("agreement_id: '$empty' show_closed: true"), "");
}

}  // namespace
}  // namespace agreements::testing
