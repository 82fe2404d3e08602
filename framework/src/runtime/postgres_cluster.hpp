#pragma once
// The cluster that a LocalPostgres looks after.

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "runtime/postgres_programs.hpp"
#include "runtime/process.hpp"
#include "seriatim/local_postgres.hpp"

namespace seriatim {

/// Where everything of one cluster is, and the steps to take there. All steps that change something expect the lock.
struct LocalPostgres::Cluster {
  Settings settings;
  std::filesystem::path chosen;  ///< Where the user wants the data; `data` itself, or what becomes a link to it.
  runtime::User user;
  std::filesystem::path data;
  std::filesystem::path sockets;

  explicit Cluster(Settings given);

  [[nodiscard]] std::filesystem::path unfinished() const { return data.string() + ".seriatim-unfinished"; }
  [[nodiscard]] runtime::FileLock lock() const;
  [[nodiscard]] std::string version() const;  ///< The major one, as the data says; empty when there is no cluster.
  [[nodiscard]] bool exists() const { return !version().empty(); }
  [[nodiscard]] std::string url(const std::string& database) const;
  [[nodiscard]] std::string maintenance_url() const { return url("postgres"); }
  [[nodiscard]] pid_t server_pid() const;  ///< 0: there is no server.
  [[nodiscard]] static bool answers(const std::string& url);
  [[nodiscard]] std::string running_version() const;  ///< "15.4"; empty when the server cannot be reached.
  [[nodiscard]] std::string configuration() const;

  void check_owner() const;
  void check_contents() const;
  void link() const;
  [[nodiscard]] bool settle() const;
  void remove_stale(const std::filesystem::path& pid_file) const;
  void initialise(const runtime::PostgresPrograms& programs) const;
  void launch(const runtime::PostgresPrograms& programs) const;
  void create_database() const;
  void stop() const;
};

}  // namespace seriatim
