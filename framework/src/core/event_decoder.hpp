#pragma once
// Decodes stored events into objects of their types.

#include <vector>

#include "attributes/json_reader.hpp"
#include "core/registry.hpp"

namespace seriatim::core {

/// Keeps one object per event type and reads every event of that type into it, so that a long stream costs no
/// allocation an event. Not thread-safe: one per thread.
class EventDecoder {
 public:
  explicit EventDecoder(const Registry& registry) : registry_{registry}, objects_(registry.events().size()) {}

  /// Calls `visit(type, json)` for what a stored event is today: usually itself; with upcasters none, one or several
  /// events, all with the stored number. `name` is the stored type's name, of which a type of unknown_type is known
  /// to upcasters alone. Throws Error(deserialization) naming aggregate, number, type and cause.
  template <class Visit>
  void current(TypeIndex type, std::string_view name, std::string_view json, const AggregateId& id,
               std::int32_t sequence_number, Visit&& visit) const {
    if (!registry_.upcasters().concern(type)) return visit(type, json);
    for (const CurrentEvent& event : upcast(name, json, id, sequence_number)) {
      visit(event.type, std::string_view{event.json});
    }
  }

  /// The event's object, valid until the next event of that type. Throws Error(deserialization) naming aggregate,
  /// number, type and cause.
  const void* decode(TypeIndex type, std::string_view json, const AggregateId& id, std::int32_t sequence_number);

 private:
  [[nodiscard]] std::vector<CurrentEvent> upcast(std::string_view name, std::string_view json, const AggregateId& id,
                                                 std::int32_t sequence_number) const;

  const Registry& registry_;
  attributes::JsonReader reader_;
  std::vector<attributes::Value> objects_;
  std::vector<attributes::Value> defaults_;
};

/// The error of an event whose type no loaded domain declares.
[[noreturn]] void throw_unknown_event(std::string_view type, const AggregateId& id, std::int32_t sequence_number);

}  // namespace seriatim::core
