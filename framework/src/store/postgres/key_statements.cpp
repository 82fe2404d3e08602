#include "store/postgres/key_statements.hpp"

#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

void append_id(std::string& out, const AggregateId& id) {
  out += "'";
  append_uuid(out, id);
  out += "'";
}

std::string text_of(const pqxx::field& field) { return {field.c_str(), field.size()}; }

}  // namespace

std::string unique_key_arguments(const Connection& connection, std::span<const store::UniqueKeyChange> changes) {
  std::string out = "(";
  append_array(out, changes, "uuid", [&](const auto& change) { append_id(out, change.aggregate_id); });
  out += ",";
  append_array(out, changes, "text", [&](const auto& change) { connection.append_quoted(out, change.scope); });
  out += ",";
  append_array(out, changes, "jsonb", [&](const auto& change) {
    if (change.key) {
      connection.append_quoted(out, *change.key);
    } else {
      out += "null";
    }
  });
  return out + ")";
}

std::string partition_key_arguments(const Connection& connection, std::span<const store::PartitionKeyChange> changes) {
  std::string out = "(";
  append_array(out, changes, "uuid", [&](const auto& change) { append_id(out, change.aggregate_id); });
  out += ",";
  append_array(out, changes, "text", [&](const auto& change) { connection.append_quoted(out, change.partition_key); });
  return out + ")";
}

std::string refused_unique_keys_query(const Connection& connection, const SchemaNames& names,
                                      std::span<const store::UniqueKeyChange> changes) {
  const std::pair<std::string_view, std::string> fill[] = {{"{arguments}", unique_key_arguments(connection, changes)}};
  return statement("refused_unique_keys", names, fill);
}

AggregateKeyNotUnique::Refusal refusal_of(const pqxx::row& row) {
  AggregateKeyNotUnique::Refusal refusal;
  refusal.aggregate_type = text_of(row[0]);
  refusal.aggregate_id = parse_uuid(row[1].c_str()).value();
  refusal.scope = text_of(row[2]);
  refusal.key = text_of(row[3]);
  if (!row[4].is_null()) refusal.holder = parse_uuid(row[4].c_str());
  return refusal;
}

std::string find_unique_key_statement(const Connection& connection, const SchemaNames& names, std::string_view scope,
                                      const std::string& key) {
  std::string arguments;
  connection.append_quoted(arguments, std::string{scope});
  arguments += ", ";
  connection.append_quoted(arguments, key);
  const std::pair<std::string_view, std::string> fill[] = {{"{arguments}", arguments}};
  return statement("find_unique_key", names, fill);
}

}  // namespace seriatim::postgres
