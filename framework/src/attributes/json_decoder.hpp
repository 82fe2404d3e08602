#pragma once
// What becomes of a JSON text while it is parsed: each of RapidJSON's events fills in the next attribute.

#include <rapidjson/rapidjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attributes/huge_numbers.hpp"
#include "attributes/scalar_text.hpp"
#include "seriatim/json.hpp"
#include "seriatim/messages.hpp"

namespace seriatim::attributes {

/// The code of the error when a value of another kind comes.
inline const char* wrong_kind(Kind kind) {
  switch (kind) {
    case Kind::string:
    case Kind::secret: return "not_a_string";
    case Kind::int32:
    case Kind::int64: return "not_an_integer";
    case Kind::floating:
    case Kind::decimal: return "not_a_number";
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

/// What people put around a number, and what they leave in a field that they do not fill in.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
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

  /// `huge` are numbers that the parser finds a 0 for.
  Decoder(std::vector<Frame>& frames, const Type& type, void* target, const JsonLimits& limits,
          AttributeErrors& errors, std::span<const HugeNumber> huge)
      : frames_{frames}, root_{&type, target}, limits_{limits}, errors_{errors}, huge_{huge} {
    frames_.clear();
  }

  [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

  bool Null() { return skipping() || set_null(next_slot()); }
  bool Bool(bool value) { return skipping() || set_bool(next_slot(), value); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    std::string_view number{text, length};
    if (!huge_.empty() && huge_.front().ordinal == numbers_) {
      number = huge_.front().text;
      huge_ = huge_.subspan(1);
    }
    ++numbers_;
    return skipping() || set_number(next_slot(), number);
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

  /// What is no optional keeps its default, as if it were absent; what a user enters in a list cannot be absent.
  bool set_null(const Slot& slot) {
    if (slot.type->kind == Kind::optional) {
      slot.type->optional_reset(slot.target);
    } else if (!may_be_absent(slot)) {
      if (limits_.user_input) return mismatch(slot);
      if (slot.target == nullptr) return set_bool(slot, false);
    }
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
    const Type& type = slot.type->kind == Kind::optional ? *slot.type->element : *slot.type;
    if (type.kind == Kind::string || type.kind == Kind::secret) {
      return set_text(slot.type->kind == Kind::optional ? inside(slot) : slot, text);
    }
    if (limits_.user_input) {
      text = trimmed(text);
      if (text.empty() && may_be_absent(slot)) return set_null(slot);
    }
    return slot.type->kind == Kind::optional ? set_scalar(inside(slot), text) : set_scalar(slot, text);
  }

  /// An element of a list cannot be left out, unless it is optional.
  [[nodiscard]] bool may_be_absent(const Slot& slot) const {
    return slot.type->kind == Kind::optional || frames_.empty() || frames_.back().type->kind != Kind::list;
  }

  bool set_scalar(const Slot& slot, std::string_view text) {
    switch (slot.type->kind) {
      case Kind::decimal:
      case Kind::date:
      case Kind::timestamp:
      case Kind::uuid:
      case Kind::enumeration: return check(read_scalar_text(text, *slot.type, slot.target));
      case Kind::int32:
      case Kind::int64:
      case Kind::floating: return limits_.user_input ? set_entered_number(slot, text) : mismatch(slot);
      case Kind::boolean:
        if (!limits_.user_input || (text != "true" && text != "false")) return mismatch(slot);
        return set_bool(slot, text == "true");
      default: return mismatch(slot);
    }
  }

  bool set_entered_number(const Slot& slot, std::string_view text) {
    if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
    return check(read_scalar_text(text, *slot.type, slot.target));
  }

  bool set_text(const Slot& slot, std::string_view text) {
    if (text.size() > limits_.max_string_bytes) {
      errors_[path()].push_back(attribute_error("too_large", {{"count", std::to_string(limits_.max_string_bytes)}}));
      return true;
    }
    if (limits_.refuse_nul && text.find('\0') != std::string_view::npos) return check("contains_nul");
    if (slot.type->kind == Kind::secret) return set_secret(slot, text);
    static_cast<std::string*>(slot.target)->assign(text);
    return true;
  }

  bool set_secret(const Slot& slot, std::string_view text) {
    if (!limits_.user_input) return check(read_scalar_text(text, *slot.type, slot.target));
    *static_cast<Secret*>(slot.target) = Secret{text};
    return true;
  }

  bool mismatch(const Slot& slot) {
    const Type& type = slot.type->kind == Kind::optional ? *slot.type->element : *slot.type;
    check(wrong_kind(type.kind));
    // A list of bools grows by what is set only; the elements behind this one have to be named by their own places.
    if (slot.target == nullptr) frames_.back().type->list_append_bool(frames_.back().target, false);
    return true;
  }

  bool check(const char* code) {
    if (code != nullptr) add_error(path(), code);
    return true;
  }

  void add_error(const std::string& where, const char* code) { errors_[where].push_back(attribute_error(code)); }

  /// The path of the value just read: a frame's `member` has already moved past it.
  [[nodiscard]] std::string path(std::optional<std::string_view> unknown_key = std::nullopt) const {
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
      if (last && unknown_key) {
        out += unknown_key->empty() ? "\"\"" : *unknown_key;
      } else {
        out += frame.type->members[frame.member - 1].name;
      }
    }
    return out.empty() ? "the document" : out;
  }

  std::vector<Frame>& frames_;
  Slot root_;
  const JsonLimits& limits_;
  AttributeErrors& errors_;
  std::span<const HugeNumber> huge_;  ///< Those still to come.
  std::size_t numbers_ = 0;           ///< Those that were.
  std::size_t skip_depth_ = 0;
  bool skip_next_ = false;
  bool too_deep_ = false;
};

}  // namespace seriatim::attributes
