#include "store/postgres/postgres_store.hpp"

#include "store/postgres/postgres_transaction.hpp"
#include "store/postgres/store_schema.hpp"

namespace seriatim::postgres {
namespace {

bool has_views(const Domain& domain) { return !domain.projectors().empty(); }

/// Writers hold this lock until they end, the switch of a migration takes the opposite one: so the version that a
/// transaction projects for stays the version until it ends.
std::string begin_statements(const core::Registry& registry) {
  std::string tables;
  for (const Domain& domain : registry.domains()) {
    if (!has_views(domain)) continue;
    if (!tables.empty()) tables += ", ";
    tables += quoted_name(domain.view_schema(), "sequent_versions");
  }
  return tables.empty() ? "begin" : "begin; lock table " + tables + " in access share mode";
}

}  // namespace

PostgresStore::PostgresStore(const std::string& url, SchemaNames names, const core::Registry& registry)
    : names_{std::move(names)},
      registry_{registry},
      begin_sql_{begin_statements(registry)},
      pool_{url, [this](Connection& connection) { prepare(connection); }} {
  Connection connection{url};
  require_installed(connection, names_, registry);
  ids_ = std::make_unique<const TypeIds>(connection, names_, registry);
}

void PostgresStore::prepare(Connection& connection) const {
  std::string sql = statement("load_stream", names_) + ";" + statement("append_events", names_) + ";" +
                    statement("append_event", names_) + ";" + statement("lock_aggregates", names_);
  for (std::size_t i = 0; i < registry_.domains().size(); ++i) {
    if (!has_views(registry_.domains()[i])) continue;
    const std::pair<std::string_view, std::string> fill[] = {
        {"{views}", quoted_name(registry_.domains()[i].view_schema())},
        {"{name}", "seriatim_require_view_version_" + std::to_string(i)}};
    sql += ";" + statement("require_view_version", names_, fill);
  }
  connection.set_up(std::move(sql));
}

std::unique_ptr<store::Transaction> PostgresStore::begin() { return std::make_unique<PostgresTransaction>(*this); }

std::vector<int> PostgresStore::view_versions() {
  std::unique_ptr<Connection> connection = pool_.take();
  std::vector<int> versions;
  for (const Domain& domain : registry_.domains()) {
    if (!has_views(domain)) {
      versions.push_back(domain.versions().latest());
      continue;
    }
    const std::pair<std::string_view, std::string> fill[] = {{"{views}", quoted_name(domain.view_schema())}};
    versions.push_back(connection->execute(statement("view_version", names_, fill))[0][0].as<int>());
  }
  pool_.give_back(std::move(connection));
  return versions;
}

}  // namespace seriatim::postgres
