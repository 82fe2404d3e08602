#pragma once
// What every reader of a stream insists on.

#include "store/event_store.hpp"

namespace seriatim::core {

/// Error(integrity) unless the event is the one after `last`.
inline void require_next(const store::EventRow& row, const AggregateId& id, std::int32_t last) {
  if (row.sequence_number == last + 1) return;
  throw_error<ErrorCode::integrity>("the stream of aggregate " + uuid_text(id) + " is damaged: event " +
                                    std::to_string(row.sequence_number) + " follows event " + std::to_string(last));
}

[[noreturn]] inline void throw_no_event(const AggregateId& id, std::int32_t wanted, std::int32_t last) {
  throw_error<ErrorCode::aggregate_not_found>("aggregate " + uuid_text(id) + " has no event " + std::to_string(wanted) +
                                              ": its last one is " + std::to_string(last));
}

}  // namespace seriatim::core
