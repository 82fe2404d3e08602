#pragma once
// Running a script as psql does, COPY data in it included.

#include <filesystem>
#include <string>

namespace seriatim::testing {

/// Throws std::runtime_error with the server's words. Statements end with a semicolon at the end of a line.
void run_sql_script(const std::string& url, const std::filesystem::path& file);

}  // namespace seriatim::testing
