#include "migrations/version_table.hpp"

#include <algorithm>

#include "migrations/table_shape.hpp"
#include "store/postgres/store_schema.hpp"

namespace seriatim::migrations {
namespace {

using Phase = MigrationStatus::Phase;

constexpr const char* lock_space = "1936028521";  ///< Our own number.

std::string lock_timeout(std::chrono::milliseconds wait) {
  return "set local lock_timeout = '" + std::to_string(std::max<std::int64_t>(wait.count(), 1)) + "ms'";
}

}  // namespace

VersionTable::VersionTable(postgres::Connection& connection, const std::string& view_schema)
    : connection_{connection}, schema_{view_schema}, table_{postgres::quoted_name(view_schema, "sequent_versions")} {
  // One key per table of versions: its object id, in the space of our own number.
  const std::string key = connection.quoted(table_) + "::regclass::oid";
  lock_key_ = std::string{lock_space} + ", " + key + "::integer";
  is_the_lock_ = std::string{"locktype = 'advisory' and granted and objsubid = 2 and classid = "} + lock_space +
                 " and objid = " + key + " and database = (select oid from pg_database where datname = current_database())";
}

int VersionTable::current() {
  return connection_.execute("select coalesce(max(version), 0) from " + table_ + " where status is null")[0][0]
      .as<int>();
}

std::optional<PendingMigration> VersionTable::pending() {
  const auto rows = connection_.execute("select version, status, coalesce(xmin_xact_id, 0) from " + table_ +
                                        " where status is not null");
  if (rows.empty()) return std::nullopt;
  const int version = rows[0][0].as<int>();
  return PendingMigration{version, static_cast<Phase>(rows[0][1].as<int>()), rows[0][2].as<TransactionId>(),
                          tables_of(version)};
}

std::vector<std::string> VersionTable::targets(const char* column, int version) {
  std::vector<std::string> names;
  for (const auto& row : connection_.execute(std::string{"select unnest("}.append(column) + ") from " + table_ +
                                             " where version = " + std::to_string(version))) {
    names.emplace_back(row[0].c_str());
  }
  return names;
}

bool VersionTable::try_lock() {
  return connection_.execute("select pg_try_advisory_lock(" + lock_key_ + ")")[0][0].as<bool>();
}

void VersionTable::unlock() { connection_.execute("select pg_advisory_unlock(" + lock_key_ + ")"); }

bool VersionTable::locked() {
  return connection_.execute("select exists (select from pg_locks where " + is_the_lock_ + ")")[0][0].as<bool>();
}

void VersionTable::begin_online(int version, const std::vector<std::string>& projectors,
                                const std::vector<std::string>& tables) {
  connection_.execute("insert into " + table_ +
                      " (version, status, target_projectors, target_records) values (" + std::to_string(version) +
                      ", 1, " + text_array(connection_, projectors) + ", " + text_array(connection_, tables) + ")");
}

void VersionTable::set_phase(int version, Phase phase) {
  connection_.execute("update " + table_ + " set status = " + std::to_string(static_cast<int>(phase)) +
                      " where status is not null and version = " + std::to_string(version));
}

std::optional<TransactionId> VersionTable::horizon(int version) { return horizon_of(version, ""); }

std::optional<TransactionId> VersionTable::hold_horizon(int version) { return horizon_of(version, " for update"); }

std::optional<TransactionId> VersionTable::horizon_of(int version, const char* lock) {
  const auto rows = connection_.execute("select xmin_xact_id from " + table_ +
                                        " where xmin_xact_id is not null and version = " + std::to_string(version) + lock);
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<TransactionId>();
}

void VersionTable::set_horizon(int version, std::optional<TransactionId> horizon) {
  connection_.execute("update " + table_ + " set xmin_xact_id = " + (horizon ? std::to_string(*horizon) : "null") +
                      " where version = " + std::to_string(version));
}

void VersionTable::finish(int version) {
  rename_marker(version);
  connection_.execute("update " + table_ + " set status = null, xmin_xact_id = null where version = " +
                      std::to_string(version));
}

void VersionTable::go_back(int version) {
  const std::string newer = std::to_string(current());
  rename_marker(version);
  connection_.execute("update " + table_ + " set status = 2 where version = " + newer);
  set_horizon(version, std::nullopt);
}

void VersionTable::rename_marker(int version) {
  const std::string old = live().marker;
  rename_marker(old, postgres::version_marker(version, postgres::edition_of(old)));
}

void VersionTable::rename_marker(const std::string& from, const std::string& to) {
  connection_.execute("alter table " + postgres::quoted_name(schema_, from) + " rename to " + postgres::quoted_name(to));
}

VersionTable::Live VersionTable::live() {
  const auto row = connection_.execute(postgres::version_query(connection_, {}, schema_))[0];
  return {row[0].as<int>(), row[1].c_str()};
}

void VersionTable::renew_marker() {
  const Live old = live();
  rename_marker(old.marker, postgres::version_marker(old.version, postgres::edition_of(old.marker) + 1));
}

void VersionTable::forget(int version) {
  connection_.execute("delete from " + table_ + " where status is not null and version = " + std::to_string(version));
}

void VersionTable::keep_current() { connection_.execute("lock table " + table_ + " in share row exclusive mode"); }

void VersionTable::lock_out_writers(const std::vector<std::string>& tables, std::chrono::milliseconds wait) {
  const std::string marker = postgres::quoted_name(schema_, live().marker);
  std::string sql = lock_timeout(wait / 2) + "; lock table " + marker + " in access exclusive mode";
  std::string names;
  for (const std::string& table : tables) {
    names.append(names.empty() ? "" : ", ").append(postgres::quoted_name(schema_, table));
  }
  if (!names.empty()) {
    // The limit is for each table: together they get the other half.
    const auto each = wait / 2 / static_cast<std::int64_t>(tables.size());
    sql += "; " + lock_timeout(each) + "; lock table " + names + " in access exclusive mode";
  }
  connection_.execute(sql + "; " + lock_timeout(wait));
}

}  // namespace seriatim::migrations
