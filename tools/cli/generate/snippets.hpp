#pragma once
// The parts of generated code that depend on the attributes, as the templates name them.

#include <string>
#include <vector>

#include "generate/attribute.hpp"
#include "generate/templates.hpp"

namespace seriatim::cli::generate {

/// @members@ (declarations), @names@ ("amount, source"), @parameters@ and @moved@ (of a function, and handed on by it),
/// @of_command@ ("command.amount, ..."), @samples@ (values for tests), @and_samples@ (the same behind a comma), @required@
/// (what a command without any is told), @state_checks@ (that the state says what the event does).
void add_attributes(Values& values, const std::vector<Attribute>& attributes);

/// The function `validate` of a command; empty when everything is valid.
[[nodiscard]] std::string validation(const std::string& command, const std::vector<Attribute>& attributes);

/// The function `on` by which the state follows an event; empty when the event says nothing.
[[nodiscard]] std::string fold(const std::string& event, const std::vector<Attribute>& attributes);

}  // namespace seriatim::cli::generate
