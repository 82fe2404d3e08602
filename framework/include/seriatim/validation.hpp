#pragma once
// Validation of commands: what must hold of a command's attributes before any handler sees it. See docs/validation.md.
//
//     inline void validate(const AddMoney& c, seriatim::Validation& v) {
//       v.numericality(&AddMoney::amount).greater_than(0);
//       v.presence(&AddMoney::source);
//       v.when(c.by_post, [&] { v.presence(&AddMoney::address); });
//     }
//
// A described struct within a command may have a `validate` of its own, in its namespace; its errors get the path of
// where it stands ("address.city", "lines[2].amount").

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "seriatim/json.hpp"
#include "seriatim/message.hpp"
#include "seriatim/messages.hpp"

namespace seriatim {

/// Thrown when a command's attributes are refused. Carries all errors, not only the first.
class CommandNotValid : public Error {
 public:
  CommandNotValid(std::string command_type, const AggregateId& aggregate_id, AttributeErrors errors);

  [[nodiscard]] const std::string& command_type() const noexcept { return command_type_; }
  [[nodiscard]] const AggregateId& aggregate_id() const noexcept { return aggregate_id_; }
  /// Path of the attribute -> what is wrong with it.
  [[nodiscard]] const AttributeErrors& errors() const noexcept { return errors_; }

 private:
  std::string command_type_;
  AggregateId aggregate_id_;
  AttributeErrors errors_;
};

/// A regular expression (Perl's syntax) that a whole text has to match. Make it once:
/// `static const Pattern zip{"[0-9]{4} ?[A-Z]{2}"};`. It works on bytes: beyond ASCII, a character is several of them.
/// Constant and safe to share between threads; cheap to copy.
class Pattern {
 public:
  /// Throws Error(usage) when the expression is malformed.
  explicit Pattern(std::string_view expression);

  /// Whether all of `text` matches. A text on which the expression takes exceedingly long does not match.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// How long a text (in characters, that is Unicode code points) or a list (in elements) may be. Bounds are included.
struct LengthLimits {
  std::optional<std::size_t> min{};
  std::optional<std::size_t> max{};
  std::optional<std::size_t> is{};
};

namespace detail {

template <class M>
struct unwrapped {
  using type = M;
};
template <class M>
struct unwrapped<std::optional<M>> {
  using type = M;
};
template <class M>
using unwrapped_t = typename unwrapped<M>::type;

template <class M>
inline constexpr bool is_number = std::same_as<M, Decimal> || std::same_as<M, double> ||
                                  (std::integral<M> && !std::same_as<M, bool>);
template <class M>
inline constexpr bool is_text = std::same_as<M, std::string> || std::same_as<M, Secret>;
template <class M>
inline constexpr bool is_ordered = is_number<M> || std::same_as<M, std::string> || std::same_as<M, Date> ||
                                   std::same_as<M, Timestamp>;

}  // namespace detail

/// Collects the errors of one command, or of one struct within it. Handed to the domain's `validate`; not thread-safe.
///
/// Attributes are named by member pointers of the struct that is validated, its bases included; Error(usage) for others.
/// An attribute that is an empty optional passes every check but `presence`: declare both where it is required.
class Validation {
 public:
  /// One attribute of the struct that is validated.
  struct Attribute {
    std::string_view name;
    const attributes::Type* type;
    const void* value;  ///< nullptr for an empty optional, once it was looked into.
  };

  /// The framework makes it. `path` is where the struct stands within the command, "" for the command itself.
  Validation(const attributes::Type& type, const void* object, AttributeErrors& errors, std::string_view context,
             std::string path)
      : type_{type}, object_{object}, errors_{errors}, context_{context}, path_{std::move(path)} {}

  /// Adds an error of the domain's own making; "" for the attribute means the struct as a whole.
  void add_error(std::string_view attribute, std::string_view code, std::string_view message) {
    add_error(attribute, AttributeError{std::string{code}, std::string{message}});
  }
  void add_error(std::string_view attribute, AttributeError error);

  /// What the command is validated for: its `validation_context`, "" when it has none. See `on`.
  [[nodiscard]] std::string_view context() const noexcept { return context_; }

  /// Makes the checks only if the command is validated for `context`: `v.on("create", [&] { ... });`. A struct that many
  /// commands contain can so ask more of some of them. A command says what it is for:
  /// `static constexpr std::string_view validation_context = "create";`.
  template <std::invocable<> Checks>
  void on(std::string_view context, Checks&& checks) {
    if (context_ == context) std::forward<Checks>(checks)();
  }

  /// Makes the checks only under a condition.
  template <std::invocable<> Checks>
  void when(bool condition, Checks&& checks) {
    if (condition) std::forward<Checks>(checks)();
  }

  /// The attribute must be there: a string with something other than white space, an optional, list or secret that is
  /// not empty, an id that is not nil. (blank, empty)
  template <class C, class M>
  void presence(M C::*member) {
    check_presence(attribute(member));
  }

  /// How long a text or secret or how large a list is. (too_short, too_long, wrong_length; too_few, too_many, wrong_size)
  template <class C, class M>
  void length(M C::*member, LengthLimits limits) {
    using V = detail::unwrapped_t<M>;
    static_assert(detail::is_text<V> || attributes::detail::is_list<V>::value,
                  "length is a check of texts, secrets and lists: for numbers use numericality");
    check_length(attribute(member), limits);
  }
  template <class C, class M>
  void length(M C::*member, std::size_t min, std::size_t max) {
    length(member, LengthLimits{.min = min, .max = max, .is = {}});
  }

  /// Checks of one number, chained: `v.numericality(&C::amount).greater_than(0).less_than(100);`. A double is compared
  /// with the double next to the bound.
  class Number {
   public:
    Number(Validation& validation, const Attribute& attribute) : validation_{validation}, attribute_{attribute} {}
    Number& greater_than(const Decimal& bound);
    Number& greater_than_or_equal_to(const Decimal& bound);
    Number& less_than(const Decimal& bound);
    Number& less_than_or_equal_to(const Decimal& bound);
    Number& equal_to(const Decimal& bound);
    Number& other_than(const Decimal& bound);
    Number& only_integer();  ///< Without a fraction: 12 and 12.00. (not_an_integer)
    Number& odd();           ///< An odd integer.
    Number& even();          ///< An even integer.

   private:
    Number& require(bool holds, std::string_view code, const Decimal& bound);
    Number& require(bool holds, std::string_view code);
    [[nodiscard]] std::partial_ordering against(const Decimal& bound) const;
    [[nodiscard]] bool is_integer() const;
    [[nodiscard]] bool is_multiple_of_two() const;
    Validation& validation_;
    Attribute attribute_;
  };

  /// Starts the checks of a Decimal, integer or double.
  template <class C, class M>
  Number numericality(M C::*member) {
    static_assert(detail::is_number<detail::unwrapped_t<M>>,
                  "numericality is a check of integers, doubles and Decimals: make the attribute one of these");
    return Number{*this, present(attribute(member))};
  }

  /// All of the text must match. (invalid)
  template <class C, class M>
  void format(M C::*member, const Pattern& pattern) {
    static_assert(detail::is_text<detail::unwrapped_t<M>>, "format is a check of texts and secrets");
    check_format(attribute(member), pattern);
  }

  /// The attribute must be one of `allowed`, or must not be one of `reserved`. (inclusion, exclusion)
  template <class C, class M>
  void inclusion(M C::*member, std::initializer_list<std::type_identity_t<detail::unwrapped_t<M>>> allowed) {
    check_inclusion(attribute(member), allowed, true);
  }
  template <class C, class M>
  void exclusion(M C::*member, std::initializer_list<std::type_identity_t<detail::unwrapped_t<M>>> reserved) {
    check_inclusion(attribute(member), reserved, false);
  }
  /// The same for lists that the program makes.
  template <class C, class M>
  void inclusion(M C::*member, const std::vector<detail::unwrapped_t<M>>& allowed) {
    check_inclusion(attribute(member), allowed, true);
  }
  template <class C, class M>
  void exclusion(M C::*member, const std::vector<detail::unwrapped_t<M>>& reserved) {
    check_inclusion(attribute(member), reserved, false);
  }

  /// The truth value must be true, as for terms that somebody agrees to. (accepted)
  template <class C, class M>
  void acceptance(M C::*member) {
    static_assert(std::same_as<detail::unwrapped_t<M>, bool>, "acceptance is a check of truth values");
    check_acceptance(attribute(member));
  }

  /// `repeated` must equal `member`, as for a password entered twice; the error is that of `repeated`. An empty optional
  /// in place of the repetition passes. (confirmation)
  template <class C, class M, class C2, class M2>
  void confirmation(M C::*member, M2 C2::*repeated) {
    static_assert(std::same_as<detail::unwrapped_t<M>, detail::unwrapped_t<M2>>,
                  "confirmation compares two attributes of one type");
    check_confirmation(attribute(member), attribute(repeated));
  }

  /// Comparisons with another attribute or with a value, chained: `v.comparison(&C::ends).greater_than(&C::starts);`.
  /// They pass while one side is an empty optional. (greater_than and so on, naming the other attribute or the value)
  template <class V>
  class Comparison {
   public:
    Comparison(Validation& validation, const Attribute& attribute) : validation_{validation}, attribute_{attribute} {}
    template <class Other>
    Comparison& greater_than(const Other& other) { return require("greater_than", other); }
    template <class Other>
    Comparison& greater_than_or_equal_to(const Other& other) { return require("greater_than_or_equal_to", other); }
    template <class Other>
    Comparison& less_than(const Other& other) { return require("less_than", other); }
    template <class Other>
    Comparison& less_than_or_equal_to(const Other& other) { return require("less_than_or_equal_to", other); }
    template <class Other>
    Comparison& equal_to(const Other& other) { return require("equal_to", other); }
    template <class Other>
    Comparison& other_than(const Other& other) { return require("other_than", other); }

   private:
    template <class C, class M>
    Comparison& require(std::string_view code, M C::*other) {
      static_assert(std::same_as<detail::unwrapped_t<M>, V>, "comparison is between attributes of one type");
      validation_.check_order(attribute_, code, validation_.attribute(other));
      return *this;
    }
    Comparison& require(std::string_view code, const V& value) {
      validation_.check_order(attribute_, code, {{}, &attributes::type_of<V>, &value});
      return *this;
    }
    Validation& validation_;
    Attribute attribute_;
  };

  /// Starts the comparisons of a number, text, date or timestamp.
  template <class C, class M>
  Comparison<detail::unwrapped_t<M>> comparison(M C::*member) {
    using V = detail::unwrapped_t<M>;
    static_assert(detail::is_ordered<V>, "comparison is a check of numbers, texts, dates and timestamps");
    return {*this, attribute(member)};
  }

  /// A check of your own is a function from the value to what is wrong with it:
  ///
  ///     std::optional<AttributeError> iban(const std::string& text);
  ///     v.check(&Pay::to, iban);
  ///
  /// It is called with the attribute's value; where it takes an element of an optional or list instead, with the
  /// element that is there, or with each, whose error gets the element's path ("ibans[1]").
  template <class C, class M, class Function>
  void check(M C::*member, Function&& function) {
    const Attribute checked = attribute(member);
    const M& value = *static_cast<const M*>(checked.value);
    if constexpr (std::is_invocable_r_v<std::optional<AttributeError>, Function&, const M&>) {
      add_if_wrong(checked.name, function(value));
    } else if constexpr (attributes::detail::is_optional<M>::value) {
      if (value) add_if_wrong(checked.name, function(*value));
    } else {
      static_assert(attributes::detail::is_list<M>::value,
                    "give `check` a function from the attribute's value to std::optional<AttributeError>");
      for (std::size_t i = 0; i < value.size(); ++i) {
        add_if_wrong(attributes::path_to(std::string{checked.name}, i), function(value[i]));
      }
    }
  }

 private:
  template <class V>
  friend class Comparison;

  template <class C, class M>
  [[nodiscard]] Attribute attribute(M C::*member) const {
    static_assert(attributes::Described<C>, "describe this struct's members with BOOST_DESCRIBE_STRUCT");
    const std::size_t index = attributes::index_of<C>(member);
    const auto members = attributes::type_of<C>.members;
    const std::string_view name = index < members.size() ? members[index].name : std::string_view{};
    const void* value = find(name, attributes::type_of<M>);
    if constexpr (std::same_as<C, Command>) {
      // A command may have hidden it behind a member of the same name. Command is its first base: one address.
      if (value == nullptr) value = &(static_cast<const Command*>(object_)->*member);
    }
    if (value == nullptr) throw_not_an_attribute(name);
    return {name, &attributes::type_of<M>, value};
  }

  template <class List>
  void check_inclusion(const Attribute& checked, const List& list, bool wanted) {
    const Attribute found = present(checked);
    if (found.value == nullptr) return;
    bool contained = false;
    for (const auto& value : list) {
      contained = contained || attributes::equal(*found.type, found.value, std::addressof(value));
    }
    if (contained != wanted) add_error(checked.name, attribute_error(wanted ? "inclusion" : "exclusion"));
  }

  void add_if_wrong(std::string_view name, std::optional<AttributeError> error) {
    if (error) add_error(name, std::move(*error));
  }

  [[nodiscard]] const void* find(std::string_view name, const attributes::Type& type) const;
  [[noreturn]] void throw_not_an_attribute(std::string_view name) const;
  [[nodiscard]] static Attribute present(const Attribute& attribute);
  void check_presence(const Attribute& attribute);
  void check_length(const Attribute& attribute, const LengthLimits& limits);
  void check_size(const Attribute& attribute, std::size_t size, const LengthLimits& limits, bool of_list);
  void check_format(const Attribute& attribute, const Pattern& pattern);
  void check_acceptance(const Attribute& attribute);
  void check_confirmation(const Attribute& attribute, const Attribute& repeated);
  void check_order(const Attribute& attribute, std::string_view code, const Attribute& other);

  const attributes::Type& type_;
  const void* object_;
  AttributeErrors& errors_;
  std::string_view context_;
  std::string path_;
};

namespace detail {

/// Whether a value of M can contain described structs, which may declare validations.
template <class M>
inline constexpr bool may_hold_structs = attributes::Described<M>;
template <class M>
inline constexpr bool may_hold_structs<std::optional<M>> = may_hold_structs<M>;
template <class M>
inline constexpr bool may_hold_structs<std::vector<M>> = may_hold_structs<M>;

template <class T>
concept HasValidations = requires(const T& value, Validation& v) { validate(value, v); };

template <class T>
using has_validations = std::bool_constant<HasValidations<T>>;

/// Whether T or a base of it, however far up, declares validations.
template <class T>
inline constexpr bool has_validations_somewhere =
    boost::mp11::mp_any_of<typename lineage_of<T>::type, has_validations>::value;

/// The declared validations of a value and of all that it contains.
template <class T>
void validate_all(const T& value, AttributeErrors& errors, std::string_view context, const std::string& path) {
  if constexpr (attributes::detail::is_optional<T>::value) {
    if (value) validate_all(*value, errors, context, path);
  } else if constexpr (attributes::detail::is_list<T>::value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      validate_all(value[i], errors, context, attributes::path_to(path, i));
    }
  } else {
    if constexpr (HasValidations<T>) {
      Validation validation{attributes::type_of<T>, std::addressof(value), errors, context, path};
      validate(value, validation);
    } else {
      // What a base declares serves what is derived from it, unless two do: then neither would be called.
      static_assert(!has_validations_somewhere<T>,
                    "two bases of this struct declare validations: write one for it that calls both");
    }
    boost::mp11::mp_for_each<attributes::detail::members_of<T>>([&](auto descriptor) {
      using M = std::remove_cvref_t<decltype(value.*descriptor.pointer)>;
      if constexpr (may_hold_structs<M>) {
        validate_all(value.*descriptor.pointer, errors, context, attributes::path_to(path, descriptor.name));
      }
    });
  }
}

template <class T>
[[nodiscard]] constexpr std::string_view validation_context_of() {
  if constexpr (requires { std::string_view{T::validation_context}; }) {
    return T::validation_context;
  } else {
    return {};
  }
}

/// The error of a command without an aggregate.
void require_aggregate_id(const Command& command, AttributeErrors& errors);

}  // namespace detail

/// All that is wrong with a command, or with any described struct, without executing anything: what is declared for
/// it, and what could not be stored. Empty when it is valid.
template <attributes::Described T>
[[nodiscard]] AttributeErrors validation_errors(const T& value,
                                                std::string_view context = detail::validation_context_of<T>()) {
  AttributeErrors errors;
  attributes::find_unstorable(errors, attributes::type_of<T>, std::addressof(value));
  if constexpr (std::derived_from<T, Command>) detail::require_aggregate_id(value, errors);
  detail::validate_all(value, errors, context, {});
  return errors;
}

}  // namespace seriatim
