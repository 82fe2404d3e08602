#pragma once
// What came of a `when`, and what a test expects of it.

#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seriatim/testing/expectations.hpp"
#include "seriatim/testing/row_expectations.hpp"

namespace seriatim::testing {

/// Everything that a `when` did.
struct Happened {
  std::exception_ptr failure{};        ///< Null when it succeeded.
  std::vector<RecordedEvent> events{};  ///< In the order stored; those of after-commit work last.
  std::vector<AnyCommand> issued{};     ///< Commands that workflows, handlers and after-commit work issued.
  std::vector<AfterCommitFailure> after_commit_failures{};
};

/// The expectations of one `when`. Each function checks one thing and reports a Failure when it does not hold; they can be
/// chained. The world must outlive it. Not thread-safe.
class [[nodiscard]] Outcome : public RowExpectations<Outcome> {
 public:
  Outcome(World& world, Happened happened, const Location& location)
      : world_{&world}, happened_{std::move(happened)}, location_{location} {}

  /// It succeeded with exactly these events, in this order; of all aggregates, those of commands that it led to included.
  template <class... Es>
    requires(sizeof...(Es) > 0 && (std::convertible_to<const Es&, ExpectedEvent> && ...))
  Outcome& then(const Es&... events) {
    return then_events({ExpectedEvent{events}...});
  }

  /// The same by type alone: `then<MoneyDrew, MoneyAdded>()`.
  template <EventMessage E, EventMessage... Es>
  Outcome& then() {
    return then_events({ExpectedEvent{exact<E>()}, ExpectedEvent{exact<Es>()}...});
  }

  /// The same for a list that is put together at run time.
  Outcome& then_events(const std::vector<ExpectedEvent>& expected);

  /// It succeeded and stored no event.
  Outcome& then_nothing() { return then_events({}); }

  /// It was refused by an E, of which `look` may see more.
  template <std::derived_from<std::exception> E>
  Outcome& then_fails(const std::function<void(const E& error)>& look = {}) {
    try {
      if (happened_.failure) std::rethrow_exception(happened_.failure);
    } catch (const E& error) {
      if (look) look(error);
      return *this;
    } catch (...) {
      report_other_failure(typeid(E));
      return *this;
    }
    report_success(typeid(E));
    return *this;
  }

  /// It was refused by an error of seriatim with this code.
  Outcome& then_fails(ErrorCode code);

  /// It was refused by validation, with exactly these errors: `then_invalid({{"amount", "greater_than"}})`. Each is the
  /// path of an attribute and a code, in any order; see CommandNotValid.
  Outcome& then_invalid(std::vector<std::pair<std::string, std::string>> expected);

  /// Exactly these commands were issued, in this order, by workflows, handlers and after-commit work.
  template <class... Cs>
    requires(sizeof...(Cs) > 0 && (std::derived_from<Cs, Command> && ...))
  Outcome& then_commands(const Cs&... commands) {
    return then_issued({ExpectedCommand{commands}...});
  }

  /// The same by type alone: `then_commands<SendWelcome>()`.
  template <std::derived_from<Command> C, std::derived_from<Command>... Cs>
  Outcome& then_commands() {
    return then_issued({ExpectedCommand{message_type<C>()}, ExpectedCommand{message_type<Cs>()}...});
  }

  Outcome& then_no_commands() { return then_issued({}); }

  /// The same for a list that is put together at run time.
  Outcome& then_issued(const std::vector<ExpectedCommand>& expected);

  /// One piece of after-commit work failed with a message that contains `text`. Say it before other expectations: what
  /// failed of that work and was not expected fails them.
  Outcome& then_after_commit_fails(std::string_view text);

  /// What happened, to look at it freely.
  [[nodiscard]] const Happened& happened() const noexcept { return happened_; }

  /// For RowExpectations.
  [[nodiscard]] World& world() noexcept { return *world_; }
  [[nodiscard]] const Location& location() const noexcept { return location_; }

 private:
  [[nodiscard]] bool succeeded(const char* expected) const;
  void report_other_failure(const std::type_info& expected) const;
  void report_success(const std::type_info& expected) const;
  void fail(const std::string& message) const;

  World* world_;
  Happened happened_;
  Location location_;
};

}  // namespace seriatim::testing
