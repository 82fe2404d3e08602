#include "seriatim/database.hpp"

#include "migrations/projector_table.hpp"
#include "runtime/schema_names.hpp"
#include "store/postgres/receipts.hpp"
#include "store/postgres/adoption.hpp"
#include "store/postgres/store_schema.hpp"
#include "store/postgres/takeover.hpp"

namespace seriatim {
namespace {

std::vector<std::string> install(postgres::Connection& connection, const postgres::SchemaNames& names,
                                 const std::vector<Domain>& domains) {
  std::vector<std::string> done = postgres::migrate_store(connection, names);
  postgres::create_view_schema(connection, names, "view_schema");
  for (const Domain& domain : domains) {
    postgres::create_view_schema(connection, names, domain.view_schema());
    migrations::note_projectors(connection, names, domain);
  }
  return done;
}

}  // namespace

std::vector<std::string> Database::create(const std::vector<Domain>& domains) {
  postgres::create_database(options_.database_url);
  return migrate(domains);
}

std::vector<std::string> Database::migrate(const std::vector<Domain>& domains) {
  const postgres::SchemaNames names = schema_names(options_);
  postgres::Connection connection{options_.database_url};
  return install(connection, names, domains);
}

Adoption Database::adopt(const std::vector<Domain>& domains) {
  const postgres::SchemaNames names = schema_names(options_);
  postgres::Connection connection{options_.database_url};
  // Held to the end of the session: two that adopt at once take their turns.
  postgres::lock_installation(connection);
  std::vector<std::string> installed;
  if (postgres::is_foreign(connection, names)) installed = postgres::take_over(connection, names);
  for (std::string& name : install(connection, names, domains)) installed.push_back(std::move(name));
  Adoption result = postgres::adopt_events(connection, names);
  result.installed = std::move(installed);
  return result;
}

void Database::drop(bool force) { postgres::drop_database(options_.database_url, schema_names(options_), force); }

std::int64_t Database::expire_receipts(std::chrono::seconds older_than,
                                       const std::function<bool(std::int64_t)>& progress) {
  postgres::Connection connection{options_.database_url};
  return postgres::expire_receipts(connection, schema_names(options_), older_than, progress);
}

DatabaseStatus Database::status() const {
  const postgres::StoreStatus status = postgres::store_status(options_.database_url, schema_names(options_));
  return {status.database_exists, status.installed_version, status.latest_version, status.events};
}

}  // namespace seriatim
