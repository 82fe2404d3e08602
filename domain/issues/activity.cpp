#include "activity.hpp"

#include <algorithm>

namespace issues {
namespace {

constexpr auto& actions = seriatim::attributes::type_of<Action>.values;

}  // namespace

UnknownAction::UnknownAction(const std::string& name)
    : DomainError{"unknown_action", name + " is not a valid action"} {}

Action action_named(const std::string& name) {
  const auto found = std::ranges::find(actions, name, &seriatim::attributes::EnumValue::name);
  if (found == actions.end()) throw UnknownAction{name};
  return static_cast<Action>(found->value);
}

std::string_view name_of(Action action) {
  return std::ranges::find(actions, static_cast<std::int64_t>(action), &seriatim::attributes::EnumValue::value)->name;
}

}  // namespace issues
