#pragma once
// How events happen that no command of the domains asks for.

#include <memory>

#include "core/registry.hpp"
#include "seriatim/testing/world.hpp"

namespace seriatim::testing {

/// The kit's own command: lets the events happen that the handler was told of before.
struct LetHappen : Command {
  static constexpr std::string_view type_name = "Seriatim::Testing::LetHappen";
};
BOOST_DESCRIBE_STRUCT(LetHappen, (seriatim::Command), ())

/// What the next LetHappen is about. Shared by the world and its handler.
struct NextHappening {
  const Happening* happening = nullptr;
  const core::Registry* registry = nullptr;
};

/// Applies the events to their aggregate, as if it had done so itself.
void apply(const Happening& happening, const core::Registry& registry, Repository& repository);

/// The domain of LetHappen, to be added to those under test.
[[nodiscard]] Domain kit_domain(std::shared_ptr<const NextHappening> next);

}  // namespace seriatim::testing
