#include "resources.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <sstream>

namespace bench {
namespace {

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

double cpu_of(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// One process as /proc/PID/stat tells it; ticks are those of the clock of sysconf.
struct Process {
  int parent = 0;
  double ticks = 0;
  double ticks_of_ended_children = 0;
};

Process process(const std::filesystem::path& folder) {
  std::ifstream file{folder / "stat"};
  std::string text;
  std::getline(file, text);
  // The name stands in parentheses, and may hold anything.
  std::istringstream rest{text.substr(text.rfind(')') + 1)};
  std::string skipped;
  Process process;
  rest >> skipped >> process.parent;
  for (int i = 0; i < 9; ++i) rest >> skipped;
  double user = 0;
  double system = 0;
  double ended_user = 0;
  double ended_system = 0;
  rest >> user >> system >> ended_user >> ended_system;
  process.ticks = user + system;
  process.ticks_of_ended_children = ended_user + ended_system;
  return process;
}

double server_cpu(int postmaster) {
  const std::filesystem::path processes{"/proc"};
  const Process main = process(processes / std::to_string(postmaster));
  double ticks = main.ticks + main.ticks_of_ended_children;
  for (const auto& entry : std::filesystem::directory_iterator{processes}) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    const Process one = process(entry.path());
    if (one.parent == postmaster) ticks += one.ticks;
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double wal_of(const StoreFixture& store) {
  pqxx::connection connection{store.url()};
  pqxx::nontransaction work{connection};
  return work.exec1("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8")[0].as<double>();
}

}  // namespace

Spent spent(const StoreFixture& store) {
  return {cpu_of(RUSAGE_SELF), cpu_of(RUSAGE_CHILDREN), server_cpu(store.server_pid()), wal_of(store)};
}

void print_cost(const std::string& whose, double own_cpu, const Spent& of_a_command) {
  std::printf("  a command of %s: %.0f us of its own CPU, %.0f us of the server's, %.0f bytes of WAL\n", whose.c_str(),
              own_cpu * 1e6, of_a_command.server_cpu * 1e6, of_a_command.wal);
  std::fflush(stdout);
}

}  // namespace bench
