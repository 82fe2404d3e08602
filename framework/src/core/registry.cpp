#include "core/registry.hpp"

#include <algorithm>
#include <boost/core/demangle.hpp>

namespace seriatim::core {
namespace {

/// Two descriptions of one C++ type (from two plugins) are one type; anything else under one name is a mistake.
bool same_type(const MessageType& a, const MessageType& b) {
  return a.cpp_name == b.cpp_name && attributes::same_shape(*a.attributes, *b.attributes);
}

/// The name of a C++ type as its author wrote it.
std::string readable(std::string_view cpp_name) { return boost::core::demangle(std::string{cpp_name}.c_str()); }

[[noreturn]] void throw_duplicate(std::string_view what, std::string_view name, std::string_view a,
                                  std::string_view b) {
  throw_error<ErrorCode::configuration>("two " + std::string{what} + " types are named \"" + std::string{name} +
                                        "\" (C++ types " + readable(a) + " and " + readable(b) +
                                        "): give one of them another type_name");
}

/// Read from JSON, such an attribute would be given the name of the command's type.
void require_no_type_attribute(const MessageType& command) {
  const auto is_type = [](const attributes::Member& member) { return member.name == "type"; };
  const auto& members = command.attributes->members;
  if (std::none_of(members.begin(), members.end(), is_type)) return;
  throw_error<ErrorCode::configuration>("command \"" + std::string{command.name} +
                                        "\" has an attribute \"type\", which in JSON names the type of the command: give "
                                        "it another name");
}

/// The members that are the command's own. A command may hide a member of Command behind one of its own type
/// (a `user_id` that is no UUID); that one is its own, too.
std::vector<attributes::Member> own_members(const attributes::Type& command) {
  const auto inherited = attributes::type_of<Command>.members;
  std::vector<attributes::Member> own;
  std::copy_if(command.members.begin(), command.members.end(), std::back_inserter(own), [&](const auto& member) {
    return std::none_of(inherited.begin(), inherited.end(), [&](const attributes::Member& base) {
      return base.name == member.name && attributes::same_shape(*base.type, *member.type);
    });
  });
  return own;
}

}  // namespace

Registry::Registry(std::vector<Domain> domains) : domains_{std::move(domains)} {
  for (std::size_t i = 0; i < domains_.size(); ++i) {
    const auto same_name = [&](const Domain& other) { return other.name() == domains_[i].name(); };
    if (std::any_of(domains_.begin(), domains_.begin() + static_cast<std::ptrdiff_t>(i), same_name)) {
      throw_error<ErrorCode::configuration>("domain \"" + domains_[i].name() +
                                            "\" is loaded twice: give its plugin only once");
    }
    add(domains_[i], i);
  }
  compile_upcasters();
  compile_folds();
  compile_workflows();
}

TypeIndex Registry::find(const Names& names, std::string_view name) noexcept {
  const auto found = names.find(name);
  return found == names.end() ? unknown_type : found->second;
}

void Registry::add(const Domain& domain, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    const Domain& other = domains_[i];
    if (other.view_schema() == domain.view_schema() && !other.projectors().empty() && !domain.projectors().empty()) {
      throw_error<ErrorCode::configuration>("domains \"" + other.name() + "\" and \"" + domain.name() +
                                            "\" both keep their views in schema \"" + domain.view_schema() +
                                            "\": give one of them its own with .view_schema(...)");
    }
  }
  for (const AggregateType* aggregate : domain.aggregates()) add_aggregate(*aggregate, index);
  for (const CommandBinding& binding : domain.commands()) add_command(binding);
  for (const ProjectorType& projector : domain.projectors()) add_projector(projector, index);
  for (const WorkflowType& workflow : domain.workflows()) add_workflow(workflow, index);
}

void Registry::add_aggregate(const AggregateType& type, std::size_t domain) {
  const TypeIndex existing = aggregate(type.name);
  if (existing != unknown_type) {
    throw_duplicate("aggregate", type.name, aggregates_[existing].type->cpp_name, type.cpp_name);
  }
  aggregate_names_.emplace(type.name, static_cast<TypeIndex>(aggregates_.size()));
  aggregates_.push_back({&type, {}});
  for (const EventFold& fold : type.events) add_event(fold.event, domain);
}

void Registry::add_command(const CommandBinding& binding) {
  TypeIndex index = command(binding.command.name);
  if (index == unknown_type) {
    require_no_type_attribute(binding.command);
    index = static_cast<TypeIndex>(commands_.size());
    command_names_.emplace(binding.command.name, index);
    commands_.push_back({binding.command, {}, own_members(*binding.command.attributes)});
  } else if (!same_type(commands_[index].type, binding.command)) {
    throw_duplicate("command", binding.command.name, commands_[index].type.cpp_name, binding.command.cpp_name);
  }
  for (const CommandBinding* other : commands_[index].handlers) {
    if (other->handler_name != binding.handler_name) continue;
    throw_error<ErrorCode::configuration>("handler " + readable(binding.handler_name) + " is registered twice for \"" +
                                          std::string{binding.command.name} + "\": it would run twice, so register it once");
  }
  commands_[index].handlers.push_back(&binding);
}

void Registry::add_projector(const ProjectorType& type, std::size_t domain) {
  const auto same_name = [&](const RegisteredProjector& other) { return other.type->name == type.name; };
  if (std::any_of(projectors_.begin(), projectors_.end(), same_name)) {
    throw_error<ErrorCode::configuration>("two projectors are named \"" + std::string{type.name} +
                                          "\": give one of them another type_name");
  }
  for (const RecordType* record : type.manages) {
    const std::string table = domains_[domain].view_schema() + "." + std::string{record->table};
    const auto [owner, added] = table_owners_.emplace(table, type.name);
    if (!added) {
      throw_error<ErrorCode::configuration>("table " + table + " is managed by two projectors, " +
                                            std::string{owner->second} + " and " + std::string{type.name} +
                                            ": a table has exactly one");
    }
  }
  const std::size_t index = projectors_.size();
  projectors_.push_back({&type, domain});
  for (const ProjectorHandler& handler : type.handlers) {
    const auto same_event = [&](const ProjectorHandler& other) { return other.event.name == handler.event.name; };
    if (std::count_if(type.handlers.begin(), type.handlers.end(), same_event) > 1) {
      throw_error<ErrorCode::configuration>("projector " + std::string{type.name} + " lists event \"" +
                                            std::string{handler.event.name} + "\" twice: list it once");
    }
    events_[add_event(handler.event, domain)].projectors.push_back({index, &handler});
  }
}

TypeIndex Registry::add_event(const MessageType& type) {
  const TypeIndex existing = event(type.name);
  if (existing != unknown_type) {
    if (!same_type(events_[existing].type, type)) {
      throw_duplicate("event", type.name, events_[existing].type.cpp_name, type.cpp_name);
    }
    return existing;
  }
  const auto index = static_cast<TypeIndex>(events_.size());
  event_names_.emplace(type.name, index);
  events_.push_back({type, {}, {}, {}});
  return index;
}

TypeIndex Registry::add_event(const MessageType& type, std::size_t domain) {
  const TypeIndex index = add_event(type);
  std::vector<std::size_t>& domains = events_[index].domains;
  if (std::find(domains.begin(), domains.end(), domain) == domains.end()) domains.push_back(domain);
  return index;
}

void Registry::compile_upcasters() {
  std::vector<const EventRules*> rules;
  for (std::size_t domain = 0; domain < domains_.size(); ++domain) {
    for (const EventRules& each : domains_[domain].event_rules()) {
      rules.push_back(&each);
      if (each.type) add_event(*each.type, domain);
    }
  }
  for (const EventRules* each : rules) {
    if (!each->type && event(each->name) != unknown_type) {
      throw_error<ErrorCode::configuration>("the event type \"" + each->name +
                                            "\" is not gone: say how it is read with .event<...>()");
    }
    for (const std::string& alias : each->aliases) {
      if (!each->type) {
        throw_error<ErrorCode::configuration>("\"" + alias + "\" is to be another name of the event type \"" +
                                              each->name + "\", which is gone: describe each name by itself");
      }
      add_alias(alias, event(each->name));
    }
  }
  upcasters_.compile(*this, rules);
}

void Registry::add_alias(const std::string& alias, TypeIndex type) {
  const auto [existing, added] = event_names_.emplace(alias, type);
  if (added || existing->second == type) return;
  throw_error<ErrorCode::configuration>("\"" + alias + "\" cannot be a former name of the event type \"" +
                                        std::string{events_[type].type.name} + "\": it belongs to \"" +
                                        std::string{events_[existing->second].type.name} + "\"");
}

void Registry::compile_folds() {
  for (RegisteredAggregate& aggregate : aggregates_) {
    aggregate.folds.assign(events_.size(), nullptr);
    for (const EventFold& fold : aggregate.type->events) aggregate.folds[event(fold.event.name)] = fold.fold;
  }
}

}  // namespace seriatim::core
