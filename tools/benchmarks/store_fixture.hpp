#pragma once
// The database that is measured: a private, durable cluster with wallets in it.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "seriatim/application.hpp"
#include "seriatim/domain.hpp"
#include "seriatim/local_postgres.hpp"

namespace bench {

/// The wallet's view SQL, in which wallet_records.sql creates the table as the wallet's newest version leaves it. So a plan of
/// the benchmarks may replay it as often as it likes.
[[nodiscard]] std::span<const seriatim::SqlFile> view_sql();

/// The wallet with one table, a row a wallet, and one version; what is measured unless something else is said.
[[nodiscard]] seriatim::Domain wallets_alone();

/// A fresh store on a cluster with default durability (fsync on), removed at the end.
class StoreFixture {
 public:
  /// Fills the store with `wallets` wallets of `events_each` events, in arrival order (round robin), and builds the
  /// table of `wallets_alone`, if wanted. Clients reach it by TCP on the loopback, as they would a database on another machine, or by its Unix socket.
  StoreFixture(std::int64_t wallets, std::int64_t events_each, bool by_socket, bool with_views = true);
  ~StoreFixture();
  StoreFixture(const StoreFixture&) = delete;
  StoreFixture& operator=(const StoreFixture&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  /// The server's first process, of which all others are children.
  [[nodiscard]] int server_pid() const;
  [[nodiscard]] std::int64_t wallets() const noexcept { return wallets_; }
  [[nodiscard]] std::int64_t events() const noexcept { return wallets_ * events_each_; }

  /// An application on the store, with these options but for the address.
  [[nodiscard]] std::unique_ptr<seriatim::Application> application(seriatim::Options options = {}) const;

  /// The id of the n-th wallet, from 1; SQL makes the same: ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0')).
  [[nodiscard]] static seriatim::AggregateId wallet_id(std::int64_t n);

 private:
  void fill(bool with_views) const;

  std::int64_t wallets_;
  std::int64_t events_each_;
  std::filesystem::path directory_;
  std::unique_ptr<seriatim::LocalPostgres> server_;
  std::string url_;
};

}  // namespace bench
