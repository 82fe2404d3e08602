#include "migrations/event_reader.hpp"

#include <algorithm>
#include <cstring>

#include "store/postgres/copy_reader.hpp"

namespace seriatim::migrations {
namespace {

using postgres::big_endian;

/// How many events are fetched at a time: enough to make a round trip cheap, unless they are large.
constexpr std::size_t first_fetch = 1000;
constexpr std::size_t most_a_fetch = 10'000;
constexpr std::size_t bytes_a_fetch = std::size_t{8} << 20U;

/// Pages of events that are looked at to divide them, while no worker works yet. That takes some hundredths of a second, and
/// makes groups whose sizes differ by some hundredths; by more where the events of a stream lie together.
constexpr std::int64_t pages_a_sample = 250;

/// Groups that each worker gets at least, so that all end at about the same time.
constexpr std::int64_t groups_a_worker = 12;

/// PostgreSQL counts binary timestamps from 2000-01-01.
constexpr std::chrono::microseconds postgres_epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1} -
                                                     std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};

std::size_t next_fetch(std::size_t events, std::size_t bytes) {
  if (events == 0) return first_fetch;
  return std::clamp<std::size_t>(bytes_a_fetch / (bytes / events + 1), 1, most_a_fetch);
}

/// The columns that visit_rows reads, in its order.
std::string columns_of(const char* source) {
  std::string columns;
  for (const char* column : {"aggregate_id", "sequence_number", "created_at", "event_type_id", "event_json"}) {
    columns.append(columns.empty() ? "" : ", ").append(source).append(".").append(column);
  }
  return columns;
}

}  // namespace

TransactionId horizon(postgres::Connection& connection) {
  return connection.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")[0][0].as<TransactionId>();
}

EventReader::EventReader(postgres::Connection& connection, const postgres::PostgresStore& store,
                         const std::vector<core::TypeIndex>& types)
    : connection_{connection}, store_{store}, events_{postgres::quoted_name(store.names().store, "events")} {
  const std::vector<int> stored = store.ids().stored_as(types);
  for (const int id : stored) types_ += (types_.empty() ? "" : ",") + std::to_string(id);
  types_ = "array[" + types_ + "]::smallint[]";
  all_types_ = stored.size() == store.ids().events();
}

/// Not asked of each event where every type is wanted; EventRows leaves out what was registered since.
std::string EventReader::of_types() const { return all_types_ ? "true" : "e.event_type_id = any(" + types_ + ")"; }

/// The events `e` of the range, apart from those that are beyond the cut of a stream and below the horizon all the same:
/// there are few of those, and they are left out while reading.
std::string EventReader::source(const ReplayRange& range) const {
  if (range.from == 0) return " from " + events_ + " e";
  return " from " + events_ + " e join (select partition_key, aggregate_id, min(sequence_number) as first from " +
         events_ + " where xact_id >= " + std::to_string(range.from) +
         " group by partition_key, aggregate_id) late on late.partition_key = e.partition_key"
         " and late.aggregate_id = e.aggregate_id and e.sequence_number >= late.first";
}

std::string EventReader::in_time(const ReplayRange& range) const {
  if (range.from != 0 || range.to == 0) return "true";
  return "(e.xact_id is null or e.xact_id < " + std::to_string(range.to) + ")";
}

std::string EventReader::at_least(const StreamKey& key) const {
  return "(e.partition_key, e.aggregate_id) >= (" + connection_.quoted(key.partition_key) + ", '" +
         uuid_text(key.aggregate_id) + "'::uuid)";
}

std::string EventReader::in_group(const StreamGroup& group) const {
  if (!group.from && group.to && group.to->partition_key.empty()) {
    // No partition comes before the one without a name. The same for the planner as below.
    return "e.partition_key = '' and e.aggregate_id < '" + uuid_text(group.to->aggregate_id) + "'";
  }
  if (group.from && group.to && group.from->partition_key == group.to->partition_key) {
    // The planner estimates these better than comparisons of rows, and looks at one partition.
    return "e.partition_key = " + connection_.quoted(group.from->partition_key) + " and e.aggregate_id >= '" +
           uuid_text(group.from->aggregate_id) + "' and e.aggregate_id < '" + uuid_text(group.to->aggregate_id) + "'";
  }
  std::string condition = group.from ? at_least(*group.from) : "true";
  if (group.to) condition += " and not " + at_least(*group.to);
  return condition;
}

std::int64_t EventReader::count(const ReplayRange& range) {
  return connection_
      .execute("select count(*)" + source(range) + " where " + of_types() + " and " + in_time(range))[0][0]
      .as<std::int64_t>();
}

StreamCuts EventReader::cuts(const ReplayRange& range) {
  StreamCuts cuts;
  if (range.to == 0) return cuts;
  const auto rows = connection_.execute("select aggregate_id, min(sequence_number) from " + events_ +
                                        " where xact_id >= " + std::to_string(range.to) + " group by aggregate_id");
  for (const auto& row : rows) {
    cuts.emplace(parse_uuid(std::string_view{row[0].c_str(), row[0].size()}).value(), row[1].as<std::int32_t>());
  }
  return cuts;
}

StreamGroups EventReader::divide(const ReplayRange& range, const ReplaySettings& settings, std::size_t workers) {
  const auto pages = connection_.execute("select coalesce(sum(pg_relation_size(relid)), 0)::bigint / current_setting("
                                         "'block_size')::bigint from pg_partition_tree(" +
                                         connection_.quoted(events_) + "::regclass) where isleaf")[0][0]
                         .as<std::int64_t>();
  const double share = pages <= pages_a_sample ? 1 : static_cast<double>(pages_a_sample) / static_cast<double>(pages);
  const auto sampled_a_group = static_cast<std::int64_t>(share * static_cast<double>(settings.events_a_group));
  const std::string sample = share < 1 ? " tablesample system (" + std::to_string(share * 100) + ") repeatable (1)" : "";
  const auto rows = connection_.execute(
      "select partition_key, aggregate_id, events from (select partition_key, aggregate_id, count(*) over () as events,"
      " row_number() over (order by partition_key, aggregate_id) - 1 as place from " + events_ + " e" + sample +
      " where " + of_types() + " and " + in_time(range) + ") sample where place % greatest(1, least(" +
      std::to_string(sampled_a_group) + ", events / " + std::to_string(groups_a_worker * static_cast<int>(workers)) +
      ")) = 0 order by place");
  StreamGroups result;
  if (!rows.empty()) result.events = static_cast<std::int64_t>(rows[0][2].as<double>() / share);
  StreamGroup group;
  for (const auto& row : rows) {
    const StreamKey key{row[0].c_str(), parse_uuid(std::string_view{row[1].c_str(), row[1].size()}).value()};
    if (row.rownumber() == 0 || group.from == key) continue;  // The first begins the first group, which has no bound.
    group.to = key;
    result.groups.push_back(group);
    group = {key, {}};
  }
  result.groups.push_back(group);
  return result;
}

std::string EventReader::query(const ReplayRange& range, const StreamGroup& group) const {
  // Whatever is beyond the range in time is beyond the cut of its stream, too, and left out by EventRows: there is little of
  // it, and asking the server would cost something with each event.
  return "select " + columns_of("e") + source(range) + " where " + of_types() + " and " + in_group(group) + " order by e.partition_key, e.aggregate_id, e.sequence_number";
}

std::string EventReader::query_in_commit_order(const ReplayRange& range) const {
  // The window goes over the events of all types: any of them may hold back its successors. A place of null is that of
  // events of which no transaction is known: they are older than all others.
  return "select " + columns_of("o") + " from (select e.*, max(e.xact_id) over stream as place," +
         " max(e.command_id) over stream as command" + source(range) + " where " + in_time(range) +
         " window stream as (partition by e.partition_key, e.aggregate_id order by e.sequence_number rows"
         " unbounded preceding)) o where o.event_type_id = any(" + types_ +
         ") order by o.place nulls first, o.command, o.aggregate_id, o.sequence_number";
}

void EventReader::fetch_all(const std::string& query, const StreamCuts& cuts, const Visit& visit) {
  connection_.execute(std::string{reading_settings}.append("; declare seriatim_replay binary no scroll cursor for ") +
                      query);
  EventRows events{store_, cuts};
  std::size_t rows = 0;
  std::size_t bytes = 0;
  for (;;) {
    const pqxx::result fetched =
        connection_.execute("fetch " + std::to_string(next_fetch(rows, bytes)) + " from seriatim_replay");
    if (fetched.empty()) break;
    rows = fetched.size();
    bytes = 0;
    for (const auto& row : fetched) {
      const pqxx::field json = row[4];
      bytes += json.size();
      const ReplayEvent* event = events.event_of(row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(),
                                                 {json.c_str(), json.size()});
      if (event != nullptr) visit(*event);
    }
  }
  connection_.execute("close seriatim_replay");
}

const ReplayEvent* EventRows::event_of(const char* aggregate_id, const char* sequence_number, const char* created_at,
                                       const char* type, std::string_view json) {
  EventHeader& header = event_.header;
  if (std::memcmp(&header.aggregate_id, aggregate_id, sizeof header.aggregate_id) != 0) {
    std::memcpy(&header.aggregate_id, aggregate_id, sizeof header.aggregate_id);
    const auto found = cuts_.find(header.aggregate_id);
    cut_ = found == cuts_.end() ? 0 : found->second;
  }
  header.sequence_number = static_cast<std::int32_t>(big_endian<std::uint32_t>(sequence_number));
  if (cut_ != 0 && header.sequence_number >= cut_) return nullptr;
  const auto microseconds = static_cast<std::int64_t>(big_endian<std::uint64_t>(created_at));
  header.created_at = Timestamp{std::chrono::microseconds{microseconds} + postgres_epoch};
  const postgres::TypeIds::EventName* name = ids_.event_of(static_cast<int>(big_endian<std::uint16_t>(type)));
  if (name == nullptr || name->name.empty()) return nullptr;  // Of a type that was registered since, which nobody here handles.
  event_.type = name->type;
  event_.type_name = name->name;
  event_.json = json.substr(1);  // A binary jsonb is a version byte and the text.
  return &event_;
}

const ReplayEvent* EventRows::event_of(std::string_view row) {
  postgres::RowFields fields{row};
  const char* aggregate_id = fields.next().data();
  const char* sequence_number = fields.next().data();
  const char* created_at = fields.next().data();
  const char* type = fields.next().data();
  return event_of(aggregate_id, sequence_number, created_at, type, fields.next());
}

}  // namespace seriatim::migrations
