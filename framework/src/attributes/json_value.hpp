#pragma once
// JSON texts as boost::json values and back, for those who change JSON. Parsed and written by RapidJSON like everything
// else: Boost.JSON's own parser (before 1.84) is off by a bit for some doubles.

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace seriatim::attributes {

/// Throws Error(deserialization) when the text is no JSON object or nested deeper than JsonLimits allows.
[[nodiscard]] boost::json::object parse_object(std::string_view json);

/// Appends the object as JSON. Throws Error(serialization) for what JSON or PostgreSQL cannot hold.
void append_json(std::string& out, const boost::json::object& object);

}  // namespace seriatim::attributes
