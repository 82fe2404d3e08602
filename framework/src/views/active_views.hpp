#pragma once
// Which projectors may write, given the versions that the views in the database have.

#include <string>
#include <vector>

#include "core/registry.hpp"

namespace seriatim::views {

/// The version of the plan that last touched a projector's tables, at or below `version`; 0 when none did.
[[nodiscard]] int installed_version(const Domain& domain, const ProjectorType& projector, int version);

/// A snapshot of which projectors are live. Constant; made anew when a migration switches the views.
///
/// A projector is active when the database has it at the version that this program's code has; dormant when its first
/// version is still to be migrated to (its tables do not exist yet, and will be built by replay). Anything else means
/// that this program and the database disagree about the shape of a table, and commands are refused.
class ActiveViews {
 public:
  ActiveViews(const core::Registry& registry, std::vector<int> versions);

  /// By domain index.
  [[nodiscard]] const std::vector<int>& versions() const noexcept { return versions_; }
  [[nodiscard]] bool active(std::size_t projector) const { return active_[projector]; }

  /// Throws Error(projector_migrating) when a projector of that domain can neither write nor wait.
  void require_writable(std::size_t domain) const;

 private:
  void check(const core::Registry& registry, const core::RegisteredProjector& projector);

  std::vector<int> versions_;
  std::vector<bool> active_;
  std::vector<std::string> refusals_;  ///< By domain; empty when writable.
};

}  // namespace seriatim::views
