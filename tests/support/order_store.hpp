#pragma once
// An installed, empty store with the order domain, for tests of workflows and dry runs.

#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "seriatim/database.hpp"
#include "support/orders.hpp"
#include "support/shared_cluster.hpp"

namespace seriatim::testing {

/// A database of its own on the shared cluster; what the workflow does is said by `script`. The views are at version 1.
class OrderStore {
 public:
  OrderStore() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain()});
    start();
    migrate_to(1);
  }

  [[nodiscard]] Domain domain() const {
    Domain made{"orders"};
    orders::fill(made, script);
    made.workflow(orders::ScriptedWorkflow{script}).workflow<orders::BigOrderWorkflow>();
    return made;
  }
  /// Makes the application (again), with `options`.
  void start() { app = std::make_unique<Application>(options, std::vector<Domain>{domain()}); }
  void migrate_to(int version) {
    const auto migrator = app->migrator("orders");
    migrator->online(version, {}, {});
    migrator->offline(version, {}, {});
  }

  template <class... Cs>
  ExecutionResult execute(const Cs&... commands) {
    return app->commands().execute(commands...);
  }

  static orders::PlaceOrder place(const AggregateId& id, Decimal amount = 10) { return {{.aggregate_id = id}, amount, "Ann", {}}; }
  static orders::PayOrder pay(const AggregateId& id, Decimal amount = 10) { return {{.aggregate_id = id}, amount}; }
  static orders::ShipOrder ship(const AggregateId& id) { return {{.aggregate_id = id}, {}}; }
  static orders::NoteOrder note(const AggregateId& id, const std::string& text = "n") { return {{.aggregate_id = id}, text}; }

  /// The first field of the first row, as text; empty when there is none or it is NULL.
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }
  [[nodiscard]] std::string count(const std::string& what) const {
    return value("select count(*) from sequent_schema." + what);
  }
  [[nodiscard]] std::string transactions() const {
    return value("select count(distinct xact_id) from sequent_schema.events");
  }

  /// "Placed#1 Shipped#2": the events in the order stored.
  [[nodiscard]] static std::string names(const std::vector<StoredEvent>& events) {
    std::string out;
    for (const StoredEvent& event : events) {
      if (!out.empty()) out += ' ';
      out += event.type.substr(std::string_view{"Orders::Order"}.size()) + '#' + std::to_string(event.sequence_number);
    }
    return out;
  }

  orders::ScriptPtr script = std::make_shared<orders::Script>();
  Options options;
  std::unique_ptr<Application> app;
  AggregateId a = new_uuid();
  AggregateId b = new_uuid();
};

/// The code and, in `message`, the sentence of what `call` throws; an exception of its own when it throws nothing.
template <class Call>
ErrorCode code_of(Call&& call, std::string* message = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.code();
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace seriatim::testing
