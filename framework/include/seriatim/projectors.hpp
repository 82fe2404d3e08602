#pragma once
// The states of projectors: which versions of them write the views, and how one is taken out of use.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seriatim {

/// One projector, as the database and this program know it. The versions are those of the plan of its domain's views that
/// last touch its tables.
struct ProjectorState {
  std::string domain;
  std::string view_schema;
  std::string name;
  std::optional<int> active;      ///< Its tables are live, and written with every event; empty: nobody writes them.
  std::optional<int> activating;  ///< `migrate offline` or `rollback` is about to make these tables the live ones.
  std::optional<int> replaying;   ///< `migrate online` is building these tables, or they wait for `offline`.
  std::optional<int> here;        ///< Of this program; empty when it does not have the projector.
  std::vector<std::string> tables{};
};

/// Looks after the projectors of the loaded domains. Not thread-safe; other programs may do the same at once.
class Projectors {
 public:
  virtual ~Projectors() = default;

  /// Those that the database knows for the loaded domains, and those that the domains have, by domain and name.
  [[nodiscard]] virtual std::vector<ProjectorState> states() = 0;

  /// Takes a projector out of use that no loaded domain has any more: programs that still have it are refused from then
  /// on, those without it are served. Its tables stay as they are. Safe while applications run; false when it was
  /// inactive already. Error(usage) when a loaded domain still has it, when nothing is known of it, or when several
  /// domains have one of that name and `domain` is empty; Error(concurrent_migration).
  virtual bool deactivate(std::string_view name, std::string_view domain) = 0;
};

}  // namespace seriatim
