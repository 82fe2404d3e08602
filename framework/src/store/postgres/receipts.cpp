#include "store/postgres/receipts.hpp"

namespace seriatim::postgres {
namespace {

constexpr std::int64_t expired_at_once = 10'000;  ///< Rows that one transaction deletes: some tens of milliseconds.

void append_keys(std::string& out, const Connection& connection, const std::vector<std::string>& keys) {
  out += "array[";
  for (const std::string& key : keys) {
    if (&key != &keys.front()) out += ",";
    connection.append_quoted(out, key);
  }
  out += "]::text[]";
}

/// "execute <name>(keys, request".
std::string call(const Connection& connection, const char* name, const std::vector<std::string>& keys,
                 const std::string& request) {
  std::string sql = std::string{"execute "} + name + "(";
  append_keys(sql, connection, keys);
  sql += ",";
  connection.append_quoted(sql, request);
  return sql;
}

}  // namespace

std::string store_receipts_call(const Connection& connection, const store::Receipts& receipts) {
  std::string sql = call(connection, "seriatim_store_receipts", receipts.keys, receipts.request) + ",";
  connection.append_quoted(sql, receipts.outcome);
  return sql += ")";
}

std::vector<store::FoundReceipt> find_receipts(Connection& connection, const std::vector<std::string>& keys,
                                               const std::string& request) {
  std::vector<store::FoundReceipt> found;
  for (const auto& row : connection.execute(call(connection, "seriatim_find_receipts", keys, request) + ")")) {
    found.push_back({row[0].c_str(), row[1].as<bool>(), row[2].c_str()});
  }
  return found;
}

std::int64_t expire_receipts(Connection& connection, const SchemaNames& names, std::chrono::seconds older_than,
                             const std::function<bool(std::int64_t)>& progress) {
  const std::string cutoff =
      connection.execute("select now() - interval '1 second' * " + std::to_string(older_than.count()))[0][0].c_str();
  const std::pair<std::string_view, std::string> fill[] = {{"{cutoff}", connection.quoted(cutoff) + "::timestamptz"},
                                                           {"{limit}", std::to_string(expired_at_once)}};
  // Programs that expire receipts take turns, so that a portion that is not full is the last one. By an advisory lock,
  // because the application role may delete receipts and not lock their rows.
  const std::string table = connection.quoted(quoted_name(names.store, "command_receipts"));
  const std::string portion = "select pg_advisory_xact_lock(1936028521, " + table + "::regclass::oid::integer); " +
                              statement("expire_receipts", names, fill);
  std::int64_t deleted = 0;
  for (;;) {
    const auto rows = static_cast<std::int64_t>(connection.execute(portion).affected_rows());
    deleted += rows;
    const bool go_on = !progress || progress(deleted);
    if (rows < expired_at_once || !go_on) return deleted;
  }
}

}  // namespace seriatim::postgres
