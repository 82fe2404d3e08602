#pragma once
// A PostgreSQL for one test process: private, fast, and gone afterwards.
//
//   struct Database { ThrowawayCluster cluster; };          // as a Boost.Test global fixture
//   const std::string url = cluster.create_database();      // in each test that wants one

#include <atomic>
#include <filesystem>
#include <string>

#include "seriatim/local_postgres.hpp"

namespace seriatim::testing {

/// A fresh directory in the system's directory for temporary files (or below `parent`), whose name tells which process
/// made it. Removed with its content in the destructor. Directories of processes that have died without that are
/// removed, with the servers in them, as soon as the next process makes one.
///
/// Thread-safety: none needed; an object does not change after construction.
class ThrowawayDirectory {
 public:
  explicit ThrowawayDirectory(const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~ThrowawayDirectory();
  ThrowawayDirectory(const ThrowawayDirectory&) = delete;
  ThrowawayDirectory& operator=(const ThrowawayDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Where a server belongs that is to be removed with the directory.
  [[nodiscard]] std::filesystem::path server_directory() const { return path_ / "postgres"; }

 private:
  std::filesystem::path path_;
};

/// Starts in the constructor (about a second), stops and is deleted in the destructor.
///
/// Thread-safety: create_database() may be called from several threads.
class ThrowawayCluster {
 public:
  /// A durable one writes to disk like a real server (fsync and so on), for tests of crashes and for measurements.
  explicit ThrowawayCluster(bool durable = false);
  ~ThrowawayCluster();
  ThrowawayCluster(const ThrowawayCluster&) = delete;
  ThrowawayCluster& operator=(const ThrowawayCluster&) = delete;

  /// The address of a new, empty database.
  [[nodiscard]] std::string create_database();

  /// For tests that stop, start or examine the server.
  [[nodiscard]] LocalPostgres& server() noexcept { return server_; }

 private:
  ThrowawayDirectory directory_;
  LocalPostgres server_;
  std::string url_;
  std::atomic<int> databases_{0};
};

}  // namespace seriatim::testing
