#include "attributes/json_reader.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include "attributes/scalar_text.hpp"

namespace seriatim::attributes {
namespace {

constexpr unsigned parse_flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;

const char* message_of(std::string_view code) {
  if (code == "not_a_number") return "is not a number";
  if (code == "not_an_integer") return "is not an integer";
  if (code == "not_a_decimal") return "is not a decimal of at most 38 digits";
  if (code == "not_a_boolean") return "is not true or false";
  if (code == "not_a_date") return "is not a date like 2026-11-21";
  if (code == "not_a_timestamp") return "is not a timestamp like 2026-11-21T10:00:00Z";
  if (code == "not_a_uuid") return "is not a UUID";
  if (code == "not_a_string") return "is not a string";
  if (code == "not_a_list") return "is not a list";
  if (code == "not_an_object") return "is not an object";
  if (code == "not_a_known_value") return "is not one of the known values";
  if (code == "out_of_range") return "is out of range";
  if (code == "contains_nul") return "contains the character U+0000, which cannot be stored";
  if (code == "too_long") return "is too long";
  if (code == "unknown_attribute") return "is unknown";
  return "does not fit";
}

const char* wrong_kind(Kind kind) {
  switch (kind) {
    case Kind::string: return "not_a_string";
    case Kind::int32:
    case Kind::int64: return "not_an_integer";
    case Kind::floating: return "not_a_number";
    case Kind::decimal: return "not_a_decimal";
    case Kind::boolean: return "not_a_boolean";
    case Kind::date: return "not_a_date";
    case Kind::timestamp: return "not_a_timestamp";
    case Kind::uuid: return "not_a_uuid";
    case Kind::enumeration: return "not_a_known_value";
    case Kind::list: return "not_a_list";
    case Kind::object: return "not_an_object";
    case Kind::optional: break;
  }
  return "does_not_fit";
}

/// Where the next value goes.
struct Slot {
  const Type* type;
  void* target;
};

/// An object or list that is being filled.
struct Frame {
  const Type* type;
  void* target;
  std::size_t member = 0;  ///< Object: the member whose value comes next, and where the search for a key starts.
};

/// Receives RapidJSON's events and fills the object. Returning false stops the parse.
class Decoder {
 public:
  using Ch = char;

  Decoder(std::vector<Frame>& frames, const Type& type, void* target, const JsonLimits& limits,
          AttributeErrors& errors)
      : frames_{frames}, root_{&type, target}, limits_{limits}, errors_{errors} {
    frames_.clear();
  }

  [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

  bool Null() { return skipping() || set_null(next_slot()); }
  bool Bool(bool value) { return skipping() || set_bool(next_slot(), value); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return skipping() || set_number(next_slot(), {text, length});
  }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return skipping() || set_string(next_slot(), {text, length});
  }
  bool StartObject() { return start(Kind::object); }
  bool StartArray() { return start(Kind::list); }
  bool EndObject(rapidjson::SizeType /*count*/) { return end(); }
  bool EndArray(rapidjson::SizeType /*count*/) { return end(); }

  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (skip_depth_ != 0) return true;
    Frame& frame = frames_.back();
    const std::string_view key{text, length};
    const auto members = frame.type->members;
    for (std::size_t tried = 0, i = frame.member; tried < members.size(); ++tried, ++i) {
      if (i >= members.size()) i = 0;
      if (members[i].name == key) {
        frame.member = i;
        return true;
      }
    }
    skip_next_ = true;
    if (limits_.strict) add_error(path(key), "unknown_attribute");
    return true;
  }

  // RapidJSON's handler concept wants these; numbers arrive as RawNumber.
  bool Int(int /*value*/) { return false; }
  bool Uint(unsigned /*value*/) { return false; }
  bool Int64(std::int64_t /*value*/) { return false; }
  bool Uint64(std::uint64_t /*value*/) { return false; }
  bool Double(double /*value*/) { return false; }

 private:
  bool skipping() {
    if (skip_depth_ != 0) return true;
    if (!skip_next_) return false;
    skip_next_ = false;
    return true;
  }

  Slot next_slot() {
    if (frames_.empty()) return root_;
    Frame& frame = frames_.back();
    if (frame.type->kind == Kind::list) return {frame.type->element, frame.type->list_append(frame.target)};
    const Member& member = frame.type->members[frame.member++];
    // The object is ours to fill; the table only offers the reading view of a member.
    return {member.type, const_cast<void*>(member.address(frame.target))};
  }

  bool start(Kind kind) {
    if (frames_.size() + skip_depth_ >= limits_.max_depth) {
      too_deep_ = true;
      return false;
    }
    if (skip_depth_ != 0 || skip_next_) {
      skip_next_ = false;
      ++skip_depth_;
      return true;
    }
    Slot slot = next_slot();
    if (slot.type->kind == Kind::optional && slot.type->element->kind == kind) slot = inside(slot);
    if (slot.type->kind != kind) {
      mismatch(slot);
      ++skip_depth_;
      return true;
    }
    if (kind == Kind::list) slot.type->list_clear(slot.target);
    frames_.push_back({slot.type, slot.target, 0});
    return true;
  }

  bool end() {
    if (skip_depth_ != 0) {
      --skip_depth_;
    } else {
      frames_.pop_back();
    }
    return true;
  }

  static Slot inside(const Slot& slot) { return {slot.type->element, slot.type->optional_emplace(slot.target)}; }

  static bool set_null(const Slot& slot) {
    if (slot.type->kind == Kind::optional) slot.type->optional_reset(slot.target);
    return true;
  }

  bool set_bool(const Slot& slot, bool value) {
    if (slot.type->kind == Kind::optional) return set_bool(inside(slot), value);
    if (slot.type->kind != Kind::boolean) return mismatch(slot);
    if (slot.target == nullptr) {
      frames_.back().type->list_append_bool(frames_.back().target, value);
    } else {
      *static_cast<bool*>(slot.target) = value;
    }
    return true;
  }

  bool set_number(const Slot& slot, std::string_view text) {
    switch (slot.type->kind) {
      case Kind::optional: return set_number(inside(slot), text);
      case Kind::int32:
      case Kind::int64:
      case Kind::floating:
      case Kind::decimal: return check(read_scalar_text(text, *slot.type, slot.target));
      default: return mismatch(slot);
    }
  }

  bool set_string(const Slot& slot, std::string_view text) {
    switch (slot.type->kind) {
      case Kind::optional: return set_string(inside(slot), text);
      case Kind::string: return set_text(slot, text);
      case Kind::decimal:
      case Kind::date:
      case Kind::timestamp:
      case Kind::uuid:
      case Kind::enumeration: return check(read_scalar_text(text, *slot.type, slot.target));
      default: return mismatch(slot);
    }
  }

  bool set_text(const Slot& slot, std::string_view text) {
    if (text.size() > limits_.max_string_bytes) {
      errors_[path()].push_back({"too_long", "is longer than " + std::to_string(limits_.max_string_bytes) + " bytes"});
      return true;
    }
    if (limits_.refuse_nul && text.find('\0') != std::string_view::npos) return check("contains_nul");
    static_cast<std::string*>(slot.target)->assign(text);
    return true;
  }

  bool mismatch(const Slot& slot) {
    const Type& type = slot.type->kind == Kind::optional ? *slot.type->element : *slot.type;
    return check(wrong_kind(type.kind));
  }

  bool check(const char* code) {
    if (code != nullptr) add_error(path(), code);
    return true;
  }

  void add_error(const std::string& where, const char* code) { errors_[where].push_back({code, message_of(code)}); }

  /// The path of the value just read: a frame's `member` has already moved past it.
  [[nodiscard]] std::string path(std::string_view unknown_key = {}) const {
    std::string out;
    for (const Frame& frame : frames_) {
      const bool last = &frame == &frames_.back();
      if (frame.type->kind == Kind::list) {
        const std::size_t size = frame.type->list_size(frame.target);
        const bool unborn = last && size != 0 && frame.type->element->kind == Kind::boolean;
        out += '[' + std::to_string(size == 0 ? 0 : size - (unborn ? 0 : 1)) + ']';
        continue;
      }
      if (!out.empty()) out += '.';
      out += last && !unknown_key.empty() ? unknown_key : frame.type->members[frame.member - 1].name;
    }
    return out.empty() ? "the document" : out;
  }

  std::vector<Frame>& frames_;
  Slot root_;
  const JsonLimits& limits_;
  AttributeErrors& errors_;
  std::size_t skip_depth_ = 0;
  bool skip_next_ = false;
  bool too_deep_ = false;
};

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

/// Looks for one string at the top level of an object and ignores the rest.
class Finder {
 public:
  using Ch = char;
  Finder(std::string_view key, std::size_t max_depth) : key_{key}, max_depth_{max_depth} {}

  std::optional<std::string> found;
  bool too_deep = false;
  bool is_object = false;

  bool Null() { return value(); }
  bool Bool(bool /*value*/) { return value(); }
  bool RawNumber(const char* /*text*/, rapidjson::SizeType /*length*/, bool /*copy*/) { return value(); }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (here_) found.emplace(text, length);
    return value();
  }
  bool StartObject() { return enter(true); }
  bool StartArray() { return enter(false); }
  bool EndObject(rapidjson::SizeType /*count*/) { return leave(); }
  bool EndArray(rapidjson::SizeType /*count*/) { return leave(); }
  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    here_ = depth_ == 1 && std::string_view{text, length} == key_;
    return true;
  }
  bool Int(int /*value*/) { return false; }
  bool Uint(unsigned /*value*/) { return false; }
  bool Int64(std::int64_t /*value*/) { return false; }
  bool Uint64(std::uint64_t /*value*/) { return false; }
  bool Double(double /*value*/) { return false; }

 private:
  bool value() {
    here_ = false;
    return true;
  }
  bool enter(bool object) {
    if (depth_ == 0) is_object = object;
    here_ = false;
    too_deep = ++depth_ > max_depth_;
    return !too_deep;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::string_view key_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  bool here_ = false;
};

}  // namespace

struct JsonReader::Parser {
  rapidjson::Reader reader;
  std::vector<char> text;
  std::vector<Frame> frames;

  char* copy(std::string_view json) {
    refuse_raw_nul(json);
    text.assign(json.begin(), json.end());
    text.push_back('\0');
    return text.data();
  }
};

JsonReader::JsonReader() : parser_{std::make_unique<Parser>()} {}
JsonReader::~JsonReader() = default;

void JsonReader::read(std::string_view json, const Type& type, void* target, const JsonLimits& limits,
                      AttributeErrors& errors) {
  rapidjson::InsituStringStream stream{parser_->copy(json)};
  Decoder decoder{parser_->frames, type, target, limits, errors};
  const rapidjson::ParseResult result = parser_->reader.Parse<parse_flags>(stream, decoder);
  if (decoder.too_deep()) throw_too_deep(limits.max_depth);
  if (result.IsError()) throw_malformed(result, json.size());
}

void read_json(std::string_view json, const Type& type, void* target, const JsonLimits& limits,
               AttributeErrors& errors) {
  JsonReader{}.read(json, type, target, limits, errors);
}

std::optional<std::string> top_level_string(std::string_view json, std::string_view key, std::size_t max_depth) {
  refuse_raw_nul(json);
  std::vector<char> text{json.begin(), json.end()};
  text.push_back('\0');
  rapidjson::InsituStringStream stream{text.data()};
  Finder finder{key, max_depth};
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<parse_flags>(stream, finder);
  if (finder.too_deep) throw_too_deep(max_depth);
  if (result.IsError()) throw_malformed(result, json.size());
  if (!finder.is_object) throw_error<ErrorCode::deserialization>("the JSON is not an object");
  return finder.found;
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
