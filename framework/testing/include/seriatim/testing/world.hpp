#pragma once
// The world of a scenario: domains on a store of their own, with a clock that stands still. Use it directly where a test
// wants more than given, when and then can say.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "seriatim/domain.hpp"
#include "seriatim/execution.hpp"
#include "seriatim/options.hpp"
#include "seriatim/views.hpp"

namespace seriatim::testing {

/// Where a world keeps its events and rows.
enum class StoreKind : std::uint8_t {
  memory,    ///< In this process; no database is needed.
  postgres,  ///< In a PostgreSQL database of its own.
};

/// What SERIATIM_TEST_STORE says, "memory" or "postgres"; memory when it is not set. Error(configuration) for anything else.
[[nodiscard]] StoreKind store_kind_from_environment();

/// How a world is made.
struct Settings {
  std::optional<StoreKind> store{};  ///< Empty: as the environment says.
  Timestamp now = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};  ///< Where the clock begins.
  Execution execution{};             ///< Filters, middleware and retries, as of an Application.
  UnknownCommands unknown_commands = UnknownCommands::accept;
  int max_workflow_depth = 100;
};

/// An event that was stored, as a reader gets it back from the store.
class RecordedEvent {
 public:
  RecordedEvent(const EventHeader& header, const MessageType& type, attributes::Value value)
      : header_{header}, type_{type}, value_{std::move(value)} {}

  [[nodiscard]] const EventHeader& header() const noexcept { return header_; }
  [[nodiscard]] std::string_view type_name() const noexcept { return type_.name; }
  /// The event as matchers take it. Refers to this object.
  [[nodiscard]] AnyEvent any() const noexcept { return {header_, type_, value_.get()}; }
  /// The event as an E, which may also be a described base of its type; nullptr when it is none.
  template <class E>
  [[nodiscard]] const E* get() const {
    return part_of<E>(type_, value_.get());
  }
  [[nodiscard]] const MessageType& type() const noexcept { return type_; }
  [[nodiscard]] const attributes::Value& value() const noexcept { return value_; }

 private:
  EventHeader header_;
  MessageType type_;
  attributes::Value value_;
};

/// Events that happen to one aggregate without a command of the domain. Made by `happening`.
struct Happening {
  AggregateId aggregate_id;
  AggregateBase& (*find_or_add)(Repository& repository, const AggregateId& id);
  std::vector<std::pair<MessageType, attributes::Value>> events;
};

/// Events of an aggregate of type T, which is new when there is none of that id.
template <class T, class... Es>
[[nodiscard]] Happening happening(const AggregateId& id, const Es&... events) {
  static_assert((seriatim::detail::contains<Es, typename T::Events>::value && ...),
                "the aggregate's list `Events` does not name one of these events");
  return {id,
          [](Repository& repository, const AggregateId& wanted) -> AggregateBase& {
            return repository.find_or_add<T>(wanted);
          },
          {std::pair{message_type<Es>(), attributes::Value::of(events)}...}};
}

/// Domains, a store that is empty at first, a command service and a clock. Its own for each scenario. Thread-safe but for
/// `clock().set`, as an Application is.
class World {
 public:
  /// Errors: those of an Application, and of LocalPostgres when that is wanted.
  explicit World(std::vector<Domain> domains, Settings settings = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] CommandService& commands() noexcept;
  [[nodiscard]] FixedClock& clock() noexcept;
  [[nodiscard]] StoreKind store_kind() const noexcept;

  /// Stores events as something that happened: projectors see them, workflows do not.
  void store(const Happening& happening);

  /// Lets events happen as those of a command do: projectors and workflows see them.
  ExecutionResult let_happen(const Happening& happening);

  /// All events that were stored, transaction by transaction.
  [[nodiscard]] std::vector<RecordedEvent> events() const;

  /// All commands that were carried out or tried, those that handlers, workflows and after-commit work issued included, in
  /// that order; as they were after the filters.
  [[nodiscard]] std::vector<AnyCommand> commands_so_far() const;

  /// The rows of the condition, in no particular order. Error(usage) when no active projector manages the table.
  template <class R>
  [[nodiscard]] std::vector<R> rows(const Condition<R>& condition = {}) {
    std::vector<R> found;
    visit_rows(record_type<R>(), condition.predicates,
               [&](const void* record) { found.push_back(*static_cast<const R*>(record)); });
    return found;
  }

  /// The same for a record type that is known at run time alone.
  void visit_rows(const RecordType& type, std::span<const Predicate> predicates,
                  const std::function<void(const void* record)>& visit);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace seriatim::testing
