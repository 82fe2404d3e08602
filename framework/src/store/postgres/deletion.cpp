#include "store/postgres/deletion.hpp"

#include <algorithm>

#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

using Fill = std::pair<std::string_view, std::string>;
constexpr const char* insufficient_privilege = "42501";

std::string array_of(std::span<const AggregateId> ids) {
  std::string out;
  for (const AggregateId& id : ids) out += (out.empty() ? "'" : ",'") + uuid_text(id) + "'";
  return "array[" + out + "]::uuid[]";
}

/// Runs `work` in a transaction.
template <class Work>
auto owned(Connection& connection, Work&& work) {
  try {
    connection.execute("begin");
    auto result = work();
    connection.execute("commit", Phase::commit);
    return result;
  } catch (const DatabaseError& error) {
    if (connection.usable()) connection.execute("rollback");
    if (error.sqlstate() != insufficient_privilege) throw;
    throw DatabaseError{error.code(),
                        "only the owner of the event store deletes for good: use the address of the user that ran "
                        "`seriatim db create` (" + std::string{error.what()} + ")",
                        error.sqlstate()};
  }
}

}  // namespace

DeletedStreams delete_streams(Connection& connection, const SchemaNames& names, std::span<const AggregateId> ids) {
  DeletedStreams result;
  if (ids.empty()) return result;
  const Fill fill[] = {{"{ids}", array_of(ids)}};
  return owned(connection, [&] {
    std::vector<AggregateId> found;
    for (const auto& row : connection.execute(statement("lock_streams", names, fill))) {
      read_field(row[0], attributes::type_of<Uuid>, &found.emplace_back(), "aggregate_id");
    }
    for (const AggregateId& id : ids) {
      const bool is_missing = std::find(found.begin(), found.end(), id) == found.end();
      if (is_missing) result.missing.push_back(id);
    }
    // A statement of its own: the next one would not see what it waited for.
    connection.execute(statement("lock_marks", names, fill));
    const pqxx::result counts = connection.execute(statement("delete_streams", names, fill));
    result.streams = counts[0][0].as<std::int64_t>();
    result.events = counts[0][1].as<std::int64_t>();
    return result;
  });
}

std::int64_t delete_commands(Connection& connection, const SchemaNames& names,
                             std::optional<std::span<const AggregateId>> of) {
  const Fill fill[] = {{"{ids}", of ? array_of(*of) : "null::uuid[]"}};
  return owned(connection, [&] {
    return connection.execute(statement("delete_commands", names, fill))[0][0].as<std::int64_t>();
  });
}

}  // namespace seriatim::postgres
