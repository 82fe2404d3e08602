#pragma once
// The forms of the statement that appends one event.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// What the statement has parameters for. See sql/statements/append_event.sql.
struct EventAppend {
  bool own_json = true;  ///< The event's attributes are not those of its command.
  bool user = true;      ///< The command says who asks.
  /// What the program knows of the aggregate's edition: that which it loaded may have been moved to another partition since;
  /// that which it kept in memory, and did not load, must be the same. See KeptAggregates.
  enum class Edition : std::uint8_t { unknown, loaded, kept };
  Edition edition = Edition::unknown;

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

/// All that there are of an edition.
[[nodiscard]] constexpr std::array<EventAppend, 4> event_appends(EventAppend::Edition edition) {
  std::array<EventAppend, 4> all{};
  for (unsigned i = 0; i < all.size(); ++i) {
    all[i] = {.own_json = (i & 1U) != 0, .user = (i & 2U) != 0, .edition = edition};
  }
  return all;
}

}  // namespace seriatim::postgres
