#pragma once
// Application: the composition of domains, database and command service that a program makes once.

#include <memory>
#include <string_view>
#include <vector>

#include "seriatim/audit.hpp"
#include "seriatim/command_service.hpp"
#include "seriatim/domain.hpp"
#include "seriatim/dry_run.hpp"
#include "seriatim/event_log.hpp"
#include "seriatim/key_maintenance.hpp"
#include "seriatim/execution.hpp"
#include "seriatim/options.hpp"
#include "seriatim/projectors.hpp"
#include "seriatim/snapshots.hpp"
#include "seriatim/view_migrator.hpp"
#include "seriatim/view_replay.hpp"
#include "seriatim/view_verifier.hpp"

namespace seriatim {

class CommandPipeline;
struct PipelineOptions;

/// Connects the domains to a database that is installed (see Database). Owns everything it hands out. Thread-safe.
///
///     seriatim::Application app{seriatim::Options::from_environment(), {wallet::domain()}};
///     app.commands().execute(wallet::AddMoney{{.aggregate_id = id}, "20.00"_decimal, "API"});
class Application {
 public:
  /// Registers the domains' types with the store, and checks that the domains fit what is stored. Errors: configuration
  /// (the domains contradict each other), store_not_installed, store_not_adopted, domain_mismatch, connection_lost.
  /// `clock` is only for tests; without it the system's is used.
  Application(const Options& options, std::vector<Domain> domains, std::shared_ptr<const Clock> clock = nullptr);

  /// The same, with filters, middleware and what is to be tried again.
  Application(const Options& options, std::vector<Domain> domains, Execution execution,
              std::shared_ptr<const Clock> clock = nullptr);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  [[nodiscard]] CommandService& commands() noexcept;

  /// A new pipeline over the command service: the asynchronous way in. Include pipeline.hpp. The application must outlive
  /// it. Error(usage) for options that make no sense.
  [[nodiscard]] std::unique_ptr<CommandPipeline> pipeline();
  [[nodiscard]] std::unique_ptr<CommandPipeline> pipeline(const PipelineOptions& options);
  [[nodiscard]] EventLog& events() noexcept;
  [[nodiscard]] Snapshots& snapshots() noexcept;

  /// A new dry run: what commands would do, without doing it. The application must outlive it.
  [[nodiscard]] std::unique_ptr<DryRun> dry_run();
  [[nodiscard]] AuditTrail& audit() noexcept;

  /// The names of the domains that have views, in the order given.
  [[nodiscard]] std::vector<std::string> domains_with_views() const;

  /// The migrator of one domain's views. Error(usage) when no domain of that name has views.
  [[nodiscard]] std::unique_ptr<ViewMigrator> migrator(std::string_view domain);

  /// What replays projectors of one domain. The application must outlive it. Error(usage) when no domain of that name has
  /// views.
  [[nodiscard]] std::unique_ptr<ViewReplay> replay(std::string_view domain);

  /// The states of the loaded domains' projectors. The application must outlive it.
  [[nodiscard]] std::unique_ptr<Projectors> projectors();

  /// What puts the keys of stored aggregates in order. The application must outlive it.
  [[nodiscard]] std::unique_ptr<KeyMaintenance> key_maintenance();

  /// The verifier of one domain's views. Error(usage) when no domain of that name has views.
  [[nodiscard]] std::unique_ptr<ViewVerifier> verifier(std::string_view domain);

  /// Reads all events to find out which types the aggregates hold, which the constructor knows only of programs that
  /// have declared theirs, and checks the domains again. Returns how many it did not know. Error(domain_mismatch).
  std::int64_t record_stored_types();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace seriatim
