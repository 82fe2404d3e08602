#pragma once
// Arrays as one literal each, which the server reads faster than an expression of many.

#include <string>
#include <string_view>

#include "seriatim/time.hpp"
#include "seriatim/uuid.hpp"
#include "store/postgres/connection.hpp"

namespace seriatim::postgres {

/// Collects the text of a one-dimensional array: {a,"b c",NULL}. Not thread-safe.
class ArrayText {
 public:
  /// Something of letters, digits, dots, colons and dashes: numbers, UUIDs, times.
  void add_plain(std::string_view text) { next().append(text); }
  void add(const Uuid& id) { append_uuid(next(), id); }
  void add(std::int64_t number) { next().append(std::to_string(number)); }
  void add(Timestamp time) { add_plain(to_string(time, 6)); }
  void add_null() { next().append("NULL"); }
  /// Any text.
  void add_text(std::string_view text) {
    std::string& out = next();
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }

  /// Appends the array as a literal, quoted by the library.
  void append_to(std::string& sql, const Connection& connection) const { connection.append_quoted(sql, text_ + "}"); }

 private:
  std::string& next() {
    if (text_.size() > 1) text_ += ',';
    return text_;
  }

  std::string text_ = "{";
};

}  // namespace seriatim::postgres
