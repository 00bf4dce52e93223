// A TCP connection that says what a test wants it to.
#ifndef AGREEMENTS_TESTS_TESTING_RAW_CONNECTION_H_
#define AGREEMENTS_TESTS_TESTING_RAW_CONNECTION_H_

#include <string>

namespace agreements::testing {

// Whether this machine has ::1.
bool HasIpv6();

class RawConnection {
 public:
  // To "127.0.0.1:PORT".
  explicit RawConnection(const std::string& address);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void Say(const std::string& bytes);

  // Says what every HTTP/2 connection begins with.
  void BeginHttp2();

  // What the peer sends until it closes the connection, or has sent nothing for 20 seconds.
  std::string ReadToEnd();

  // Takes what the peer sends, and returns when it has closed the connection; false if it has not within 20 seconds.
  bool IsClosedByPeer();

 private:
  const int fd_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_RAW_CONNECTION_H_
