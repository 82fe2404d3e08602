#include "migrations/verified_projector.hpp"

#include <algorithm>

#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

/// The column by which a table's rows belong to aggregates, for as long as no event has shown which it is:
/// `aggregate_id`, or the only UUID; the number of columns when there is none.
std::size_t conventional_owner(const RecordType& record) {
  const auto columns = record.columns();
  const auto is_uuid = [](const attributes::Member& member) { return member.type->kind == attributes::Kind::uuid; };
  const auto named = std::find_if(columns.begin(), columns.end(), [&](const attributes::Member& member) {
    return member.name == "aggregate_id" && is_uuid(member);
  });
  if (named != columns.end()) return static_cast<std::size_t>(named - columns.begin());
  if (std::count_if(columns.begin(), columns.end(), is_uuid) != 1) return columns.size();
  return static_cast<std::size_t>(std::find_if(columns.begin(), columns.end(), is_uuid) - columns.begin());
}

bool contains(const std::vector<std::size_t>& values, std::size_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

VerifiedProjector::VerifiedProjector(postgres::Connection& connection, const postgres::PostgresStore& store,
                                     const Domain& domain, const ProjectorType& projector)
    : fold{store.registry(), projector}, aggregates_{quoted_name(store.names().store, "aggregates")} {
  for (const RecordType* record : projector.manages) {
    tables_.emplace_back(connection, *record, domain.view_schema());
    owners_.push_back(conventional_owner(*record));
  }
}

std::vector<WrongRow> VerifiedProjector::of_aggregates(postgres::Connection& connection, std::size_t table,
                                                       const std::vector<AggregateId>& ids, bool lock,
                                                       std::int64_t& read) {
  const ComparedTable& compared = tables_[table];
  std::size_t& owner = owners_[table];
  const auto local = fold.rows().local_columns(compared.record());
  if (local && !contains(*local, owner)) owner = local->front();
  const auto columns = compared.record().columns();
  if (owner == columns.size()) return {};  // No event has touched the table: see of_nobody.
  auto rows = compared.read(connection, quoted_name(columns[owner].name) + " = any(" + uuid_array(ids) + ")", lock);
  read += static_cast<std::int64_t>(rows.size());
  return compared.compare(connection, fold.rows(), std::move(rows), owner);
}

std::vector<WrongRow> VerifiedProjector::of_nobody(postgres::Connection& connection, std::size_t table,
                                                   bool lock) const {
  const auto columns = tables_[table].record().columns();
  std::string condition;
  if (owners_[table] != columns.size()) {
    const std::string owner = quoted_name(columns[owners_[table]].name);
    condition = "(" + owner + " is null or not exists (select from " + aggregates_ + " a where a.aggregate_id = t." +
                owner + "))";
  }
  auto rows = tables_[table].read(connection, condition, lock);
  return tables_[table].compare(connection, views::ReplayPersistor{}, std::move(rows), owners_[table]);
}

std::vector<WrongRow> VerifiedProjector::of_everybody(postgres::Connection& connection, std::size_t table,
                                                      std::int64_t& read) const {
  const ComparedTable& compared = tables_[table];
  auto rows = compared.read(connection, {}, false);
  read += static_cast<std::int64_t>(rows.size());
  return compared.compare(connection, fold.rows(), std::move(rows), conventional_owner(compared.record()));
}

void VerifiedProjector::note(std::size_t table, const WrongRow& row) {
  tables_[table].describe(row, name(), differences);
  ++wrong_rows;
}

void VerifiedProjector::forget() {
  differences.clear();
  wrong_rows = 0;
}

}  // namespace seriatim::migrations
