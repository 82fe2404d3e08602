#pragma once
// Programs with versions 3 and 4 of the wallet's views on one database.

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "support/wallet_next.hpp"
#include "support/wallet_store.hpp"

namespace seriatim::testing {

/// Version 3 is live, by `app`; `next` is a program with version 4, which builds the table of wallets anew.
struct TwoVersions : WalletStore {
  TwoVersions() {
    build_views();
    next = program(wallet_next::fourth());
  }

  std::unique_ptr<Application> program(Domain domain) const {
    return std::make_unique<Application>(options, std::vector<Domain>{std::move(domain)});
  }

  static void online(Application& program) { program.migrator("wallet")->online({}, {}, {}); }
  static MigrationResult offline(Application& program) { return program.migrator("wallet")->offline({}, {}, {}); }
  static MigrationResult rollback(Application& program) { return program.migrator("wallet")->rollback({}, {}); }
  void go_forward() {
    online(*next);
    offline(*next);
  }

  /// By whichever program is served.
  template <class Command>
  void execute(const Command& command) {
    try {
      next->commands().execute(command);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::projector_migrating) throw;
      app->commands().execute(command);
    }
  }

  bool exists(const std::string& table) const {
    return value("select to_regclass('view_schema." + table + "')") != "";
  }
  [[nodiscard]] std::string live() const { return std::to_string(app->migrator("wallet")->status().current); }

  /// Wallets of version 4 in a table whose row differs from the fold of their events.
  [[nodiscard]] std::string wrong_counted(const std::string& table) const {
    return value(R"(
      with folded as (
        select aggregate_id, sum(case when event_type like '%MoneyAdded' then (event_json->>'amount')::numeric
                                      when event_type like '%MoneyDrew' then -(event_json->>'amount')::numeric
                                      else 0 end) as balance, count(*) - 1 as movements
          from sequent_schema.event_records group by aggregate_id)
      select count(*) from folded full join view_schema.)" + table + R"( r using (aggregate_id)
       where (folded.balance, folded.movements) is distinct from (r.balance, r.movements))");
  }
  /// Wallets of version 3 in a table; and what any version has of movements.
  [[nodiscard]] std::string wrong_plain(const std::string& table) const {
    return value(R"(
      with folded as (
        select aggregate_id, sum(case when event_type like '%MoneyAdded' then (event_json->>'amount')::numeric
                                      when event_type like '%MoneyDrew' then -(event_json->>'amount')::numeric
                                      else 0 end) as balance
          from sequent_schema.event_records group by aggregate_id)
      select count(*) from folded full join view_schema.)" + table + R"( r using (aggregate_id)
       where folded.balance is distinct from r.balance)");
  }
  [[nodiscard]] std::int64_t behind() const { return app->migrator("wallet")->status().kept.value().events_behind; }

  std::unique_ptr<Application> next;
};

}  // namespace seriatim::testing
