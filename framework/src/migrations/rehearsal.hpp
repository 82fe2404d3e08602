#pragma once
// Replaying without writing.

#include "migrations/rebuild.hpp"

namespace seriatim::migrations {

/// Replays each projector of the plan by itself, from all events below the horizon of one snapshot, and throws the rows
/// away. Nothing is written or locked. Throws what projectors and the database throw.
[[nodiscard]] MigrationRehearsal rehearse(const std::string& url, const postgres::PostgresStore& store, const Plan& plan,
                                          const ReplaySettings& settings, Progress& progress);

}  // namespace seriatim::migrations
