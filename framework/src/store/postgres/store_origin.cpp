#include "store/postgres/store_origin.hpp"

namespace seriatim::postgres {
namespace {

[[noreturn]] void throw_not_adopted(const Connection& connection, const std::string& why) {
  throw_error<ErrorCode::store_not_adopted>("the event store in " + connection.where() + " " + why +
                                            ": stop all programs that use it, and run `seriatim db adopt`");
}

void refuse_future(const Connection& connection, const StoreOrigin& origin) {
  if (!origin.from_the_future) return;
  throw_not_adopted(connection, "was restored from another cluster: it holds events of transactions from " +
                                    std::to_string(origin.next_transaction) +
                                    " on, which this cluster has not begun, so no replay could tell what is old and "
                                    "what is new");
}

}  // namespace

StoreOrigin store_origin(Connection& connection, const SchemaNames& names) {
  // No statistics, or old ones, must make the planner read the whole table.
  const auto rows = connection.execute("begin; set local enable_seqscan = off; " + statement("store_origin", names));
  connection.execute("rollback");
  StoreOrigin origin;
  if (!rows[0][0].is_null()) origin.recorded = rows[0][0].c_str();
  if (!rows[0][1].is_null()) origin.current = rows[0][1].c_str();
  origin.next_transaction = rows[0][2].as<std::int64_t>();
  origin.from_the_future = rows[0][3].as<bool>();
  return origin;
}

void require_own_transactions(Connection& connection, const SchemaNames& names) {
  refuse_future(connection, store_origin(connection, names));
}

void require_own_cluster(Connection& connection, const SchemaNames& names) {
  const StoreOrigin origin = store_origin(connection, names);
  refuse_future(connection, origin);
  if (!origin.moved()) return;
  throw_not_adopted(connection, "was written in cluster " + origin.recorded + " and is in cluster " + origin.current +
                                    " now, so its horizons may be those of other transactions");
}

}  // namespace seriatim::postgres
