#include <cctype>

#include "generate/source_text.hpp"

namespace seriatim::cli::generate {
namespace {

/// Where what begins at `at` ends, if it is a comment or a literal; `at` itself when it is neither.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_{text} {}

  [[nodiscard]] std::size_t end_from(std::size_t at) const {
    if (starts(at, "//")) return behind(text_.find('\n', at), 0);
    if (starts(at, "/*")) return behind(text_.find("*/", at + 2), 2);
    if (starts(at, "R\"")) return end_of_raw(at);
    if (text_[at] == '"') return end_of_quoted(at);
    if (text_[at] == '\'' && !separates_digits(at)) return end_of_quoted(at);
    return at;
  }

 private:
  [[nodiscard]] bool starts(std::size_t at, std::string_view with) const {
    return text_.compare(at, with.size(), with) == 0;
  }

  [[nodiscard]] std::size_t behind(std::size_t found, std::size_t size) const {
    return found == std::string_view::npos ? text_.size() : found + size;
  }

  [[nodiscard]] std::size_t end_of_quoted(std::size_t at) const {
    std::size_t end = at + 1;
    while (end < text_.size() && text_[end] != text_[at] && text_[end] != '\n') end += text_[end] == '\\' ? 2U : 1U;
    return end < text_.size() ? end + 1 : text_.size();
  }

  /// R"mark(...)mark"
  [[nodiscard]] std::size_t end_of_raw(std::size_t at) const {
    const std::size_t parenthesis = text_.find('(', at);
    if (parenthesis == std::string_view::npos) return text_.size();
    const std::string mark = ")" + std::string{text_.substr(at + 2, parenthesis - at - 2)} + "\"";
    return behind(text_.find(mark, parenthesis), mark.size());
  }

  [[nodiscard]] bool separates_digits(std::size_t at) const {
    return at > 0 && std::isalnum(static_cast<unsigned char>(text_[at - 1])) != 0;
  }

  std::string_view text_;
};

}  // namespace

std::string code_only(std::string_view text) {
  const Scanner scanner{text};
  std::string code{text};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = scanner.end_from(at);
    for (std::size_t i = at; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    at = end > at ? end : at + 1;
  }
  return code;
}

}  // namespace seriatim::cli::generate
