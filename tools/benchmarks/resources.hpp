#pragma once
// What commands cost beyond time: CPU of the program and of the server, and bytes of the write-ahead log.

#include <string>

#include "store_fixture.hpp"

namespace bench {

/// What was spent, of all that was done.
struct Spent {
  double own_cpu = 0;     ///< Seconds of this program.
  double peer_cpu = 0;    ///< Seconds of the programs that it ran, once they have ended.
  double server_cpu = 0;  ///< Seconds of all processes of the server.
  double wal = 0;         ///< Bytes.
};

/// Spent since the server and this program were started.
[[nodiscard]] Spent spent(const StoreFixture& store);

[[nodiscard]] inline Spent operator-(const Spent& a, const Spent& b) {
  return {a.own_cpu - b.own_cpu, a.peer_cpu - b.peer_cpu, a.server_cpu - b.server_cpu, a.wal - b.wal};
}

/// The part of each of so many commands.
[[nodiscard]] inline Spent per_command(const Spent& all, double commands) {
  return {all.own_cpu / commands, all.peer_cpu / commands, all.server_cpu / commands, all.wal / commands};
}

/// A line with what a command cost; `own_cpu` is the one of the program that executed it.
void print_cost(const std::string& whose, double own_cpu, const Spent& of_a_command);

}  // namespace bench
