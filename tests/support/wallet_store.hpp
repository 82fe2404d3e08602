#pragma once
// An installed, empty store with the wallet domain, for tests that execute commands.

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"
#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"

namespace seriatim::testing {

/// A database of its own on the shared cluster. The views are at no version until they are built.
class WalletStore {
 public:
  WalletStore() : WalletStore{wallet::domain()} {}
  /// By the wallet as an earlier version of it was, for example: see wallet_before.hpp.
  explicit WalletStore(const Domain& domain) {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain});
    app = std::make_unique<Application>(options, std::vector<Domain>{domain});
  }

  /// The newest version that the domain has.
  void build_views() { migrate_to({}); }

  void migrate_to(std::optional<int> version) {
    const auto migrator = app->migrator("wallet");
    migrator->online(version, {}, {});
    migrator->offline(version, {}, {});
  }

  AggregateId create_wallet(const std::string& user = "2") {
    wallet::CreateWallet command;
    command.aggregate_id = new_uuid();
    command.user_id = user;
    app->commands().execute(command);
    return command.aggregate_id;
  }
  static wallet::AddMoney add(const AggregateId& id, Decimal amount) { return {{.aggregate_id = id}, amount, "API"}; }
  static wallet::DrawMoney draw(const AggregateId& id, Decimal amount) { return {{.aggregate_id = id}, amount, "API"}; }

  /// The first field of the first row, as text; empty when there is none or it is NULL.
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  /// Wallets whose row differs from the fold of their events; and movements whose row does, from version 2 on.
  [[nodiscard]] std::string wrong_wallets() const {
    return value(R"(
      with folded as (
        select aggregate_id, sum(case when event_type like '%MoneyAdded' then (event_json->>'amount')::numeric
                                      when event_type like '%MoneyDrew' then -(event_json->>'amount')::numeric
                                      else 0 end) as balance
          from sequent_schema.event_records group by aggregate_id)
      select count(*) from folded full join view_schema.wallet_records r using (aggregate_id)
       where folded.balance is distinct from r.balance)");
  }
  [[nodiscard]] std::string wrong_transactions() const {
    return value(R"(
      with movements as (
        select aggregate_id, sequence_number, case when event_type like '%MoneyAdded' then 'IN' else 'OUT' end as type,
               (event_json->>'amount')::numeric as amount,
               sum((event_json->>'amount')::numeric * case when event_type like '%MoneyAdded' then 1 else -1 end)
                 over (partition by aggregate_id order by sequence_number) as balance
          from sequent_schema.event_records where event_type not like '%WalletCreated')
      select count(*) from movements m full join view_schema.transaction_records r using (aggregate_id, sequence_number)
       where (m.type, m.amount, m.balance) is distinct from (r.type, r.amount, r.balance))");
  }

  Options options;
  std::unique_ptr<Application> app;
};

/// The code of what `call` throws; fails the test when it throws nothing.
template <class Call>
ErrorCode error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error.code();
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace seriatim::testing
