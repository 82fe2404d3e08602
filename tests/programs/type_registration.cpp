// Registers 200 types (100 events, 80 commands, 20 aggregates) whose names begin with a given prefix, when told to:
//
//   type_registration URL PREFIX        prints "ready", waits for a line, registers, prints "done"
#include <cstdio>
#include <deque>
#include <iostream>
#include <string>
#include <utility>

#include "seriatim/application.hpp"

namespace {

using seriatim::types;

template <int N>
struct Happened {
  static inline std::string_view type_name;
  BOOST_DESCRIBE_CLASS(Happened, (), (), (), ())
};

template <int N>
struct Ask : seriatim::Command {
  static inline std::string_view type_name;
  BOOST_DESCRIBE_CLASS(Ask, (seriatim::Command), (), (), ())
};

template <int N>
class Thing : public seriatim::AggregateRoot<Thing<N>> {
 public:
  static inline std::string_view type_name;
  using Events = types<Happened<5 * N>, Happened<5 * N + 1>, Happened<5 * N + 2>, Happened<5 * N + 3>, Happened<5 * N + 4>>;
  struct State {
    BOOST_DESCRIBE_CLASS(State, (), (), (), ())
  };
  using seriatim::AggregateRoot<Thing<N>>::AggregateRoot;
};

template <int N>
struct Handler {
  using Commands = types<Ask<4 * N>, Ask<4 * N + 1>, Ask<4 * N + 2>, Ask<4 * N + 3>>;
  template <int M>
  void handle(const Ask<M>& /*command*/, seriatim::Repository& /*repository*/) const {}
};

std::deque<std::string> names;

template <class T>
void name(const std::string& prefix, const char* kind, int number) {
  T::type_name = names.emplace_back(prefix + "::" + kind + std::to_string(number));
}

template <int N>
void add(seriatim::Domain& domain, const std::string& prefix) {
  [&]<int... Is>(std::integer_sequence<int, Is...>) {
    (name<Happened<5 * N + Is>>(prefix, "Happened", 5 * N + Is), ...);
  }(std::make_integer_sequence<int, 5>{});
  [&]<int... Is>(std::integer_sequence<int, Is...>) {
    (name<Ask<4 * N + Is>>(prefix, "Ask", 4 * N + Is), ...);
  }(std::make_integer_sequence<int, 4>{});
  name<Thing<N>>(prefix, "Thing", N);
  domain.aggregate<Thing<N>>().handler(Handler<N>{});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  seriatim::Domain domain{"made_up"};
  [&]<int... Ns>(std::integer_sequence<int, Ns...>) {
    (add<Ns>(domain, argv[2]), ...);
  }(std::make_integer_sequence<int, 20>{});
  std::cout << "ready" << std::endl;
  std::string go;
  std::getline(std::cin, go);
  try {
    seriatim::Options options;
    options.database_url = argv[1];
    const seriatim::Application application{options, {domain}};
    std::cout << "done" << std::endl;
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
