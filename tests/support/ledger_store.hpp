#pragma once
// An installed, empty store with the ledger domain.

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "seriatim/database.hpp"
#include "seriatim/pipeline.hpp"
#include "support/ledger.hpp"
#include "support/shared_cluster.hpp"

namespace seriatim::testing {

/// A database of its own on the shared cluster, with views. `app` is what is tested; `others` is another program.
class LedgerStore {
 public:
  explicit LedgerStore(const std::string& url = shared_cluster().create_database()) {
    options.database_url = url;
    Database{options}.create({ledger::domain(script)});
    open({});
    others = std::make_unique<Application>(options, std::vector<Domain>{ledger::domain(other_script_)});
    const auto migrator = app->migrator("ledger");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  void open(Execution execution) {
    app = std::make_unique<Application>(options, std::vector<Domain>{ledger::domain(script)}, std::move(execution));
  }

  static ledger::Open open_account(const AggregateId& id, const std::string& owner) { return {{.aggregate_id = id}, owner}; }
  static ledger::Deposit deposit(const AggregateId& id, Decimal amount) { return {{.aggregate_id = id}, amount}; }
  static ledger::Withdraw withdraw(const AggregateId& id, Decimal amount) { return {{.aggregate_id = id}, amount}; }
  static ledger::Note note(const AggregateId& id, const std::string& text) { return {{.aggregate_id = id}, text}; }

  /// An account, opened by the other program.
  AggregateId account(const std::string& owner) {
    const AggregateId id = new_uuid();
    others->commands().execute(open_account(id, owner));
    return id;
  }

  /// All rows of a query, a line each.
  [[nodiscard]] std::vector<std::string> rows(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    std::vector<std::string> lines;
    for (const auto& row : work.exec(sql)) {
      std::string line;
      for (const auto& field : row) line.append(line.empty() ? "" : " | ").append(field.is_null() ? "null" : field.c_str());
      lines.push_back(line);
    }
    return lines;
  }
  [[nodiscard]] std::string value(const std::string& sql) const {
    const std::vector<std::string> lines = rows(sql);
    return lines.empty() ? "" : lines.front();
  }
  [[nodiscard]] std::string balance(const AggregateId& id) const {
    return value("select balance from view_schema.account_rows where aggregate_id = '" + uuid_text(id) + "'");
  }
  [[nodiscard]] std::string events(const AggregateId& id) const {
    return value("select count(*) from sequent_schema.events where aggregate_id = '" + uuid_text(id) + "'");
  }
  /// What no history leaves behind: gaps, commands without events, rows that the events do not explain.
  [[nodiscard]] std::string damage() const {
    return value(R"(
      with movement as (
        select aggregate_id, sequence_number, event_type,
               case event_type when 'Ledger::Deposited' then 1 when 'Ledger::Withdrawn' then -1 else 0 end
                 * coalesce((event_json->>'amount')::numeric, 0) as amount
          from sequent_schema.event_records
      ), balance as (
        select aggregate_id, sum(amount) as balance,
               count(*) filter (where event_type in ('Ledger::Deposited', 'Ledger::Withdrawn', 'Ledger::Opened')) as changes
          from movement group by aggregate_id
      ), entry as (
        select aggregate_id, sequence_number, amount,
               sum(amount) over (partition by aggregate_id order by sequence_number) as balance
          from movement where amount <> 0
      )
      select (select count(*) from balance b full join view_schema.account_rows r using (aggregate_id)
               where (b.balance, b.changes) is distinct from (r.balance, r.changes))
           + (select count(*) from entry e full join view_schema.entry_rows r using (aggregate_id, sequence_number)
               where (e.amount, e.balance) is distinct from (r.amount, r.balance))
           + (select count(*) from (select from sequent_schema.events group by aggregate_id
                                    having max(sequence_number) <> count(*) or min(sequence_number) <> 1) gap)
           + (select count(*) from (select created_at < lag(created_at) over stream or command_id < lag(command_id) over stream
                                           as wrong from sequent_schema.events
                                    window stream as (partition by aggregate_id order by sequence_number)) o where wrong)
           + (select count(*) from sequent_schema.commands c
               where not exists (select from sequent_schema.events e where e.command_id = c.id)))");
  }

  ledger::ScriptPtr script = std::make_shared<ledger::Script>();
  Options options;
  std::unique_ptr<Application> app;
  std::unique_ptr<Application> others;

 private:
  ledger::ScriptPtr other_script_ = std::make_shared<ledger::Script>();
};

}  // namespace seriatim::testing
