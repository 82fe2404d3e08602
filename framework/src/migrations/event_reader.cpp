#include "migrations/event_reader.hpp"

#include <cstring>

namespace seriatim::migrations {
namespace {

constexpr const char* fetch = "fetch 10000 from seriatim_replay";

/// PostgreSQL counts binary timestamps from 2000-01-01.
constexpr std::chrono::microseconds postgres_epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1} -
                                                     std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};

/// A big-endian integer of a binary field.
template <class Unsigned>
Unsigned big_endian(const char* bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value = static_cast<Unsigned>((value << 8U) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

Uuid uuid_of(const pqxx::field& field) {
  Uuid id{};
  std::memcpy(&id, field.c_str(), sizeof id);
  return id;
}

Timestamp timestamp_of(const pqxx::field& field) {
  const auto micros = static_cast<std::int64_t>(big_endian<std::uint64_t>(field.c_str()));
  return Timestamp{std::chrono::microseconds{micros} + postgres_epoch};
}

/// A binary jsonb is a version byte and the text.
std::string_view json_of(const pqxx::field& field) { return {field.c_str() + 1, field.size() - 1}; }

}  // namespace

TransactionId horizon(postgres::Connection& connection) {
  return connection.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")[0][0].as<TransactionId>();
}

EventReader::EventReader(postgres::Connection& connection, const postgres::PostgresStore& store,
                         const std::vector<core::TypeIndex>& types)
    : connection_{connection}, store_{store}, events_{postgres::quoted_name(store.names().store, "events")} {
  for (const int id : store.ids().stored_as(types)) types_ += (types_.empty() ? "" : ",") + std::to_string(id);
  types_ = "array[" + types_ + "]::smallint[]";
}

std::string EventReader::selection(const ReplayRange& range) const {
  if (range.from == 0) {
    // What lies beyond the cut of a late stream is left out while reading: there are few of those.
    std::string where = " from " + events_ + " e where e.event_type_id = any(" + types_ + ")";
    if (range.to != 0) where += " and (e.xact_id is null or e.xact_id < " + std::to_string(range.to) + ")";
    return where;
  }
  const std::string since = std::to_string(range.from);
  return " from " + events_ + " e join (select partition_key, aggregate_id, min(sequence_number) as first from " +
         events_ + " where xact_id >= " + since +
         " group by partition_key, aggregate_id) late on late.partition_key = e.partition_key"
         " and late.aggregate_id = e.aggregate_id and e.sequence_number >= late.first"
         " where e.event_type_id = any(" + types_ + ")";
}

std::int64_t EventReader::count(const ReplayRange& range) {
  return connection_.execute("select count(*)" + selection(range))[0][0].as<std::int64_t>();
}

EventReader::Cuts EventReader::cuts(TransactionId at) {
  Cuts cuts;
  if (at == 0) return cuts;
  const auto rows = connection_.execute("select aggregate_id, min(sequence_number) from " + events_ +
                                        " where xact_id >= " + std::to_string(at) + " group by aggregate_id");
  for (const auto& row : rows) {
    cuts.emplace(parse_uuid(std::string_view{row[0].c_str(), row[0].size()}).value(), row[1].as<std::int32_t>());
  }
  return cuts;
}

void EventReader::read(const ReplayRange& range, const std::function<void(const ReplayEvent&)>& visit) {
  const Cuts late = cuts(range.to);
  // All rows are wanted, not the first few: without this the planner prefers the slow index scan.
  connection_.execute("set local cursor_tuple_fraction = 1; set local work_mem = '256MB';"
                      " declare seriatim_replay binary no scroll cursor for"
                      " select e.aggregate_id, e.sequence_number, e.created_at, e.event_type_id, e.event_json" +
                      selection(range) + " order by e.partition_key, e.aggregate_id, e.sequence_number");
  while (visit_rows(connection_.execute(fetch), late, visit) != 0) {
  }
  connection_.execute("close seriatim_replay");
}

std::size_t EventReader::visit_rows(const pqxx::result& rows, const Cuts& cuts,
                                    const std::function<void(const ReplayEvent&)>& visit) {
  ReplayEvent event{};
  AggregateId current{};
  std::int32_t cut = 0;  // 0: the current stream is not cut.
  for (const auto& row : rows) {
    event.header.aggregate_id = uuid_of(row[0]);
    if (event.header.aggregate_id != current) {
      current = event.header.aggregate_id;
      const auto found = cuts.find(current);
      cut = found == cuts.end() ? 0 : found->second;
    }
    event.header.sequence_number = static_cast<std::int32_t>(big_endian<std::uint32_t>(row[1].c_str()));
    if (cut != 0 && event.header.sequence_number >= cut) continue;
    event.header.created_at = timestamp_of(row[2]);
    const auto* type = store_.ids().event_of(static_cast<int>(big_endian<std::uint16_t>(row[3].c_str())));
    event.type = type->type;
    event.type_name = type->name;
    event.json = json_of(row[4]);
    visit(event);
  }
  return rows.size();
}

}  // namespace seriatim::migrations
