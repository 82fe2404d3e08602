#pragma once
// A private PostgreSQL for one project, so that a program runs on a fresh machine without any set-up.
//
//   seriatim::LocalPostgres server{{.directory = ".seriatim/postgres"}};
//   pqxx::connection connection{server.start()};
//
// The server belongs to the directory and not to the program that started it: it goes on when the program ends, and
// the next program that calls start() finds it. It can be reached through a Unix socket in a private directory only,
// by its owner and root; it never listens on the network. Durability is that of any PostgreSQL (fsync on, data
// checksums on), encoding UTF8, locale C, time zone UTC, superuser `seriatim`.
//
// Run by root, the server runs as the system user `postgres` (or as the owner of a cluster that exists already). Where
// that user cannot reach the directory, the data is kept in /var/lib/seriatim/HASH_OF_THE_PATH and the directory
// becomes a symbolic link to it. Run by anybody else, the server runs as that user.
//
// Files, with D the data directory:
//   D/server.log            what the server has to say
//   D/postgresql.conf       written at every start; use Settings::configuration or ALTER SYSTEM to change settings
//   D.lock                  held while one program starts, stops or removes the server
//   D.seriatim-unfinished   a cluster in the making; renamed to D when complete, thrown away when found half made
//   /tmp/seriatim-UID-HASH       the socket, when D is too long (107 bytes) or too odd for a socket address

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace seriatim {

/// Creates, starts, finds, stops and removes the PostgreSQL cluster of one directory.
///
/// Thread-safety: an object is immutable; all its functions may be called from several threads, and any number of
/// objects, threads and programs may use the same directory at once (a file lock orders them).
///
/// Ownership: an object owns nothing but its settings; destroying it leaves the server as it is.
///
/// Errors: all are seriatim::Error. `configuration` when something must be changed first (no PostgreSQL 14 or newer, a
/// directory of somebody else or of something else, a setting the server refuses); `connection_lost` when the server
/// is there but does not come up or go down in time (a minute).
class LocalPostgres {
 public:
  struct Settings {
    /// The data directory. A relative path is taken from the working directory at construction.
    std::filesystem::path directory = ".seriatim/postgres";
    /// More server settings, by PostgreSQL's names ({"fsync", "off"} for a cluster to be thrown away). They take
    /// effect when the server is started, not in one that runs already.
    std::vector<std::pair<std::string, std::string>> configuration = {};
    /// The database that url() names; created by start() when missing.
    std::string database = "seriatim";
  };

  struct Status {
    enum class State {
      absent,       ///< No cluster has been created.
      stopped,      ///< There is a cluster, and no server runs on it.
      unreachable,  ///< A server process is there but accepts no connection: it starts, recovers, stops or hangs.
      running,      ///< A connection was made.
    };
    State state = State::absent;
    std::filesystem::path data_directory;    ///< Where the data really is, symbolic links resolved.
    std::filesystem::path socket_directory;  ///< What libpq calls `host`.
    std::string version;                     ///< "15.4" when running, "15" when not, empty when absent.
    int pid = 0;                             ///< Of the server's main process; 0 when there is none.
  };

  /// Finds out where things are to be, and changes nothing. Throws when the settings cannot work: an empty name, or
  /// root on a system without the user `postgres`.
  explicit LocalPostgres(Settings settings);

  /// Returns url() as soon as the server accepts connections and the database exists. Creates the cluster (about a
  /// second) and starts the server where needed, and cleans up what a killed server or a killed start() left behind.
  /// Programs are looked for in $SERIATIM_POSTGRES_BIN alone when set, else in $PATH, /usr/lib/postgresql/*/bin (the
  /// newest), /usr/local/pgsql/bin and the answer of `pg_config --bindir`.
  std::string start();

  /// Fast shutdown: sessions are disconnected, open transactions rolled back. Returns when the server is gone; does
  /// nothing when none runs.
  void stop();

  /// Stops the server and deletes the cluster with everything that is stored in it. Does nothing when there is none.
  void remove();

  /// Looks without changing anything; really connects, so that `running` can be relied upon.
  [[nodiscard]] Status status() const;

  /// The address for libpq, libpqxx and psql, whether the server runs or not:
  /// `postgresql://seriatim@/DATABASE?host=SOCKET_DIRECTORY&port=5432` (percent-encoded).
  [[nodiscard]] std::string url() const;

 private:
  struct Cluster;
  std::shared_ptr<const Cluster> cluster_;
};

}  // namespace seriatim
