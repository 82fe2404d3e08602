// seriatim-bench [commands|replay] [--rounds N] [--seconds N] [--wallets N] [--events N] [--workers N] [--socket]
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
      "usage: tools/bench [commands|replay] [--rounds N] [--seconds N] [--wallets N] [--events N] [--workers N] "
      "[--socket]\n"
      "Measures seriatim beside a peer on a private, durable PostgreSQL and prints both figures and their ratio.\n"
      "  commands   `execute` beside pgbench, 1 and 8 clients (default: both parts)\n"
      "  replay     a view rebuilt from all events beside ordered COPY TO STDOUT of the same events\n"
      "  --rounds   measurements of each figure, of which the median is printed (3)\n"
      "  --seconds  of each measurement of commands (5)\n"
      "  --wallets  in the store when commands are measured, 10 events each (20000)\n"
      "  --socket   over the Unix socket instead of TCP on the loopback\n"
      "  --events   in the store when a replay is measured, 10 a wallet (2000000)\n"
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
    if (word == "commands" || word == "replay") {
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
    bench::print_heading();
    if (arguments.what != "replay") {
      bench::measure_commands(bench::StoreFixture{arguments.wallets, 10, arguments.by_socket}, arguments.rounds, arguments.seconds);
    }
    if (arguments.what != "commands") {
      constexpr int no_views = 0;
      bench::measure_replay(bench::StoreFixture{arguments.events / 10, 10, arguments.by_socket, no_views},
                            arguments.rounds, arguments.workers);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "seriatim-bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
