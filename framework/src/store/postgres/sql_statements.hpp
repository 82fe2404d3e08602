#pragma once
// The framework's own SQL, embedded from sql/, with the names of this installation filled in.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seriatim/view_versions.hpp"

namespace seriatim::postgres {

/// The names that an installation may choose. Defaults as in docs/stored-formats.md.
struct SchemaNames {
  std::string store = "sequent_schema";
  std::string application_role = "seriatim_application";
  std::string reader_role = "seriatim_reader";
};

/// An SQL identifier in double quotes, with quotes inside doubled.
[[nodiscard]] std::string quoted_name(std::string_view name);

/// "schema"."table", each quoted.
[[nodiscard]] std::string quoted_name(std::string_view schema, std::string_view table);

/// The name of the empty table in a view schema whose existence says that the views are at a version; see
/// docs/stored-formats.md. The edition counts how often a projector was deactivated, which leaves the version as it is.
[[nodiscard]] std::string version_marker(int version, int edition = 0);

/// The edition in a marker's name.
[[nodiscard]] int edition_of(std::string_view marker);

/// The text of sql/statements/<name>.sql with {store}, {application_role} and {reader_role} filled in, and the
/// further placeholders given as name and replacement. Replacements are SQL already: quote identifiers before.
[[nodiscard]] std::string statement(std::string_view name, const SchemaNames& names,
                                    std::span<const std::pair<std::string_view, std::string>> more = {});

/// The numbered migrations of the event store, in order, with the names filled in.
struct StoreMigration {
  int version;
  std::string name;
  std::string sql;
};
[[nodiscard]] std::vector<StoreMigration> store_migrations(const SchemaNames& names);

}  // namespace seriatim::postgres
