// seriatim-bench [commands|pipeline|lone|features|load|replay|offline|micro] [--rounds N] [--seconds N] [--wallets N] [--events N] [--workers N] [--socket]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include "measure.hpp"

namespace {

struct Arguments {
  std::string what = "all";
  int rounds = 3;
  int seconds = 5;
  std::int64_t wallets = 20'000;
  std::int64_t events = 2'000'000;
  int workers = 2;
  bool by_socket = false;
};

[[noreturn]] void usage(int status) {
  std::printf(
      "usage: tools/bench [commands|pipeline|lone|features|load|replay|offline|micro] [--rounds N] [--seconds N] [--wallets N] [--events N] [--workers N] "
      "[--socket]\n"
      "Measures seriatim beside a peer on a private, durable PostgreSQL and prints both figures and their ratio.\n"
      "  commands   `execute` with 1 and 8 threads and the pipeline, beside pgbench with 1, 8 and 32 clients: commands/s, latency\n"
      "             of both at half load, CPU of the program and of the server and bytes of WAL a command\n"
      "             (default: all parts)\n"
      "  pipeline   of that, the pipeline alone\n"
      "  lone       of that, single commands through one lane beside `execute`\n"
      "  features   `execute` with filter, middleware, validation, unique key and workflow, without and with a receipt\n"
      "  load       aggregates of 10, 1,000 and 10,000 events, without and with a snapshot, beside their bare rows\n"
      "  replay     a view rebuilt from all events beside ordered COPY TO STDOUT of the same events\n"
      "  offline    the longest pause that 8 threads with 1,000 commands/s see while views are migrated; its target\n"
      "  micro      one event in the process, without a database: nanoseconds beside their targets\n"
      "  --rounds   measurements of each figure, of which the median is printed (3)\n"
      "  --seconds  of each measurement of commands and loads (5)\n"
      "  --wallets  in the store when commands are measured, 10 events each (20000)\n"
      "  --socket   over the Unix socket instead of TCP on the loopback\n"
      "  --events   in the store when a replay or a migration is measured, 10 a wallet (2000000)\n"
      "  --workers  of the replay, and connections of COPY beside it (2)\n");
  std::exit(status);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help") usage(0);
    if (word == "--socket") {
      arguments.by_socket = true;
      continue;
    }
    if (word == "commands" || word == "pipeline" || word == "lone" || word == "features" || word == "load" || word == "replay" || word == "offline" ||
        word == "micro") {
      arguments.what = word;
      continue;
    }
    const long value = i + 1 < argc ? std::strtol(argv[++i], nullptr, 10) : 0;
    if (value <= 0) usage(2);
    if (word == "--rounds") {
      arguments.rounds = static_cast<int>(value);
    } else if (word == "--seconds") {
      arguments.seconds = static_cast<int>(value);
    } else if (word == "--wallets") {
      arguments.wallets = value;
    } else if (word == "--events") {
      arguments.events = value;
    } else if (word == "--workers") {
      arguments.workers = static_cast<int>(value);
    } else {
      usage(2);
    }
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  try {
    if (arguments.what == "micro" || arguments.what == "all") bench::measure_micro(arguments.rounds);
    if (arguments.what == "micro") return 0;
    bench::print_heading();
    const auto wanted = [&](const char* part) { return arguments.what == "all" || arguments.what == part; };
    if (wanted("commands")) {
      const bench::StoreFixture store{arguments.wallets, 10, arguments.by_socket};
      bench::measure_commands(store, arguments.rounds, arguments.seconds);
      bench::measure_pipeline(store, arguments.rounds, arguments.seconds);
    }
    if (arguments.what == "pipeline") {
      bench::measure_pipeline(bench::StoreFixture{arguments.wallets, 10, arguments.by_socket}, arguments.rounds, arguments.seconds);
    }
    if (arguments.what == "lone") {
      bench::measure_lone(bench::StoreFixture{arguments.wallets, 10, arguments.by_socket}, arguments.rounds, arguments.seconds);
    }
    if (wanted("features")) {
      bench::measure_features(bench::StoreFixture{1, 1, arguments.by_socket}, arguments.rounds, arguments.seconds);
    }
    for (const std::int64_t events : {10, 1'000, 10'000}) {
      if (!wanted("load")) break;
      bench::measure_load(bench::StoreFixture{20'000 / events, events, arguments.by_socket}, arguments.rounds, arguments.seconds);
    }
    constexpr bool no_views = false;
    if (wanted("replay")) {
      bench::measure_replay(bench::StoreFixture{arguments.events / 10, 10, arguments.by_socket, no_views},
                            arguments.rounds, arguments.workers);
    }
    if (wanted("offline")) {
      bench::measure_offline(bench::StoreFixture{arguments.events / 10, 10, arguments.by_socket, no_views},
                             arguments.seconds);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "seriatim-bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
