#pragma once
// Attributes: what seriatim knows about the members of a described struct.
//
// Commands, events, value objects, records and aggregate states are plain structs whose members are listed once
// with Boost.Describe. From that one description `attributes::type_of<T>` is made: a constant table of names,
// kinds and accessors, without templates. JSON, equality, printing, SQL and replay all read that table, so that
// each of them is ordinary code in one .cpp file instead of a template in every user's translation unit.
//
// Thread-safety: the tables are constants. Ownership: they live as long as the program or plugin that holds them;
// two plugins may each hold a table for the same type, therefore tables are compared by content, never by address.

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <boost/preprocessor/repetition/enum.hpp>
#include <boost/preprocessor/repetition/repeat_from_to.hpp>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "seriatim/decimal.hpp"
#include "seriatim/secret.hpp"
#include "seriatim/time.hpp"
#include "seriatim/uuid.hpp"

namespace seriatim {

/// One thing that is wrong with one attribute.
struct AttributeError {
  std::string code;     ///< Stable ("blank", "not_a_number").
  std::string message;  ///< For people ("is not a number").
  /// What the message names: {{"count", "3"}}. Texts of other languages are filled in from it; see Messages.
  std::map<std::string, std::string> parameters{};
};

/// Path of an attribute ("address.city", "lines[2].amount") -> what is wrong with it.
using AttributeErrors = std::map<std::string, std::vector<AttributeError>>;

/// One part in which two values differ. An element that only one of two lists has is "absent" in the other.
struct Difference {
  std::string path;    ///< "address.city", "lines[2].amount"
  std::string before;  ///< As `describe` prints it.
  std::string after;
};

}  // namespace seriatim

namespace seriatim::attributes {

/// The kinds of attribute that a message may have.
enum class Kind : std::uint8_t {
  string,
  int32,
  int64,
  floating,
  decimal,
  boolean,
  date,
  timestamp,
  uuid,
  enumeration,
  optional,
  list,
  object,
  secret,
};

/// The name of a kind as error texts use it ("decimal", "32-bit integer").
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

struct Type;

/// One described member: its name (which is its JSON key and its column) and how to reach it.
struct Member {
  std::string_view name;
  const Type* type;
  const void* (*address)(const void* object);  ///< The member inside `object`.
};

/// One value of a described enum.
struct EnumValue {
  std::string_view name;
  std::int64_t value;
};

/// How one C++ type behaves as an attribute. Only the functions that fit `kind` are set.
struct Type {
  Kind kind;
  std::size_t size;
  std::size_t alignment;

  void (*construct)(void* at);                 ///< Value-initialises at raw memory.
  void (*copy)(void* at, const void* from);    ///< Copy-constructs at raw memory.
  void (*move)(void* at, void* from);          ///< Move-constructs at raw memory.
  bool moves_nothrow;                          ///< `move` throws nothing.
  bool copies_as_bytes;                        ///< Copying and moving copy the bytes, and `destroy` does nothing.
  void (*destroy)(void* object) noexcept;      ///< Ends the life of an object.
  void (*assign)(void* to, const void* from);  ///< Copy-assigns.

  const Type* element = nullptr;  ///< Of an optional or a list.

  const void* (*optional_get)(const void* optional) = nullptr;  ///< nullptr when empty.
  void* (*optional_emplace)(void* optional) = nullptr;
  void (*optional_reset)(void* optional) = nullptr;

  std::size_t (*list_size)(const void* list) = nullptr;
  const void* (*list_at)(const void* list, std::size_t index) = nullptr;
  void* (*list_append)(void* list) = nullptr;  ///< A new, default element; nullptr for std::vector<bool>.
  void (*list_append_bool)(void* list, bool value) = nullptr;  ///< Only for std::vector<bool>.
  void (*list_clear)(void* list) = nullptr;

  std::span<const EnumValue> values{};
  std::int64_t (*enum_get)(const void* value) = nullptr;
  void (*enum_set)(void* target, std::int64_t value) = nullptr;

  std::span<const Member> members{};  ///< Of an object: inherited members first, in the order described.
};

/// Whether T was described with BOOST_DESCRIBE_STRUCT.
template <class T>
concept Described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};
template <class T>
inline constexpr bool always_false = false;

template <class T>
constexpr Type life_of(Kind kind) {
  return Type{.kind = kind,
              .size = sizeof(T),
              .alignment = alignof(T),
              .construct = [](void* at) { ::new (at) T(); },
              .copy = [](void* at, const void* from) { ::new (at) T(*static_cast<const T*>(from)); },
              .move = [](void* at, void* from) { ::new (at) T(std::move(*static_cast<T*>(from))); },
              .moves_nothrow = std::is_nothrow_move_constructible_v<T>,
              .copies_as_bytes = std::is_trivially_copyable_v<T>,
              .destroy = [](void* object) noexcept { std::destroy_at(static_cast<T*>(object)); },
              .assign = [](void* to, const void* from) { *static_cast<T*>(to) = *static_cast<const T*>(from); }};
}

template <class T>
constexpr Type make_type();

}  // namespace detail

/// The description of T. A compile-time error, in one sentence, when T cannot be an attribute.
template <class T>
inline constexpr Type type_of = detail::make_type<T>();

namespace detail {

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class T, class Descriptor>
constexpr Member make_member() {
  using M = std::remove_cvref_t<decltype(std::declval<const T&>().*Descriptor::pointer)>;
  return Member{.name = Descriptor::name, .type = &type_of<M>, .address = [](const void* object) -> const void* {
                  return std::addressof(static_cast<const T*>(object)->*Descriptor::pointer);
                }};
}

template <class T, class List>
struct member_table;
template <class T, template <class...> class List, class... Descriptors>
struct member_table<T, List<Descriptors...>> {
  static constexpr std::array<Member, sizeof...(Descriptors)> value{make_member<T, Descriptors>()...};
};

template <class T, class List>
struct enum_table;
template <class T, template <class...> class List, class... Descriptors>
struct enum_table<T, List<Descriptors...>> {
  static constexpr std::array<EnumValue, sizeof...(Descriptors)> value{
      EnumValue{Descriptors::name, static_cast<std::int64_t>(Descriptors::value)}...};
};

template <class T>
constexpr Type make_optional() {
  using E = typename T::value_type;
  Type type = life_of<T>(Kind::optional);
  type.element = &type_of<E>;
  type.optional_get = [](const void* o) -> const void* {
    const auto& optional = *static_cast<const T*>(o);
    return optional ? std::addressof(*optional) : nullptr;
  };
  type.optional_emplace = [](void* o) -> void* { return std::addressof(static_cast<T*>(o)->emplace()); };
  type.optional_reset = [](void* o) { static_cast<T*>(o)->reset(); };
  return type;
}

inline constexpr bool truth[2] = {false, true};

template <class T>
constexpr Type make_list() {
  using E = typename T::value_type;
  Type type = life_of<T>(Kind::list);
  type.element = &type_of<E>;
  type.list_size = [](const void* l) { return static_cast<const T*>(l)->size(); };
  type.list_clear = [](void* l) { static_cast<T*>(l)->clear(); };
  if constexpr (std::is_same_v<E, bool>) {
    type.list_at = [](const void* l, std::size_t i) -> const void* {
      return &truth[(*static_cast<const T*>(l))[i] ? 1 : 0];
    };
    type.list_append = [](void* /*list*/) -> void* { return nullptr; };
    type.list_append_bool = [](void* l, bool value) { static_cast<T*>(l)->push_back(value); };
  } else {
    type.list_at = [](const void* l, std::size_t i) -> const void* { return &(*static_cast<const T*>(l))[i]; };
    type.list_append = [](void* l) -> void* { return &static_cast<T*>(l)->emplace_back(); };
  }
  return type;
}

template <class T>
constexpr Type make_enum() {
  static_assert(boost::describe::has_describe_enumerators<T>::value,
                "this enum is used as an attribute: describe its values with BOOST_DESCRIBE_ENUM");
  Type type = life_of<T>(Kind::enumeration);
  type.values = enum_table<T, boost::describe::describe_enumerators<T>>::value;
  type.enum_get = [](const void* v) { return static_cast<std::int64_t>(*static_cast<const T*>(v)); };
  type.enum_set = [](void* t, std::int64_t v) { *static_cast<T*>(t) = static_cast<T>(v); };
  return type;
}

/// Whether a T can be made of that many values: takes_values<T, 2> is whether `T{{}, {}}` compiles.
template <class T, std::size_t values>
inline constexpr bool takes_values = false;

#define SERIATIM_DETAIL_BRACES(z, n, data) {}
#define SERIATIM_DETAIL_TAKES_VALUES(z, n, data) \
  template <class T>                             \
  inline constexpr bool takes_values<T, n> = requires { T{BOOST_PP_ENUM_##z(n, SERIATIM_DETAIL_BRACES, data)}; };
BOOST_PP_REPEAT_FROM_TO(1, 54, SERIATIM_DETAIL_TAKES_VALUES, )
#undef SERIATIM_DETAIL_TAKES_VALUES
#undef SERIATIM_DETAIL_BRACES

/// Whether T has more members and bases than its description names. Can be told of what has neither constructors nor private
/// members; of anything else it is false.
template <class T>
constexpr bool has_undescribed_members() {
  constexpr auto any = boost::describe::mod_any_access;
  constexpr std::size_t described =
      boost::mp11::mp_size<boost::describe::describe_members<T, any>>::value +
      boost::mp11::mp_size<boost::describe::describe_bases<T, any>>::value;
  return std::is_aggregate_v<T> && takes_values<T, described + 1>;
}

template <class T>
constexpr Type make_object() {
  static_assert(!has_undescribed_members<T>(),
                "a member or base of this struct is missing in its BOOST_DESCRIBE_STRUCT: name it there, because what is not "
                "named is neither stored nor read");
  Type type = life_of<T>(Kind::object);
  type.members = member_table<T, members_of<T>>::value;
  return type;
}

template <class T>
constexpr Type make_type() {
  if constexpr (std::is_same_v<T, std::string>) {
    return life_of<T>(Kind::string);
  } else if constexpr (std::is_same_v<T, bool>) {
    return life_of<T>(Kind::boolean);
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T> && sizeof(T) == 4) {
    return life_of<T>(Kind::int32);
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T> && sizeof(T) == 8) {
    return life_of<T>(Kind::int64);
  } else if constexpr (std::is_same_v<T, double>) {
    return life_of<T>(Kind::floating);
  } else if constexpr (std::is_same_v<T, Decimal>) {
    return life_of<T>(Kind::decimal);
  } else if constexpr (std::is_same_v<T, Date>) {
    return life_of<T>(Kind::date);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return life_of<T>(Kind::timestamp);
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return life_of<T>(Kind::uuid);
  } else if constexpr (std::is_same_v<T, Secret>) {
    return life_of<T>(Kind::secret);
  } else if constexpr (std::is_enum_v<T>) {
    return make_enum<T>();
  } else if constexpr (is_optional<T>::value) {
    return make_optional<T>();
  } else if constexpr (is_list<T>::value) {
    return make_list<T>();
  } else if constexpr (Described<T>) {
    return make_object<T>();
  } else if constexpr (std::is_class_v<T>) {
    static_assert(always_false<T>,
                  "this struct is not described: write BOOST_DESCRIBE_STRUCT(Name, (bases), (members)) behind it, outside of "
                  "any class; a class of another library cannot be an attribute");
    return Type{};  // So that no further error follows.
  } else {
    static_assert(always_false<T>,
                  "this type cannot be an attribute: use a string, 32/64-bit signed integer, double, bool, Decimal, "
                  "Date, Timestamp, Uuid, Secret, a described enum or struct, or an optional or vector of these");
    return Type{};
  }
}

}  // namespace detail

/// The index of the described member that `pointer` points to, in the order of `type_of<T>.members`; the number
/// of members if it is not described. Constant folds; O(members).
template <class T, class Owner, class M>
[[nodiscard]] constexpr std::size_t index_of(M Owner::*pointer) noexcept {
  static_assert(std::is_base_of_v<Owner, T>, "the member does not belong to this type");
  std::size_t index = 0;
  std::size_t found = type_of<T>.members.size();
  boost::mp11::mp_for_each<detail::members_of<T>>([&](auto descriptor) {
    if constexpr (std::is_convertible_v<decltype(descriptor.pointer), M T::*>) {
      if (static_cast<M T::*>(descriptor.pointer) == static_cast<M T::*>(pointer)) found = index;
    }
    ++index;
  });
  return found;
}

/// Whether two values of one type are equal, attribute by attribute (decimals by value: 12.5 equals 12.50).
[[nodiscard]] bool equal(const Type& type, const void* a, const void* b);

/// A hash that agrees with `equal`. The same in every process of one build; not for storage.
[[nodiscard]] std::size_t hash(const Type& type, const void* value);

/// Appends the value as a person reads it: `{amount: 20.00, source: "API", pin: (secret)}`.
void print(std::string& out, const Type& type, const void* value);

/// Adds the parts in which two values of one type differ to `found`, with their paths after `path`; see Difference.
void find_differences(std::vector<Difference>& found, const Type& type, const void* a, const void* b,
                      const std::string& path = {});

/// Adds what can be in memory but neither in JSON nor in the database: U+0000, texts that are no UTF-8, dates that are
/// not in the calendar, doubles that are not finite, enum values without a name, secrets beyond 72 bytes.
void find_unstorable(AttributeErrors& errors, const Type& type, const void* value, const std::string& path = {});

/// Replaces the clear texts of all secrets in the value, however deep, by their digests; see Secret::hash.
void hash_secrets(const Type& type, const void* value, int cost);

/// Forgets the clear texts of all secrets in the value, however deep.
void wipe_secrets(const Type& type, const void* value) noexcept;

/// The path of a member or element: "address" and "city" give "address.city", "lines" and 2 give "lines[2]".
[[nodiscard]] std::string path_to(const std::string& parent, std::string_view member);
[[nodiscard]] std::string path_to(const std::string& list, std::size_t index);

/// Cuts all timestamps in the value, however deep, to so many digits of a second's fraction.
void cut_timestamps(const Type& type, void* value, int digits);

/// Whether two descriptions say the same: kinds, names and elements, recursively.
[[nodiscard]] bool same_shape(const Type& a, const Type& b);

/// An owned value of any attribute type. Copyable; empty after default construction. Not for sharing between
/// threads while one of them writes. Small values (up to 48 bytes) need no allocation, and those whose bytes can be copied
/// (numbers, ids, times) no call through their type either: a projector makes several of them for each event.
class Value {
 public:
  Value() noexcept = default;
  Value(const Type& type, const void* from) {
    type.copy(allocate(type), from);
    type_ = &type;
  }
  /// Takes over what is at `from`, which is left as a move leaves it.
  [[nodiscard]] static Value moved(const Type& type, void* from) {
    Value value;
    type.move(value.allocate(type), from);
    value.type_ = &type;
    return value;
  }
  /// A default-constructed value of a type.
  [[nodiscard]] static Value made(const Type& type) {
    Value value;
    type.construct(value.allocate(type));
    value.type_ = &type;
    return value;
  }
  template <class T>
  [[nodiscard]] static Value of(const T& from) {
    if constexpr (std::is_trivially_copyable_v<T> && sizeof(T) <= small_bytes && alignof(T) <= small_alignment) {
      Value value;
      ::new (static_cast<void*>(value.small_)) T(from);
      value.type_ = &type_of<T>;
      return value;
    } else {
      return Value{type_of<T>, std::addressof(from)};
    }
  }
  Value(const Value& other) {
    if (other.is_bytes()) {
      copy_bytes(other);
    } else if (other.type_ != nullptr) {
      other.type_->copy(allocate(*other.type_), other.get());
      type_ = other.type_;
    }
  }
  Value(Value&& other) noexcept { take(other); }
  Value& operator=(Value other) noexcept {
    release();
    take(other);
    return *this;
  }
  ~Value() { release(); }

  [[nodiscard]] const Type& type() const noexcept { return *type_; }
  [[nodiscard]] bool empty() const noexcept { return type_ == nullptr; }
  [[nodiscard]] const void* get() const noexcept { return heap_ != nullptr ? heap_ : static_cast<const void*>(small_); }
  [[nodiscard]] void* get() noexcept { return heap_ != nullptr ? heap_ : static_cast<void*>(small_); }

 private:
  static constexpr std::size_t small_bytes = 48;
  static constexpr std::size_t small_alignment = 16;

  /// Whether there is a value, and it is no more than the bytes inside.
  [[nodiscard]] bool is_bytes() const noexcept { return type_ != nullptr && heap_ == nullptr && type_->copies_as_bytes; }

  void copy_bytes(const Value& other) noexcept {
    // All of them, whatever its size, because that is a few moves instead of a call.
    std::memcpy(small_, other.small_, small_bytes);
    type_ = other.type_;
  }
  void take(Value& other) noexcept {
    if (other.is_bytes()) {
      copy_bytes(other);
      other.type_ = nullptr;
    } else {
      take_object(other);
    }
  }
  void release() noexcept {
    if (type_ == nullptr) return;
    if (!is_bytes()) release_object();
    type_ = nullptr;
  }
  void* allocate(const Type& type);
  void take_object(Value& other) noexcept;
  void release_object() noexcept;

  const Type* type_ = nullptr;
  void* heap_ = nullptr;
  std::size_t heap_alignment_ = 0;
  alignas(small_alignment) std::byte small_[small_bytes]{};
};

}  // namespace seriatim::attributes

namespace seriatim {

/// Whether two messages (or records, states, value objects) of one type have equal attributes.
template <attributes::Described T>
[[nodiscard]] bool same_attributes(const T& a, const T& b) {
  return attributes::equal(attributes::type_of<T>, &a, &b);
}

/// The message as a person reads it, for logs and test failures.
template <attributes::Described T>
[[nodiscard]] std::string describe(const T& value) {
  std::string out;
  attributes::print(out, attributes::type_of<T>, &value);
  return out;
}

/// What changed between two messages (or records, states, value objects), attribute by attribute; empty when nothing did.
template <attributes::Described T>
[[nodiscard]] std::vector<Difference> differences(const T& before, const T& after) {
  std::vector<Difference> found;
  attributes::find_differences(found, attributes::type_of<T>, &before, &after);
  return found;
}

/// `with_changes(address, [](Address& a) { a.city = "Utrecht"; })`: a changed copy; the original stays as it is.
template <attributes::Described T, std::invocable<T&> Change>
[[nodiscard]] T with_changes(T copy, Change&& change) {
  std::forward<Change>(change)(copy);
  return copy;
}

/// `with_changes(address, &Address::city, "Utrecht", &Address::zip, "3511")`: the same for members and their new values.
template <attributes::Described T, class Owner, class M, class Value, class... More>
[[nodiscard]] T with_changes(T copy, M Owner::*member, Value&& value, More&&... more) {
  copy.*member = std::forward<Value>(value);
  if constexpr (sizeof...(More) == 0) {
    return copy;
  } else {
    return with_changes(std::move(copy), std::forward<More>(more)...);
  }
}

}  // namespace seriatim
