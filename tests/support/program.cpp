#include "support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace seriatim::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds patience{120'000};

void require(int error, const char* what) {
  if (error != 0) throw std::system_error{error, std::generic_category(), what};
}

/// Two ends, neither inherited; ours does not block.
struct Pipe {
  int ours = -1;
  int theirs = -1;

  explicit Pipe(bool we_write) {
    std::array<int, 2> ends{};
    require(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe");
    ours = ends[we_write ? 1 : 0];
    theirs = ends[we_write ? 0 : 1];
    ::fcntl(ours, F_SETFL, O_NONBLOCK);
  }
  ~Pipe() { ::close(theirs); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

std::vector<std::string> environment_of(const Program::Settings& settings) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view{*entry}.starts_with("SERIATIM_")) all.emplace_back(*entry);
  }
  for (const auto& [name, value] : settings.environment) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Appends what has come. False at the end.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

/// What a program that ignores SIGPIPE inherits would hide: the signal is for us to ignore, and not for it.
struct Attributes {
  posix_spawnattr_t value{};
  Attributes() {
    ::signal(SIGPIPE, SIG_IGN);
    ::posix_spawnattr_init(&value);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&value, &defaults);
    ::posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
};

struct Actions {
  posix_spawn_file_actions_t value{};
  Actions() { ::posix_spawn_file_actions_init(&value); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&value); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
};

}  // namespace

Program::Program(const Settings& settings) {
  Pipe input{true};
  Pipe output{false};
  Pipe errors{false};
  input_ = input.ours;
  output_ = output.ours;
  errors_ = errors.ours;
  start(settings, {input.theirs, output.theirs, errors.theirs});
}

Program::~Program() {
  kill(SIGKILL);
  reap();
  for (int* descriptor : {&input_, &output_, &errors_}) close_if_open(*descriptor);
}

void Program::start(const Settings& settings, const int (&theirs)[3]) {
  const Attributes attributes;
  Actions actions;
  for (int i = 0; i < 3; ++i) ::posix_spawn_file_actions_adddup2(&actions.value, theirs[i], i);
  ::posix_spawn_file_actions_addchdir_np(&actions.value, settings.directory.c_str());
  std::vector<std::string> arguments = settings.arguments;
  std::vector<std::string> environment = environment_of(settings);
  require(::posix_spawn(&pid_, arguments.front().c_str(), &actions.value, &attributes.value, pointers(arguments).data(),
                        pointers(environment).data()),
          arguments.front().c_str());
}

void Program::flush() {
  const auto end = Clock::now() + patience;
  while (!unwritten_.empty() && input_ >= 0 && Clock::now() < end) {
    if (!pump(milliseconds{100})) return;
  }
}

std::optional<std::string> Program::read_line(milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (;;) {
    if (const auto newline = output_text_.find('\n'); newline != std::string::npos) {
      std::string line = output_text_.substr(0, newline);
      output_text_.erase(0, newline + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    if (left.count() <= 0 || output_ < 0 || !pump(left)) return std::nullopt;
  }
}

void Program::kill(int signal) const noexcept {
  if (pid_ > 0) ::kill(pid_, signal);
}

ProgramResult Program::finish() {
  const auto end = Clock::now() + patience;
  do {
    if (unwritten_.empty()) close_if_open(input_);
    if (Clock::now() > end) throw std::runtime_error{"the program does not end; its errors so far: " + errors_text_};
  } while (pump(milliseconds{1000}));
  reap();
  const int code = WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
  return {code, std::move(output_text_), std::move(errors_text_)};
}

std::size_t Program::peak_memory() const {
  std::ifstream file{"/proc/" + std::to_string(pid_) + "/status"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
  }
  return 0;
}

/// Moves what can be moved within the limit. False when the program has closed all its output.
bool Program::pump(milliseconds limit) {
  if (output_ < 0 && errors_ < 0) return false;
  std::array<pollfd, 3> waiting{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {-1, POLLOUT, 0}}};
  if (!unwritten_.empty()) waiting[2].fd = input_;
  ::poll(waiting.data(), waiting.size(), static_cast<int>(limit.count()));
  if (waiting[2].revents != 0) write_some();
  if (waiting[0].revents != 0 && !read_some(output_, output_text_)) close_if_open(output_);
  if (waiting[1].revents != 0 && !read_some(errors_, errors_text_)) close_if_open(errors_);
  return true;
}

void Program::write_some() {
  const ssize_t count = ::write(input_, unwritten_.data(), unwritten_.size());
  if (count > 0) {
    unwritten_.erase(0, static_cast<std::size_t>(count));
  } else if (errno != EAGAIN && errno != EINTR) {
    close_if_open(input_);  // It reads no more.
    unwritten_.clear();
  }
}

void Program::reap() noexcept {
  if (pid_ > 0) ::waitpid(pid_, &status_, 0);
  pid_ = -1;
}

ProgramResult run_program(const Program::Settings& settings, std::string_view input) {
  Program program{settings};
  program.feed(input);
  return program.finish();
}

}  // namespace seriatim::testing
