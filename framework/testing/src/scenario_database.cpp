#include "scenario_database.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>

#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "seriatim/testing/throwaway_cluster.hpp"
#include "store/postgres/connection.hpp"

std::span<const seriatim::SqlFile> seriatim_testing_sql_files();

namespace seriatim::testing {
namespace {

/// The address of another database of the same server.
std::string with_database(const std::string& url, const std::string& name) {
  const std::size_t query = url.find('?');
  const std::size_t authority = url.find("//");
  const std::size_t path = authority == std::string::npos ? std::string::npos : url.find('/', authority + 2);
  if (authority == std::string::npos || (query != std::string::npos && query < authority)) {
    throw_error<ErrorCode::configuration>("SERIATIM_TEST_DATABASE_URL is \"" + url +
                                          "\": write it as postgresql://user@host/database");
  }
  const std::string parameters = query == std::string::npos ? "" : url.substr(query);
  const std::size_t end = path == std::string::npos || path > query ? query : path;
  return url.substr(0, end) + "/" + name + parameters;
}

/// Everything of the domains that the installed database depends on.
std::string fingerprint(const std::vector<Domain>& domains) {
  std::string text;
  for (const Domain& domain : domains) {
    text += domain.name() + '\n' + domain.view_schema() + '\n' + std::to_string(domain.versions().latest()) + '\n';
    for (const ProjectorType& projector : domain.projectors()) text.append(projector.name).append("\n");
    for (const SqlFile& file : domain.sql()) text.append(file.name).append("\n").append(file.text).append("\n");
  }
  return text;
}

std::string statement(std::string_view name) {
  for (const SqlFile& file : seriatim_testing_sql_files()) {
    if (file.name == name) return std::string{file.text};
  }
  throw_error<ErrorCode::usage>("there is no statement " + std::string{name});
}

std::set<std::string> filled_tables(postgres::Connection& connection) {
  std::set<std::string> tables;
  for (const auto& row : connection.execute(statement("filled_tables.sql"))) tables.insert(row[0].c_str());
  return tables;
}

/// The server, and the databases on it. One for the process.
class Server {
 public:
  Server() {
    if (const char* given = std::getenv("SERIATIM_TEST_DATABASE_URL"); given != nullptr && *given != '\0') {
      url_ = given;
      (void)with_database(url_, "");  // Refuses what is no URL.
      // Says early whether the server is there. Also, libpqxx then makes its static objects before this one is complete, so that
      // they outlive it: its destructor needs them.
      (void)postgres::Connection{url_};
    } else {
      cluster_ = std::make_unique<ThrowawayCluster>();
      url_ = cluster_->server().url();
    }
  }
  ~Server() {
    if (cluster_ != nullptr) return;
    for (const std::string& name : made_) drop(name);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// An empty database with the domains' store and views.
  InstalledDatabase take(const std::vector<Domain>& domains) {
    const std::string key = fingerprint(domains);
    std::optional<InstalledDatabase> used = take_used(key);
    if (!used) return install(domains, key);
    clear(*used);
    return *std::move(used);
  }

  void give_back(InstalledDatabase database) {
    const std::scoped_lock lock{mutex_};
    free_.push_back(std::move(database));
  }

 private:
  std::optional<InstalledDatabase> take_used(const std::string& key) {
    const std::scoped_lock lock{mutex_};
    const auto found = std::find_if(free_.begin(), free_.end(), [&](const auto& free) { return free.key == key; });
    if (found == free_.end()) return std::nullopt;
    InstalledDatabase taken = std::move(*found);
    free_.erase(found);
    return taken;
  }

  std::string new_name() {
    const std::scoped_lock lock{mutex_};
    made_.push_back("seriatim_test_" + std::to_string(::getpid()) + "_" + std::to_string(made_.size() + 1));
    return made_.back();
  }

  InstalledDatabase install(const std::vector<Domain>& domains, const std::string& key) {
    InstalledDatabase database{key, with_database(url_, new_name()), {}};
    Options options;
    options.database_url = database.url;
    Database{options}.create(domains);
    Application application{options, domains};
    for (const std::string& domain : application.domains_with_views()) {
      const auto migrator = application.migrator(domain);
      migrator->online({}, {}, {});
      migrator->offline({}, {}, {});
    }
    postgres::Connection connection{database.url};
    if (const std::string sql = connection.execute(statement("allow_truncation.sql"))[0][0].c_str(); !sql.empty()) {
      connection.execute(sql);
    }
    database.kept = filled_tables(connection);
    return database;
  }

  /// Empties what was empty when the database was installed. Emptying a table without rows would cost as much as any.
  static void clear(const InstalledDatabase& database) {
    postgres::Connection connection{database.url};
    std::string tables;
    for (const std::string& table : filled_tables(connection)) {
      if (database.kept.count(table) == 0) tables.append(tables.empty() ? "" : ", ").append(table);
    }
    if (!tables.empty()) connection.execute("truncate " + tables + " restart identity cascade");
  }

  void drop(const std::string& name) const noexcept {
    try {
      postgres::Connection connection{url_};
      connection.execute("drop database if exists " + name + " with (force)");
    } catch (const std::exception&) {
      // The server is gone or refuses: a test that has passed does not fail for what it leaves behind.
    }
  }

  std::unique_ptr<ThrowawayCluster> cluster_;
  std::string url_;
  std::mutex mutex_;  ///< Guards what follows.
  std::vector<InstalledDatabase> free_;
  std::vector<std::string> made_;
};

Server& server() {
  static Server server;
  return server;
}

}  // namespace

ScenarioDatabase::ScenarioDatabase(const std::vector<Domain>& domains) : database_{server().take(domains)} {}

ScenarioDatabase::~ScenarioDatabase() { server().give_back(std::move(database_)); }

}  // namespace seriatim::testing
