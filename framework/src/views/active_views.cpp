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

ActiveViews::ActiveViews(const core::Registry& registry, std::vector<LiveViews> versions)
    : versions_{std::move(versions)}, refusals_(registry.domains().size()) {
  for (const core::RegisteredProjector& projector : registry.projectors()) check(registry, projector);
  for (std::size_t i = 0; i < refusals_.size(); ++i) refuse_unknown(registry.domains()[i], versions_[i], refusals_[i]);
}

void ActiveViews::check(const core::Registry& registry, const core::RegisteredProjector& projector) {
  const Domain& domain = registry.domains()[projector.domain];
  const LiveViews& live = versions_[projector.domain];
  const int latest = domain.versions().latest();
  const int planned = installed_version(domain, *projector.type, live.version);
  const int wanted = installed_version(domain, *projector.type, latest);
  const auto state = live.projectors.find(projector.type->name);
  const int installed = state == live.projectors.end() ? planned : state->second;
  active_.push_back(installed != 0);
  std::string& refusal = refusals_[projector.domain];
  const std::string name = "projector " + std::string{projector.type->name};
  if (live.version > latest) {
    refusal = "the views of " + domain.name() + " are at version " + std::to_string(live.version) +
              " and this plugin knows only up to version " + std::to_string(latest) + ": use the newer plugin";
  } else if (installed == 0 && wanted != 0 && wanted <= live.version) {
    refusal = name + " of " + domain.name() + " is not active in the database, and this plugin has it at version " +
              std::to_string(wanted) +
              ": use the plugin without it, or add a version of the views that replays it";
  } else if (installed != 0 && installed != wanted) {
    refusal = name + " is at version " + std::to_string(installed) + " in the database and at version " +
              std::to_string(wanted) +
              " in this plugin: run `migrate online` and `migrate offline`, or use the older plugin until then";
  }
}

void ActiveViews::refuse_unknown(const Domain& domain, const LiveViews& live, std::string& refusal) const {
  if (!refusal.empty()) return;
  for (const auto& [name, version] : live.projectors) {
    const bool known = std::any_of(domain.projectors().begin(), domain.projectors().end(),
                                   [&, &wanted = name](const ProjectorType& p) { return p.name == wanted; });
    if (version == 0 || known) continue;
    refusal = "projector " + name + " of " + domain.name() + " is active at version " + std::to_string(version) +
              " in the database, and this plugin does not have it: use the plugin that has it, or run `seriatim projectors "
              "deactivate " + name + "` when it is no longer wanted";
    return;
  }
}

void ActiveViews::require_writable(std::size_t domain) const {
  if (!refusals_[domain].empty()) throw_error<ErrorCode::projector_migrating>(refusals_[domain]);
}

}  // namespace seriatim::views
