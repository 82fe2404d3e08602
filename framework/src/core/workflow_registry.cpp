// The registry's part that concerns workflows: which events reach which of their functions.

#include <algorithm>

#include "core/registry.hpp"

namespace seriatim::core {
namespace {

[[noreturn]] void throw_configuration(std::string_view workflow, const std::string& sentence) {
  throw_error<ErrorCode::configuration>("workflow " + std::string{workflow} + " " + sentence);
}

/// Whether two matchers say the same. Conditions cannot be compared, so those that have any never do.
bool same(const EventMatcher& a, const EventMatcher& b) {
  return a.conditions.empty() && b.conditions.empty() && a.kind == b.kind && a.cpp_name == b.cpp_name &&
         a.except_types == b.except_types && a.except_bases == b.except_bases;
}

void refuse_equal_matchers(const WorkflowType& type, const std::vector<EventMatcher>& matchers) {
  for (auto matcher = matchers.begin(); matcher != matchers.end(); ++matcher) {
    if (std::any_of(matchers.begin(), matcher, [&](const EventMatcher& other) { return same(*matcher, other); })) {
      throw_configuration(type.name, "gives one function the same matcher twice: give it once");
    }
  }
}

/// `Events` that list a type twice are seen here, too: both handlers call the same `on`.
void refuse_duplicates(const WorkflowType& type) {
  for (auto handler = type.handlers.begin(); handler != type.handlers.end(); ++handler) {
    refuse_equal_matchers(type, handler->matchers());
    const auto same_function = [&](const WorkflowHandler& other) { return other.function() == handler->function(); };
    if (std::any_of(type.handlers.begin(), handler, same_function)) {
      throw_configuration(type.name,
                          "registers one function twice: name an event once in `Events`, and a function once in "
                          "matches(), with all its matchers, so that an event reaches it once");
    }
  }
}

/// Nothing when the event type is not meant; else the subscription, without conditions when one matcher has none.
std::optional<WorkflowSubscription> match(std::size_t workflow, const WorkflowHandler& handler,
                                          const MessageType& event) {
  WorkflowSubscription subscription{workflow, &handler, {}};
  for (const EventMatcher& matcher : handler.matchers()) {
    if (!matcher.covers(event)) continue;
    if (matcher.conditions.empty()) return WorkflowSubscription{workflow, &handler, {}};
    subscription.conditional.push_back(&matcher);
  }
  if (subscription.conditional.empty()) return std::nullopt;
  return subscription;
}

/// A base that the C++ struct has and its description lacks cannot be found at run time.
void require_part(const WorkflowType& workflow, const WorkflowHandler& handler, const MessageType& event) {
  const auto parts = event.parts();
  if (handler.takes().empty() || std::any_of(parts.begin(), parts.end(), [&](const MessagePart& part) {
        return part.cpp_name == handler.takes();
      })) {
    return;
  }
  throw_configuration(workflow.name, "takes event \"" + std::string{event.name} + "\" as a " +
                                         std::string{handler.takes()} +
                                         ": name that base in the event's BOOST_DESCRIBE_STRUCT");
}

void run_options(const WorkflowType& workflow, const WorkflowHandler& handler, const HandlerRegistration& registration) {
  for (const HandlerOption& option : handler.options()) {
    try {
      option(registration);
    } catch (const std::exception& error) {
      throw_configuration(workflow.name, std::string{"is refused by an option of one of its handlers: "} + error.what());
    }
  }
}

}  // namespace

void Registry::add_workflow(const WorkflowType& type, std::size_t domain) {
  const auto same_name = [&](const RegisteredWorkflow& other) { return other.type->name == type.name; };
  if (std::any_of(workflows_.begin(), workflows_.end(), same_name)) {
    throw_error<ErrorCode::configuration>("two workflows are named \"" + std::string{type.name} +
                                          "\": register it once, or give one of them another type_name");
  }
  refuse_duplicates(type);
  workflows_.push_back({&type, domain});
  for (const WorkflowHandler& handler : type.handlers) {
    for (const EventMatcher& matcher : handler.matchers()) {
      if (matcher.kind == EventMatcher::Kind::exact) add_event(matcher.type);
    }
  }
}

void Registry::compile_workflows() {
  for (std::size_t i = 0; i < workflows_.size(); ++i) {
    for (const WorkflowHandler& handler : workflows_[i].type->handlers) subscribe(i, handler);
  }
}

void Registry::subscribe(std::size_t workflow, const WorkflowHandler& handler) {
  const WorkflowType& type = *workflows_[workflow].type;
  HandlerRegistration registration{type.name, {}};
  for (RegisteredEvent& event : events_) {
    auto subscription = match(workflow, handler, event.type);
    if (!subscription) continue;
    require_part(type, handler, event.type);
    event.workflows.push_back(std::move(*subscription));
    registration.event_types.push_back(event.type.name);
  }
  run_options(type, handler, registration);
}

}  // namespace seriatim::core
