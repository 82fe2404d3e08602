#pragma once
// The statement that stores a command with any events of any aggregates. event_append.hpp has the common case, for
// speed.

#include <functional>
#include <string>
#include <vector>

#include "store/postgres/known_streams.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// What is appended to several streams at once.
class EventsAppend {
 public:
  /// `streams` are in the order of their ids; `known` tells which of them continue what the program has loaded. All must outlive it.
  EventsAppend(const PostgresStore& store, const Connection& connection,
               const std::vector<const store::StreamAppend*>& streams, const KnownStreams& known)
      : store_{store}, connection_{connection}, streams_{streams}, known_{known} {}

  /// The call of the statement, which every connection has prepared.
  [[nodiscard]] std::string sql(const store::CommandRecord& command, Timestamp created_at) const;

  /// Which aggregates these are, for error texts: "ID or ID".
  [[nodiscard]] std::string aggregates() const;

  /// Finds out why the statement failed when the id of a new aggregate is stored already, and throws
  /// Error(optimistic_locking) or, when that is another aggregate, Error(non_unique_aggregate). Refers to nothing of
  /// this object; empty when no aggregate is new.
  [[nodiscard]] std::function<void(Connection&)> explanation() const;

 private:
  void append_request(std::string& sql, const store::CommandRecord& record) const;

  const PostgresStore& store_;
  const Connection& connection_;
  const std::vector<const store::StreamAppend*>& streams_;
  const KnownStreams& known_;
};

}  // namespace seriatim::postgres
