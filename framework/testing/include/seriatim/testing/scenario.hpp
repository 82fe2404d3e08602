#pragma once
// Tests of domains in three sentences:
//
//     struct WalletScenario : seriatim::testing::Scenario {
//       WalletScenario() : Scenario{wallet::domain()} {}
//     };
//
//     BOOST_FIXTURE_TEST_CASE(a_draw_beyond_the_balance_is_refused, WalletScenario) {
//       const auto id = new_id();
//       given<Wallet>(id, WalletCreated{"2"}).when(DrawMoney{{id}, "5"_decimal, "API"}).then_fails<InsufficientFunds>();
//     }
//
// See docs/testing.md.

#include "seriatim/testing/ids.hpp"
#include "seriatim/testing/outcome.hpp"

namespace seriatim::testing {

/// A world with what a test says about it. One for each test; not thread-safe.
class Scenario : public RowExpectations<Scenario> {
 public:
  /// Errors: see World.
  explicit Scenario(Domain domain, Settings settings = {});
  explicit Scenario(std::vector<Domain> domains, Settings settings = {});

  /// A new id; see Ids.
  [[nodiscard]] AggregateId new_id() noexcept { return ids_.next(); }

  /// The clock of everything that happens. It stands still until the test moves it.
  [[nodiscard]] FixedClock& clock() noexcept { return world_.clock(); }

  /// These events have happened to the aggregate, which is new when there is none of that id. Projectors have seen them,
  /// workflows have not.
  template <class T, class... Es>
    requires std::derived_from<T, AggregateBase>
  Scenario& given(const AggregateId& id, const Es&... events) {
    world_.store(happening<T>(id, events...));
    return *this;
  }

  /// These commands were executed, each in a transaction of its own, with all that follows from them. Reports a Failure
  /// when one is refused.
  template <class... Cs>
    requires(sizeof...(Cs) > 0 && (std::derived_from<Cs, Command> && ...))
  Scenario& given(const Cs&... commands) {
    (execute_given(AnyCommand{commands}), ...);
    return *this;
  }

  /// The command is executed.
  template <std::derived_from<Command> C>
  Outcome when(const C& command, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return execute({AnyCommand{command}}, {file, line});
  }

  /// The commands are executed in one transaction.
  template <std::derived_from<Command>... Cs>
    requires(sizeof...(Cs) > 1)
  Outcome when(const Cs&... commands) {
    return execute({AnyCommand{commands}...}, {});
  }

  /// The same for commands that are put together at run time.
  Outcome when(std::vector<AnyCommand> commands, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return execute(std::move(commands), {file, line});
  }

  /// These events happen to the aggregate, and workflows see them: for tests of workflows.
  template <class T, class... Es>
    requires(std::derived_from<T, AggregateBase> && sizeof...(Es) > 0)
  Outcome when(const AggregateId& id, const Es&... events) {
    return let_happen(happening<T>(id, events...));
  }

  /// The rows of a table, to look at them freely.
  template <class R>
  [[nodiscard]] std::vector<R> rows(const Condition<R>& condition = {}) {
    return world_.rows<R>(condition);
  }

  /// All events that were stored so far.
  [[nodiscard]] std::vector<RecordedEvent> events() const { return world_.events(); }

  [[nodiscard]] World& world() noexcept { return world_; }
  /// For RowExpectations: where is not known.
  [[nodiscard]] Location location() const noexcept { return {}; }

 private:
  void execute_given(AnyCommand command);
  Outcome execute(std::vector<AnyCommand> commands, const Location& location);
  Outcome let_happen(const Happening& happening);
  Outcome observe(std::size_t given, const Location& location, const std::function<ExecutionResult()>& act);

  World world_;
  Ids ids_;
};

}  // namespace seriatim::testing
