#include "store/postgres/stream_loader.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

constexpr std::int32_t no_limit = std::numeric_limits<std::int32_t>::max();

/// Of several streams that are read at once: each has at least so many events, and many only if they are few streams.
constexpr std::size_t least_portion = 256;
constexpr std::size_t together = std::size_t{4} * PostgresStore::portion;

// The columns of a stream's rows, from `first` on.
constexpr int type_column = 0;
constexpr int number_column = 1;
constexpr int event_type_column = 2;
constexpr int json_column = 3;
constexpr int edition_column = 4;  // Of load_streams, and where a store keeps aggregates.

std::string quoted(const AggregateId& id) { return "'" + uuid_text(id) + "'"; }

std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out += '\'';
}

std::string array_of(std::span<const AggregateId> ids) {
  std::string out = "'{";
  for (const AggregateId& id : ids) {
    if (out.size() > 2) out += ',';
    append_uuid(out, id);
  }
  return out += "}'";
}

/// Empty when there is no such column, or nothing in it.
std::string text_of(const pqxx::row& row, int column) {
  return static_cast<int>(row.size()) > column ? row[column].c_str() : "";
}

}  // namespace

/// The rows of one stream within a result.
struct StreamLoader::Portion {
  const AggregateId& id;
  const pqxx::result& rows;
  pqxx::result::size_type begin;
  pqxx::result::size_type end;
  int first;          ///< The column that a stream's own begin with.
  std::size_t limit;  ///< With so many events, there may be more.
};

std::optional<LoadedStream> StreamLoader::load(const AggregateId& id, store::StreamReader& reader,
                                               core::TypeIndex snapshots_of) {
  const std::string parameters = snapshot_parameters(snapshots_of);
  const pqxx::result rows =
      query_(parameters.empty() ? "execute seriatim_load_stream(" + quoted(id) + ")"
                                : "execute seriatim_load_snapshot(" + quoted(id) + "," + parameters + ")");
  if (rows.empty()) return std::nullopt;
  return read({id, rows, 0, rows.size(), 0, PostgresStore::portion}, reader);
}

std::optional<LoadedStream> StreamLoader::load_since(const AggregateId& id, const LoadedStream& kept,
                                                     store::StreamReader& reader,
                                                     const std::function<void()>& hand_over) {
  const pqxx::result rows = query_("execute seriatim_load_since(" + quoted(id) + "," + std::to_string(kept.last) + ")");
  if (rows.empty() || kept.edition != rows[0][edition_column].c_str()) return std::nullopt;
  hand_over();
  if (rows[0][number_column].is_null()) return kept;
  for (const auto& row : rows) read_event(row, 0, reader);
  const auto last = rows[rows.size() - 1][number_column].as<std::int32_t>();
  const bool complete = static_cast<std::size_t>(rows.size()) < PostgresStore::portion;
  return LoadedStream{complete ? last : read_on(id, last, no_limit, reader), kept.edition};
}

void StreamLoader::load_all(std::span<const AggregateId> ids,
                            const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                            core::TypeIndex snapshots_of,
                            const std::function<void(const AggregateId&, LoadedStream)>& loaded) {
  load_each(ids, {&snapshots_of, snapshots_of == core::unknown_type ? 0U : 1U}, reader_of, loaded);
}

void StreamLoader::load_any(std::span<const AggregateId> ids,
                            const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                            const std::function<void(const AggregateId&, LoadedStream)>& loaded) {
  std::vector<core::TypeIndex> types(store_.registry().aggregates().size());
  std::iota(types.begin(), types.end(), core::TypeIndex{0});
  load_each(ids, types, reader_of, loaded);
}

/// Only aggregates of these types have snapshots.
void StreamLoader::load_each(std::span<const AggregateId> ids, std::span<const core::TypeIndex> types,
                             const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                             const std::function<void(const AggregateId&, LoadedStream)>& loaded) {
  if (ids.empty()) return;
  const std::size_t limit = std::max(least_portion, together / ids.size());
  const pqxx::result rows = query_("execute seriatim_load_streams(" + array_of(ids) + "," + policies(types) + "," +
                                   std::to_string(limit) + ")");
  for (pqxx::result::size_type at = 0; at < rows.size();) {
    const auto place = rows[at][0].as<std::size_t>();
    pqxx::result::size_type end = at;
    while (end < rows.size() && rows[end][0].as<std::size_t>() == place) ++end;
    const AggregateId& id = ids[place - 1];
    loaded(id, read({id, rows, at, end, 1, limit}, reader_of(id)));
    at = end;
  }
}

/// Of those types that have snapshots: arrays of their ids, versions and names.
std::string StreamLoader::policies(std::span<const core::TypeIndex> types) const {
  std::string ids = "'{";
  std::string versions = "'{";
  std::string names = "array[";
  for (const core::TypeIndex type : types) {
    const AggregateType& aggregate = *store_.registry().aggregates()[type].type;
    if (!aggregate.snapshots) continue;
    const char* separator = ids.size() > 2 ? "," : "";
    ids += separator + std::to_string(store_.ids().aggregate(type));
    versions += separator + std::to_string(aggregate.snapshots->version);
    names += separator + quoted_text(aggregate.name);
  }
  return ids + "}'," + versions + "}'," + names + "]::text[]";
}

bool StreamLoader::load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) {
  const auto* moment = std::get_if<Timestamp>(&point);
  const std::int32_t last = moment == nullptr ? std::get<std::int32_t>(point) : last_until(id, *moment).value_or(0);
  return read_on(id, 0, last, reader) != 0;
}

LoadedStream StreamLoader::read(const Portion& portion, store::StreamReader& reader) {
  const auto& [id, rows, begin_row, end, first, limit] = portion;
  auto at = begin_row;
  const std::string edition = text_of(rows[at], first + edition_column);
  begin(rows[at], first, reader);
  if (rows[at][first + event_type_column].is_null() && !read_snapshot(portion, reader)) {
    return {read_on(id, 0, no_limit, reader), edition};
  }
  if (rows[at][first + event_type_column].is_null()) ++at;
  const auto events = static_cast<std::size_t>(end - at);
  for (; at < end; ++at) read_event(rows[at], first, reader);
  const std::int32_t last = rows[end - 1][first + number_column].as<std::int32_t>();
  return {events < limit ? last : read_on(id, last, no_limit, reader), edition};
}

/// Reads the events after one, up to one; 0 when there is none at all. `after` 0 begins the stream.
std::int32_t StreamLoader::read_on(const AggregateId& id, std::int32_t after, std::int32_t last,
                                   store::StreamReader& reader) {
  while (after < last) {
    const pqxx::result rows = query_("execute seriatim_load_range(" + quoted(id) + "," + std::to_string(after) + "," +
                                     std::to_string(last) + ")");
    if (rows.empty()) break;
    if (after == 0) begin(rows[0], 0, reader);
    for (const auto& row : rows) read_event(row, 0, reader);
    after = rows[rows.size() - 1][number_column].as<std::int32_t>();
    if (static_cast<std::size_t>(rows.size()) < PostgresStore::portion) break;
  }
  return after;
}

void StreamLoader::begin(const pqxx::row& row, int first, store::StreamReader& reader) const {
  const std::string* name = store_.ids().aggregate_name_of(row[first + type_column].as<int>());
  reader.stream(name != nullptr ? std::string_view{*name} : "type that was registered after this program started");
}

bool StreamLoader::read_snapshot(const Portion& portion, store::StreamReader& reader) {
  const pqxx::row row = portion.rows[portion.begin];
  const auto last = row[portion.first + number_column].as<std::int32_t>();
  const pqxx::field json = row[portion.first + json_column];
  try {
    reader.snapshot(last, {json.c_str(), json.size()});
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deserialization) throw;
    store_.warn("the snapshot of aggregate " + uuid_text(portion.id) + " after event " + std::to_string(last) +
                " cannot be read, so all of its events are: " + error.what() +
                "; raise the version of its type's snapshots if its State was changed");
    return false;
  }
}

void StreamLoader::read_event(const pqxx::row& row, int first, store::StreamReader& reader) const {
  store::EventRow event{};
  event.sequence_number = row[first + number_column].as<std::int32_t>();
  const TypeIds::EventName* name = store_.ids().event_of(row[first + event_type_column].as<int>());
  event.type = name != nullptr ? name->type : core::unknown_type;
  event.type_name = name != nullptr ? std::string_view{name->name} : "a type registered after this program started";
  const pqxx::field json = row[first + json_column];
  event.json = {json.c_str(), json.size()};
  reader.event(event);
}

std::optional<std::int32_t> StreamLoader::last_until(const AggregateId& id, Timestamp moment) {
  std::string text;
  (void)append_value_text(text, attributes::type_of<Timestamp>, &moment);
  const pqxx::result rows = query_("execute seriatim_load_until(" + quoted(id) + ",'" + text + "')");
  if (rows[0][0].is_null()) return std::nullopt;
  return rows[0][0].as<std::int32_t>();
}

/// "version,'type'"; empty when there are no snapshots to look for.
std::string StreamLoader::snapshot_parameters(core::TypeIndex type) const {
  if (type == core::unknown_type) return {};
  const AggregateType& aggregate = *store_.registry().aggregates()[type].type;
  if (!aggregate.snapshots) return {};
  return std::to_string(aggregate.snapshots->version) + "," + quoted_text(aggregate.name);
}

}  // namespace seriatim::postgres
