// The flags of all commands, and the commands that are no RPC, with what help says about them.
#include "client/cli/input/arguments.h"

namespace agreements::cli {

const std::vector<Option>& CommonOptions() {
  static const auto* const kOptions = new std::vector<Option>{
      {"output", "table|json|csv", "How the answer is printed; a table unless set. See agreementsctl help output."},
      {"columns", "NAME,NAME",
       "Which columns a table or CSV has, by the proto's names, e.g. agreement_id,settled_until."},
      {"json", "FILE",
       "Reads the request from a file, or with - from standard input, as JSON. What flags say replaces "
       "what it says."},
      {"limit", "NUMBER", "Of lists: ends after this many. Without it, all pages are read."},
      {"dry-run", "", "Checks everything and changes nothing (validate_only)."},
      {"yes", "", "Deletes, revokes or cancels without asking."},
      {"context", "NAME", "Which of the contexts to use. See agreementsctl contexts list."},
      {"endpoint", "HOST:PORT", "Where the service is."},
      {"account", "ID", "The licence holder, account_id in requests."},
      {"accounts-file", "FILE",
       "Of billing run: for each account in this file, one a line, one after the other. The exit code is the gravest."},
      {"actor", "ID", "The end user for whom it is done, for the trail."},
      {"certificate-file", "FILE", "This caller's certificate, PEM."},
      {"key-file", "FILE", "Its private key, PEM."},
      {"authority-file", "FILE", "Authorities that the server's certificate comes from, PEM."},
      {"server-name", "NAME", "The name in the server's certificate, where it is not the endpoint's host."},
      {"insecure", "", "Plain text, for a server without TLS."},
      {"timeout", "DURATION",
       "How long a call may take, e.g. 30s; 10s unless set, and 1h for billing, explanations and verification."},
      {"norwegian", "", "Errors with the sentence in Norwegian for the person in front of the screen."},
      {"help", "", "Explains the command."},
      {"version", "", "Prints the version."},
  };
  return *kOptions;
}

const std::vector<OwnCommand>& OwnCommands() {
  static const auto* const kCommands = new std::vector<OwnCommand>{
      {"help", "", "[RESOURCE [VERB]]",
       "Explains what there is, a resource, or a command. Also: help output, help errors, help flags."},
      {"call", "", "METHOD",
       "Calls a method of the API by its own name, e.g. MoveCompany, with the same flags as its command."},
      {"contexts", "list", "", "Lists the contexts: names for a service and how to reach it."},
      {"contexts", "show", "[NAME]", "Shows a context's settings; without a name, those of the one that is used."},
      {"contexts", "use", "NAME", "Makes a context the one that is used unless --context names another."},
      {"contexts", "set", "NAME",
       "Makes or changes a context: sets what is given by --endpoint, --account, --actor, --certificate-file, "
       "--key-file, --authority-file, --server-name and --insecure. The first one is used at once."},
      {"contexts", "delete", "NAME", "Forgets a context."},
      {"order-basis",
       "export",
       "",
       "Writes order bases as a file of orders that a sales module imports: those with days from --from until --until, "
       "or those that --order-basis names. Amounts are the frozen ones, and order numbers are the same each time. "
       "Nothing is written if an agreement has no customer number. The control total is told on standard error.",
       {{"until", "DAY", "Order bases that end on this day or before it, e.g. 2026-11-01, as in billing run."},
        {"from", "DAY", "And have a day from this one on; the first of the month that ends with --until unless set."},
        {"agreement", "ID", "Only those of this agreement."},
        {"order-basis", "ID", "Only this one. Can be given any number of times."},
        {"format", "unimicro|tripletex|poweroffice", "Whose order import reads the file; unimicro unless set."},
        {"file", "FILE", "Where to write; standard output unless set."},
        {"order-date", "DAY", "The date of all orders; the latest day on which an order basis ends unless set."},
        {"product-number", "PRODUCT=NUMBER",
         "The sales module's number of a product, e.g. accounting=1001. Can be given any number of times."},
        {"our-reference", "TEXT", "Our reference of all orders, where the format has one."},
        {"vat-code", "CODE", "The VAT code of all lines, where the format has one; 3, the high rate, unless set."},
        {"short-order-numbers", "", "Order numbers of nine digits, for a sales module that takes no longer ones."}}},
      {"completion", "", "bash|zsh",
       "Prints a script that completes commands: source <(agreementsctl completion bash)"},
      {"man", "", "", "Prints the manual page: agreementsctl man | man -l -"},
  };
  return *kCommands;
}

}  // namespace agreements::cli
