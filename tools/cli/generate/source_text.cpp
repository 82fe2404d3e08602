#include "generate/source_text.hpp"

#include <algorithm>
#include <regex>
#include <utility>
#include <vector>

#include "generate/templates.hpp"
#include "seriatim/errors.hpp"

namespace seriatim::cli::generate {
namespace {

constexpr std::size_t npos = std::string::npos;

/// Names may hold no character that means something to a regular expression; `seriatim::types<` and the like do not either.
std::regex declaration(const std::string& pattern) { return std::regex{pattern, std::regex::ECMAScript}; }

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \n\t");
  return first == npos ? std::string{} : text.substr(first, text.find_last_not_of(" \n\t") - first + 1);
}

/// Behind the end of the line on which that place is.
std::size_t next_line(const std::string& text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == npos ? text.size() : end + 1;
}

/// Where a regular expression matches last before `end`, and the place behind the match.
std::pair<std::size_t, std::size_t> last_match(const std::string& code, std::size_t begin, std::size_t end,
                                               const std::regex& expression) {
  std::pair<std::size_t, std::size_t> last{npos, npos};
  const auto from = code.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto to = code.begin() + static_cast<std::ptrdiff_t>(end);
  for (std::sregex_iterator match{from, to, expression}, none; match != none; ++match) {
    const std::size_t at = begin + static_cast<std::size_t>(match->position());
    last = {at, at + static_cast<std::size_t>(match->length())};
  }
  return last;
}

}  // namespace

SourceText::SourceText(std::string path, std::string text)
    : path_{std::move(path)}, text_{std::move(text)}, code_{code_only(text_)} {}

void SourceText::not_found(const std::string& what, const std::string& add) const {
  throw_error<ErrorCode::usage>(path_ + " has no " + what + " that " + trimmed(add) +
                                " could be added to: nothing was changed; bring it back, or write all of it by hand");
}

void SourceText::insert(std::size_t at, const std::string& lines) {
  text_.insert(at, lines);
  code_ = code_only(text_);
}

std::size_t SourceText::closing(std::size_t opening) const {
  const char open = code_[opening];
  const char close = open == '{' ? '}' : open == '(' ? ')' : '>';
  std::size_t depth = 0;
  for (std::size_t at = opening; at < code_.size(); ++at) {
    if (code_[at] == open) ++depth;
    if (code_[at] == close && --depth == 0) return at;
  }
  return npos;
}

SourceText::Range SourceText::body_of(const std::string& type, Range within) const {
  const auto found = last_match(code_, within.begin, within.end,
                                declaration("\\b(class|struct)\\s+" + type + "\\b[^;{}]*\\{"));
  if (found.first == npos) return {within.end, within.end};
  const std::size_t end = closing(found.second - 1);
  return end == npos ? Range{within.end, within.end} : Range{found.second, end};
}

void SourceText::add_include(std::string_view included) {
  const std::string line = "#include \"" + std::string{included} + "\"\n";
  // The name is a literal, so that only the text has it.
  const std::string quoted = "#include \"";
  std::size_t at = text_.rfind("\n" + quoted);
  if (at == npos) not_found("#include \"...\" behind its first line", line);
  at = next_line(text_, at + 1);
  for (std::size_t above = at; above > 0;) {
    above = text_.rfind('\n', above - 2) + 1;
    if (text_.compare(above, quoted.size(), quoted) != 0 || text_.compare(above, next_line(text_, above) - above, line) < 0) break;
    at = above;
  }
  insert(at, line);
}

void SourceText::add_to_namespace(const std::string& name, const std::string& text) {
  const auto found = last_match(code_, 0, code_.size(), declaration("\\bnamespace\\s+" + name + "\\s*\\{"));
  const std::size_t end = found.first == npos ? npos : closing(found.second - 1);
  if (end == npos) not_found("namespace " + name, text);
  const bool blank = end >= 2 && text_.compare(end - 2, 2, "\n\n") == 0;
  insert(end, (blank ? "" : "\n") + text + (text.ends_with('\n') ? "\n" : "\n\n"));
}

void SourceText::add_to_body(const std::string& beginning, const std::string& lines) {
  const std::size_t found = code_.find(beginning);
  const std::size_t opening = found == npos ? npos : code_.find('{', found);
  const std::size_t end = opening == npos ? npos : closing(opening);
  if (end == npos) not_found(beginning + "...) {...}", lines);
  const std::size_t line = text_.rfind('\n', end) + 1;
  const bool closes_alone = trimmed(text_.substr(line, end - line)).empty();
  insert(closes_alone ? line : end, (closes_alone ? "" : "\n") + lines);
}

void SourceText::add_to_sequence(std::size_t opening, const std::string& name) {
  const std::size_t end = closing(opening);
  if (text_.substr(opening, end - opening) != code_.substr(opening, end - opening)) {
    // A comment stands between the names: they stay on their lines.
    insert(code_.find_last_not_of(" \n", end - 1) + 1, ", " + name);
    return;
  }
  const std::size_t line = text_.rfind('\n', opening) + 1;
  const std::string before = trimmed(text_.substr(opening + 1, end - opening - 1));
  const std::string sequence = before.empty() ? name : before + ", " + name;
  const std::size_t line_end = next_line(text_, end);
  // On one line at first, which is broken where it is too long.
  const std::string joined = std::regex_replace(text_.substr(line, opening + 1 - line) + sequence, std::regex{",\\s+"}, ", ");
  text_.replace(line, line_end - line, with_broken_lines(joined + text_.substr(end, line_end - end)));
  code_ = code_only(text_);
}

std::size_t SourceText::opening_of_list(const std::string& type, const std::string& list, const std::string& add) const {
  const Range body = body_of(type, whole());
  const auto found =
      last_match(code_, body.begin, body.end, declaration("\\busing\\s+" + list + "\\s*=\\s*(seriatim::)?types\\s*<"));
  if (found.first == npos || closing(found.second - 1) == npos) {
    not_found("`using " + list + " = seriatim::types<...>;` in " + type, add);
  }
  return found.second - 1;
}

void SourceText::add_to_list(const std::string& type, const std::string& list, const std::string& name) {
  add_to_sequence(opening_of_list(type, list, name), name);
}

std::string SourceText::first_of_list(const std::string& type, const std::string& list) const {
  const std::size_t opening = opening_of_list(type, list, "the first of its names");
  const std::size_t end = std::min(code_.find_first_of(",>", opening), code_.size());
  std::string first = trimmed(code_.substr(opening + 1, end - opening - 1));
  if (first.empty()) not_found("name in `" + list + "` of " + type, "a test");
  return first;
}

std::vector<std::string> SourceText::member_types(const std::string& type) const {
  const Range body = body_of(type, whole());
  const std::string members = code_.substr(body.begin, body.end - body.begin);
  static const std::regex member{"\\s*([^;=]*[^;=\\w])\\w+\\s*(=[^;]*|\\{[^;]*)?;"};
  std::vector<std::string> types;
  for (std::sregex_iterator match{members.begin(), members.end(), member}, none; match != none; ++match) {
    std::string found = trimmed((*match)[1]);
    if (!found.starts_with("static ") && !found.starts_with("using ")) types.push_back(std::move(found));
  }
  return types;
}

void SourceText::add_behind(const std::string& type, const std::string& beginning, const std::string& otherwise,
                            const std::string& lines) {
  const Range body = body_of(type, whole());
  const std::size_t last = body.begin == body.end ? npos : code_.rfind(beginning, body.end);
  const bool among = last != npos && last >= body.begin;
  const std::size_t anchor = among ? last : code_.find(otherwise, body.begin);
  if (anchor == npos || anchor >= body.end) not_found("`" + otherwise + "` in " + type, lines);
  std::size_t end = code_.find_first_of(";{", anchor);
  if (end != npos && code_[end] == '{') end = closing(end);
  if (end == npos) not_found("whole `" + beginning + "` in " + type, lines);
  insert(next_line(text_, end), (among ? "" : "\n") + lines);
}

void SourceText::add_before_last(const std::string& anchor, const std::string& text) {
  const std::size_t found = code_.rfind(anchor);
  if (found == npos) not_found("`" + anchor + "`", text);
  insert(text_.rfind('\n', found) + 1, text + "\n");
}

void SourceText::describe(const std::string& described, const std::string& name) {
  const auto found = last_match(code_, 0, code_.size(),
                                declaration("\\bBOOST_DESCRIBE_STRUCT\\s*\\(\\s*" + described + "\\s*,\\s*\\([^()]*\\)\\s*,\\s*\\("));
  if (found.first == npos || closing(found.second - 1) == npos) {
    not_found("BOOST_DESCRIBE_STRUCT(" + described + ", (), (...))", name);
  }
  add_to_sequence(found.second - 1, name);
}

void SourceText::add_member(const std::string& type, const std::string& inner, const std::string& member_type,
                            const std::string& name, const std::string& initial) {
  const Range body = body_of(inner, body_of(type, whole()));
  const std::string wanted = "struct " + inner + " in " + type;
  if (body.begin == body.end && text_.find("struct " + inner) == npos) not_found(wanted, member_type + " " + name);
  std::smatch match;
  const std::string members = code_.substr(body.begin, body.end - body.begin);
  if (std::regex_search(members, match, declaration("([^;{}]*[^;{}\\w])" + name + "\\s*(=[^;]*|\\{[^;]*)?;"))) {
    const std::string there = trimmed(match[1]);
    if (there == member_type) return;
    throw_error<ErrorCode::usage>(path_ + ": " + type + "::" + inner + " has a member " + name + " of the type " + there +
                                  " already, and not " + member_type + ": give the attribute another name");
  }
  const std::size_t at = body.end;
  const std::size_t line = text_.rfind('\n', at) + 1;
  const bool closes_alone = trimmed(text_.substr(line, at - line)).empty();
  insert(closes_alone ? line : at, (closes_alone ? "" : "\n") + std::string{"    "} + member_type + " " + name + initial +
                                       ";\n" + (closes_alone ? "" : "  "));
  describe(type + "::" + inner, name);
}

}  // namespace seriatim::cli::generate
