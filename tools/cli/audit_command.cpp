// seriatim audit: who asked what, and what came of it.

#include <fmt/format.h>

#include <map>
#include <memory>

#include "command_groups.hpp"
#include "output.hpp"
#include "seriatim/time.hpp"

namespace seriatim::cli {
namespace {

struct AuditOptions {
  std::int64_t command = 0;
  std::string aggregate;
  std::int32_t sequence_number = 0;
};

/// The whole tree below an origin, and what in it was asked for.
class Tree {
 public:
  Tree(std::vector<AuditedCommand> commands, std::int64_t origin, std::int64_t asked_command,
       std::optional<EventPosition> asked_event)
      : commands_{std::move(commands)}, asked_command_{asked_command}, asked_event_{asked_event} {
    for (const AuditedCommand& command : commands_) {
      if (command.id == origin) origin_ = &command;
      if (command.cause && command.id != origin) children_[key(*command.cause)].push_back(&command);
    }
  }

  void print() const { print_command(*origin_, 0); }
  void write(JsonWriter& json) const {
    json.Key("tree");
    write_command(json, *origin_);
  }

 private:
  using Key = std::pair<AggregateId, std::int32_t>;

  static Key key(const EventPosition& position) { return {position.aggregate_id, position.sequence_number}; }

  [[nodiscard]] const std::vector<const AuditedCommand*>& children(const AuditedEvent& event) const {
    static const std::vector<const AuditedCommand*> none;
    const auto found = children_.find(key(event.position));
    return found == children_.end() ? none : found->second;
  }

  void print_command(const AuditedCommand& command, int depth) const;
  void print_event(const AuditedEvent& event, int depth) const;
  void write_command(JsonWriter& json, const AuditedCommand& command) const;

  std::vector<AuditedCommand> commands_;
  std::int64_t asked_command_;
  std::optional<EventPosition> asked_event_;
  const AuditedCommand* origin_ = nullptr;
  std::map<Key, std::vector<const AuditedCommand*>> children_;
};

std::string margin(bool asked, int depth) { return (asked ? "> " : "  ") + std::string(static_cast<std::size_t>(depth) * 2, ' '); }

void Tree::print_command(const AuditedCommand& command, int depth) const {
  const bool asked = !asked_event_ && command.id == asked_command_;
  print_line(fmt::format("{}command {} {} {} {}{}", margin(asked, depth), command.id, command.type,
                         seriatim::to_string(command.created_at),
                         command.user_id ? "by " + uuid_text(*command.user_id) + " " : "", command.json));
  for (const AuditedEvent& event : command.events) print_event(event, depth + 1);
}

void Tree::print_event(const AuditedEvent& event, int depth) const {
  print_line(fmt::format("{}event {} #{} {} {}", margin(event.position == asked_event_, depth),
                         uuid_text(event.position.aggregate_id), event.position.sequence_number, event.type, event.json));
  for (const AuditedCommand* command : children(event)) print_command(*command, depth + 1);
}

void put_position(JsonWriter& json, const EventPosition& position) {
  put(json, "aggregate_id", position.aggregate_id);
  put(json, "sequence_number", position.sequence_number);
}

void put_event(JsonWriter& json, const AuditedEvent& event) {
  put_position(json, event.position);
  put(json, "created_at", seriatim::to_string(event.created_at));
  put(json, "type", event.type);
  put_json(json, "attributes", event.json);
}

void put_command(JsonWriter& json, const AuditedCommand& command) {
  put(json, "id", command.id);
  put(json, "type", command.type);
  if (command.aggregate_id) put(json, "aggregate_id", *command.aggregate_id);
  if (command.user_id) put(json, "user_id", *command.user_id);
  put(json, "created_at", seriatim::to_string(command.created_at));
  put_json(json, "attributes", command.json);
  if (!command.cause) return;
  json.Key("cause");
  json.StartObject();
  put_position(json, *command.cause);
  json.EndObject();
}

void Tree::write_command(JsonWriter& json, const AuditedCommand& command) const {
  json.StartObject();
  put_command(json, command);
  json.Key("events");
  json.StartArray();
  for (const AuditedEvent& event : command.events) {
    json.StartObject();
    put_event(json, event);
    json.Key("commands");
    json.StartArray();
    for (const AuditedCommand* child : children(event)) write_command(json, *child);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void put_member(JsonWriter& json, const char* name, const AuditedCommand& command) {
  json.Key(name);
  json.StartObject();
  put_command(json, command);
  json.EndObject();
}

void put_member(JsonWriter& json, const char* name, const AuditedEvent& event) {
  json.Key(name);
  json.StartObject();
  put_event(json, event);
  json.EndObject();
}

/// What stands above the tree when it does not begin with a command from outside.
void note_broken(Context& context, const AuditedCommand& origin) {
  if (!origin.cause) return;
  context.note("event {} of aggregate {}, which caused command {}, is deleted", origin.cause->sequence_number,
               uuid_text(origin.cause->aggregate_id), origin.id);
}

ExitCode audit_command(Context& context, const AuditOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  const CommandAudit audit = application->audit().command(options.command);
  const Tree tree{application->audit().tree(audit.origin.id), audit.origin.id, audit.command.id, std::nullopt};
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put_member(json, "command", audit.command);
      if (audit.parent) put_member(json, "parent_event", *audit.parent);
      put_member(json, "origin_command", audit.origin);
      tree.write(json);
    }));
  } else {
    tree.print();
  }
  note_broken(context, audit.origin);
  return ExitCode::done;
}

ExitCode audit_event(Context& context, const AuditOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  const EventPosition position{parse_uuid(options.aggregate).value_or(AggregateId{}), options.sequence_number};
  const EventAudit audit = application->audit().event(position);
  const Tree tree{application->audit().tree(audit.origin.id), audit.origin.id, audit.parent.id, position};
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put_member(json, "event", audit.event);
      put_member(json, "parent_command", audit.parent);
      put_member(json, "origin_command", audit.origin);
      tree.write(json);
    }));
  } else {
    tree.print();
  }
  note_broken(context, audit.origin);
  return ExitCode::done;
}

void add_command_audit(CLI::App& group, Action& action) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* command = add_command(group, "command", "Print all that hangs together with a command, as a tree");
  command->add_option("ID", options->command, "The command's id in command_records\nexample: 42")
      ->transform(at_least(1))
      ->required()
      ->type_name("");
  command->callback(
      [&action, options] { action = [options](Context& context) { return audit_command(context, *options); }; });
}

void add_event_audit(CLI::App& group, Action& action) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* command = add_command(group, "event", "Print all that hangs together with an event, as a tree");
  command->add_option("AGGREGATE", options->aggregate, "The event's aggregate\nexample: 16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f")
      ->check(is_uuid())
      ->required()
      ->type_name("");
  command->add_option("SEQ", options->sequence_number, "The event's number\nexample: 2")
      ->transform(at_least(1))
      ->required()
      ->type_name("");
  command->callback(
      [&action, options] { action = [options](Context& context) { return audit_event(context, *options); }; });
}

}  // namespace

void add_audit_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "audit", "Tell who asked what, and what came of it");
  add_command_audit(*group, action);
  add_event_audit(*group, action);
}

}  // namespace seriatim::cli
