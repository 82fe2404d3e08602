#pragma once
// Programs as tests run them: fed, read, killed.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seriatim::testing {

/// How a program ended. 128 + the signal's number for a killed one, as a shell has it.
struct ProgramResult {
  int exit_code = 0;
  std::string output;  ///< Of standard output, what read_line() has not taken.
  std::string errors;  ///< All of standard error.
};

/// One running program. It sees this process's environment without SERIATIM_* variables. Its input is written and its
/// output read whenever a function here waits, so neither side can block the other. Not thread-safe.
class Program {
 public:
  struct Settings {
    std::vector<std::string> arguments;  ///< The first is the path of the executable.
    std::filesystem::path directory = ".";
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< Added to it.
  };

  explicit Program(const Settings& settings);
  /// Kills it if it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Queues input; it is written while something else waits.
  void feed(std::string_view text) { unwritten_ += text; }

  /// Waits until all input is written, or the program reads no more.
  void flush();

  /// The next whole line of standard output; nothing when none comes in time, or no more.
  [[nodiscard]] std::optional<std::string> read_line(std::chrono::milliseconds limit);

  void kill(int signal) const noexcept;

  /// Writes what is queued, ends the input, and waits for the end. Throws when that takes longer than two minutes.
  ProgramResult finish();

  /// The most memory that it ever had, in bytes; 0 when it is gone.
  [[nodiscard]] std::size_t peak_memory() const;

 private:
  void start(const Settings& settings, const int (&theirs)[3]);
  [[nodiscard]] bool pump(std::chrono::milliseconds limit);
  void write_some();
  void reap() noexcept;

  pid_t pid_ = -1;
  int status_ = 0;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::string unwritten_;
  std::string output_text_;
  std::string errors_text_;
};

/// Runs a program to its end.
[[nodiscard]] ProgramResult run_program(const Program::Settings& settings, std::string_view input = {});

}  // namespace seriatim::testing
