#pragma once
// An installed, empty store with the accounts domain, whose views are at version 1.

#include <pqxx/pqxx>
#include <thread>

#include "seriatim/database.hpp"
#include "support/accounts.hpp"
#include "support/shared_cluster.hpp"

namespace seriatim::testing {

class AccountsStore {
 public:
  AccountsStore() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain()});
    app = make_application();
    migrate(*app);
  }

  [[nodiscard]] Domain domain(int versions = 1) const {
    Domain made{"accounts"};
    accounts::register_domain(made, deeds, versions);
    return made;
  }
  [[nodiscard]] std::unique_ptr<Application> make_application(int versions = 1) const {
    return std::make_unique<Application>(options, std::vector<Domain>{domain(versions)});
  }

  static void migrate(Application& application) {
    const auto migrator = application.migrator("accounts");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  /// Executes commands, in one transaction, each of whose handlers does one deed. One thread at a time: others prepare
  /// deeds of their own.
  ExecutionResult act(const std::vector<accounts::Deed>& todo) {
    std::vector<AnyCommand> commands;
    for (std::size_t i = 0; i < todo.size(); ++i) {
      const std::string name = "deed " + std::to_string(i);
      (*deeds)[name] = todo[i];
      commands.emplace_back(command(name));
    }
    return app->commands().execute(std::move(commands), {});
  }
  ExecutionResult act(const accounts::Deed& deed) { return act(std::vector<accounts::Deed>{deed}); }

  static accounts::Act command(const std::string& name) {
    accounts::Act act;
    act.aggregate_id = new_uuid();
    act.name = name;
    return act;
  }

  AggregateId register_user(const std::string& email, const std::string& region = "") const {
    accounts::RegisterUser user;
    user.aggregate_id = new_uuid();
    user.email = email;
    user.region = region;
    app->commands().execute(user);
    return user.aggregate_id;
  }

  void relocate(const AggregateId& id, const std::string& region) const {
    accounts::Relocate relocate;
    relocate.aggregate_id = id;
    relocate.region = region;
    app->commands().execute(relocate);
  }

  /// The fields of all rows, "a b|c d".
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    std::string out;
    for (const auto& row : work.exec(sql)) {
      if (!out.empty()) out += '|';
      for (pqxx::row::size_type i = 0; i < row.size(); ++i) out.append(i == 0 ? "" : " ").append(row[i].c_str());
    }
    return out;
  }

  /// As somebody does who works on the database by other means.
  void run_sql(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction{connection}.exec(sql);
  }

  std::shared_ptr<accounts::Deeds> deeds = std::make_shared<accounts::Deeds>();
  Options options;
  std::unique_ptr<Application> app;
};

/// Runs `work(0)` to `work(threads - 1)` at once, and waits for all.
inline void run_at_once(int threads, const std::function<void(int)>& work) {
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work, i);
  for (std::thread& worker : workers) worker.join();
}

}  // namespace seriatim::testing
