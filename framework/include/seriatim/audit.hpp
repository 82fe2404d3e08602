#pragma once
// The audit trail: who asked what, what happened because of it, and what that caused in turn. Commands have events as
// children; an event's children are the commands that workflows issued because of it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/message.hpp"

namespace seriatim {

/// Which event.
struct EventPosition {
  AggregateId aggregate_id{};
  std::int32_t sequence_number = 0;
  friend bool operator==(const EventPosition&, const EventPosition&) = default;
};

/// One stored event.
struct AuditedEvent {
  EventPosition position;
  Timestamp created_at{};
  std::string type;
  std::string json;             ///< The event's own attributes, as stored.
  std::int64_t command_id = 0;  ///< Its parent.
};

/// One stored command.
struct AuditedCommand {
  std::int64_t id = 0;
  std::string type;
  std::optional<AggregateId> aggregate_id;
  std::optional<Uuid> user_id;
  Timestamp created_at{};
  std::string json;                    ///< The command's own attributes, as stored.
  std::optional<EventPosition> cause;  ///< The event that made a workflow issue it. That may be deleted by now.
  std::vector<AuditedEvent> events;    ///< Its children, by aggregate and number.
};

/// A command with what led to it and what it led to.
struct CommandAudit {
  AuditedCommand command;
  std::optional<AuditedEvent> parent;  ///< Empty for a command from outside, and when the event is deleted.
  AuditedCommand origin;               ///< All the way up: the command from outside; itself when it is that.
};

/// An event with what led to it and what it led to.
struct EventAudit {
  AuditedEvent event;
  AuditedCommand parent;
  std::vector<AuditedCommand> commands;  ///< Its children, in the order stored.
  AuditedCommand origin;                 ///< All the way up.
};

/// Reads the trail. Thread-safe. Each call is one or a few set-based queries, whose cost grows with what they return.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;

  /// Error(not_found) when there is no such command or event.
  [[nodiscard]] virtual CommandAudit command(std::int64_t id) = 0;
  [[nodiscard]] virtual EventAudit event(const EventPosition& position) = 0;

  /// A command, and all commands that followed from it, directly or not, in the order stored. Their causes tell how they
  /// hang together. Called with an origin, this is the whole tree. Error(not_found).
  [[nodiscard]] virtual std::vector<AuditedCommand> tree(std::int64_t command) = 0;
};

}  // namespace seriatim
