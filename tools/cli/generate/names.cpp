#include "generate/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "output.hpp"
#include "seriatim/errors.hpp"

namespace seriatim::cli::generate {
namespace {

constexpr std::size_t longest_name = 40;

/// C++'s own words, and names that generated code uses for something else.
constexpr std::array taken{
    "alignas", "alignof", "and", "and_eq", "asm", "assert", "auto", "bitand", "bitor", "bool", "boost", "break", "case",
    "catch", "char", "char8_t", "char16_t", "char32_t", "class", "co_await", "co_return", "co_yield", "compl", "concept",
    "const", "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype", "default", "delete", "do",
    "double", "dynamic_cast", "else", "enum", "errno", "explicit", "export", "extern", "false", "float", "for", "friend",
    "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires", "return",
    "seriatim", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "std", "stderr", "stdin", "stdout",
    "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename",
    "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq"};

/// Types that every domain sees already, and targets that every CMake project has.
constexpr std::array taken_types{"aggregate_root", "all",   "clean", "command", "commands", "domain", "event",
                                 "events",         "help",  "install", "package", "state",  "test"};

template <std::size_t N>
bool contains(const std::array<const char*, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Words of lower case joined by single underscores, the first not with a digit in front.
bool is_snake(std::string_view text) {
  if (text.empty() || !is_lower(text.front()) || text.back() == '_') return false;
  char before = '\0';
  for (const char c : text) {
    if (!is_lower(c) && !is_digit(c) && c != '_') return false;
    if (c == '_' && before == '_') return false;
    before = c;
  }
  return true;
}

bool is_pascal(std::string_view text) {
  return !text.empty() && is_upper(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_upper(c) || is_digit(c); });
}

std::string pascal_of(std::string_view snake) {
  std::string out;
  bool begins_word = true;
  for (const char c : snake) {
    if (c == '_') {
      begins_word = true;
    } else {
      out += begins_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      begins_word = false;
    }
  }
  return out;
}

/// "HTTPRequest" is "http_request": a capital begins a word unless it stands between capitals.
std::string snake_of(std::string_view pascal) {
  std::string out;
  for (std::size_t i = 0; i < pascal.size(); ++i) {
    const bool next_is_lower = i + 1 < pascal.size() && is_lower(pascal[i + 1]);
    if (i > 0 && is_upper(pascal[i]) && (!is_upper(pascal[i - 1]) || next_is_lower)) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(pascal[i])));
  }
  return out;
}

void require_free(std::string_view what, std::string_view given, bool is_taken) {
  if (!is_taken) return;
  throw_error<ErrorCode::usage>("\"" + std::string{given} + "\" cannot be the name of " + std::string{what} +
                                ": the word means something else in C++, in CMake or to seriatim; choose another one");
}

void require_short(std::string_view what, std::string_view given) {
  if (given.size() <= longest_name) return;
  throw_error<ErrorCode::usage>("\"" + one_line(given) + "\" is too long for the name of " + std::string{what} +
                                ": " + std::to_string(longest_name) + " characters at most");
}

}  // namespace

Name parse_name(std::string_view what, std::string_view given) {
  require_short(what, given);
  if (!is_snake(given) && !is_pascal(given)) {
    throw_error<ErrorCode::usage>("\"" + one_line(given) + "\" cannot be the name of " + std::string{what} +
                                  ": write it like sales_order or SalesOrder, in letters of ASCII and digits");
  }
  const Name name = is_snake(given) ? Name{std::string{given}, pascal_of(given)} : Name{snake_of(given), std::string{given}};
  require_free(what, given, contains(taken, name.snake) || contains(taken_types, name.snake));
  return name;
}

void require_attribute_name(std::string_view name) {
  require_short("an attribute", name);
  if (!is_snake(name)) {
    throw_error<ErrorCode::usage>("\"" + one_line(name) +
                                  "\" cannot be the name of an attribute: write it like due_on, in small letters of ASCII, "
                                  "digits and underscores");
  }
  require_free("an attribute", name, contains(taken, name) || name == "type_name" || name == "apply");
}

std::string article_of(const Name& name) {
  return std::string_view{"aeiou"}.find(name.snake.front()) != std::string_view::npos ? "an" : "a";
}

std::string with_article(const Name& name) {
  std::string words = name.snake;
  std::replace(words.begin(), words.end(), '_', ' ');
  return article_of(name) + " " + words;
}

}  // namespace seriatim::cli::generate
