#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <limits>
#include <vector>

#include "seriatim/json.hpp"

namespace seriatim::attributes {
namespace {

class SchemaWriter {
 public:
  std::string write(const Type& type, std::string_view title) {
    writer_.StartObject();
    put("$schema", "https://json-schema.org/draft/2020-12/schema");
    if (!title.empty()) put("title", title);
    body(type, "#");
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  /// An object that is being written, and where in the schema it stands.
  struct Open {
    const Type* type;
    std::string pointer;
  };

  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void text(std::string_view value) { writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size())); }
  void put(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }

  void schema(const Type& type, const std::string& pointer) {
    writer_.StartObject();
    body(type, pointer);
    writer_.EndObject();
  }

  void body(const Type& type, const std::string& pointer) {
    switch (type.kind) {
      case Kind::string: return put("type", "string");
      case Kind::int32: return integer<std::int32_t>();
      case Kind::int64: return integer<std::int64_t>();
      case Kind::floating: return put("type", "number");
      case Kind::decimal:
        put("type", "string");
        return put("pattern", R"(^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$)");
      case Kind::boolean: return put("type", "boolean");
      case Kind::date: return formatted("date");
      case Kind::timestamp: return formatted("date-time");
      case Kind::uuid: return formatted("uuid");
      case Kind::enumeration: return enumeration(type);
      case Kind::optional: return optional(type, pointer);
      case Kind::list:
        put("type", "array");
        key("items");
        return schema(*type.element, pointer + "/items");
      case Kind::object: return object(type, pointer);
      case Kind::secret:
        formatted("password");
        key("writeOnly");
        writer_.Bool(true);
        return;
    }
  }

  void formatted(std::string_view format) {
    put("type", "string");
    put("format", format);
  }

  template <class T>
  void integer() {
    put("type", "integer");
    key("minimum");
    writer_.Int64(std::numeric_limits<T>::min());
    key("maximum");
    writer_.Int64(std::numeric_limits<T>::max());
  }

  void enumeration(const Type& type) {
    key("enum");
    writer_.StartArray();
    for (const EnumValue& value : type.values) text(value.name);
    writer_.EndArray();
  }

  void optional(const Type& type, const std::string& pointer) {
    key("anyOf");
    writer_.StartArray();
    schema(*type.element, pointer + "/anyOf/0");
    writer_.StartObject();
    put("type", "null");
    writer_.EndObject();
    writer_.EndArray();
  }

  void object(const Type& type, const std::string& pointer) {
    for (const Open& open : open_) {
      if (open.type == &type) return put("$ref", open.pointer);
    }
    open_.push_back({&type, pointer});
    put("type", "object");
    key("properties");
    writer_.StartObject();
    for (const Member& member : type.members) {
      key(member.name);
      schema(*member.type, pointer + "/properties/" + std::string{member.name});
    }
    writer_.EndObject();
    open_.pop_back();
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
  std::vector<Open> open_;
};

}  // namespace

void write_json_schema(std::string& out, const Type& type, std::string_view title) {
  out += SchemaWriter{}.write(type, title);
}

}  // namespace seriatim::attributes
