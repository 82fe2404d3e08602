// What one event costs without a database: in-process figures in nanoseconds, each beside its target.

#include <chrono>
#include <cstdio>

#include "core/event_decoder.hpp"
#include "measure.hpp"
#include "wallet/plugin.hpp"
#include "wallet/wallet.hpp"

namespace bench {
namespace {

using namespace seriatim::literals;
using seriatim::core::Registry;
using seriatim::core::TypeIndex;

constexpr int calls_a_round = 200'000;

/// Keeps the compiler from leaving out what computes `value`.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

/// Nanoseconds of one call, the median of some rounds.
template <class Call>
double nanoseconds(int rounds, Call&& call) {
  std::vector<double> figures;
  for (int round = 0; round <= rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls_a_round; ++i) call();
    const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
    if (round != 0) figures.push_back(elapsed.count() / calls_a_round);  // The first one warms up.
  }
  return median(std::move(figures));
}

void print_nanoseconds(const char* what, double figure, double target) {
  std::printf("%-58s %9.0f ns %9.0f ns %7s\n", what, figure, target, figure <= target ? "met" : "missed");
  std::fflush(stdout);
}

/// As a load does it: from the event's name to the state of an aggregate.
double dispatch(const Registry& registry, int rounds) {
  const seriatim::AggregateType& type = seriatim::aggregate_type<wallet::Wallet>();
  wallet::Wallet::State state;
  const wallet::MoneyAdded event{"0.01"_decimal, "API"};
  const TypeIndex wallet = registry.aggregate(type.name);
  const TypeIndex added = registry.event(wallet::MoneyAdded::type_name);
  return nanoseconds(rounds, [&] {
    registry.aggregates()[wallet].folds[added](&state, &event);
    keep(state);
  });
}

double decode(const Registry& registry, int rounds) {
  seriatim::core::EventDecoder decoder{registry};
  const std::string json = R"({"amount": "12.50", "source": "API"})";
  const seriatim::AggregateId id = seriatim::new_uuid();
  const TypeIndex added = registry.event(wallet::MoneyAdded::type_name);
  return nanoseconds(rounds, [&] { keep(decoder.decode(added, json, id, 1)); });
}

/// As a command does it: a rule, the event, its fold, and a copy that waits to be stored.
double apply(int rounds) {
  std::vector<double> figures;
  for (int round = 0; round <= rounds; ++round) {
    constexpr int calls = 10'000;  // The applied events stay in the aggregate.
    wallet::Wallet aggregate{seriatim::new_uuid(), "2"};
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) aggregate.add_money("0.01"_decimal, "API");
    const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
    keep(aggregate);
    if (round != 0) figures.push_back(elapsed.count() / calls);
  }
  return median(std::move(figures));
}

}  // namespace

void measure_micro(int rounds) {
  const Registry registry{{wallet::domain()}};
  std::printf("%-58s %12s %12s\n", "", "seriatim", "target");
  print_nanoseconds("dispatch of one event to an aggregate's state", dispatch(registry, rounds), 100);
  print_nanoseconds("an aggregate applies one event, kept to be stored", apply(rounds), 100);
  print_nanoseconds("decoding of one event of 2 attributes from JSON", decode(registry, rounds), 500);
}

}  // namespace bench
