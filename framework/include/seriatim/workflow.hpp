#pragma once
// Workflows: what is to be done when something happened.
//
//     struct OnboardingWorkflow {
//       static constexpr std::string_view type_name = "OnboardingWorkflow";
//       using Events = seriatim::types<UserCreated>;
//       void on(const seriatim::Event<UserCreated>& e, seriatim::Workflow& workflow) const {
//         workflow.execute(SendWelcome{{.aggregate_id = e.aggregate_id}});
//         workflow.after_commit([](seriatim::CommandService&) { ring_the_bell(); });
//       }
//     };
//
// A workflow is made once and called from any number of threads, therefore its functions are const. It is called when a
// command stores an event, and only then: neither a replay nor a migration calls it. Per event, projectors come first,
// then workflows in the order registered.

#include <array>
#include <concepts>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "seriatim/command_service.hpp"
#include "seriatim/matching.hpp"
#include "seriatim/projector.hpp"

namespace seriatim {

namespace core {
class WorkflowScope;
}

/// What becomes of the work behind it when a piece of after-commit work throws.
enum class AfterCommitErrors : std::uint8_t {
  stop,    ///< It is not done.
  ignore,  ///< It is done all the same.
};

/// What a workflow can do at an event. Belongs to the handler's call and must not outlive it; not thread-safe.
class Workflow {
 public:
  /// Work for after the commit. Commands that it gives to the service it is handed run in a transaction of their own.
  using AfterCommitWork = std::function<void(CommandService& commands)>;

  explicit Workflow(core::WorkflowScope& scope) : scope_{scope} {}

  /// Issues commands: they join the end of the running call's queue, in the same transaction. They are stored as caused by
  /// the event, and are asked by who asked for the event's command unless they say otherwise. CommandService::execute,
  /// called in a workflow, does the same. Throws Error(workflow_depth) when the chain of causes is too long.
  template <class... Cs>
    requires(std::derived_from<Cs, Command> && ...)
  void execute(const Cs&... commands) {
    std::vector<AnyCommand> list;
    list.reserve(sizeof...(Cs));
    (list.emplace_back(commands), ...);
    execute(std::move(list));
  }
  void execute(std::vector<AnyCommand> commands);

  /// Asks for work that is done once everything of the running call is stored, on the thread of the call, in the order
  /// asked for, and not at all when it is rolled back or its outcome is in doubt. Whatever the work throws is reported in
  /// the call's result; the work behind it is then done only when `errors` says so.
  template <class Work>
  void after_commit(Work work, AfterCommitErrors errors = AfterCommitErrors::stop) {
    if constexpr (std::invocable<Work&, CommandService&>) {
      add_after_commit(AfterCommitWork{std::move(work)}, errors);
    } else {
      static_assert(std::invocable<Work&>, "after-commit work is a function of no arguments, or of a CommandService&");
      add_after_commit([work = std::move(work)](CommandService&) mutable { work(); }, errors);
    }
  }

 private:
  void add_after_commit(AfterCommitWork work, AfterCommitErrors errors);

  core::WorkflowScope& scope_;
};

/// A handler as an option of it sees it: which workflow it belongs to, and which events reach it.
struct HandlerRegistration {
  std::string_view workflow;
  std::vector<std::string_view> event_types;  ///< Stored names, in the order of registration.
};

/// User code that is called once for a handler, when the application is put together. What it throws refuses the
/// application with Error(configuration).
using HandlerOption = std::function<void(const HandlerRegistration&)>;

/// One function of a workflow and the events that it takes. An event that is matched more than once reaches it once.
class WorkflowHandler {
 public:
  using Invoke = std::function<void(const void* workflow, const EventHeader& header, const MessageType& type,
                                    const void* event, Workflow& issue)>;

  WorkflowHandler(std::string function, std::string_view takes, std::vector<EventMatcher> matchers, Invoke invoke)
      : function_{std::move(function)}, takes_{takes}, matchers_{std::move(matchers)}, invoke_{std::move(invoke)} {}

  /// Adds an option.
  [[nodiscard]] WorkflowHandler with(HandlerOption option) && {
    options_.push_back(std::move(option));
    return std::move(*this);
  }

  /// Equal for two handlers of one workflow that call the same function. Not for people.
  [[nodiscard]] const std::string& function() const noexcept { return function_; }
  /// The C++ type that the function is given, which each event must have as a part; empty for AnyEvent.
  [[nodiscard]] std::string_view takes() const noexcept { return takes_; }
  [[nodiscard]] const std::vector<EventMatcher>& matchers() const noexcept { return matchers_; }
  [[nodiscard]] const std::vector<HandlerOption>& options() const noexcept { return options_; }
  void invoke(const void* workflow, const EventHeader& header, const MessageType& type, const void* event,
              Workflow& issue) const {
    invoke_(workflow, header, type, event, issue);
  }

 private:
  std::string function_;
  std::string_view takes_;
  std::vector<EventMatcher> matchers_;
  Invoke invoke_;
  std::vector<HandlerOption> options_;
};

/// A workflow as the framework keeps it: keyed by `name`.
struct WorkflowType {
  std::string_view name;
  std::vector<WorkflowHandler> handlers;
  std::shared_ptr<const void> instance;  ///< Shared by all threads.
};

namespace detail {

/// What a handler's first parameter asks for.
template <class A>
struct handled_event {
  using type = void;
};
template <>
struct handled_event<AnyEvent> {
  using type = AnyEvent;
};
template <class E>
struct handled_event<Event<E>> {
  using type = E;
};

/// Whether every event that M matches can be handed over as an E.
template <class E, class M>
inline constexpr bool fits = std::is_same_v<E, AnyEvent> || std::is_base_of_v<E, typename M::Subject>;

/// The bytes of a pointer to a member function, which are the same for the same function.
template <class Function>
[[nodiscard]] std::string bytes_of(Function function) {
  std::string bytes(sizeof(function), '\0');
  std::memcpy(bytes.data(), &function, sizeof(function));
  return bytes;
}

template <class W, class E>
WorkflowHandler make_workflow_handler() {
  constexpr bool handled = requires(const W& w, const Event<E>& e, Workflow& issue) { w.on(e, issue); };
  static_assert(
      handled,
      "the workflow lists an event that it cannot handle: add `void on(const seriatim::Event<E>&, seriatim::Workflow&) "
      "const`, or take the event from its list `Events`");
  return {std::string{"on "} + typeid(E).name(),
          typeid(E).name(),
          {exact<E>()},
          [](const void* workflow, const EventHeader& header, const MessageType&, const void* event, Workflow& issue) {
            if constexpr (handled) {  // Otherwise the sentence above is enough.
              static_cast<const W*>(workflow)->on(Event<E>{header, *static_cast<const E*>(event)}, issue);
            }
          }};
}

}  // namespace detail

/// A function of a workflow that takes the events of the matchers: `on(&Alarm::look_at, is_a<Movement>())`. It takes a
/// `const Event<E>&`, where all events that are matched are an E or derive from it, or a `const AnyEvent&`; and a
/// `Workflow&`. Name a function once: several matchers go into one `on`.
template <class W, class A, class... Ms>
[[nodiscard]] WorkflowHandler on(void (W::*function)(const A&, Workflow&) const, const Ms&... matchers) {
  using E = typename detail::handled_event<A>::type;
  static_assert(!std::is_void_v<E>,
                "a function of a workflow takes a `const seriatim::Event<E>&` or a `const seriatim::AnyEvent&` first");
  static_assert(sizeof...(Ms) != 0, "say which events the function takes: on(&W::function, exact<E>())");
  static_assert((std::is_base_of_v<EventMatcher, Ms> && ...), "matchers are made by exact, is_a and any_event");
  static_assert((detail::fits<E, Ms> && ...),
                "a matcher takes events that the function cannot be given: let it take a `const seriatim::AnyEvent&`");
  return {detail::bytes_of(function),
          std::is_same_v<E, AnyEvent> ? "" : typeid(E).name(),
          {static_cast<const EventMatcher&>(matchers)...},
          [function](const void* workflow, const EventHeader& header, const MessageType& type, const void* event,
                     Workflow& issue) {
            const W& self = *static_cast<const W*>(workflow);
            if constexpr (std::is_same_v<E, AnyEvent>) {
              (self.*function)(AnyEvent{header, type, event}, issue);
            } else {
              (self.*function)(Event<E>{header, *part_of<E>(type, event)}, issue);
            }
          }};
}

/// The WorkflowType of W around an instance of it: its exact `Events` first, then what matches() returns.
template <class W>
[[nodiscard]] WorkflowType workflow_type(W instance) {
  constexpr bool lists_events = requires { typename W::Events; };
  static_assert(lists_events || detail::has_matches<W>,
                "the workflow takes no events: list them as `using Events = seriatim::types<...>`, or define "
                "`static std::vector<seriatim::WorkflowHandler> matches()`");
  WorkflowType type{W::type_name, {}, std::make_shared<const W>(std::move(instance))};
  if constexpr (lists_events) {
    for_each_type(typename W::Events{},
                  [&]<class E>() { type.handlers.push_back(detail::make_workflow_handler<W, E>()); });
  }
  if constexpr (detail::has_matches<W>) {
    for (WorkflowHandler& handler : static_cast<const W*>(type.instance.get())->matches()) {
      type.handlers.push_back(std::move(handler));
    }
  }
  return type;
}

}  // namespace seriatim
