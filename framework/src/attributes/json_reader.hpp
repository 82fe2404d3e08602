#pragma once
// The reader behind read_json, kept by those who read many texts: it owns the parser's stack and scratch buffers,
// so that reading an event allocates nothing but what the event's own strings need.

#include <memory>
#include <string_view>

#include "seriatim/json.hpp"

namespace seriatim::attributes {

/// Reads JSON texts straight into described objects by SAX events; no document is built. Not thread-safe: one per
/// thread.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  /// As `attributes::read_json`. The text is copied once into a buffer of the reader's and parsed there in situ.
  void read(std::string_view json, const Type& type, void* target, const JsonLimits& limits, AttributeErrors& errors);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// The string value of one top-level attribute of a JSON object, found without decoding the rest; empty optional when
/// it is absent or no string. Throws Error(deserialization) when the text is no JSON object.
[[nodiscard]] std::optional<std::string> top_level_string(std::string_view json, std::string_view key,
                                                          std::size_t max_depth);

}  // namespace seriatim::attributes
