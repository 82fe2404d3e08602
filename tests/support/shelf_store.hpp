#pragma once
// An installed, empty store with the shelf domain: its handler does whatever a test gives it to do.

#include <functional>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <utility>

#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"
#include "support/shelf.hpp"

namespace seriatim::testing {

/// A database of its own on the shared cluster, with views. `app` is what is tested; `others` is another program on the
/// same database, which has a service, connections and deeds of its own.
class ShelfStore {
 public:
  using Deed = std::function<void(Repository&)>;

  ShelfStore() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({shelf::domain(deeds)});
    open({});
    others = std::make_unique<Application>(options, std::vector<Domain>{shelf::domain(other_deeds_)});
    const auto migrator = app->migrator("shelf");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  void open(Execution execution) {
    app = std::make_unique<Application>(options, std::vector<Domain>{shelf::domain(deeds)}, std::move(execution));
  }

  /// A command for the aggregate whose handler does `deed`.
  shelf::Act command(const AggregateId& id, Deed deed) {
    const std::string name = "deed " + std::to_string(deeds->size());
    (*deeds)[name] = [deed = std::move(deed)](const shelf::Act&, Repository& repository) { deed(repository); };
    shelf::Act act;
    act.aggregate_id = id;
    act.name = name;
    return act;
  }

  /// What the other program does in a transaction of its own.
  void elsewhere(Deed deed) {
    (*other_deeds_)["deed"] = [deed = std::move(deed)](const shelf::Act&, Repository& repository) { deed(repository); };
    shelf::Act act;
    act.aggregate_id = new_uuid();
    act.name = "deed";
    others->commands().execute(act);
  }

  /// A book with one event, or more.
  AggregateId add_book(int events = 1) {
    const AggregateId id = new_uuid();
    elsewhere([&](Repository& books) {
      auto& book = books.add<shelf::Book>(id, shelf::BookAdded{"A", {}, {}, {}, {}});
      for (int i = 1; i < events; ++i) book.lend(1);
    });
    return id;
  }
  void lend_elsewhere(const AggregateId& id) {
    elsewhere([&](Repository& books) { books.load<shelf::Book>(id).lend(1); });
  }

  /// The first field of the first row, as text; empty when there is none or it is NULL.
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }
  [[nodiscard]] std::string events() const { return value("select count(*) from sequent_schema.events"); }

  std::shared_ptr<shelf::Deeds> deeds = std::make_shared<shelf::Deeds>();
  Options options;
  std::unique_ptr<Application> app;
  std::unique_ptr<Application> others;

 private:
  std::shared_ptr<shelf::Deeds> other_deeds_ = std::make_shared<shelf::Deeds>();
};

/// What `call` throws; fails the test when it throws no error of ours.
template <class Call>
Error thrown_by(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace seriatim::testing
