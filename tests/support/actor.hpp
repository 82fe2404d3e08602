#pragma once
// Executes commands of the shelf domain whose handlers do what a test tells them.

#include <functional>
#include <memory>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>

#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"
#include "support/shelf.hpp"

namespace seriatim::testing {

/// The first field of the first row, as text; empty when there is none or it is NULL.
inline std::string value_of(const std::string& url, const std::string& sql) {
  pqxx::connection connection{url};
  pqxx::nontransaction work{connection};
  const pqxx::result rows = work.exec(sql);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

/// Executes commands whose handlers are functions of the test. Not thread-safe.
class Actor {
 public:
  using Deed = std::function<void(Repository&)>;

  /// `domain_of(deeds)` is a domain with shelf::ActHandler.
  template <class DomainOf>
  Actor(const Options& options, DomainOf&& domain_of)
      : domain{domain_of(deeds)}, app{std::make_unique<Application>(options, std::vector<Domain>{domain})} {}

  /// One command.
  ExecutionResult act(Deed deed) {
    (*deeds)["deed"] = [deed = std::move(deed)](const shelf::Act&, Repository& repository) { deed(repository); };
    return app->commands().execute(command("deed"));
  }

  /// Two commands of one call.
  ExecutionResult act(Deed first, Deed second) {
    (*deeds)["first"] = [deed = std::move(first)](const shelf::Act&, Repository& repository) { deed(repository); };
    (*deeds)["second"] = [deed = std::move(second)](const shelf::Act&, Repository& repository) { deed(repository); };
    return app->commands().execute(command("first"), command("second"));
  }

  /// The error that a command ends with; its text is in `message`.
  ErrorCode code_of(const Deed& deed) {
    try {
      act(deed);
    } catch (const Error& error) {
      message = error.what();
      return error.code();
    }
    throw std::logic_error{"nothing was thrown"};
  }

  std::shared_ptr<shelf::Deeds> deeds = std::make_shared<shelf::Deeds>();
  Domain domain;
  std::unique_ptr<Application> app;
  std::string message;

 private:
  static shelf::Act command(const std::string& name) {
    shelf::Act act;
    act.aggregate_id = new_uuid();
    act.name = name;
    return act;
  }
};

/// Options for a new database in which a store for `domain` is installed.
inline Options installed(const Domain& domain) {
  Options options;
  options.database_url = shared_cluster().create_database();
  Database{options}.create({domain});
  return options;
}

}  // namespace seriatim::testing
