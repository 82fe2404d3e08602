#pragma once
// Wallets as they were before version 3, whose views go from version 1 to a version 2 that builds the live table anew and
// adds another: what a migration may meet on the way is tested with it.

#include <boost/test/unit_test.hpp>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <utility>

#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"
#include "support/wallet_before.hpp"
#include "wallet/commands.hpp"

namespace seriatim::testing {

/// The program of version 1 is refused after the switch, that of version 2 before it.
inline Domain wallet_domain(int version) {
  Domain domain{"wallet"};
  ViewVersions plan;
  plan.version(1, {replay<wallet_before::WalletProjector>()});
  domain.aggregate<wallet::Wallet>().handler<wallet::WalletCommandHandler>().projector<wallet_before::WalletProjector>();
  if (version == 2) {
    plan.version(2, {replay<wallet_before::WalletProjector>(), replay<wallet::TransactionProjector>()});
    domain.projector<wallet::TransactionProjector>();
  }
  domain.views(std::move(plan), wallet_view_sql());
  return domain;
}

/// A store of its own, with three wallets, some 30 events, and views of version 1.
class WalletVersions {
 public:
  explicit WalletVersions(const std::string& url = shared_cluster().create_database()) {
    options.database_url = url;
    Database{options}.create({wallet_domain(2)});
    apps[0] = std::make_unique<Application>(options, std::vector<Domain>{wallet_domain(1)});
    apps[1] = std::make_unique<Application>(options, std::vector<Domain>{wallet_domain(2)});
    const auto first = apps[0]->migrator("wallet");
    first->online({}, {}, {});
    first->offline({}, {}, {});
    for (AggregateId& id : wallets) {
      id = new_uuid();
      wallet::CreateWallet command;
      command.aggregate_id = id;
      command.user_id = "2";
      apps[0]->commands().execute(command);
    }
    for (int i = 0; i < 27; ++i) add_money();
    migrator = apps[1]->migrator("wallet");
    migrator->divide({.workers = 1});
  }

  [[nodiscard]] wallet::AddMoney next_command() {
    return {{.aggregate_id = wallets[next_++ % 3]}, Decimal{static_cast<std::int64_t>(next_ % 7 + 1)}, "API"};
  }

  /// By the program that fits the views; again when its connection is from before a restart of the server.
  void add_money() {
    const wallet::AddMoney command = next_command();
    for (int attempt = 1;; ++attempt) {
      try {
        apps[live() == "2" ? 1 : 0]->commands().execute(command);
        return;
      } catch (const Error& error) {
        if (!error.retryable() || attempt == 5) throw;
      }
    }
  }

  /// The first field of the first row, as text; empty when there is none or it is NULL. One thread at a time.
  [[nodiscard]] std::string value(const std::string& sql) const {
    for (;;) {
      try {
        if (connection_ == nullptr) connection_ = std::make_unique<pqxx::connection>(options.database_url);
        pqxx::nontransaction work{*connection_};
        const pqxx::result rows = work.exec(sql);
        return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
      } catch (const pqxx::broken_connection&) {
        // The server was restarted.
        if (std::exchange(connection_, nullptr) == nullptr) throw;
      }
    }
  }

  [[nodiscard]] std::string live() const {
    return value("select max(version) from view_schema.sequent_versions where status is null");
  }
  [[nodiscard]] std::string tables() const {
    return value("select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'view_schema'");
  }
  [[nodiscard]] std::string events() const { return value("select count(*) from sequent_schema.events"); }

  /// How many rows of wallets differ from a fold of the events; with the tables of a version that is not live yet, "_2".
  [[nodiscard]] std::string wrong_wallets(const std::string& suffix = "") const {
    return value(with_movements + "select count(*) from (select aggregate_id, sum(moved) as balance from movement group by "
                 "aggregate_id) f full join view_schema.wallet_records" + suffix + " r using (aggregate_id)"
                 " where f.balance is distinct from r.balance");
  }
  [[nodiscard]] std::string wrong_transactions(const std::string& suffix = "") const {
    return value(with_movements + "select count(*) from (select *, sum(moved) over (partition by aggregate_id order by "
                 "sequence_number) as balance from movement) f full join view_schema.transaction_records" + suffix +
                 " r using (aggregate_id, sequence_number) where coalesce(f.moved, 1) <> 0 and (abs(f.moved), f.balance)"
                 " is distinct from (r.amount, r.balance)");
  }

  /// The live views hold what the events say, whichever version is live.
  void check_views() const {
    BOOST_TEST(wrong_wallets() == "0");
    if (live() == "2") BOOST_TEST(wrong_transactions() == "0");
  }

  /// Everything is as a migration to version 2 leaves it, and no more.
  void check_switched() const {
    BOOST_TEST(live() == "2");
    BOOST_TEST((migrator->status().phase == MigrationStatus::Phase::idle));
    BOOST_TEST(tables() == "sequent_versions seriatim_version_2 transaction_records wallet_records wallet_records_1");
    BOOST_TEST(value("select count(*) from view_schema.sequent_versions where status is not null") == "0");
    BOOST_TEST(value("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from "
                     "pg_database where datname = current_database())") == "0");
    check_views();
  }

  /// From version 2 being live to what `online` left, with nothing to catch up yet.
  void back_to_online() const {
    (void)value("alter table view_schema.wallet_records rename to wallet_records_2;"
                "alter table view_schema.transaction_records rename to transaction_records_2;"
                "update view_schema.sequent_versions set status = 2, xmin_xact_id = "
                "pg_snapshot_xmax(pg_current_snapshot())::text::bigint where version = 2;" + restore_version_1);
  }

  /// Version 1 is live again, as if there had never been a migration to version 2.
  void back_to_version_1() const {
    if (live() == "2") {
      (void)value("drop table view_schema.wallet_records, view_schema.transaction_records;" + restore_version_1);
    }
    (void)value("drop table if exists view_schema.wallet_records_2, view_schema.transaction_records_2;"
                "delete from view_schema.sequent_versions where version = 2;"
                "delete from sequent_schema.view_fingerprints where version = 2");
  }

  Options options;
  std::unique_ptr<Application> apps[2];  ///< The programs of versions 1 and 2.
  std::unique_ptr<ViewMigrator> migrator;
  AggregateId wallets[3];

 private:
  inline static const std::string with_movements = R"(
      with movement as (
        select aggregate_id, sequence_number, coalesce((event_json->>'amount')::numeric *
               case when event_type like '%MoneyAdded' then 1 when event_type like '%MoneyDrew' then -1 end, 0) as moved
          from sequent_schema.event_records)
      )";

  inline static const std::string restore_version_1 =
      "alter table view_schema.wallet_records_1 rename to wallet_records;"
      "alter table view_schema.seriatim_version_2 rename to seriatim_version_1;"
      "delete from sequent_schema.view_fingerprints where version = 2;"
      "delete from sequent_schema.kept_views; delete from sequent_schema.projector_states;"
      "update view_schema.sequent_versions set xmin_xact_id = null where version = 1;"
      "delete from view_schema.wallet_records;" + with_movements +
      "insert into view_schema.wallet_records (aggregate_id, user_id, balance)"
      " select aggregate_id, '2', sum(moved) from movement group by aggregate_id";

  mutable std::unique_ptr<pqxx::connection> connection_;  ///< Kept, because these questions are asked often.
  std::size_t next_ = 0;
};

}  // namespace seriatim::testing
