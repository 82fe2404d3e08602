#include "attributes/json_reader.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <string.h>  // explicit_bzero

#include <algorithm>
#include <iterator>

#include "attributes/json_decoder.hpp"

namespace seriatim::attributes {
namespace {

constexpr unsigned parse_flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;

/// Up to this depth the parser may call itself for each level, which is faster than a stack of its own; Decoder sees to the depth.
constexpr std::size_t most_recursion = 64;

/// The object whose one member is made while the program runs; see top_level_string.
struct NoMembers {};
BOOST_DESCRIBE_STRUCT(NoMembers, (), ())

[[noreturn]] void throw_malformed(const rapidjson::ParseResult& result, std::size_t size) {
  if (size == 0) throw_error<ErrorCode::deserialization>("the JSON is empty");
  throw_error<ErrorCode::deserialization>("malformed JSON at byte " + std::to_string(result.Offset() + 1) + ": " +
                                          rapidjson::GetParseError_En(result.Code()));
}

/// The parser takes a NUL byte for the end of the text and would silently ignore what follows it.
void refuse_raw_nul(std::string_view json) {
  const std::size_t at = json.find('\0');
  if (at == std::string_view::npos) return;
  throw_error<ErrorCode::deserialization>("malformed JSON at byte " + std::to_string(at + 1) + ": a NUL byte");
}

[[noreturn]] void throw_too_deep(std::size_t max_depth) {
  throw_error<ErrorCode::deserialization>("the JSON is nested deeper than " + std::to_string(max_depth) + " levels");
}

}  // namespace

struct JsonReader::Parser {
  /// The end, and what RapidJSON reads behind it when the text ends within a character of several bytes.
  static constexpr std::size_t end_bytes = 4;

  rapidjson::Reader reader;
  std::vector<char> text;  ///< A copy, because the parser writes into it; longer than that when the one before was.
  std::vector<Frame> frames;

  Parser() = default;
  ~Parser() { wipe(); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  char* copy(std::string_view json) {
    if (text.size() < json.size() + end_bytes) {
      wipe();  // What growing leaves behind is not overwritten.
      text.resize(json.size() + end_bytes);
    }
    std::fill_n(std::copy(json.begin(), json.end(), text.begin()), end_bytes, '\0');
    return text.data();
  }

  rapidjson::ParseResult parse(Decoder& decoder, const JsonLimits& limits) {
    rapidjson::InsituStringStream stream{text.data()};
    constexpr unsigned iterative = parse_flags | rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    if (limits.max_depth > most_recursion) return reader.Parse<iterative>(stream, decoder);
    if (limits.from_database) return reader.Parse<parse_flags>(stream, decoder);
    return reader.Parse<parse_flags | rapidjson::kParseValidateEncodingFlag>(stream, decoder);
  }

 private:
  /// There may have been a secret in it.
  void wipe() noexcept {
    if (!text.empty()) ::explicit_bzero(text.data(), text.size());
  }
};

JsonReader::JsonReader() : parser_{std::make_unique<Parser>()} {}
JsonReader::~JsonReader() = default;

void JsonReader::read(std::string_view json, const Type& type, void* target, const JsonLimits& limits,
                      AttributeErrors& errors) {
  if (!limits.from_database) refuse_raw_nul(json);
  AttributeErrors found;
  parser_->copy(json);
  Decoder decoder{parser_->frames, type, target, limits, found, {}};
  rapidjson::ParseResult result = parser_->parse(decoder, limits);
  if (result.Code() == rapidjson::kParseErrorNumberTooBig) {
    // Once more, from the start: what it filled in is filled in again.
    found.clear();
    const std::vector<HugeNumber> huge = take_huge_numbers(parser_->copy(json));
    Decoder second{parser_->frames, type, target, limits, found, huge};
    result = parser_->parse(second, limits);
    if (second.too_deep()) throw_too_deep(limits.max_depth);
  } else if (decoder.too_deep()) {
    throw_too_deep(limits.max_depth);
  }
  if (result.IsError()) throw_malformed(result, json.size());
  for (auto& [path, list] : found) {
    auto& all = errors[path];
    all.insert(all.end(), std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
  }
}

void read_json(std::string_view json, const Type& type, void* target, const JsonLimits& limits,
               AttributeErrors& errors) {
  JsonReader{}.read(json, type, target, limits, errors);
}

std::optional<std::string> top_level_string(std::string_view json, std::string_view key, std::size_t max_depth) {
  std::optional<std::string> found;
  const Member member{key, &type_of<std::optional<std::string>>, [](const void* object) { return object; }};
  Type object = type_of<NoMembers>;
  object.members = {&member, 1};
  JsonLimits limits;
  limits.max_depth = max_depth;
  AttributeErrors errors;
  read_json(json, object, &found, limits, errors);
  if (errors.contains("the document")) throw_error<ErrorCode::deserialization>("the JSON is not an object");
  if (errors.contains(std::string{key})) found.reset();
  return found;
}

}  // namespace seriatim::attributes

namespace seriatim {

std::string to_string(const AttributeErrors& errors) {
  std::string out;
  for (const auto& [path, list] : errors) {
    for (const AttributeError& error : list) {
      if (!out.empty()) out += "; ";
      out.append(path).append(" ").append(error.message);
    }
  }
  return out;
}

}  // namespace seriatim
