#include "seriatim/application.hpp"

#include "core/command_executor.hpp"
#include "maintenance/postgres_key_maintenance.hpp"
#include "core/dry_run.hpp"
#include "migrations/gate.hpp"
#include "migrations/postgres_migrator.hpp"
#include "migrations/postgres_replay.hpp"
#include "migrations/postgres_projectors.hpp"
#include "migrations/postgres_verifier.hpp"
#include "pipeline/lanes.hpp"
#include "runtime/schema_names.hpp"
#include "store/postgres/postgres_audit.hpp"
#include "store/postgres/postgres_event_log.hpp"
#include "store/postgres/postgres_snapshots.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim {
namespace {

const Options& require_usable(const Options& options) {
  if (options.database_url.empty()) {
    throw_error<ErrorCode::configuration>("no database is given: set SERIATIM_DATABASE_URL or Options::database_url");
  }
  (void)parse_secret_cost(std::to_string(options.secret_cost), "Options::secret_cost");
  return options;
}

std::shared_ptr<const Clock> clock_or_system(std::shared_ptr<const Clock> clock, const Options& options) {
  if (clock != nullptr) return clock;
  return std::make_shared<const SystemClock>(options.timestamp_digits);
}

}  // namespace

/// Built from top to bottom: each part rests on those above it.
struct Application::Parts {
  Parts(const Options& given, std::vector<Domain> domains, Execution execution, std::shared_ptr<const Clock> given_clock)
      : options{require_usable(given)},
        clock{clock_or_system(std::move(given_clock), options)},
        registry{std::move(domains)},
        store{options.database_url, schema_names(options), registry, options.on_warning,
              postgres::KeptAggregates::Settings{options.kept_aggregates_bytes, options.rely_on_kept_aggregates}},
        log{store},
        snapshots{store},
        audit{store},
        commands{registry, store, *clock, options.unknown_commands, options.max_workflow_depth,
                 options.secret_cost, std::move(execution)} {
    check_store();
  }

  /// What could not be decoded, written or told apart later is refused now.
  void check_store() {
    std::unique_ptr<postgres::Connection> connection = store.pool().take();
    postgres::require_own_transactions(*connection, store.names());
    migrations::pass_gate(*connection, store);
    store.pool().give_back(std::move(connection));
  }

  /// The index of the domain of that name. Error(usage) when there is none, or it has no views.
  [[nodiscard]] std::size_t with_views(std::string_view domain) const {
    const auto& domains = registry.domains();
    for (std::size_t i = 0; i < domains.size(); ++i) {
      if (domains[i].name() == domain && !domains[i].projectors().empty()) return i;
    }
    throw_error<ErrorCode::usage>("no loaded domain named \"" + std::string{domain} + "\" has views");
  }

  Options options;
  std::shared_ptr<const Clock> clock;
  core::Registry registry;
  postgres::PostgresStore store;
  postgres::PostgresEventLog log;
  postgres::PostgresSnapshots snapshots;
  postgres::PostgresAudit audit;
  core::CommandExecutor commands;
};

Application::Application(const Options& options, std::vector<Domain> domains, std::shared_ptr<const Clock> clock)
    : Application{options, std::move(domains), Execution{}, std::move(clock)} {}

Application::Application(const Options& options, std::vector<Domain> domains, Execution execution,
                         std::shared_ptr<const Clock> clock)
    : parts_{std::make_unique<Parts>(options, std::move(domains), std::move(execution), std::move(clock))} {}

Application::~Application() = default;

CommandService& Application::commands() noexcept { return parts_->commands; }

std::unique_ptr<CommandPipeline> Application::pipeline() { return pipeline(PipelineOptions{}); }

std::unique_ptr<CommandPipeline> Application::pipeline(const PipelineOptions& options) {
  return std::make_unique<pipeline::Lanes>(parts_->commands, parts_->store, options);
}

EventLog& Application::events() noexcept { return parts_->log; }

Snapshots& Application::snapshots() noexcept { return parts_->snapshots; }

std::unique_ptr<DryRun> Application::dry_run() {
  return std::make_unique<core::ExecutorDryRun>(parts_->commands, parts_->registry);
}

AuditTrail& Application::audit() noexcept { return parts_->audit; }

std::vector<std::string> Application::domains_with_views() const {
  std::vector<std::string> names;
  for (const Domain& domain : parts_->registry.domains()) {
    if (!domain.projectors().empty()) names.push_back(domain.name());
  }
  return names;
}

std::unique_ptr<ViewMigrator> Application::migrator(std::string_view domain) {
  return std::make_unique<migrations::PostgresMigrator>(parts_->options.database_url, parts_->store,
                                                        parts_->with_views(domain));
}

std::unique_ptr<ViewReplay> Application::replay(std::string_view domain) {
  return std::make_unique<migrations::PostgresReplay>(parts_->options.database_url, parts_->store,
                                                      parts_->with_views(domain));
}

std::unique_ptr<ViewVerifier> Application::verifier(std::string_view domain) {
  return std::make_unique<migrations::PostgresVerifier>(parts_->options.database_url, parts_->store,
                                                        parts_->with_views(domain));
}

std::unique_ptr<Projectors> Application::projectors() {
  return std::make_unique<migrations::PostgresProjectors>(parts_->options.database_url, parts_->store);
}

std::int64_t Application::record_stored_types() {
  postgres::Connection connection{parts_->options.database_url};
  const std::int64_t found = migrations::record_stored_types(connection, parts_->store);
  migrations::pass_gate(connection, parts_->store);
  return found;
}

std::unique_ptr<KeyMaintenance> Application::key_maintenance() {
  return std::make_unique<maintenance::PostgresKeyMaintenance>(parts_->options.database_url, parts_->store);
}

}  // namespace seriatim
