#pragma once
// What a migration of a domain's views has to do. Pure: it looks at the plugin's version plan and SQL files only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seriatim/domain.hpp"

namespace seriatim::migrations {

/// A script to run on a table: within the switch on the live one, or on one that is being built, before it is loaded.
struct Alteration {
  std::string table;
  int version;
  std::string_view sql;  ///< `<table>_<version>.sql`
};

/// A table to build beside the current one.
struct TableToBuild {
  const RecordType* record;
  std::string_view create_sql;                  ///< `<table>.sql`, with %SUFFIX% still in it.
  std::optional<std::string_view> indexes_sql;  ///< `<table>.indexes.sql`, to be run when the rows are loaded.
  std::vector<Alteration> alters;               ///< Of later versions, to be run when it is created.
};

/// A projector whose tables are built anew from all events.
struct Replay {
  const ProjectorType* projector;
  int version;  ///< The newest version that asks for it.
  std::vector<TableToBuild> tables;
};

/// The way from one version of the views to another. Refers to the domain that it was made from.
struct Plan {
  int from = 0;
  int to = 0;
  std::vector<Replay> replays;     ///< Each projector once, in order of versions.
  std::vector<Alteration> alters;  ///< To be run within the switch, in order of versions.

  [[nodiscard]] bool empty() const noexcept { return replays.empty() && alters.empty(); }
};

/// Plans the versions after `from`, up to and including `to`.
///
/// A projector is replayed once, however many versions ask for it. `<table>.sql` describes the table as the newest
/// replay makes it, so what versions up to that replay alter in its tables is in there already, and is left out;
/// what later versions alter is run on the new tables: when they are created, if the script says %SUFFIX%, so that the
/// columns it adds are there when rows are loaded; otherwise within the switch. Whoever adds a replay therefore moves the
/// alterations before it into `<table>.sql`.
///
/// Throws Error(migration) when `to` is below `from` or above the domain's newest version, and when anything is missing
/// that the plan needs: one sentence that lists all of it. Nothing has been touched then.
[[nodiscard]] Plan plan(const Domain& domain, int from, int to);

/// The SQL with each %SUFFIX% replaced. A table is built under the suffix "_<version>", and loses it at the switch.
[[nodiscard]] std::string with_suffix(std::string_view sql, std::string_view suffix);

}  // namespace seriatim::migrations
