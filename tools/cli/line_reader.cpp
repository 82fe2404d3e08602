#include "line_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "interruption.hpp"
#include "seriatim/errors.hpp"

namespace seriatim::cli {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} << 10U;
constexpr const char* byte_order_mark = "\xEF\xBB\xBF";

int open_input(const std::string& file) {
  if (file == "-") return STDIN_FILENO;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    throw_error<ErrorCode::configuration>("cannot read " + file + ": " + std::generic_category().message(errno));
  }
  return descriptor;
}

}  // namespace

LineReader::LineReader(const std::string& file, std::size_t max_line)
    : name_{file == "-" ? "standard input" : file},
      max_line_{max_line},
      descriptor_{open_input(file)},
      buffer_(buffer_bytes) {}

LineReader::~LineReader() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

LineReader::Result LineReader::next(std::string& line) {
  line.clear();
  const Result result = read_line(line);
  if (result == Result::end || result == Result::interrupted) return result;
  ++number_;
  if (number_ == 1 && line.starts_with(byte_order_mark)) line.erase(0, std::strlen(byte_order_mark));
  if (line.ends_with('\r')) line.pop_back();
  return result;
}

LineReader::Result LineReader::read_line(std::string& line) {
  bool too_long = false;
  bool anything = false;
  bool interrupted = false;
  while (begin_ != end_ || fill(interrupted)) {
    anything = true;
    const char* from = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    const std::size_t length = newline != nullptr ? static_cast<std::size_t>(newline - from) : end_ - begin_;
    too_long = too_long || line.size() + length > max_line_;
    if (!too_long) line.append(from, length);
    begin_ += length + (newline != nullptr ? 1 : 0);
    if (newline != nullptr) return too_long ? Result::too_long : Result::line;
  }
  // What came of a line before the interruption is no line: nothing of it may be executed.
  if (interrupted) return Result::interrupted;
  if (!anything) return Result::end;
  return too_long ? Result::too_long : Result::line;
}

bool LineReader::fill(bool& interrupted) {
  ssize_t count = -1;
  do {
    count = ::read(descriptor_, buffer_.data(), buffer_.size());
    interrupted = count < 0 && errno == EINTR && Interruption::requested();
  } while (count < 0 && errno == EINTR && !interrupted);
  if (interrupted) return false;
  if (count < 0) {
    throw_error<ErrorCode::configuration>("cannot read " + name_ + ": " + std::generic_category().message(errno));
  }
  begin_ = 0;
  end_ = static_cast<std::size_t>(count);
  return count > 0;
}

}  // namespace seriatim::cli
