#include "store/postgres/pool.hpp"

#include <poll.h>

namespace seriatim::postgres {
namespace {

/// An idle session has nothing to say: a readable socket means that the server closed it. Finding out here, before a
/// command is sent, keeps the outcome of that command out of doubt.
bool was_closed(Connection& connection) {
  pollfd descriptor{connection.raw().sock(), POLLIN, 0};
  return ::poll(&descriptor, 1, 0) != 0;
}

}  // namespace

std::unique_ptr<Connection> Pool::take() {
  while (std::unique_ptr<Connection> idle = take_idle()) {
    if (!was_closed(*idle)) return idle;
  }
  auto connection = std::make_unique<Connection>(url_);
  prepare_(*connection);
  return connection;
}

std::unique_ptr<Connection> Pool::take_idle() {
  const std::scoped_lock lock{mutex_};
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Connection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept {
  if (!connection->usable()) return;
  try {
    const std::scoped_lock lock{mutex_};
    idle_.push_back(std::move(connection));
  } catch (const std::exception&) {
    // No memory to keep it: the connection closes, the next caller opens another.
    return;
  }
}

}  // namespace seriatim::postgres
