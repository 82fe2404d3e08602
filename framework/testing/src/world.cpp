#include "seriatim/testing/world.hpp"

#include <mutex>

#include "backend.hpp"
#include "core/command_executor.hpp"
#include "core/publisher.hpp"
#include "happenings.hpp"
#include "recording_store.hpp"

namespace seriatim::testing {
namespace {

constexpr int cheapest_secret = 4;

/// Commands as they pass. Thread-safe.
class CommandRecorder {
 public:
  void add(const AnyCommand& command) {
    const std::scoped_lock lock{mutex_};
    commands_.push_back(command);
  }
  [[nodiscard]] std::vector<AnyCommand> all() const {
    const std::scoped_lock lock{mutex_};
    return commands_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<AnyCommand> commands_;
};

Execution recording(Execution execution, CommandRecorder& recorder) {
  execution.filters.emplace_back([&recorder](AnyCommand& command) { recorder.add(command); });
  return execution;
}

std::vector<Domain> with_kit(std::vector<Domain> domains, const std::shared_ptr<const NextHappening>& next) {
  domains.push_back(kit_domain(next));
  return domains;
}

}  // namespace

/// Built from top to bottom: each part rests on those above it.
struct World::Parts {
  Parts(std::vector<Domain> given, Settings settings)
      : kind{settings.store ? *settings.store : store_kind_from_environment()},
        clock{settings.now},
        registry{with_kit(given, next)},
        backend{make_backend(kind, registry, with_kit(std::move(given), next))},
        recording_store{backend->store(), registry},
        executor{registry,
                 recording_store,
                 clock,
                 settings.unknown_commands,
                 settings.max_workflow_depth,
                 cheapest_secret,
                 recording(std::move(settings.execution), recorder)} {
    next->registry = &registry;
  }

  /// The domain whose active projector manages the table.
  [[nodiscard]] std::size_t domain_of(const RecordType& type) {
    for (std::size_t i = 0; i < registry.projectors().size(); ++i) {
      const core::RegisteredProjector& projector = registry.projectors()[i];
      for (const RecordType* managed : projector.type->manages) {
        if (managed->table != type.table) continue;
        if (executor.active_views()->active(i)) return projector.domain;
        throw_error<ErrorCode::usage>("projector " + std::string{projector.type->name} + " of table " +
                                      std::string{type.table} +
                                      " is not active: no version of its domain's views replays it or touches its tables");
      }
    }
    throw_error<ErrorCode::usage>("no projector of the scenario's domains manages table " + std::string{type.table});
  }

  StoreKind kind;
  FixedClock clock;
  std::shared_ptr<NextHappening> next = std::make_shared<NextHappening>();
  core::Registry registry;
  std::unique_ptr<Backend> backend;
  RecordingStore recording_store;
  CommandRecorder recorder;
  core::CommandExecutor executor;
};

World::World(std::vector<Domain> domains, Settings settings)
    : parts_{std::make_unique<Parts>(std::move(domains), std::move(settings))} {}

World::~World() = default;

CommandService& World::commands() noexcept { return parts_->executor; }

FixedClock& World::clock() noexcept { return parts_->clock; }

StoreKind World::store_kind() const noexcept { return parts_->kind; }

void World::store(const Happening& happening) {
  const auto active = parts_->executor.active_views();
  const core::Registry& registry = parts_->registry;
  const auto transaction = parts_->recording_store.begin(active->versions());
  core::EventDecoder decoder{registry};
  core::UnitOfWork unit{registry, *transaction, decoder};
  Repository repository{unit};
  LetHappen command;
  command.aggregate_id = happening.aggregate_id;
  command.created_at = parts_->clock.now();
  apply(happening, registry, repository);
  const core::Changes changes = unit.take_changes(command.created_at);
  if (changes.events.empty()) return;
  const store::CommandRecord record{registry.command(LetHappen::type_name), &command, "{}"};
  transaction->append(record, changes.streams, changes.events.front().header.created_at);
  core::publish(registry, *active, changes.events, *transaction);
  transaction->change_keys(unit.key_changes());
  transaction->commit();
}

ExecutionResult World::let_happen(const Happening& happening) {
  LetHappen command;
  command.aggregate_id = happening.aggregate_id;
  parts_->next->happening = &happening;
  return parts_->executor.execute(command);
}

std::vector<RecordedEvent> World::events() const { return parts_->recording_store.events(); }

std::vector<AnyCommand> World::commands_so_far() const { return parts_->recorder.all(); }

void World::visit_rows(const RecordType& type, std::span<const Predicate> predicates,
                       const std::function<void(const void*)>& visit) {
  const std::size_t domain = parts_->domain_of(type);
  const auto transaction = parts_->recording_store.begin(parts_->executor.active_views()->versions());
  transaction->persistor(domain).select(type, {predicates, {}, 0}, visit);
}

}  // namespace seriatim::testing
