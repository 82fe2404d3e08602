#pragma once
// A connection on loan from the pool.

#include "store/postgres/pool.hpp"

namespace seriatim::postgres {

/// Takes a connection and gives it back, after rolling back what is open in it. Not thread-safe.
class Lease {
 public:
  explicit Lease(Pool& pool) : pool_{pool}, connection_{pool.take()} {}
  ~Lease() {
    try {
      if (connection_->usable()) connection_->execute("rollback");
      pool_.give_back(std::move(connection_));
    } catch (const std::exception&) {
      connection_.reset();  // The server rolls back for it.
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection* operator->() const noexcept { return connection_.get(); }
  Connection& operator*() const noexcept { return *connection_; }

 private:
  Pool& pool_;
  std::unique_ptr<Connection> connection_;
};

/// The same for statements outside of transactions, after which nothing is open. Not thread-safe.
class Loan {
 public:
  explicit Loan(Pool& pool) : pool_{pool}, connection_{pool.take()} {}
  ~Loan() { pool_.give_back(std::move(connection_)); }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  Connection* operator->() const noexcept { return connection_.get(); }
  Connection& operator*() const noexcept { return *connection_; }

 private:
  Pool& pool_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace seriatim::postgres
