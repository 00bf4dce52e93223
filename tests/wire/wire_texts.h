// Every text that has ever broken a service, and those at the limits of what fields take.
#ifndef AGREEMENTS_TESTS_WIRE_WIRE_TEXTS_H_
#define AGREEMENTS_TESTS_WIRE_WIRE_TEXTS_H_

#include <string>
#include <vector>

namespace agreements::testing {

std::vector<std::string> AllTexts();

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_WIRE_WIRE_TEXTS_H_
