#pragma once
// A pool of prepared connections.

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "store/postgres/connection.hpp"

namespace seriatim::postgres {

/// Hands out connections and takes them back. Thread-safe. Opens as many as are needed at once; the server's
/// max_connections is the limit.
class Pool {
 public:
  /// `prepare` runs on every new connection.
  Pool(std::string url, std::function<void(Connection&)> prepare) : url_{std::move(url)}, prepare_{std::move(prepare)} {}

  [[nodiscard]] std::unique_ptr<Connection> take();

  /// Only for a connection that is outside of any transaction; a lost one is dropped.
  void give_back(std::unique_ptr<Connection> connection) noexcept;

 private:
  [[nodiscard]] std::unique_ptr<Connection> take_idle();

  std::string url_;
  std::function<void(Connection&)> prepare_;
  std::mutex mutex_;  ///< Guards idle_.
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace seriatim::postgres
