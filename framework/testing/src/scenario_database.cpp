#include "scenario_database.hpp"

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>

#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "seriatim/testing/throwaway_cluster.hpp"
#include "store/postgres/connection.hpp"

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

/// The server, and the databases on it that are copied. One for the process.
class Server {
 public:
  Server() {
    if (const char* given = std::getenv("SERIATIM_TEST_DATABASE_URL"); given != nullptr && *given != '\0') {
      url_ = given;
    } else {
      cluster_ = std::make_unique<ThrowawayCluster>();
      url_ = cluster_->server().url();
    }
  }
  ~Server() {
    for (const auto& [domains, name] : templates_) drop(name);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// A new database's name.
  std::string copy(const std::vector<Domain>& domains) {
    const std::scoped_lock lock{mutex_};  // A database can be copied by one session at a time.
    std::string name = new_name();
    execute("create database " + name + " template " + installed(domains));
    return name;
  }

  void drop(const std::string& name) noexcept {
    try {
      execute("drop database if exists " + name + " with (force)");
    } catch (const std::exception&) {
      // The server is gone or refuses: a test that has passed does not fail for what it leaves behind.
    }
  }

  [[nodiscard]] std::string url_of(const std::string& name) const { return with_database(url_, name); }

 private:
  std::string new_name() { return "seriatim_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made_); }

  void execute(const std::string& sql) const {
    postgres::Connection connection{url_};
    connection.execute(sql);
  }

  const std::string& installed(const std::vector<Domain>& domains) {
    const auto [place, is_new] = templates_.try_emplace(fingerprint(domains));
    if (is_new) place->second = install(domains);
    return place->second;
  }

  std::string install(const std::vector<Domain>& domains) {
    std::string name = new_name();
    Options options;
    options.database_url = url_of(name);
    Database{options}.create(domains);
    Application application{options, domains};
    for (const std::string& domain : application.domains_with_views()) {
      const auto migrator = application.migrator(domain);
      migrator->online({}, {}, {});
      migrator->offline({}, {}, {});
    }
    return name;
  }

  std::unique_ptr<ThrowawayCluster> cluster_;
  std::string url_;
  std::mutex mutex_;
  std::map<std::string, std::string> templates_;  ///< By what they depend on.
  int made_ = 0;
};

Server& server() {
  static Server server;
  return server;
}

}  // namespace

ScenarioDatabase::ScenarioDatabase(const std::vector<Domain>& domains)
    : name_{server().copy(domains)}, url_{server().url_of(name_)} {}

ScenarioDatabase::~ScenarioDatabase() { server().drop(name_); }

}  // namespace seriatim::testing
