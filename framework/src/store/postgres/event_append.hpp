#pragma once
// The forms of the statement that appends one event.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// What the statement has parameters for. See sql/statements/append_event.sql.
struct EventAppend {
  bool own_json = true;  ///< The event's attributes are not those of its command.
  bool user = true;      ///< The command says who asks.
  bool kept = false;     ///< The aggregate was kept in memory; see KeptAggregates.

  /// The types of its parameters: the event's attributes, the user and the edition of the aggregate, if any, come last.
  [[nodiscard]] std::vector<std::string_view> types() const;

  /// Under which a session has it prepared, alone.
  [[nodiscard]] std::string name() const;

  /// The statement. A `change` of a view may go along, of which `missing`, unless empty, is evaluated when it changes no row.
  [[nodiscard]] std::string sql(const SchemaNames& names, const std::string& change = {},
                                const std::string& missing = {}) const;

  /// PREPARE for it, alone.
  [[nodiscard]] std::string prepare(const SchemaNames& names) const;
};

/// All that there are.
[[nodiscard]] constexpr std::array<EventAppend, 8> all_event_appends() {
  std::array<EventAppend, 8> all{};
  for (unsigned i = 0; i < all.size(); ++i) {
    all[i] = {.own_json = (i & 1U) != 0, .user = (i & 2U) != 0, .kept = (i & 4U) != 0};
  }
  return all;
}

}  // namespace seriatim::postgres
