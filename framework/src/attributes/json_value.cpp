#include "attributes/json_value.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>

#include "seriatim/json.hpp"

namespace seriatim::attributes {
namespace {

constexpr unsigned parse_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;

/// Receives RapidJSON's events. Returning false stops the parse.
class ValueBuilder {
 public:
  using Ch = char;
  using Size = rapidjson::SizeType;

  ValueBuilder() { stack_.reset(); }
  [[nodiscard]] bool too_deep() const noexcept { return depth_ > JsonLimits{}.max_depth; }
  [[nodiscard]] boost::json::value release() { return stack_.release(); }

  bool Null() { return stack_.push_null(), true; }
  bool Bool(bool value) { return stack_.push_bool(value), true; }
  bool Int(int value) { return stack_.push_int64(value), true; }
  bool Uint(unsigned value) { return stack_.push_int64(value), true; }
  bool Int64(std::int64_t value) { return stack_.push_int64(value), true; }
  bool Uint64(std::uint64_t value) { return stack_.push_uint64(value), true; }
  bool Double(double value) { return stack_.push_double(value), true; }
  bool RawNumber(const char* /*text*/, Size /*length*/, bool /*copy*/) { return false; }
  bool String(const char* text, Size length, bool /*copy*/) {
    return stack_.push_string(boost::json::string_view{text, length}), true;
  }
  bool StartObject() { return ++depth_, !too_deep(); }
  bool Key(const char* text, Size length, bool /*copy*/) {
    return stack_.push_key(boost::json::string_view{text, length}), true;
  }
  bool EndObject(Size members) { return --depth_, stack_.push_object(members), true; }
  bool StartArray() { return ++depth_, !too_deep(); }
  bool EndArray(Size elements) { return --depth_, stack_.push_array(elements), true; }

 private:
  boost::json::value_stack stack_;
  std::size_t depth_ = 0;
};

using Writer = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                                 rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

void require(bool written, const char* why) {
  if (!written) throw_error<ErrorCode::serialization>(std::string{"the upcast JSON contains "} + why);
}

void write_text(Writer& writer, boost::json::string_view text, bool key) {
  require(text.find('\0') == boost::json::string_view::npos, "U+0000, which PostgreSQL cannot store");
  const auto size = static_cast<rapidjson::SizeType>(text.size());
  require(key ? writer.Key(text.data(), size) : writer.String(text.data(), size), "text that is not valid UTF-8");
}

void write_object(Writer& writer, const boost::json::object& object);

void write_value(Writer& writer, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: writer.Null(); return;
    case boost::json::kind::bool_: writer.Bool(value.get_bool()); return;
    case boost::json::kind::int64: writer.Int64(value.get_int64()); return;
    case boost::json::kind::uint64: writer.Uint64(value.get_uint64()); return;
    case boost::json::kind::double_: require(writer.Double(value.get_double()), "a number that is not finite"); return;
    case boost::json::kind::string: write_text(writer, value.get_string(), false); return;
    case boost::json::kind::object: write_object(writer, value.get_object()); return;
    case boost::json::kind::array:
      writer.StartArray();
      for (const boost::json::value& element : value.get_array()) write_value(writer, element);
      writer.EndArray();
      return;
  }
}

void write_object(Writer& writer, const boost::json::object& object) {
  writer.StartObject();
  for (const auto& member : object) {
    write_text(writer, member.key(), true);
    write_value(writer, member.value());
  }
  writer.EndObject();
}

}  // namespace

boost::json::object parse_object(std::string_view json) {
  // The stream needs an end that a view does not have.
  const std::string text{json};
  rapidjson::StringStream stream{text.c_str()};
  rapidjson::Reader reader;
  ValueBuilder builder;
  const rapidjson::ParseResult result = reader.Parse<parse_flags>(stream, builder);
  if (builder.too_deep()) throw_error<ErrorCode::deserialization>("the JSON is nested too deeply");
  if (result.IsError()) {
    throw_error<ErrorCode::deserialization>("malformed JSON at byte " + std::to_string(result.Offset() + 1) + ": " +
                                            rapidjson::GetParseError_En(result.Code()));
  }
  boost::json::value value = builder.release();
  if (!value.is_object()) throw_error<ErrorCode::deserialization>("the JSON is not an object");
  return std::move(value.get_object());
}

void append_json(std::string& out, const boost::json::object& object) {
  rapidjson::StringBuffer buffer;
  Writer writer{buffer};
  write_object(writer, object);
  out.append(buffer.GetString(), buffer.GetSize());
}

}  // namespace seriatim::attributes
