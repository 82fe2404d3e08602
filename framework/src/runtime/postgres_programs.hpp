#pragma once
// PostgreSQL's own programs: where they are, and running one. All functions may be called from any thread.

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/process.hpp"

namespace seriatim::runtime {

/// Where initdb, pg_ctl and postgres lie together.
struct PostgresPrograms {
  std::filesystem::path directory;
  int major = 0;
};

/// Looks in $SERIATIM_POSTGRES_BIN alone when that is set, else in all usual places. `wanted` is the major version of a
/// cluster that exists, or 0 when any that is supported will do. Error(configuration) when there is none.
[[nodiscard]] PostgresPrograms find_postgres_programs(const User& user, int wanted);

/// Runs one of them to its end, in a data directory that it takes for its own.
[[nodiscard]] Outcome run_in(const std::filesystem::path& directory, const User& user,
                             std::vector<std::string> arguments);

}  // namespace seriatim::runtime
