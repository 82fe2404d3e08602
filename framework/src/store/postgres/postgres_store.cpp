#include "store/postgres/postgres_store.hpp"

#include <cstdio>

#include "store/postgres/event_append.hpp"
#include "store/postgres/postgres_transaction.hpp"
#include "store/postgres/receipts.hpp"
#include "store/postgres/store_schema.hpp"

namespace seriatim::postgres {
namespace {

/// Plans are made once a session, often when the tables are still small: then the planner would rather read such a table
/// whole, and go on so while it grows, until somebody analyzes it. All that commands look for has an index.
constexpr const char* plan_by_indexes = "set enable_seqscan = off; set enable_mergejoin = off;";

bool has_views(const Domain& domain) { return !domain.projectors().empty(); }

/// Writers lock the marker of the version that they project for until they end. The switch of a migration takes the
/// opposite lock and renames the marker: so that version stays the version until they end, and a writer that comes
/// too late finds no marker. One statement that plans nothing does both.
std::string begin_statements(const core::Registry& registry, std::span<const views::LiveViews> view_versions) {
  std::string markers;
  for (std::size_t i = 0; i < view_versions.size(); ++i) {
    const Domain& domain = registry.domains()[i];
    if (!has_views(domain)) continue;
    if (!markers.empty()) markers += ", ";
    markers += quoted_name(domain.view_schema(), view_versions[i].marker);
  }
  return markers.empty() ? "begin" : "begin; lock table " + markers + " in access share mode";
}

views::LiveViews live_views(Connection& connection, const SchemaNames& names, const Domain& domain) {
  const std::string schema = connection.quoted(domain.view_schema());
  const std::pair<std::string_view, std::string> fill[] = {
      {"{version}", version_query(connection, names, domain.view_schema())}, {"{schema}", schema}};
  views::LiveViews live;
  for (const auto& row : connection.execute(statement("live_projectors", names, fill))) {
    live.version = row[0].as<int>();
    live.marker = row[1].c_str();
    if (!row[2].is_null()) live.projectors[row[2].c_str()] = row[3].as<int>();
  }
  return live;
}

/// A domain without projectors has no marker; projectors of it that other programs have are known by its name.
views::LiveViews live_elsewhere(Connection& connection, const SchemaNames& names, const Domain& domain) {
  const std::pair<std::string_view, std::string> fill[] = {{"{domain}", connection.quoted(domain.name())}};
  views::LiveViews live{domain.versions().latest(), {}, {}};
  for (const auto& row : connection.execute(statement("active_projectors", names, fill))) {
    live.projectors[row[0].c_str()] = row[1].as<int>();
  }
  return live;
}

}  // namespace

PostgresStore::PostgresStore(const std::string& url, SchemaNames names, const core::Registry& registry, Warn warn,
                             KeptAggregates::Settings kept)
    : names_{std::move(names)},
      registry_{registry},
      warn_{std::move(warn)},
      kept_{registry, kept},
      pool_{url, [this](Connection& connection) { prepare(connection); }} {
  Connection connection{url};
  require_installed(connection, names_, registry);
  ids_ = std::make_unique<const TypeIds>(connection, names_, registry);
  server_ = connection.server();
}

void PostgresStore::prepare(Connection& connection) const {
  // In a copy that was restored from before a type was registered, its id may be another's by now.
  if (connection.server() != server_) ids_->require_in(connection, names_);
  const std::pair<std::string_view, std::string> fill[] = {
      {"{portion}", std::to_string(portion)},
      {"{edition}", kept_.enabled() ? ", a.xmin as edition" : ""},
      {"{its_edition}", kept_.enabled() ? ", (select edition from aggregate)" : ""}};
  std::string loads;
  for (const char* name : {"load_stream", "load_since", "load_range", "load_snapshot", "load_streams", "load_until"}) {
    loads += statement(name, names_, fill) + ";";
  }
  std::string appends;
  using Edition = EventAppend::Edition;
  for (const Edition edition : {Edition::unknown, Edition::loaded, Edition::kept}) {
    if (!kept_.enabled() && edition != Edition::unknown) continue;
    for (const EventAppend& append : event_appends(edition)) appends += append.prepare(names_) + ";";
  }
  if (kept_.enabled()) appends += statement("require_kept", names_) + ";";
  connection.set_up(plan_by_indexes + loads + statement("snapshot_mark", names_) + ";" + statement("append_events", names_) + ";" + appends +
                    statement("lock_aggregates", names_) + ";" + statement("require_version", names_) + ";" +
                    statement("stream_version", names_) + ";" + statement("store_receipts", names_) + ";" +
                    statement("find_receipts", names_) + ";" + statement("append_batch", names_) + ";" +
                    statement("create_aggregates", names_) + ";" + statement("require_versions", names_) + ";" +
                    statement("store_batch_receipts", names_) + ";" + statement("plain_columns", names_));
}

void PostgresStore::warn(const std::string& warning) const {
  if (warn_) {
    warn_(warning);
  } else {
    std::fprintf(stderr, "seriatim: warning: %s\n", warning.c_str());
  }
}

std::unique_ptr<store::Transaction> PostgresStore::begin(std::span<const views::LiveViews> view_versions) {
  using Kept = PostgresTransaction::Kept;
  const Kept kept = kept_.relied_on() ? Kept::rely : Kept::refresh;
  return std::make_unique<PostgresTransaction>(*this, begin_statements(registry_, view_versions),
                                               kept_.enabled() ? kept : Kept::nothing);
}

std::unique_ptr<store::Transaction> PostgresStore::begin_anew(std::span<const views::LiveViews> view_versions) {
  using Kept = PostgresTransaction::Kept;
  return std::make_unique<PostgresTransaction>(*this, begin_statements(registry_, view_versions),
                                               kept_.enabled() ? Kept::renew : Kept::nothing);
}

std::unique_ptr<PostgresTransaction> PostgresStore::begin_batch(std::span<const views::LiveViews> view_versions) {
  return std::make_unique<PostgresTransaction>(*this, begin_statements(registry_, view_versions));
}

std::int32_t PostgresStore::version(const AggregateId& id) {
  std::unique_ptr<Connection> connection = pool_.take();
  const auto version =
      connection->execute("execute seriatim_stream_version('" + uuid_text(id) + "')")[0][0].as<std::int32_t>();
  pool_.give_back(std::move(connection));
  return version;
}

std::vector<store::FoundReceipt> PostgresStore::find_receipts(const std::vector<std::string>& keys,
                                                              const std::string& request) {
  std::unique_ptr<Connection> connection = pool_.take();
  std::vector<store::FoundReceipt> found = postgres::find_receipts(*connection, keys, request);
  pool_.give_back(std::move(connection));
  return found;
}

std::vector<views::LiveViews> PostgresStore::view_versions() {
  std::unique_ptr<Connection> connection = pool_.take();
  std::vector<views::LiveViews> live;
  for (const Domain& domain : registry_.domains()) {
    live.push_back(has_views(domain) ? live_views(*connection, names_, domain) : live_elsewhere(*connection, names_, domain));
  }
  pool_.give_back(std::move(connection));
  return live;
}

}  // namespace seriatim::postgres
