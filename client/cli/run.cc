#include "client/cli/run.h"

#include <unistd.h>

#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "agreements/connection.h"
#include "client/cli/answers.h"
#include "client/cli/confirm.h"
#include "client/cli/input/prepare.h"
#include "client/cli/input/request.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What a call that failed leaves open: a change may have been made.
void TellOpen(const Command& command, const Message& request, const absl::Status& status) {
  const FieldDescriptor* request_id = command.FieldOf("request_id");
  const bool is_open = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  if (request_id == nullptr || !is_open) return;
  std::cerr << "  to repeat it safely, give --request-id " << request.GetReflection()->GetString(request, request_id)
            << "\n";
}

// What the command line says, checked before anything is sent.
struct Plan {
  OutputStyle style;
  int limit = 0;
  std::vector<std::unique_ptr<Message>> requests;  // More than one where the server takes only so many items.
  std::shared_ptr<const Connection> connection;
  std::string actor;
  bool dry_run = false;
  bool asks = false;
};

absl::StatusOr<Plan> PlanOf(const Api& api, const Arguments& arguments) {
  const Command& command = *arguments.command;
  Plan plan;
  ASSIGN_OR_RETURN(const Settings settings, SettingsOf(arguments));
  ASSIGN_OR_RETURN(plan.style, OutputStyleOf(arguments));
  ASSIGN_OR_RETURN(plan.limit, LimitOf(arguments));
  ASSIGN_OR_RETURN(std::unique_ptr<Message> request, MakeRequest(api, arguments, settings));
  plan.requests = InParts(command, std::move(request));
  ASSIGN_OR_RETURN(const ClientOptions options, OptionsOf(settings, arguments));
  ASSIGN_OR_RETURN(plan.connection, Connection::Open(options));
  if (const auto actor = settings.find("actor"); actor != settings.end()) plan.actor = actor->second;
  plan.dry_run = arguments.Has("dry-run");
  plan.asks = command.takes_away() && !plan.dry_run && !arguments.Has("yes");
  if (plan.asks && isatty(STDIN_FILENO) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(command.name(), " asks first, and nobody is at a terminal: give --yes. Nothing was sent."));
  }
  return plan;
}

absl::Status RunPlan(const Plan& plan, const Command& command, Answers& answers) {
  Message& request = *plan.requests.front();
  if (command.is_list()) return answers.List(request, plan.limit);
  if (command.method->server_streaming()) return answers.Stream(request);
  return ItemsOf(command) != nullptr ? answers.Parts(plan.requests) : answers.Unary(request);
}

}  // namespace

int RunCommand(const Api& api, const std::vector<Command>& commands, const Arguments& arguments,
               const ErrorStyle& error_style) {
  const Command& command = *arguments.command;
  const auto plan = PlanOf(api, arguments);
  if (!plan.ok()) {
    std::cerr << "agreementsctl: " << plan.status().message() << "\n";
    return kExitUsage;
  }
  const Message& request = *plan->requests.front();
  const Caller caller(api, plan->connection, plan->actor);
  const auto failed = [&](const absl::Status& status) {
    std::cerr << FormatError(status, &command, error_style);
    return ExitCodeOf(status);
  };
  if (plan->asks) {
    const auto question = QuestionOf(api, commands, command, request, caller);
    if (!question.ok()) return failed(question.status());
    if (!Confirmed(*question)) {
      std::cerr << "nothing was changed\n";
      return kExitOther;
    }
  }
  if (plan->dry_run) std::cerr << "dry run: nothing is changed\n";
  Answers answers(api, command, plan->style, caller, error_style);
  const absl::Status status = RunPlan(*plan, command, answers);
  const int concluded = answers.Conclude();
  if (status.ok()) return concluded;
  const int code = failed(status);
  TellOpen(command, request, status);
  return code;
}

}  // namespace agreements::cli
