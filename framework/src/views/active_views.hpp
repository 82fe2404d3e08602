#pragma once
// Which projectors may write, given the versions that the views in the database have.

#include <string>
#include <vector>

#include "core/registry.hpp"
#include "views/live_views.hpp"

namespace seriatim::views {

/// The version of the plan that last touched a projector's tables, at or below `version`; 0 when none did.
[[nodiscard]] int installed_version(const Domain& domain, const ProjectorType& projector, int version);

/// A snapshot of which projectors are live. Constant; made anew when the live views have changed.
///
/// A projector is active when the database has it at the version that this program's code has; dormant when it is inactive
/// in the database and the version that this program wants of it is still to be migrated to (its tables will be built by
/// replay). Anything else means that this program and the database disagree about who writes which table, and commands
/// of the domain are refused: also when the database has an active projector that the domain lacks, and when one of the
/// domain was deactivated.
class ActiveViews {
 public:
  ActiveViews(const core::Registry& registry, std::vector<LiveViews> versions);

  /// By domain index.
  [[nodiscard]] const std::vector<LiveViews>& versions() const noexcept { return versions_; }
  [[nodiscard]] bool active(std::size_t projector) const { return active_[projector]; }

  /// Throws Error(projector_migrating) when events of that domain may not be stored by this program.
  void require_writable(std::size_t domain) const;

 private:
  void check(const core::Registry& registry, const core::RegisteredProjector& projector);
  void refuse_unknown(const Domain& domain, const LiveViews& live, std::string& refusal) const;

  std::vector<LiveViews> versions_;
  std::vector<bool> active_;
  std::vector<std::string> refusals_;  ///< By domain; empty when writable.
};

}  // namespace seriatim::views
