#include "store/postgres/postgres_audit.hpp"

#include <algorithm>

#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

using Fill = std::pair<std::string_view, std::string>;

template <class T>
T value_of(const pqxx::field& field) {
  T value{};
  if (!field.is_null()) read_field(field, attributes::type_of<T>, &value, field.name());
  return value;
}

std::optional<Uuid> uuid_of(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return value_of<Uuid>(field);
}

/// The five columns of an event that begin at `first`.
AuditedEvent event_of(const pqxx::row& row, pqxx::row::size_type first, std::int64_t command) {
  return {{value_of<Uuid>(row[first]), row[first + 1].as<std::int32_t>()},
          value_of<Timestamp>(row[first + 2]),
          row[first + 3].c_str(),
          row[first + 4].c_str(),
          command};
}

AuditedCommand command_of(const pqxx::row& row) {
  AuditedCommand command;
  command.id = row[0].as<std::int64_t>();
  command.type = row[1].c_str();
  command.aggregate_id = uuid_of(row[2]);
  command.user_id = uuid_of(row[3]);
  command.created_at = value_of<Timestamp>(row[4]);
  command.json = row[5].c_str();
  if (!row[6].is_null() && !row[7].is_null()) command.cause = {value_of<Uuid>(row[6]), row[7].as<std::int32_t>()};
  return command;
}

const AuditedCommand& by_id(const std::vector<AuditedCommand>& commands, std::int64_t id) {
  return *std::find_if(commands.begin(), commands.end(), [&](const AuditedCommand& each) { return each.id == id; });
}

}  // namespace

pqxx::result PostgresAudit::query(std::string_view name, std::span<const Fill> fill) {
  std::unique_ptr<Connection> connection = store_.pool().take();
  pqxx::result rows = connection->execute(statement(name, store_.names(), fill));
  store_.pool().give_back(std::move(connection));
  return rows;
}

std::vector<AuditedCommand> PostgresAudit::tree(std::int64_t command) {
  const Fill fill[] = {{"{command}", std::to_string(command)}};
  std::vector<AuditedCommand> commands;
  const pqxx::result rows = query("audit_tree", fill);
  for (const auto& row : rows) {
    const auto id = row[0].as<std::int64_t>();
    if (commands.empty() || commands.back().id != id) commands.push_back(command_of(row));
    if (!row[8].is_null()) commands.back().events.push_back(event_of(row, 8, id));
  }
  if (!commands.empty()) return commands;
  throw_error<ErrorCode::not_found>("there is no command with id " + std::to_string(command) +
                                          ": commands without events are not stored");
}

std::optional<AuditedEvent> PostgresAudit::find_event(const EventPosition& position) {
  const Fill fill[] = {{"{aggregate}", "'" + uuid_text(position.aggregate_id) + "'"},
                       {"{sequence_number}", std::to_string(position.sequence_number)}};
  const pqxx::result rows = query("audit_event", fill);
  if (rows.empty()) return std::nullopt;
  return event_of(rows[0], 0, rows[0][5].as<std::int64_t>());
}

AuditedCommand PostgresAudit::origin_of(const AuditedCommand& command) {
  if (!command.cause) return command;
  const Fill fill[] = {{"{command}", std::to_string(command.id)}};
  const auto id = query("audit_origin", fill)[0][0].as<std::int64_t>();
  return id == command.id ? command : by_id(tree(id), id);
}

CommandAudit PostgresAudit::command(std::int64_t id) {
  CommandAudit audit;
  audit.command = by_id(tree(id), id);
  if (audit.command.cause) audit.parent = find_event(*audit.command.cause);
  audit.origin = origin_of(audit.command);
  return audit;
}

EventAudit PostgresAudit::event(const EventPosition& position) {
  const std::optional<AuditedEvent> event = find_event(position);
  if (!event) {
    throw_error<ErrorCode::not_found>("aggregate " + uuid_text(position.aggregate_id) + " has no event " +
                                            std::to_string(position.sequence_number));
  }
  EventAudit audit;
  audit.event = *event;
  for (AuditedCommand& command : tree(event->command_id)) {
    if (command.cause == position) audit.commands.push_back(command);
    if (command.id == event->command_id) audit.parent = std::move(command);
  }
  audit.origin = origin_of(audit.parent);
  return audit;
}

}  // namespace seriatim::postgres
