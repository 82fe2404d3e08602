#include "views/active_views.hpp"

#include <algorithm>

namespace seriatim::views {
namespace {

bool touches(const ViewChange& change, const ProjectorType& projector) {
  if (change.kind == ViewChange::Kind::replay) return change.name == projector.name;
  return std::any_of(projector.manages.begin(), projector.manages.end(),
                     [&](const RecordType* record) { return record->table == change.name; });
}

}  // namespace

int installed_version(const Domain& domain, const ProjectorType& projector, int version) {
  int installed = 0;
  for (const auto& [number, changes] : domain.versions().all()) {
    if (number > version) break;
    if (std::any_of(changes.begin(), changes.end(), [&](const ViewChange& c) { return touches(c, projector); })) {
      installed = number;
    }
  }
  return installed;
}

ActiveViews::ActiveViews(const core::Registry& registry, std::vector<int> versions)
    : versions_{std::move(versions)}, refusals_(registry.domains().size()) {
  for (const core::RegisteredProjector& projector : registry.projectors()) check(registry, projector);
}

void ActiveViews::check(const core::Registry& registry, const core::RegisteredProjector& projector) {
  const Domain& domain = registry.domains()[projector.domain];
  const int database = versions_[projector.domain];
  const int latest = domain.versions().latest();
  const int installed = installed_version(domain, *projector.type, database);
  const int wanted = installed_version(domain, *projector.type, latest);
  active_.push_back(installed != 0);
  std::string& refusal = refusals_[projector.domain];
  if (database > latest) {
    refusal = "the views of " + domain.name() + " are at version " + std::to_string(database) +
              " and this plugin knows only up to version " + std::to_string(latest) + ": use the newer plugin";
  } else if (installed != 0 && installed != wanted) {
    refusal = "projector " + std::string{projector.type->name} + " is at version " + std::to_string(installed) +
              " in the database and at version " + std::to_string(wanted) +
              " in this plugin: run `migrate online` and `migrate offline`, or use the older plugin until then";
  }
}

void ActiveViews::require_writable(std::size_t domain) const {
  if (!refusals_[domain].empty()) throw_error<ErrorCode::projector_migrating>(refusals_[domain]);
}

}  // namespace seriatim::views
