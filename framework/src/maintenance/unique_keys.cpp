// Recomputing unique keys.

#include <algorithm>
#include <map>

#include "core/unit_of_work.hpp"
#include "maintenance/postgres_key_maintenance.hpp"
#include "store/postgres/key_statements.hpp"

namespace seriatim::maintenance {
namespace {

using postgres::PostgresTransaction;
using postgres::statement;
using Fill = std::pair<std::string_view, std::string>;

/// Few enough that a writer who waits for one of them hardly notices.
constexpr std::size_t block_size = 100;

std::string array_of(const std::vector<AggregateId>& ids) {
  std::string out = "array[";
  for (const AggregateId& id : ids) out.append(id == ids.front() ? "'" : ",'").append(uuid_text(id)).append("'");
  return out + "]::uuid[]";
}

std::vector<AggregateId> ids_of(const pqxx::result& rows) {
  std::vector<AggregateId> ids;
  for (const auto& row : rows) ids.push_back(parse_uuid(row[0].c_str()).value());
  return ids;
}

}  // namespace

std::vector<core::TypeIndex> PostgresKeyMaintenance::types_of(const std::optional<std::string>& type) const {
  const core::Registry& registry = store_.registry();
  std::vector<core::TypeIndex> types;
  if (type) {
    types.push_back(registry.aggregate(*type));
    if (types.front() != core::unknown_type) return types;
    throw_error<ErrorCode::usage>("no loaded domain has an aggregate type named \"" + *type +
                                  "\": correct the name, or load its plugin");
  }
  for (core::TypeIndex i = 0; i < registry.aggregates().size(); ++i) {
    if (registry.aggregates()[i].type->unique_keys != nullptr) types.push_back(i);
  }
  return types;
}

UniqueKeysResult PostgresKeyMaintenance::recompute_unique_keys(const std::optional<std::string>& type,
                                                               const ProgressReport& report,
                                                               const Cancelled& cancelled) {
  UniqueKeysResult result;
  Refusals refused;
  for (const core::TypeIndex index : types_of(type)) {
    const Fill fill[] = {{"{type}", std::to_string(store_.ids().aggregate(index))}};
    const std::int64_t total = PostgresTransaction{store_, "begin"}
                                   .query(statement("count_aggregates", store_.names(), fill))[0][0]
                                   .as<std::int64_t>();
    Steps steps{report, cancelled, std::string{store_.registry().aggregates()[index].type->name}, total};
    std::optional<AggregateId> last;
    for (;;) {
      PostgresTransaction transaction{store_, "begin"};
      const Ids block = block_after(transaction, index, last);
      if (block.empty()) break;
      result.changed += recompute(transaction, index, block, refused);
      transaction.commit();
      last = block.back();
      result.aggregates += static_cast<std::int64_t>(block.size());
      steps.advance(static_cast<std::int64_t>(block.size()));
    }
  }
  recompute_refused(result, refused);
  return result;
}

PostgresKeyMaintenance::Ids PostgresKeyMaintenance::block_after(PostgresTransaction& transaction, core::TypeIndex type,
                                                                const std::optional<AggregateId>& last) const {
  const Fill fill[] = {{"{type}", std::to_string(store_.ids().aggregate(type))},
                       {"{after}", last ? "a.aggregate_id > '" + uuid_text(*last) + "'" : "true"},
                       {"{limit}", std::to_string(block_size)}};
  return ids_of(transaction.query(statement("aggregates_of_type", store_.names(), fill)));
}

void PostgresKeyMaintenance::lock(PostgresTransaction& transaction, const Ids& ids) const {
  transaction.query("execute seriatim_lock_aggregates(" + array_of(ids) + ")");
}

std::int64_t PostgresKeyMaintenance::recompute(PostgresTransaction& transaction, core::TypeIndex type, const Ids& ids,
                                               Refusals& refused) const {
  lock(transaction, ids);
  const auto wanted = wanted_keys(transaction, type, ids);
  // The block first: what is filled in later is not looked through for placeholders any more.
  const Fill differing[] = {{"{block}", array_of(ids)},
                            {"{arguments}", postgres::unique_key_arguments(transaction.connection(), wanted)}};
  std::vector<store::UniqueKeyChange> changes;
  for (const auto& row : transaction.query(statement("differing_unique_keys", store_.names(), differing))) {
    store::UniqueKeyChange change{parse_uuid(row[0].c_str()).value(), {row[1].c_str(), row[1].size()}, std::nullopt};
    if (!row[2].is_null()) change.key = std::string{row[2].c_str(), row[2].size()};
    changes.push_back(std::move(change));
  }
  if (changes.empty()) return 0;
  const auto rows =
      transaction.query(postgres::refused_unique_keys_query(transaction.connection(), store_.names(), changes));
  for (const auto& row : rows) refused.push_back(postgres::refusal_of(row));
  return static_cast<std::int64_t>(changes.size() - rows.size());
}

std::vector<store::UniqueKeyChange> PostgresKeyMaintenance::wanted_keys(PostgresTransaction& transaction,
                                                                        core::TypeIndex type, const Ids& ids) const {
  std::vector<store::UniqueKeyChange> wanted;
  const AggregateType& aggregate = *store_.registry().aggregates()[type].type;
  if (aggregate.unique_keys == nullptr) return wanted;
  core::EventDecoder decoder{store_.registry()};
  for (const AggregateId& id : ids) {
    core::UnitOfWork unit{store_.registry(), transaction, decoder};
    (void)unit.find(aggregate, id);
    core::add_difference(wanted, id, {}, unit.unique_keys(id));
  }
  return wanted;
}

void PostgresKeyMaintenance::recompute_refused(UniqueKeysResult& result, const Refusals& refused) const {
  std::map<std::string, Ids> by_type;
  for (const auto& refusal : refused) by_type[refusal.aggregate_type].push_back(refusal.aggregate_id);
  for (auto& [type, ids] : by_type) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (std::size_t from = 0; from < ids.size(); from += block_size) {
      const std::size_t to = std::min(from + block_size, ids.size());
      const Ids block(ids.begin() + static_cast<std::ptrdiff_t>(from), ids.begin() + static_cast<std::ptrdiff_t>(to));
      PostgresTransaction transaction{store_, "begin"};
      result.changed += recompute(transaction, store_.registry().aggregate(type), block, result.conflicts);
      transaction.commit();
    }
  }
}

}  // namespace seriatim::maintenance
