#include "peer.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

constexpr const char* script = R"(\set n random(1, :wallets)
begin;
select a.aggregate_type_id, e.sequence_number, e.event_type_id, e.event_json from sequent_schema.aggregates a join sequent_schema.events e on e.partition_key = a.events_partition_key and e.aggregate_id = a.aggregate_id where a.aggregate_id = ('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid order by e.sequence_number;
select events_partition_key from sequent_schema.aggregates where aggregate_id = ('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid for no key update;
with command as (insert into sequent_schema.commands (created_at, aggregate_id, command_type_id, command_json) values (now(), ('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, 1, '{"amount": "1.00", "source": "pgbench"}') returning id) insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id, event_json) select ('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, (select max(sequence_number) + 1 from sequent_schema.events where partition_key = '' and aggregate_id = ('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid), now(), id, :added, '{"amount": "1.00", "source": "pgbench"}' from command;
update view_schema.wallet_records set balance = balance + 1.00 where aggregate_id = ('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid;
commit;
)";

/// Runs a shell command made of our own texts and returns what it printed.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen((command + " 2>&1").c_str(), "r"), &::pclose};
  if (pipe == nullptr) throw std::runtime_error{"cannot run " + command};
  std::string out;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) out.append(buffer.data(), n);
  return out;
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

/// The command line that runs the six statements for so many seconds.
std::string pgbench(const StoreFixture& store, int clients, int seconds) {
  const auto file = std::filesystem::temp_directory_path() / "seriatim-bench.sql";
  std::ofstream{file} << script;
  const std::string added = output_of("psql -XAtc \"select id from sequent_schema.event_types where type = "
                                      "'Wallet::Events::MoneyAdded'\" " + quoted(store.url()));
  return "pgbench -n -M prepared -c " + std::to_string(clients) + " -j 2 -T " + std::to_string(seconds) + " -D wallets=" +
         std::to_string(store.wallets()) + " -D added=" + added.substr(0, added.find('\n')) + " -f " + quoted(file.string()) +
         " " + quoted(store.url());
}

}  // namespace

double pgbench_commands(const StoreFixture& store, int clients, int seconds, Spent* used) {
  const std::string command = pgbench(store, clients, seconds);
  const Spent before = spent(store);
  const std::string out = output_of(command);
  const std::size_t at = out.find("tps = ");
  if (at == std::string::npos) throw std::runtime_error{"pgbench did not finish: " + out};
  const double rate = std::stod(out.substr(at + 6));
  if (used != nullptr) *used = per_command(spent(store) - before, rate * seconds);
  return rate;
}

Latency pgbench_latency(const StoreFixture& store, int clients, double rate, int seconds) {
  const auto folder = std::filesystem::temp_directory_path() / ("seriatim-pgbench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string out = output_of(pgbench(store, clients, seconds) + " -R " + std::to_string(rate) +
                                    " -l --log-prefix=" + quoted((folder / "log").string()));
  std::vector<double> milliseconds;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    std::ifstream log{file.path()};
    for (std::string line; std::getline(log, line);) {
      // Client, number, microseconds (since the moment when it was due), and more.
      std::istringstream fields{line};
      double microseconds = 0;
      std::string skipped;
      if (fields >> skipped >> skipped >> microseconds) milliseconds.push_back(microseconds / 1e3);
    }
  }
  std::filesystem::remove_all(folder);
  if (milliseconds.empty()) throw std::runtime_error{"pgbench did not finish: " + out};
  return latency_of(milliseconds);
}

double copy_events(const StoreFixture& store, int connections) {
  // The program itself: what Debian has in the path is a script that looks for it first, which takes longer than it does.
  std::string psql = output_of("pg_config --bindir");
  psql = psql.substr(0, psql.find('\n')) + "/psql";
  // Sorting gets as much memory as the replay's has.
  std::string command = "export PGOPTIONS='-c work_mem=256MB -c jit=off'";
  for (int i = 0; i < connections; ++i) {
    const auto bound = [&](int part) {
      return quoted(seriatim::uuid_text(StoreFixture::wallet_id(store.wallets() * part / connections + 1)));
    };
    command += i == 0 ? "; " : " ";
    command += "(" + psql + " -XAtc \"copy (select aggregate_id, sequence_number, created_at, event_type_id, event_json from "
               "sequent_schema.events where aggregate_id >= " + bound(i) + " and aggregate_id < " + bound(i + 1) +
               " order by partition_key, aggregate_id, sequence_number) to stdout\" " + quoted(store.url()) +
               " 2>&1 >/dev/null || echo failed) &";
  }
  const auto start = std::chrono::steady_clock::now();
  const std::string out = output_of(command + " wait");
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  if (!out.empty()) throw std::runtime_error{"COPY did not finish: " + out};
  return static_cast<double>(store.events()) / elapsed.count();
}

}  // namespace bench
