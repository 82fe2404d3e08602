#include "migrations/version_table.hpp"

#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

using Phase = MigrationStatus::Phase;

std::string text_array(const postgres::Connection& connection, const std::vector<std::string>& texts) {
  std::string out = "array[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i != 0) out += ", ";
    connection.append_quoted(out, texts[i]);
  }
  return out + "]::text[]";
}

}  // namespace

VersionTable::VersionTable(postgres::Connection& connection, const std::string& view_schema)
    : connection_{connection}, schema_{view_schema}, table_{postgres::quoted_name(view_schema, "sequent_versions")} {
  // One key per table of versions: its object id, in the space of our own number.
  lock_key_ = "1936028521, " + connection.quoted(table_) + "::regclass::oid::integer";
}

int VersionTable::current() {
  return connection_.execute("select coalesce(max(version), 0) from " + table_ + " where status is null")[0][0]
      .as<int>();
}

std::optional<PendingMigration> VersionTable::pending() {
  const auto rows = connection_.execute("select version, status, coalesce(xmin_xact_id, 0) from " + table_ +
                                        " where status is not null");
  if (rows.empty()) return std::nullopt;
  return PendingMigration{rows[0][0].as<int>(), static_cast<Phase>(rows[0][1].as<int>()),
                          rows[0][2].as<TransactionId>()};
}

bool VersionTable::try_lock() {
  return connection_.execute("select pg_try_advisory_lock(" + lock_key_ + ")")[0][0].as<bool>();
}

void VersionTable::unlock() { connection_.execute("select pg_advisory_unlock(" + lock_key_ + ")"); }

bool VersionTable::locked() {
  if (!try_lock()) return true;
  unlock();
  return false;
}

void VersionTable::begin_online(int version, const std::vector<std::string>& projectors,
                                const std::vector<std::string>& tables) {
  connection_.execute("insert into " + table_ +
                      " (version, status, target_projectors, target_records) values (" + std::to_string(version) +
                      ", 1, " + text_array(connection_, projectors) + ", " + text_array(connection_, tables) + ")");
}

void VersionTable::set_phase(int version, Phase phase) {
  connection_.execute("update " + table_ + " set status = " + std::to_string(static_cast<int>(phase)) +
                      " where version = " + std::to_string(version));
}

void VersionTable::set_horizon(int version, TransactionId horizon) {
  connection_.execute("update " + table_ + " set xmin_xact_id = " + std::to_string(horizon) +
                      " where version = " + std::to_string(version));
}

void VersionTable::finish(int from, int version) {
  connection_.execute("alter table " + postgres::quoted_name(schema_, postgres::version_marker(from)) + " rename to " +
                      postgres::quoted_name(postgres::version_marker(version)));
  connection_.execute("update " + table_ + " set status = null where version = " + std::to_string(version));
}

void VersionTable::forget(int version) {
  connection_.execute("delete from " + table_ + " where status is not null and version = " + std::to_string(version));
}

void VersionTable::lock_out_writers(int current) {
  connection_.execute("lock table " + postgres::quoted_name(schema_, postgres::version_marker(current)) +
                      " in access exclusive mode");
}

}  // namespace seriatim::migrations
