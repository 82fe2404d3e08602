#include "store/postgres/adoption.hpp"

#include "store/postgres/store_origin.hpp"

namespace seriatim::postgres {
namespace {

/// How long writers that are under way may take to end.
constexpr const char* lock_timeout = "set local lock_timeout = '3s'";

class AdoptEvents {
 public:
  AdoptEvents(Connection& connection, const SchemaNames& names)
      : connection_{connection}, names_{names}, events_{quoted_name(names.store, "events")} {}

  Adoption run() {
    const StoreOrigin before = store_origin(connection_, names_);
    connection_.execute(std::string{"begin; "} + lock_timeout);
    lock_out_writers();
    // Whoever wrote until now has ended: what the lock shows is final.
    Adoption result;
    result.from_cluster = before.recorded;
    result.cluster = before.current;
    const bool future = holds_future();
    result.moved = before.moved() || future;
    if (future) rebase(result);
    if (result.moved) result.forgotten_migrations = forget_migrations();
    connection_.execute(statement("record_stored_types", names_));
    if (result.moved) note_origin();
    connection_.execute("commit", Phase::commit);
    if (result.events != 0) connection_.execute("analyze " + events_);
    return result;
  }

 private:
  /// Writers take these tables in this order.
  void lock_out_writers() {
    try {
      connection_.execute("lock table " + quoted_name(names_.store, "aggregates") + ", " + events_ +
                          " in access exclusive mode");
    } catch (const DatabaseError& error) {
      if (error.sqlstate() != "55P03") throw;
      throw_error<ErrorCode::transient>(
          "the event store is in use and could not be locked in 3 seconds: stop the "
          "programs that write to it, and run `seriatim db adopt` again");
    }
  }

  /// Events of transactions that had not ended when they could be seen already. (Those above the horizon need not be
  /// such: it stays behind while anybody in the cluster has a transaction open.)
  bool holds_future() {
    return connection_
        .execute("select exists (select from " + events_ +
                 " where xact_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)")[0][0]
        .as<bool>();
  }

  /// The events say what they said before, so nothing is saved to the archive of changed ones. Its triggers would hold
  /// two copies of the table in memory to find that out.
  void rebase(Adoption& result) {
    const auto triggers =
        connection_.execute("select tgname from pg_trigger where tgrelid = " + connection_.quoted(events_) +
                            "::regclass and not tgisinternal and tgenabled = 'O'");
    for (const auto& row : triggers) set_trigger("disable", row[0].c_str());
    const auto counts = connection_.execute(statement("adopt_events", names_));
    for (const auto& row : triggers) set_trigger("enable", row[0].c_str());
    result.transactions = counts[0][0].as<std::int64_t>();
    result.events = counts[0][1].as<std::int64_t>();
  }

  void set_trigger(const std::string& action, const std::string& name) {
    connection_.execute("alter table " + events_ + " " + action + " trigger " + quoted_name(name));
  }

  /// Their horizons are those of another cluster. What they have built is removed by the next `migrate online`.
  std::int64_t forget_migrations() {
    std::int64_t forgotten = 0;
    const auto tables = connection_.execute(
        "select n.nspname, c.oid::integer from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relname = 'sequent_versions' and c.relkind = 'r' order by 1");
    for (const auto& row : tables) forgotten += forget_migrations_of(row[0].c_str(), row[1].as<int>());
    // What is kept to go back to cannot be brought up to date any more: the next migration drops it.
    connection_.execute("update " + quoted_name(names_.store, "kept_views") +
                        " set keep_until = least(keep_until, now()); update " +
                        quoted_name(names_.store, "projector_states") +
                        " set replaying_version = null, activating_version = null where view_schema is not null");
    forgotten += static_cast<std::int64_t>(
        connection_
            .execute("update " + quoted_name(names_.store, "replay_states") +
                     " set state = 'aborted', updated_at = now() where state not in ('live', 'aborted') returning 1")
            .size());
    return forgotten;
  }

  std::int64_t forget_migrations_of(const std::string& schema, int table) {
    // The lock that a migration holds while it runs; see migrations/version_table.
    const std::string lock = "select pg_try_advisory_xact_lock(1936028521, " + std::to_string(table) + ")";
    if (!connection_.execute(lock)[0][0].as<bool>()) {
      throw_error<ErrorCode::concurrent_migration>("a migration of the views in schema \"" + schema +
                                                   "\" is running: wait for it, or stop it");
    }
    return static_cast<std::int64_t>(
        connection_
            .execute("update " + quoted_name(schema, "sequent_versions") + " set xmin_xact_id = null; delete from " +
                     quoted_name(schema, "sequent_versions") + " where status is not null returning 1")
            .size());
  }

  void note_origin() {
    connection_.execute("insert into " + quoted_name(names_.store, "store_origin") + " (cluster) values (" +
                        quoted_name(names_.store, "cluster_identity") +
                        "()) on conflict (singleton) do update set cluster = excluded.cluster, recorded_at = now()");
  }

  Connection& connection_;
  const SchemaNames& names_;
  std::string events_;
};

}  // namespace

Adoption adopt_events(Connection& connection, const SchemaNames& names) {
  try {
    return AdoptEvents{connection, names}.run();
  } catch (const Error&) {
    if (connection.usable()) connection.execute("rollback");
    throw;
  }
}

}  // namespace seriatim::postgres
