#pragma once
// Validation of commands: what must hold of a command's attributes before any handler sees it.
//
//     inline void validate(const AddMoney&, seriatim::Validation& v) {
//       v.numericality(&AddMoney::amount).greater_than(0);
//       v.presence(&AddMoney::source);
//     }

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include "seriatim/json.hpp"
#include "seriatim/message.hpp"

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

/// Collects the errors of one command. Handed to the domain's `validate`; not thread-safe.
class Validation {
 public:
  Validation(const void* command, AttributeErrors& errors) : command_{command}, errors_{errors} {}

  /// Adds an error of the domain's own making.
  void add_error(std::string_view attribute, std::string_view code, std::string_view message) {
    errors_[std::string{attribute}].push_back({std::string{code}, std::string{message}});
  }

  /// The attribute must be there: a string with something other than white space, an optional or list that is not
  /// empty, an id that is not nil.
  template <class C, class M>
  void presence(M C::*member) {
    check_presence(name_of(member), attributes::type_of<M>, &value_of(member));
  }

  /// A string's length in characters (Unicode code points) must lie within min and max, both included.
  template <class C>
  void length(std::string C::*member, std::size_t min, std::size_t max) {
    check_length(name_of(member), value_of(member), min, max);
  }

  /// Comparisons of one number, chained: `v.numericality(&C::amount).greater_than(0).less_than(100);`
  class Number {
   public:
    Number(Validation& validation, std::string_view name, Decimal value)
        : validation_{validation}, name_{name}, value_{value} {}
    Number& greater_than(Decimal bound) { return require(value_ > bound, "greater_than", "greater than", bound); }
    Number& greater_than_or_equal_to(Decimal bound) {
      return require(value_ >= bound, "greater_than_or_equal_to", "greater than or equal to", bound);
    }
    Number& less_than(Decimal bound) { return require(value_ < bound, "less_than", "less than", bound); }
    Number& less_than_or_equal_to(Decimal bound) {
      return require(value_ <= bound, "less_than_or_equal_to", "less than or equal to", bound);
    }
    Number& equal_to(Decimal bound) { return require(value_ == bound, "equal_to", "equal to", bound); }
    Number& other_than(Decimal bound) { return require(value_ != bound, "other_than", "other than", bound); }

   private:
    Number& require(bool holds, std::string_view code, std::string_view words, const Decimal& bound);
    Validation& validation_;
    std::string_view name_;
    Decimal value_;
  };

  /// Starts the checks of a Decimal or integer attribute.
  template <class C, class M>
    requires(std::integral<M> || std::same_as<M, Decimal>)
  Number numericality(M C::*member) {
    return Number{*this, name_of(member), Decimal{value_of(member)}};
  }

 private:
  template <class C, class M>
  static std::string_view name_of(M C::*member) {
    const std::size_t index = attributes::index_of<C>(member);
    return attributes::type_of<C>.members[index].name;
  }
  template <class C, class M>
  const M& value_of(M C::*member) const {
    return static_cast<const C*>(command_)->*member;
  }
  void check_presence(std::string_view name, const attributes::Type& type, const void* value);
  void check_length(std::string_view name, const std::string& value, std::size_t min, std::size_t max);

  const void* command_;  ///< The most derived command; Command is its first base, so both share this address.
  AttributeErrors& errors_;
};

}  // namespace seriatim
