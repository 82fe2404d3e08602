#pragma once
// The command and the event that the fuzzers decode: every kind of attribute, nested and in lists.

#include "seriatim/domain.hpp"

namespace fuzz {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Leaf {
  std::string text;
  std::optional<seriatim::Decimal> amount;
  std::vector<Leaf> leaves;  // Of its own kind: any depth that the limit allows.
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (text, amount, leaves))
inline void validate(const Leaf&, seriatim::Validation& v) {
  static const seriatim::Pattern words{"(\\w+ ?)*"};
  v.format(&Leaf::text, words);
  v.numericality(&Leaf::amount).greater_than(0).odd();
}

struct Everything {
  std::string text;
  std::int32_t small = 0;
  std::int64_t large = 0;
  double real = 0;
  seriatim::Decimal exact;
  bool flag = false;
  seriatim::Date day{std::chrono::year{2000} / 1 / 1};
  seriatim::Timestamp moment{};
  seriatim::Uuid id{};
  Colour colour = Colour::red;
  seriatim::Secret secret;
  std::optional<std::string> maybe_text;
  std::optional<std::int64_t> maybe_large;
  std::optional<bool> maybe_flag;
  std::optional<Leaf> maybe_leaf;
  std::vector<bool> flags;
  std::vector<std::optional<std::int32_t>> numbers;
  std::optional<std::vector<seriatim::Secret>> secrets;
  std::vector<std::vector<double>> table;
  Leaf leaf;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (text, small, large, real, exact, flag, day, moment, id, colour, secret, maybe_text, maybe_large,
                       maybe_flag, maybe_leaf, flags, numbers, secrets, table, leaf))

struct Do : seriatim::Command, Everything {
  static constexpr std::string_view type_name = "Do";
};
BOOST_DESCRIBE_STRUCT(Do, (seriatim::Command, Everything), ())

struct Done : Everything {
  static constexpr std::string_view type_name = "Done";
};
BOOST_DESCRIBE_STRUCT(Done, (Everything), ())

class Thing : public seriatim::AggregateRoot<Thing> {
 public:
  static constexpr std::string_view type_name = "Thing";
  using Events = seriatim::types<Done>;
  struct State {};
  using AggregateRoot::AggregateRoot;
};
BOOST_DESCRIBE_STRUCT(Thing::State, (), ())

struct Handler {
  using Commands = seriatim::types<Do>;
  void handle(const Do& /*command*/, seriatim::Repository& /*repository*/) const {}
};

inline seriatim::Domain domain() {
  seriatim::Domain made{"fuzz"};
  made.aggregate<Thing>().handler<Handler>();
  return made;
}

}  // namespace fuzz
