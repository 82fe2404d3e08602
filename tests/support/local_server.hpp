#pragma once
// PostgreSQL servers of the test's own, asked as any client would, and other programs that use them.

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <pqxx/pqxx>
#include <string>

#include "seriatim/local_postgres.hpp"

namespace seriatim::testing {

/// One that does not wait for the disk.
inline LocalPostgres fast_server(const std::filesystem::path& directory) {
  return LocalPostgres{{.directory = directory, .configuration = {{"fsync", "off"}}}};
}

/// The first field of the first row; empty when there is none.
inline std::string ask(const std::string& url, const std::string& sql) {
  pqxx::connection connection{url};
  pqxx::nontransaction session{connection};
  const auto rows = session.exec(sql);
  return rows.empty() ? "" : rows[0][0].as<std::string>("");
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream{file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// Runs the work in another process, which ends with 0, or with 1 when the work throws.
template <class Work>
pid_t in_another_program(const Work& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    work();
    ::_exit(0);
  } catch (...) {
    ::_exit(1);
  }
}

inline int wait_status_of(pid_t child) {
  int status = -1;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace seriatim::testing
