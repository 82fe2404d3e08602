#pragma once
// The peers: pgbench and psql, from the same PostgreSQL, on the same tables.

#include <string>

#include "measure.hpp"
#include "resources.hpp"

namespace bench {

/// Commands/s of pgbench with six prepared statements a command: begin, load the events, lock the aggregate, append
/// command and event, update the view row, commit. `used` is what a command cost, unless it is null.
[[nodiscard]] double pgbench_commands(const StoreFixture& store, int clients, int seconds, Spent* used = nullptr);

/// How long its commands take when so many come a second, from the moment when each was due: with the same disk, the same log
/// and the same cores, what is theirs as well is not ours.
[[nodiscard]] Latency pgbench_latency(const StoreFixture& store, int clients, double rate, int seconds);

/// Events/s of COPY TO STDOUT of all events in the order of their streams, by some connections at once, each with its
/// share of the wallets.
[[nodiscard]] double copy_events(const StoreFixture& store, int connections);

}  // namespace bench
