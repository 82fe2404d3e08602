#include "seriatim/testing/scenario.hpp"

#include <iterator>

namespace seriatim::testing {
namespace {

template <class T>
std::vector<T> after(std::vector<T> all, std::size_t count) {
  if (all.size() <= count) return {};
  return {std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(count)), std::make_move_iterator(all.end())};
}

}  // namespace

Scenario::Scenario(Domain domain, Settings settings) : Scenario{std::vector<Domain>{std::move(domain)}, std::move(settings)} {}

Scenario::Scenario(std::vector<Domain> domains, Settings settings) : world_{std::move(domains), std::move(settings)} {}

void Scenario::execute_given(AnyCommand command) {
  const std::string name{command.type().name};
  try {
    world_.commands().execute({std::move(command)});
  } catch (const std::exception& error) {
    report(Failure{"given: command " + name + " was refused: " + error.what(), {}});
  }
}

Outcome Scenario::execute(std::vector<AnyCommand> commands, const Location& location) {
  const std::size_t given = commands.size();
  return observe(given, location, [&] { return world_.commands().execute(std::move(commands)); });
}

Outcome Scenario::let_happen(const Happening& happening) {
  return observe(1, {}, [&] { return world_.let_happen(happening); });
}

/// The commands that were given come first; whatever follows was issued.
Outcome Scenario::observe(std::size_t given, const Location& location, const std::function<ExecutionResult()>& act) {
  const std::size_t events = world_.events().size();
  const std::size_t commands = world_.commands_so_far().size();
  Happened happened;
  try {
    happened.after_commit_failures = act().after_commit_failures;
  } catch (...) {
    happened.failure = std::current_exception();
  }
  happened.events = after(world_.events(), events);
  happened.issued = after(world_.commands_so_far(), commands + given);
  return {world_, std::move(happened), location};
}

}  // namespace seriatim::testing
