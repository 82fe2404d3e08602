#pragma once
// Domain: everything that one bounded context brings along, collected while its plugin registers itself.

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "seriatim/aggregate_root.hpp"
#include "seriatim/projector.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/upcasting.hpp"
#include "seriatim/validation.hpp"
#include "seriatim/view_versions.hpp"
#include "seriatim/workflow.hpp"

namespace seriatim {

/// How one handler handles one command type.
struct CommandBinding {
  MessageType command;
  void (*validate)(const void* command, AttributeErrors& errors);  ///< All that is declared, nested structs included.
  void (*handle)(const void* handler, const void* command, Repository& repository);
  std::shared_ptr<const void> handler;  ///< Shared by all threads.
  std::string_view handler_name{};      ///< The handler's C++ type.
};

namespace detail {

template <class H, class C>
CommandBinding make_command_binding(const std::shared_ptr<const H>& handler) {
  constexpr bool is_command = std::is_base_of_v<Command, C>;
  constexpr bool handled = requires(const H& h, const C& c, Repository& r) { h.handle(c, r); };
  static_assert(is_command, "the handler lists something that is no command: derive it from seriatim::Command, which brings "
                            "the aggregate_id, and name seriatim::Command as a base in its BOOST_DESCRIBE_STRUCT");
  static_assert(
      handled,
      "the handler lists a command that it cannot handle: add `void handle(const C&, seriatim::Repository&) const` "
      "(const, because one handler serves all threads)");
  CommandBinding binding{message_type<C>(), nullptr, nullptr, handler, typeid(H).name()};
  if constexpr (is_command && handled) {  // Otherwise the sentence above is enough.
    binding.validate = [](const void* command, AttributeErrors& errors) {
      validate_all(*static_cast<const C*>(command), errors, validation_context_of<C>(), {});
    };
    binding.handle = [](const void* h, const void* command, Repository& repository) {
      static_cast<const H*>(h)->handle(*static_cast<const C*>(command), repository);
    };
  }
  return binding;
}

}  // namespace detail

/// The registration of one bounded context. Built once by its plugin, by one thread; constant after that.
class Domain {
 public:
  /// `name` is the context's name in error texts ("wallet").
  explicit Domain(std::string name) : name_{std::move(name)} {}

  /// Adds an aggregate root and the events that it lists.
  template <class T>
  Domain& aggregate() {
    aggregates_.push_back(&aggregate_type<T>());
    return *this;
  }

  /// Adds a command handler for all the commands that it lists (`using Commands = types<...>`).
  template <class H>
  Domain& handler(H instance = {}) {
    const auto shared = std::make_shared<const H>(std::move(instance));
    for_each_type(typename H::Commands{},
                  [&]<class C>() { commands_.push_back(detail::make_command_binding<H, C>(shared)); });
    return *this;
  }

  /// Adds a projector.
  template <class P>
  Domain& projector(P instance = {}) {
    projectors_.push_back(projector_type<P>(std::move(instance)));
    return *this;
  }

  /// Adds a workflow.
  template <class W>
  Domain& workflow(W instance = {}) {
    workflows_.push_back(workflow_type<W>(std::move(instance)));
    return *this;
  }

  /// How stored events of type E are read: former names, upcasters. See upcasting.hpp.
  template <class E>
  EventEvolution<E> event() {
    return EventEvolution<E>{events_.emplace_back(EventRules{std::string{E::type_name}, message_type<E>(), {}, {}, {}})};
  }

  /// The same for events stored under the name of a type that the program has no longer: they are split or dropped.
  EventEvolution<void> stored_event(std::string name) {
    return EventEvolution<void>{events_.emplace_back(EventRules{std::move(name), std::nullopt, {}, {}, {}})};
  }

  /// The versions of the views and their SQL. The generated function `<plugin>_view_sql()` gives the files.
  Domain& views(ViewVersions versions, std::span<const SqlFile> sql) {
    versions_ = std::move(versions);
    sql_ = sql;
    return *this;
  }

  /// The database schema that the views live in; "view_schema" unless said otherwise. Two contexts in one database need
  /// one each, because each schema has one version number.
  Domain& view_schema(std::string name) {
    view_schema_ = std::move(name);
    return *this;
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& view_schema() const noexcept { return view_schema_; }
  [[nodiscard]] const std::vector<const AggregateType*>& aggregates() const noexcept { return aggregates_; }
  [[nodiscard]] const std::vector<CommandBinding>& commands() const noexcept { return commands_; }
  [[nodiscard]] const std::vector<ProjectorType>& projectors() const noexcept { return projectors_; }
  [[nodiscard]] const std::vector<WorkflowType>& workflows() const noexcept { return workflows_; }
  [[nodiscard]] const std::deque<EventRules>& event_rules() const noexcept { return events_; }
  [[nodiscard]] const ViewVersions& versions() const noexcept { return versions_; }
  [[nodiscard]] std::span<const SqlFile> sql() const noexcept { return sql_; }

 private:
  std::string name_;
  std::string view_schema_ = "view_schema";
  std::vector<const AggregateType*> aggregates_;
  std::vector<CommandBinding> commands_;
  std::vector<ProjectorType> projectors_;
  std::vector<WorkflowType> workflows_;
  std::deque<EventRules> events_;  ///< A deque: EventEvolution refers to its elements.
  ViewVersions versions_;
  std::span<const SqlFile> sql_;
};

}  // namespace seriatim
