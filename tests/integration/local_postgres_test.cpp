#include "seriatim/local_postgres.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "seriatim/errors.hpp"
#include "support/local_server.hpp"
#include "support/throwaway_cluster.hpp"

using namespace seriatim::testing;

namespace {

namespace fs = std::filesystem;
using seriatim::Error;
using seriatim::ErrorCode;
using seriatim::LocalPostgres;
using State = LocalPostgres::Status::State;
using Configuration = std::vector<std::pair<std::string, std::string>>;

struct Server {
  ThrowawayDirectory directory;
  LocalPostgres postgres = fast_server(directory.server_directory());
};

uid_t owner_of(const fs::path& path) {
  struct stat found {};
  BOOST_REQUIRE(::lstat(path.c_str(), &found) == 0);
  return found.st_uid;
}

template <class Condition>
void require_soon(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  BOOST_REQUIRE(condition());
}

/// Kills the main process only, as a crash or the kernel's memory killer would.
void kill_main_process(const LocalPostgres& postgres) {
  const int pid = postgres.status().pid;
  BOOST_REQUIRE(pid > 0 && ::kill(pid, SIGKILL) == 0);
  require_soon([&] { return postgres.status().pid == 0; });
}

/// Makes a pid file of a killed server name a process that has nothing to do with it: this one.
void pretend_reuse_of_the_pid(const fs::path& pid_file) {
  const std::string text = text_of(pid_file);
  std::ofstream{pid_file} << ::getpid() << text.substr(text.find('\n'));
}

template <class Action>
void check_refused(const Action& action, ErrorCode code, const std::string& explanation) {
  BOOST_CHECK_EXCEPTION(action(), Error, [&](const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    BOOST_TEST(std::string{error.what()}.find(explanation) != std::string::npos, error.what());
    return error.code() == code;
  });
}

class TemporaryVariable {
 public:
  TemporaryVariable(const char* name, const std::string& value) : name_{name} {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~TemporaryVariable() { old_.empty() ? ::unsetenv(name_) : ::setenv(name_, old_.c_str(), 1); }
  TemporaryVariable(const TemporaryVariable&) = delete;
  TemporaryVariable& operator=(const TemporaryVariable&) = delete;

 private:
  const char* name_;
  std::string old_;
};

boost::test_tools::assertion_result as_root(boost::unit_test::test_unit_id) {
  return ::geteuid() == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_postgres)

BOOST_AUTO_TEST_CASE(the_first_start_makes_a_cluster_and_the_database_of_the_address) {
  Server server;
  BOOST_TEST((server.postgres.status().state == State::absent));
  const std::string url = server.postgres.start();
  BOOST_TEST(url == server.postgres.url());
  BOOST_TEST(url.substr(0, 38) == "postgresql://seriatim@/seriatim?host=%");
  BOOST_TEST(ask(url, "SELECT current_database() || ' ' || current_user") == "seriatim seriatim");
}

BOOST_AUTO_TEST_CASE(a_fresh_cluster_is_durable_and_private) {
  ThrowawayDirectory directory;
  LocalPostgres postgres{{.directory = directory.server_directory(), .configuration = {{"work_mem", "7MB"}}}};
  const std::string url = postgres.start();
  const std::map<std::string, std::string> expected{{"fsync", "on"},
                                                    {"synchronous_commit", "on"},
                                                    {"full_page_writes", "on"},
                                                    {"data_checksums", "on"},
                                                    {"server_encoding", "UTF8"},
                                                    {"listen_addresses", ""},
                                                    {"max_connections", "100"},
                                                    {"work_mem", "7MB"}};
  for (const auto& [name, value] : expected) BOOST_TEST(ask(url, "SHOW " + name) == value, name);
  BOOST_TEST(ask(url, "SELECT datcollate || datctype FROM pg_database WHERE datname = 'seriatim'") == "CC");
  BOOST_TEST(ask(url,
                 "SELECT string_agg(type || auth_method, ',' ORDER BY 1) FILTER (WHERE auth_method <> 'reject')"
                 " FROM pg_hba_file_rules") == "localtrust,localtrust");
  BOOST_TEST((fs::status(directory.server_directory()).permissions() == fs::perms::owner_all));
  BOOST_TEST(!text_of(directory.server_directory() / "server.log").empty());
}

BOOST_AUTO_TEST_CASE(starting_a_server_that_runs_leaves_it_as_it_is) {
  Server server;
  const std::string url = server.postgres.start();
  const int pid = server.postgres.status().pid;
  BOOST_TEST(server.postgres.start() == url);
  BOOST_TEST(fast_server(server.directory.server_directory()).start() == url);
  BOOST_TEST(server.postgres.status().pid == pid);
}

BOOST_AUTO_TEST_CASE(two_databases_can_share_a_server) {
  Server server;
  server.postgres.start();
  LocalPostgres other{{.directory = server.directory.server_directory(), .database = "An odd/name?&%\"'"}};
  BOOST_TEST(ask(other.start(), "SELECT current_database()") == "An odd/name?&%\"'");
  BOOST_TEST(other.status().pid == server.postgres.status().pid);
}

BOOST_AUTO_TEST_CASE(what_is_stored_survives_a_stop) {
  Server server;
  ask(server.postgres.start(), "CREATE TABLE kept AS SELECT 42");
  server.postgres.stop();
  BOOST_TEST(ask(server.postgres.start(), "SELECT * FROM kept") == "42");
}

BOOST_AUTO_TEST_CASE(stopping_what_does_not_run_is_no_error) {
  Server server;
  BOOST_CHECK_NO_THROW(server.postgres.stop());
  BOOST_TEST(!fs::exists(server.directory.server_directory().string() + ".lock"));
  server.postgres.start();
  server.postgres.stop();
  BOOST_CHECK_NO_THROW(server.postgres.stop());
}

BOOST_AUTO_TEST_CASE(stopping_does_not_wait_for_sessions) {
  Server server;
  pqxx::connection idle{server.postgres.start()};
  server.postgres.stop();
  BOOST_TEST((server.postgres.status().state == State::stopped));
}

BOOST_AUTO_TEST_CASE(the_status_tells_what_is_there) {
  Server server;
  server.postgres.start();
  const auto running = server.postgres.status();
  BOOST_TEST((running.state == State::running));
  BOOST_TEST(running.version.find('.') != std::string::npos);
  BOOST_TEST(running.data_directory == fs::canonical(server.directory.server_directory()));
  BOOST_TEST(fs::exists(running.socket_directory / ".s.PGSQL.5432"));
  server.postgres.stop();
  const auto stopped = server.postgres.status();
  BOOST_TEST((stopped.state == State::stopped));
  BOOST_TEST(stopped.pid == 0);
  BOOST_TEST(stopped.version == running.version.substr(0, running.version.find('.')));
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_is_unreachable) {
  Server server;
  server.postgres.start();
  const int pid = server.postgres.status().pid;
  BOOST_REQUIRE(::kill(pid, SIGSTOP) == 0);
  const auto status = server.postgres.status();
  BOOST_REQUIRE(::kill(pid, SIGCONT) == 0);
  BOOST_TEST((status.state == State::unreachable));
  BOOST_TEST(status.pid == pid);
}

BOOST_AUTO_TEST_CASE(removing_leaves_nothing) {
  Server server;
  server.postgres.start();
  server.postgres.remove();
  BOOST_TEST(fs::is_empty(server.directory.path()));
  BOOST_CHECK_NO_THROW(server.postgres.remove());
}

BOOST_AUTO_TEST_CASE(two_programs_starting_it_at_once_both_succeed) {
  Server server;
  const auto start = [&] { ask(fast_server(server.directory.server_directory()).start(), "SELECT 1"); };
  const pid_t one = in_another_program(start);
  const pid_t two = in_another_program(start);
  BOOST_TEST(wait_status_of(one) == 0);
  BOOST_TEST(wait_status_of(two) == 0);
  BOOST_TEST((server.postgres.status().state == State::running));
}

BOOST_AUTO_TEST_CASE(two_threads_starting_it_at_once_both_succeed) {
  Server server;
  std::exception_ptr failure;
  std::thread other{[&] {
    try {
      fast_server(server.directory.server_directory()).start();
    } catch (...) {
      failure = std::current_exception();
    }
  }};
  BOOST_CHECK_NO_THROW(server.postgres.start());
  other.join();
  BOOST_TEST(!failure);
}

BOOST_AUTO_TEST_CASE(a_program_that_starts_it_may_be_killed_and_the_server_goes_on) {
  Server server;
  const pid_t program = in_another_program([&] {
    server.postgres.start();
    ::raise(SIGKILL);
  });
  BOOST_TEST(WIFSIGNALED(wait_status_of(program)));
  BOOST_TEST((server.postgres.status().state == State::running));
}

BOOST_AUTO_TEST_CASE(it_starts_again_after_its_main_process_was_killed) {
  Server server;
  ask(server.postgres.start(), "CREATE TABLE kept AS SELECT 42");
  kill_main_process(server.postgres);
  BOOST_TEST(fs::exists(server.directory.server_directory() / "postmaster.pid"));
  BOOST_TEST(ask(server.postgres.start(), "SELECT * FROM kept") == "42");
}

BOOST_AUTO_TEST_CASE(it_starts_although_another_process_has_the_pid_of_a_killed_server) {
  Server server;
  server.postgres.start();
  kill_main_process(server.postgres);
  pretend_reuse_of_the_pid(server.directory.server_directory() / "postmaster.pid");
  pretend_reuse_of_the_pid(server.postgres.status().socket_directory / ".s.PGSQL.5432.lock");
  BOOST_TEST((server.postgres.status().state == State::stopped));
  BOOST_CHECK_NO_THROW(server.postgres.stop());
  BOOST_TEST(ask(server.postgres.start(), "SELECT 42") == "42");
}

BOOST_AUTO_TEST_CASE(it_starts_although_sessions_outlive_a_killed_server) {
  Server server;
  const std::string url = server.postgres.start();
  const pid_t busy = in_another_program([&] { ask(url, "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"); });
  require_soon([&] {
    return ask(url, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%'") == "1";
  });
  kill_main_process(server.postgres);
  BOOST_TEST(ask(server.postgres.start(), "SELECT 42") == "42");
  BOOST_TEST(WEXITSTATUS(wait_status_of(busy)) == 1);
}

BOOST_AUTO_TEST_CASE(a_cluster_half_made_by_a_killed_program_is_made_anew) {
  Server server;
  const fs::path unfinished = server.directory.server_directory().string() + ".seriatim-unfinished";
  const pid_t program = in_another_program([&] { server.postgres.start(); });
  require_soon([&] { return fs::exists(unfinished / "PG_VERSION"); });
  BOOST_REQUIRE(::kill(program, SIGKILL) == 0);
  BOOST_TEST(WIFSIGNALED(wait_status_of(program)));
  BOOST_TEST(fs::exists(unfinished));
  BOOST_TEST((server.postgres.status().state == State::absent));
  BOOST_TEST(ask(server.postgres.start(), "SELECT 42") == "42");
  BOOST_TEST(!fs::exists(unfinished));
}

BOOST_AUTO_TEST_CASE(a_directory_too_long_for_a_socket_works) {
  ThrowawayDirectory directory;
  ThrowawayDirectory deep{directory.path()};
  LocalPostgres postgres = fast_server(deep.path() / std::string(90, 'x'));
  const auto sockets = postgres.status().socket_directory;
  BOOST_TEST(sockets.string().size() < 60);
  BOOST_TEST(ask(postgres.start(), "SELECT 42") == "42");
  BOOST_TEST((fs::status(sockets).permissions() == fs::perms::owner_all));
  postgres.remove();
  BOOST_TEST(!fs::exists(sockets));
}

BOOST_AUTO_TEST_CASE(a_directory_for_the_socket_that_somebody_else_made_is_refused) {
  ThrowawayDirectory directory;
  LocalPostgres postgres = fast_server(directory.path() / std::string(90, 'x'));
  const auto sockets = postgres.status().socket_directory;
  fs::create_directory_symlink(directory.path(), sockets);
  check_refused([&] { postgres.start(); }, ErrorCode::configuration, sockets.string());
  fs::remove(sockets);
  if (::geteuid() == 0) {
    fs::create_directory(sockets);
    check_refused([&] { postgres.start(); }, ErrorCode::configuration, "is not a private directory of user postgres");
    fs::remove(sockets);
  }
  BOOST_CHECK_NO_THROW(postgres.remove());
}

BOOST_AUTO_TEST_CASE(a_directory_with_an_odd_name_works) {
  ThrowawayDirectory directory;
  for (const char* name : {"with space and ümlaut", "$(touch pwned) `id` % ? & #", "quote'd, \"twice\" and \\"}) {
    LocalPostgres postgres = fast_server(directory.path() / name);
    BOOST_TEST(ask(postgres.start(), "SELECT 42") == "42", name);
    postgres.remove();
    BOOST_TEST(fs::is_empty(directory.path()), name);
  }
}

BOOST_AUTO_TEST_CASE(the_environment_of_the_program_does_not_interfere) {
  Server server;
  const TemporaryVariable port{"PGPORT", "1"};
  const TemporaryVariable data{"PGDATA", "/nonexistent"};
  const TemporaryVariable database{"PGDATABASE", "nonexistent"};
  BOOST_TEST(ask(server.postgres.start(), "SELECT current_database()") == "seriatim");
}

BOOST_AUTO_TEST_CASE(a_directory_with_something_else_in_it_is_left_alone) {
  Server server;
  const fs::path file = server.directory.server_directory() / "thesis.txt";
  fs::create_directory(server.directory.server_directory());
  std::ofstream{file} << "ten years of work";
  check_refused([&] { server.postgres.remove(); }, ErrorCode::configuration, "choose another directory");
  check_refused([&] { server.postgres.start(); }, ErrorCode::configuration, "choose another directory");
  BOOST_TEST(text_of(file) == "ten years of work");
}

BOOST_AUTO_TEST_CASE(an_empty_directory_is_used) {
  Server server;
  fs::create_directory(server.directory.server_directory());
  BOOST_TEST(ask(server.postgres.start(), "SELECT 42") == "42");
}

BOOST_AUTO_TEST_CASE(a_missing_postgresql_is_explained) {
  Server server;
  const TemporaryVariable chosen{"SERIATIM_POSTGRES_BIN", server.directory.path().string()};
  check_refused([&] { server.postgres.start(); }, ErrorCode::configuration, "SERIATIM_POSTGRES_BIN is /");
  BOOST_TEST(!fs::exists(server.directory.server_directory()));
}

BOOST_AUTO_TEST_CASE(a_cluster_of_another_postgresql_is_explained) {
  Server server;
  server.postgres.start();
  server.postgres.stop();
  std::ofstream{server.directory.server_directory() / "PG_VERSION"} << "9\n";
  check_refused([&] { server.postgres.start(); }, ErrorCode::configuration, "no PostgreSQL 9, which");
}

BOOST_AUTO_TEST_CASE(settings_that_the_server_refuses_are_explained_in_its_words) {
  ThrowawayDirectory directory;
  const auto start_with = [&](const Configuration& configuration) {
    LocalPostgres{{.directory = directory.server_directory(), .configuration = configuration}}.start();
  };
  check_refused([&] { start_with({{"port = 1 #", "1"}}); }, ErrorCode::configuration, "is no PostgreSQL setting");
  check_refused([&] { start_with({{"fsync", "off\nport = 1"}}); }, ErrorCode::configuration, "in one line");
  check_refused(
      [&] {
        start_with({{"fsync", "off"}, {"shared_buffers", "1"}});
      },
      ErrorCode::configuration, "outside the valid range for parameter");
  BOOST_CHECK_NO_THROW(start_with({{"fsync", "off"}}));
}

BOOST_AUTO_TEST_CASE(the_server_runs_as_the_user_or_as_postgres_when_that_is_root) {
  Server server;
  server.postgres.start();
  const uid_t owner = owner_of("/proc/" + std::to_string(server.postgres.status().pid));
  BOOST_TEST(owner == owner_of(server.directory.server_directory()));
  BOOST_TEST((::geteuid() == 0 ? owner != 0 : owner == ::geteuid()));
}

BOOST_AUTO_TEST_CASE(where_postgres_cannot_go_the_data_of_root_is_elsewhere, *boost::unit_test::precondition(as_root)) {
  ThrowawayDirectory directory;
  ::chmod(directory.path().c_str(), 0700);
  const fs::path chosen = directory.path() / "project" / "postgres";
  LocalPostgres first = fast_server(chosen);
  ask(first.start(), "CREATE TABLE kept AS SELECT 42");
  const fs::path real = first.status().data_directory;
  BOOST_TEST(real.parent_path() == "/var/lib/seriatim");
  BOOST_TEST(fs::read_symlink(chosen) == real);
  LocalPostgres second = fast_server(chosen);
  BOOST_TEST(second.url() == first.url());
  second.stop();
  BOOST_TEST(ask(second.start(), "SELECT * FROM kept") == "42");
  second.remove();
  BOOST_TEST(!fs::exists(real));
  BOOST_TEST(fs::is_empty(directory.path() / "project"));
}

BOOST_AUTO_TEST_CASE(root_runs_the_cluster_of_an_ordinary_user_as_that_user, *boost::unit_test::precondition(as_root)) {
  constexpr uid_t nobody = 65534;
  ThrowawayDirectory directory;
  BOOST_REQUIRE(::chown(directory.path().c_str(), nobody, nobody) == 0);
  const pid_t program = in_another_program([&] {
    if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) throw Error{ErrorCode::usage, "cannot become nobody"};
    fast_server(directory.server_directory()).start();
  });
  BOOST_TEST(wait_status_of(program) == 0);
  LocalPostgres postgres = fast_server(directory.server_directory());
  BOOST_TEST((postgres.status().state == State::running));
  kill_main_process(postgres);
  BOOST_TEST(ask(postgres.start(), "SELECT 42") == "42");
  BOOST_TEST(owner_of("/proc/" + std::to_string(postgres.status().pid)) == nobody);
}

BOOST_AUTO_TEST_SUITE_END()
