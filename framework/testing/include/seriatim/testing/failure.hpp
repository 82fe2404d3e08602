#pragma once
// How the test kit says that an expectation does not hold.

#include <exception>
#include <functional>
#include <string>

namespace seriatim::testing {

/// Where a test says `given` or `when`.
struct Location {
  const char* file = "";
  int line = 0;
};

/// An expectation that does not hold. `what()` shows what was expected beside what happened. It derives from std::exception
/// and from no seriatim error, so that every test framework reports it and no code under test takes it for its own.
class Failure : public std::exception {
 public:
  Failure(std::string message, const Location& location) : message_{std::move(message)}, location_{location} {}

  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  [[nodiscard]] const Location& location() const noexcept { return location_; }

 private:
  std::string message_;
  Location location_;
};

/// Reports a failure in a test framework's own way. One that returns lets the test go on; one that throws ends it.
using Reporter = std::function<void(const Failure& failure)>;

/// Sets the reporter of the process; an empty one throws the failure, as does the kit without any. Set it before tests run:
/// not thread-safe.
void set_reporter(Reporter reporter);

/// Hands a failure to the reporter, for expectations of your own. Throws what the reporter throws.
void report(const Failure& failure);

}  // namespace seriatim::testing
