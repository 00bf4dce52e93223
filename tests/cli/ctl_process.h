// agreementsctl as people and scripts run it.
#ifndef AGREEMENTS_TESTS_CLI_CTL_PROCESS_H_
#define AGREEMENTS_TESTS_CLI_CTL_PROCESS_H_

#include <string>
#include <vector>

namespace agreements::testing {

struct Ended {
  int status = 0;      // Exit status, or 128 and the number of the signal that ended it.
  std::string output;  // On standard output; on a terminal, all that it showed.
  std::string errors;  // On standard error.
};

// Runs it to its end, without a terminal. Of the test's environment it has only PATH and HOME.
Ended RunCtl(const std::vector<std::string>& words, const std::vector<std::string>& environment,
             const std::string& input = "");

// Runs it on a terminal of its own, where `answer` and Enter are typed as soon as `question` is shown.
Ended RunCtlOnTerminal(const std::vector<std::string>& words, const std::vector<std::string>& environment,
                       const std::string& question, const std::string& answer);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CLI_CTL_PROCESS_H_
