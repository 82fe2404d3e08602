#pragma once
// The registry: everything that the loaded domains declare, checked against each other and compiled into flat tables.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/upcasters.hpp"
#include "seriatim/domain.hpp"

namespace seriatim::core {

/// The index of an event, command or aggregate type in its registry table.
using TypeIndex = std::uint32_t;
inline constexpr TypeIndex unknown_type = 0xffffffff;

/// One projector, in one domain.
struct RegisteredProjector {
  const ProjectorType* type;
  std::size_t domain;  ///< Index into domains().
};

/// A projector that handles an event type.
struct Subscription {
  std::size_t projector;  ///< Index into projectors().
  const ProjectorHandler* handler;
};

/// One workflow, in one domain.
struct RegisteredWorkflow {
  const WorkflowType* type;
  std::size_t domain;  ///< Index into domains().
};

/// A function of a workflow that an event type reaches.
struct WorkflowSubscription {
  std::size_t workflow;  ///< Index into workflows().
  const WorkflowHandler* handler;
  /// The matchers of which one must hold of the event; empty when every event of the type is meant.
  std::vector<const EventMatcher*> conditional;
};

struct RegisteredEvent {
  MessageType type;
  std::vector<Subscription> projectors;         ///< In the order registered.
  std::vector<WorkflowSubscription> workflows;  ///< In the order registered, each handler once.
  std::vector<std::size_t> domains;  ///< Those whose aggregates have it or whose projectors handle it, by index, each once.
};

struct RegisteredCommand {
  MessageType type;
  std::vector<const CommandBinding*> handlers;  ///< In the order registered.
  std::vector<attributes::Member> payload;      ///< The members that are the command's own, without Command's.
};

struct RegisteredAggregate {
  const AggregateType* type;
  /// By event TypeIndex: the fold, or null where the aggregate ignores the event.
  std::vector<void (*)(void* state, const void* event)> folds;
};

/// Constant after construction; safe to share between threads.
class Registry {
 public:
  /// Throws Error(configuration) on two types of one name, a table with two projectors, and the like.
  explicit Registry(std::vector<Domain> domains);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  [[nodiscard]] const std::vector<Domain>& domains() const noexcept { return domains_; }
  [[nodiscard]] const std::vector<RegisteredEvent>& events() const noexcept { return events_; }
  [[nodiscard]] const std::vector<RegisteredCommand>& commands() const noexcept { return commands_; }
  [[nodiscard]] const std::vector<RegisteredAggregate>& aggregates() const noexcept { return aggregates_; }
  [[nodiscard]] const std::vector<RegisteredProjector>& projectors() const noexcept { return projectors_; }

  [[nodiscard]] const std::vector<RegisteredWorkflow>& workflows() const noexcept { return workflows_; }
  /// How stored events become those of today.
  [[nodiscard]] const Upcasters& upcasters() const noexcept { return upcasters_; }

  /// `unknown_type` when no domain declares the name. Former names of events lead to their types. O(1).
  [[nodiscard]] TypeIndex event(std::string_view name) const noexcept { return find(event_names_, name); }
  [[nodiscard]] TypeIndex command(std::string_view name) const noexcept { return find(command_names_, name); }
  [[nodiscard]] TypeIndex aggregate(std::string_view name) const noexcept { return find(aggregate_names_, name); }

 private:
  using Names = std::unordered_map<std::string_view, TypeIndex>;

  static TypeIndex find(const Names& names, std::string_view name) noexcept;
  void add(const Domain& domain, std::size_t index);
  void add_aggregate(const AggregateType& type, std::size_t domain);
  void add_command(const CommandBinding& binding);
  void add_projector(const ProjectorType& type, std::size_t domain);
  void add_workflow(const WorkflowType& type, std::size_t domain);
  TypeIndex add_event(const MessageType& type);
  TypeIndex add_event(const MessageType& type, std::size_t domain);
  void compile_folds();
  void compile_workflows();
  void subscribe(std::size_t workflow, const WorkflowHandler& handler);
  void compile_upcasters();
  void add_alias(const std::string& alias, TypeIndex type);

  std::vector<Domain> domains_;
  std::vector<RegisteredEvent> events_;
  std::vector<RegisteredCommand> commands_;
  std::vector<RegisteredAggregate> aggregates_;
  std::vector<RegisteredProjector> projectors_;
  std::vector<RegisteredWorkflow> workflows_;
  Names event_names_;
  Names command_names_;
  Names aggregate_names_;
  Upcasters upcasters_;
  std::unordered_map<std::string, std::string_view> table_owners_;  ///< "schema.table" -> projector.
};

}  // namespace seriatim::core
