#pragma once
// What a migration of views will cost, and why it is needed: a part of MigrationPlan.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace seriatim {

/// A projector that is not what it was when its tables were built.
struct ProjectorChange {
  std::string projector;
  std::vector<std::string> changes;  ///< "table wallet_records: column currency (string) is new", ...
  bool planned = false;              ///< The migration builds or alters its tables.
};

/// What one replay reads and writes.
struct ReplayImpact {
  std::string projector;
  int version = 0;          ///< The version of the plan that asks for it.
  std::int64_t events = 0;  ///< That it reads, counted now.
  std::int64_t bytes = 0;   ///< Disk that its new tables take beside the live ones, estimated.
  bool from_live_tables =
      true;  ///< Estimated by the live tables; otherwise, where there are none, by one row an event.
};

/// The whole migration. All replays share one reading of the events.
struct MigrationImpact {
  std::vector<ProjectorChange> changed;
  std::vector<ReplayImpact> replays;
  std::int64_t events = 0;  ///< That any of the replays reads.
  std::int64_t bytes = 0;
  std::optional<double> seconds;  ///< At the speed of the last rebuild of these views; unknown before the first one.
  std::int64_t rate = 0;          ///< Events a second of that rebuild; 0 when unknown.
};

}  // namespace seriatim
