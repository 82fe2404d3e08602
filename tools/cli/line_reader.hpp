#pragma once
// Lines of a file or pipe, in bounded memory.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace seriatim::cli {

/// Reads line by line, as they come. Not thread-safe.
class LineReader {
 public:
  enum class Result : std::uint8_t {
    line,
    too_long,  ///< Longer than allowed: the line was skipped to its end and is not kept.
    end,
    interrupted,  ///< A signal came while waiting for input.
  };

  /// Standard input for "-". Error(configuration) when the file cannot be opened.
  LineReader(const std::string& file, std::size_t max_line);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line, without its end (LF or CR LF), a byte order mark before the first one dropped.
  Result next(std::string& line);

  /// Number of the line that next() gave last, from 1.
  [[nodiscard]] std::int64_t number() const noexcept { return number_; }

 private:
  [[nodiscard]] Result read_line(std::string& line);
  [[nodiscard]] bool fill(bool& interrupted);

  std::string name_;
  std::size_t max_line_;
  int descriptor_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::int64_t number_ = 0;
};

}  // namespace seriatim::cli
