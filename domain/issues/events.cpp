#include "events.hpp"

namespace issues {

Action action_of(const seriatim::AnyEvent& event) {
  std::optional<Action> action;
  seriatim::for_each_type(Activities{}, [&]<class E>() {
    if (event.type_name() == E::type_name) action = E::action;
  });
  return action.value();
}

}  // namespace issues
