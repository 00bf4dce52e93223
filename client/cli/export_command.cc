#include "client/cli/export_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "agreements/agreement_client.h"
#include "agreements/connection.h"
#include "client/cli/commands/suggestions.h"
#include "client/cli/input/contexts.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

constexpr int kPage = 100;  // Documents with their lines: a page has fewer if it would be too large.
constexpr int kLinesPage = 1000;

// "2026-11-01", as days are written everywhere.
absl::StatusOr<absl::CivilDay> DayOf(const Arguments& arguments, const std::string& flag) {
  const std::string text = arguments.Get(flag);
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day) || absl::FormatCivilTime(day) != text) {
    return absl::InvalidArgumentError(absl::StrCat("--", flag, ": '", text, "' is no day as 2026-11-01."));
  }
  return day;
}

absl::Status SetDays(const Arguments& arguments, ExportPlan& plan) {
  if (!plan.order_basis_ids.empty()) {
    if (arguments.Has("until") || arguments.Has("from") || arguments.Has("agreement")) {
      return absl::InvalidArgumentError(
          "--order-basis names what is exported: not with --until, --from or --agreement.");
    }
    return absl::OkStatus();
  }
  if (!arguments.Has("until")) {
    return absl::InvalidArgumentError("which order bases? Give --until DAY, as to billing run, or --order-basis ID.");
  }
  ASSIGN_OR_RETURN(const absl::CivilDay until_day, DayOf(arguments, "until"));
  absl::CivilDay from_day(absl::CivilMonth(until_day - 1));
  if (arguments.Has("from")) {
    ASSIGN_OR_RETURN(from_day, DayOf(arguments, "from"));
  }
  if (from_day >= until_day) return absl::InvalidArgumentError("--from is not before --until.");
  plan.from_day = absl::FormatCivilTime(from_day);
  plan.until_day = absl::FormatCivilTime(until_day);
  return absl::OkStatus();
}

// All its lines: a document carries the first 1,000.
absl::Status Complete(const AgreementClient& client, const std::string& account_id, const CallOptions& call,
                      v1::OrderBasis& document) {
  if (document.lines_size() == document.line_count()) return absl::OkStatus();
  v1::ListOrderBasisLinesRequest request;
  request.set_account_id(account_id);
  request.set_order_basis_id(document.order_basis_id());
  request.set_page_size(kLinesPage);
  ASSIGN_OR_RETURN(const std::vector<v1::OrderBasisLine> lines, client.ListOrderBasisLines(request, call).All());
  document.mutable_lines()->Assign(lines.begin(), lines.end());
  return absl::OkStatus();
}

// Oldest first, so that the file is the same again when there are newer ones.
absl::StatusOr<std::vector<v1::OrderBasis>> Read(const AgreementClient& client, const std::string& account_id,
                                                 const CallOptions& call, const ExportPlan& plan) {
  std::vector<v1::OrderBasis> documents;
  for (const std::string& id : plan.order_basis_ids) {
    v1::GetOrderBasisRequest request;
    request.set_account_id(account_id);
    request.set_order_basis_id(id);
    ASSIGN_OR_RETURN(v1::GetOrderBasisResponse response, client.GetOrderBasis(request, call));
    documents.push_back(std::move(*response.mutable_order_basis()));
  }
  if (plan.order_basis_ids.empty()) {
    v1::ListOrderBasesRequest request;
    request.set_account_id(account_id);
    request.set_agreement_id(plan.agreement_id);
    request.set_from_day(plan.from_day);
    request.set_until_day(plan.until_day);
    request.set_show_lines(true);
    request.set_page_size(kPage);
    ASSIGN_OR_RETURN(documents, client.ListOrderBases(request, call).All());
    // One that ends later belongs to the next file.
    std::erase_if(documents, [&](const v1::OrderBasis& document) { return document.until_day() > plan.until_day; });
    std::reverse(documents.begin(), documents.end());
  }
  for (v1::OrderBasis& document : documents) RETURN_IF_ERROR(Complete(client, account_id, call, document));
  return documents;
}

absl::CivilDay LatestUntilDay(const std::vector<v1::OrderBasis>& documents) {
  absl::CivilDay latest;
  for (const v1::OrderBasis& document : documents) {
    absl::CivilDay day;
    if (absl::ParseCivilTime(document.until_day(), &day)) latest = std::max(latest, day);
  }
  return latest;
}

absl::Status Write(const std::string& content, const std::string& path) {
  if (path.empty()) {
    std::cout << content << std::flush;
    return std::cout ? absl::OkStatus() : absl::UnknownError("standard output cannot be written");
  }
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary);
  file << content;
  file.close();
  if (file && std::rename(part.c_str(), path.c_str()) == 0) return absl::OkStatus();
  std::error_code ignored;  // What could not be written may not be there.
  std::filesystem::remove(part, ignored);
  return absl::UnknownError(absl::StrCat(path, " cannot be written"));
}

// A connection, and whose order bases are meant.
struct Source {
  std::shared_ptr<const Connection> connection;
  std::string account_id;
  CallOptions call;
};

absl::StatusOr<Source> SourceOf(const Arguments& arguments) {
  Source source;
  ASSIGN_OR_RETURN(const Settings settings, SettingsOf(arguments));
  if (const auto account = settings.find("account"); account != settings.end()) source.account_id = account->second;
  if (source.account_id.empty()) return absl::InvalidArgumentError("whose order bases? Give --account.");
  if (const auto actor = settings.find("actor"); actor != settings.end()) source.call.actor = actor->second;
  ASSIGN_OR_RETURN(const ClientOptions options, OptionsOf(settings, arguments));
  ASSIGN_OR_RETURN(source.connection, Connection::Open(options));
  return source;
}

absl::Status Export(const Source& source, ExportPlan& plan) {
  const AgreementClient client(source.connection);
  ASSIGN_OR_RETURN(const std::vector<v1::OrderBasis> documents, Read(client, source.account_id, source.call, plan));
  if (!plan.has_order_date) plan.options.order_date = LatestUntilDay(documents);
  ASSIGN_OR_RETURN(const OrderFile file, ExportOrders(documents, plan.options));
  RETURN_IF_ERROR(Write(file.content, plan.file));
  std::cerr << ToString(file.control_total) << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExportPlan> ExportPlanOf(const Arguments& arguments) {
  ExportPlan plan;
  if (!arguments.words.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("'", arguments.words.front(), "' is one word too many."));
  }
  if (const auto ids = arguments.options.find("order-basis"); ids != arguments.options.end()) {
    plan.order_basis_ids = ids->second;
  }
  RETURN_IF_ERROR(SetDays(arguments, plan));
  plan.agreement_id = arguments.Get("agreement");
  if (const std::string name = arguments.Get("format"); !name.empty()) {
    const auto format = OrderFormatOf(name);
    if (!format) {
      return absl::InvalidArgumentError(absl::StrCat("--format: '", name,
                                                     "' is not one of unimicro, tripletex, poweroffice",
                                                     DidYouMean(name, {"unimicro", "tripletex", "poweroffice"})));
    }
    plan.options.format = *format;
  }
  plan.has_order_date = arguments.Has("order-date");
  if (plan.has_order_date) {
    ASSIGN_OR_RETURN(plan.options.order_date, DayOf(arguments, "order-date"));
  }
  if (const auto numbers = arguments.options.find("product-number"); numbers != arguments.options.end()) {
    for (const std::string& number : numbers->second) {
      const std::pair<std::string, std::string> pair = absl::StrSplit(number, absl::MaxSplits('=', 1));
      if (pair.first.empty() || pair.second.empty()) {
        return absl::InvalidArgumentError(absl::StrCat("--product-number: '", number, "' is no PRODUCT=NUMBER."));
      }
      plan.options.product_numbers[pair.first] = pair.second;
    }
  }
  plan.options.our_reference = arguments.Get("our-reference");
  if (arguments.Has("vat-code")) plan.options.vat_code = arguments.Get("vat-code");
  plan.options.short_order_numbers = arguments.Has("short-order-numbers");
  plan.file = arguments.Get("file");
  return plan;
}

int RunExport(const Arguments& arguments, const ErrorStyle& error_style) {
  absl::StatusOr<ExportPlan> plan = ExportPlanOf(arguments);
  const absl::StatusOr<Source> source = plan.ok() ? SourceOf(arguments) : plan.status();
  if (!source.ok()) {
    std::cerr << "agreementsctl: " << source.status().message() << "\n";
    return kExitUsage;
  }
  const absl::Status status = Export(*source, *plan);
  if (status.ok()) return 0;
  std::cerr << FormatError(status, nullptr, error_style);
  return ExitCodeOf(status);
}

}  // namespace agreements::cli
