#pragma once
// A source file that generators add to. Places are found by the declarations that stand there, whatever was written around
// them; comments and literals are never taken for declarations.

#include <string>
#include <string_view>
#include <vector>

namespace seriatim::cli::generate {

/// The text with comments and literals replaced by blanks, so that what is found in it is code. Places stay the same.
[[nodiscard]] std::string code_only(std::string_view text);

/// One file in memory. Every function adds something, or throws Error(usage) that says which declaration was not found and
/// what is to be added by hand. Not thread-safe.
class SourceText {
 public:
  /// `path` is for error texts.
  SourceText(std::string path, std::string text);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// `#include "path"`, in its place among those at the end of the includes.
  void add_include(std::string_view included);

  /// Text at the end of the last `namespace name {`, with a blank line on either side.
  void add_to_namespace(const std::string& name, const std::string& text);

  /// Lines at the end of the function body that follows the first `beginning`, as in `SERIATIM_PLUGIN(`.
  void add_to_body(const std::string& beginning, const std::string& lines);

  /// A name at the end of `using <list> = seriatim::types<...>;` of a class.
  void add_to_list(const std::string& type, const std::string& list, const std::string& name);

  /// The first name of such a list.
  [[nodiscard]] std::string first_of_list(const std::string& type, const std::string& list) const;

  /// The types of a struct's members, in their order; none when there is no such struct.
  [[nodiscard]] std::vector<std::string> member_types(const std::string& type) const;

  /// Lines in a class, behind the last member that begins with `beginning`; when there is none, behind the first that begins
  /// with `otherwise`.
  void add_behind(const std::string& type, const std::string& beginning, const std::string& otherwise,
                  const std::string& lines);

  /// Text in front of the line with the last `anchor`, and a blank line.
  void add_before_last(const std::string& anchor, const std::string& text);

  /// A member of a struct within a class, and its name in the class's BOOST_DESCRIBE_STRUCT. Nothing when a member of that
  /// name and type is there; Error(usage) when it has another type.
  void add_member(const std::string& type, const std::string& inner, const std::string& member_type,
                  const std::string& name, const std::string& initial);

 private:
  struct Range {
    std::size_t begin;
    std::size_t end;
  };

  [[noreturn]] void not_found(const std::string& what, const std::string& add) const;
  void insert(std::size_t at, const std::string& lines);
  /// Between the braces of `class|struct type {`; an empty range when there is no such type.
  [[nodiscard]] Range body_of(const std::string& type, Range within) const;
  /// Where the list's < is.
  [[nodiscard]] std::size_t opening_of_list(const std::string& type, const std::string& list, const std::string& add) const;
  [[nodiscard]] Range whole() const noexcept { return {0, text_.size()}; }
  [[nodiscard]] std::size_t closing(std::size_t opening) const;
  void describe(const std::string& described, const std::string& name);
  void add_to_sequence(std::size_t opening, const std::string& name);

  std::string path_;
  std::string text_;
  std::string code_;  ///< code_only(text_)
};

}  // namespace seriatim::cli::generate
