#pragma once
// The name in the address of a database.

#include <string>

namespace seriatim::cli {

/// Understands all the forms of address that PostgreSQL's programs do. Error(configuration) when it names none.
[[nodiscard]] std::string database_name(const std::string& url);

}  // namespace seriatim::cli
