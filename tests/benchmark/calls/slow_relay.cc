// A slow network: slow_relay SERVER DELAY. Passes on what comes to a free TCP port, which it prints, to SERVER (a Unix
// socket's path or a TCP address) and back, each direction after DELAY ("500us"). Until it is killed.
#include <signal.h>
#include <sys/prctl.h>

#include <cstdlib>
#include <iostream>

#include "absl/time/time.h"
#include "tests/testing/relay.h"

int main(int argc, char** argv) {
  absl::Duration delay;
  if (argc != 3 || !absl::ParseDuration(argv[2], &delay) || delay < absl::ZeroDuration()) {
    std::cerr << "usage: slow_relay SERVER DELAY, e.g. slow_relay /run/mysqld/mysqld.sock 500us\n";
    return EXIT_FAILURE;
  }
  prctl(PR_SET_TIMERSLACK, 1);  // Nanoseconds, of all threads: else each wait could take 50 us longer.
  agreements::testing::Relay relay(argv[1]);
  relay.Delay(delay);
  std::cout << "relaying on " << relay.address() << std::endl;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  sigwait(&signals, &signal);
  return EXIT_SUCCESS;
}
