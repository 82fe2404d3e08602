#pragma once
// Parts of the event store that can be replayed independently of each other.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/message.hpp"

namespace seriatim::migrations {

/// What streams are stored by.
struct StreamKey {
  std::string partition_key;
  AggregateId aggregate_id{};

  friend bool operator==(const StreamKey&, const StreamKey&) = default;
};

/// The streams from one key up to another, which is not in it. Whole streams: an aggregate is in one group.
struct StreamGroup {
  std::optional<StreamKey> from;  ///< Empty: from the first one.
  std::optional<StreamKey> to;    ///< Empty: to the last one.
};

/// All streams, divided.
struct StreamGroups {
  std::int64_t events = 0;  ///< An estimate, unless the store is small.
  std::vector<StreamGroup> groups;
};

}  // namespace seriatim::migrations
