// From methods to commands, by rule: agreementsctl RESOURCE VERB [ID...] [--flag value].
//
// A method's name is a verb and a noun: CreateAgreement is `agreements create`. The noun goes into the plural, Get is
// `show`, and what follows "To" belongs to the verb: MoveCompanyToNewAgreement is `companies move-to-new-agreement`.
// The ids with which a request begins can be given without a flag. Each field is a flag, and so is each field of a
// message in it: --first-company-draft.display-name.
#ifndef AGREEMENTS_CLIENT_CLI_COMMANDS_COMMANDS_H_
#define AGREEMENTS_CLIENT_CLI_COMMANDS_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/commands/api.h"

namespace agreements::cli {

// How a field is set.
struct FieldFlag {
  // Without dashes, the field's own name first: {"agreement-id", "agreement", "to"}.
  std::vector<std::string> names;
  // The field in the request, or the way to it through messages that are in it.
  std::vector<const google::protobuf::FieldDescriptor*> path;

  const google::protobuf::FieldDescriptor* field() const { return path.back(); }
};

struct Command {
  std::string resource;  // "companies"
  std::string singular;  // "company", which works too.
  std::string verb;      // "move"
  std::string noun;      // As the method has it: "Company".
  const google::protobuf::MethodDescriptor* method = nullptr;
  // Fields that can be given without flags, in this order. The last one may be repeated.
  std::vector<const google::protobuf::FieldDescriptor*> ids;
  std::vector<FieldFlag> flags;

  // "companies move"
  std::string name() const { return resource + " " + verb; }
  const google::protobuf::FieldDescriptor* FieldOf(const std::string& name) const {
    return method->input_type()->FindFieldByName(name);
  }
  // Pages, which are walked.
  bool is_list() const;
  // Takes something away, so that it asks first: Delete, Revoke and Cancel.
  bool takes_away() const;
  // Lasts as long as there is much to read: streams, and Verify.
  bool is_long() const;
};

// In the order of the API's methods.
std::vector<Command> CommandsOf(const Api& api);

// The one that is meant, or INVALID_ARGUMENT with what may have been meant. The resource can be in the singular.
absl::StatusOr<const Command*> FindCommand(const std::vector<Command>& commands, absl::string_view resource,
                                           absl::string_view verb);
// By the method's own name, "MoveCompany" or "CompanyService/MoveCompany".
absl::StatusOr<const Command*> FindMethod(const std::vector<Command>& commands, absl::string_view method);

// The flag with this name, or nullptr.
const FieldFlag* FindFlag(const Command& command, absl::string_view name);
// By the path that the server names a field by, "first_company_draft.display_name" or "transactions[3].quantity", how
// the user gives it: "--first-company-draft.display-name", "--transactions[3].quantity".
std::string FlagOfPath(const Command& command, absl::string_view path);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_COMMANDS_COMMANDS_H_
