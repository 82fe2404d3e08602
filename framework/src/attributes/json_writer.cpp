#include <rapidjson/writer.h>

#include "attributes/scalar_text.hpp"
#include "seriatim/json.hpp"

namespace seriatim::attributes {
namespace {

/// A RapidJSON output stream that appends to a std::string.
class StringStream {
 public:
  using Ch = char;
  explicit StringStream(std::string& out) : out_{out} {}
  void Put(char c) { out_.push_back(c); }
  void Flush() {}

 private:
  std::string& out_;
};

using Writer = rapidjson::Writer<StringStream, rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::CrtAllocator,
                                 rapidjson::kWriteValidateEncodingFlag>;

class JsonWriter {
 public:
  JsonWriter(std::string& out, const JsonFormat& format) : stream_{out}, writer_{stream_}, format_{format} {}

  void object(std::span<const Member> members, const void* object) {
    go_deeper();
    writer_.StartObject();
    for (const Member& member : members) {
      writer_.Key(member.name.data(), static_cast<rapidjson::SizeType>(member.name.size()));
      key_ = member.name;
      value(*member.type, member.address(object));
    }
    writer_.EndObject();
    --depth_;
  }

  void value(const Type& type, const void* value) {
    switch (type.kind) {
      case Kind::int32: writer_.Int(*static_cast<const std::int32_t*>(value)); return;
      case Kind::int64: writer_.Int64(*static_cast<const std::int64_t*>(value)); return;
      case Kind::floating: return floating(*static_cast<const double*>(value));
      case Kind::boolean: writer_.Bool(*static_cast<const bool*>(value)); return;
      case Kind::string: return text(*static_cast<const std::string*>(value));
      case Kind::optional: return optional(type, value);
      case Kind::list: return list(type, value);
      case Kind::object: return object(type.members, value);
      case Kind::enumeration: return enumeration(type, value);
      case Kind::secret: return secret(*static_cast<const Secret*>(value));
      case Kind::date:
        if (!has_text(*static_cast<const Date*>(value))) refuse("is no date of the years 1 to 9999");
        return scalar(type, value);
      case Kind::timestamp:
        if (!has_text(*static_cast<const Timestamp*>(value))) refuse("is no time of the years 1 to 9999");
        return scalar(type, value);
      case Kind::decimal:
      case Kind::uuid: return scalar(type, value);
    }
  }

 private:
  void scalar(const Type& type, const void* value) {
    scratch_.clear();
    append_scalar_text(scratch_, type, value, format_.timestamp_digits);
    text(scratch_);
  }

  void text(const std::string& text) {
    if (text.find('\0') != std::string::npos) refuse("contains U+0000, which PostgreSQL cannot store");
    if (!writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()))) refuse("is not valid UTF-8");
  }

  void floating(double number) {
    if (!writer_.Double(number)) refuse("is not a finite number");
  }

  void enumeration(const Type& type, const void* value) {
    const std::string_view name = enum_name(type, value);
    if (name.empty()) refuse("has a value that its enum does not describe");
    writer_.String(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }

  /// An empty one is null, so that reading it back gives an empty one.
  void secret(const Secret& secret) {
    if (format_.redact_secrets) {
      writer_.String("(secret)");
    } else if (secret.empty()) {
      writer_.Null();
    } else if (!secret.hashed()) {
      refuse("is a secret in clear text, which is never written: hash it before");
    } else {
      text(secret.digest());
    }
  }

  void optional(const Type& type, const void* optional) {
    const void* inner = type.optional_get(optional);
    if (inner == nullptr) {
      writer_.Null();
    } else if (type.element->kind == Kind::secret && !format_.redact_secrets &&
               static_cast<const Secret*>(inner)->empty()) {
      writer_.String("");  // There, and empty; null would be read as not there.
    } else {
      value(*type.element, inner);
    }
  }

  void list(const Type& type, const void* list) {
    go_deeper();
    writer_.StartArray();
    for (std::size_t i = 0, size = type.list_size(list); i < size; ++i) value(*type.element, type.list_at(list, i));
    writer_.EndArray();
    --depth_;
  }

  /// What no reader would take is not written: an event that is stored has to be read for ever.
  void go_deeper() {
    if (++depth_ > JsonLimits{}.max_depth) refuse("is nested too deeply to be read again");
  }

  [[noreturn]] void refuse(const char* why) const {
    throw_error<ErrorCode::serialization>("attribute " + std::string{key_} + " " + why);
  }

  StringStream stream_;
  Writer writer_;
  JsonFormat format_;
  std::string scratch_;
  std::string_view key_;
  std::size_t depth_ = 0;
};

}  // namespace

void write_json(std::string& out, const Type& type, const void* value, const JsonFormat& format) {
  JsonWriter{out, format}.value(type, value);
}

void write_json_members(std::string& out, std::span<const Member> members, const void* object,
                        const JsonFormat& format) {
  JsonWriter{out, format}.object(members, object);
}

}  // namespace seriatim::attributes
