#include "migrations/replay_states.hpp"

#include <algorithm>
#include <array>

#include "migrations/table_shape.hpp"

namespace seriatim {
namespace {

constexpr std::array<const char*, 9> state_names{"created",  "prepared",  "replaying", "catching_up", "replayed",
                                                 "optimized", "live",      "failed",    "aborted"};

}  // namespace

const char* to_string(ReplayState state) noexcept { return state_names[static_cast<std::size_t>(state)]; }

}  // namespace seriatim

namespace seriatim::migrations {
namespace {

constexpr const char* in_progress = "state not in ('live', 'aborted')";
constexpr const char* unique_violation = "23505";

ReplayState state_of(std::string_view name) {
  const auto found = std::find(state_names.begin(), state_names.end(), name);
  return static_cast<ReplayState>(found - state_names.begin());  // The table has a check.
}

Timestamp from_microseconds(const std::int64_t microseconds) {
  return Timestamp{std::chrono::microseconds{microseconds}};
}

/// What may follow.
const char* way_on(ReplayState state) {
  switch (state) {
    case ReplayState::created:
      return "run `seriatim replay abort`";
    case ReplayState::prepared:
    case ReplayState::failed:
    case ReplayState::replaying:
      return "run `seriatim replay run`, or `seriatim replay abort`";
    case ReplayState::replayed:
    case ReplayState::catching_up:
      return "run `seriatim replay optimize` (and `catchup` as often as you like), or `seriatim replay abort`";
    case ReplayState::optimized:
      return "run `seriatim replay golive` (or `catchup` before it), or `seriatim replay abort`";
    case ReplayState::live:
    case ReplayState::aborted:
      break;
  }
  return "run `seriatim replay prepare` to begin another";
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

}  // namespace

ReplayStates::ReplayStates(postgres::Connection& connection, const postgres::SchemaNames& names, std::string view_schema)
    : connection_{connection},
      table_{postgres::quoted_name(names.store, "replay_states")},
      schema_{std::move(view_schema)} {}

std::optional<ReplayRow> ReplayStates::find(const std::string& condition) {
  const auto rows = connection_.execute(
      "select id, state, coalesce(view_schema, ''), continue_replay_at_xact_id, optimized_at is not null,"
      " (extract(epoch from created_at) * 1000000)::bigint, (extract(epoch from updated_at) * 1000000)::bigint from " +
      table_ + " where " + condition + " order by " + in_progress + " desc, id desc limit 1");
  if (rows.empty()) return std::nullopt;
  const auto& row = rows[0];
  ReplayRow found;
  found.id = row[0].as<std::int64_t>();
  found.state = state_of(row[1].c_str());
  found.view_schema = row[2].c_str();
  if (!row[3].is_null()) found.horizon = row[3].as<TransactionId>();
  found.optimized = row[4].as<bool>();
  found.since = from_microseconds(row[5].as<std::int64_t>());
  found.changed = from_microseconds(row[6].as<std::int64_t>());
  for (const auto& name :
       connection_.execute("select unnest(projectors) from " + table_ + " where id = " + std::to_string(found.id))) {
    found.projectors.emplace_back(name[0].c_str());
  }
  return found;
}

std::optional<ReplayRow> ReplayStates::latest() { return find("view_schema = " + connection_.quoted(schema_)); }

std::optional<ReplayRow> ReplayStates::under_way() { return find(in_progress); }

void ReplayStates::refuse_migration() {
  const auto row = find(std::string{in_progress} + " and coalesce(view_schema, " + connection_.quoted(schema_) +
                        ") = " + connection_.quoted(schema_));
  if (!row) return;
  throw_error<ErrorCode::concurrent_migration>("the views cannot be migrated while they are being replayed: " +
                                               describe(*row));
}

std::int64_t ReplayStates::add(const std::vector<std::string>& projectors) {
  try {
    return connection_
        .execute("insert into " + table_ + " (state, projectors, view_schema) values ('created', " +
                 text_array(connection_, projectors) + ", " + connection_.quoted(schema_) + ") returning id")[0][0]
        .as<std::int64_t>();
  } catch (const postgres::DatabaseError& error) {
    if (error.sqlstate() != unique_violation) throw;
    throw_error<ErrorCode::concurrent_migration>(
        "another replay has just begun in this store, and there is one at a time: wait for it, or abort it");
  }
}

void ReplayStates::update(std::int64_t id, const std::string& assignments) {
  connection_.execute("update " + table_ + " set " + assignments + ", updated_at = now() where id = " +
                      std::to_string(id));
}

void ReplayStates::note_tables(std::int64_t id, const std::string& indexes, const std::string& clustered,
                               const std::string& structure) {
  update(id, "index_definitions = " + connection_.quoted(indexes) + ", table_cluster_indexes = " +
                 connection_.quoted(clustered) + ", structures = " + connection_.quoted(structure));
}

void ReplayStates::set_state(std::int64_t id, ReplayState state) {
  update(id, std::string{"state = '"} + to_string(state) + "'");
}

void ReplayStates::set_horizon(std::int64_t id, TransactionId horizon) {
  update(id, "continue_replay_at_xact_id = " + std::to_string(horizon));
}

void ReplayStates::set_optimized(std::int64_t id) { update(id, "state = 'optimized', optimized_at = now()"); }

std::vector<ReplayIndex> ReplayStates::indexes(std::int64_t id) {
  std::vector<ReplayIndex> found;
  for (const auto& row : connection_.execute(
           "select t.key, i->>'name', i->>'sql', (i->>'unique')::boolean, (i->>'depth')::integer from " + table_ +
           " s, jsonb_each(s.index_definitions) t, jsonb_array_elements(t.value) i where s.id = " + std::to_string(id) +
           " order by 5 desc nulls first, 1, 2")) {
    ReplayIndex& index = found.emplace_back(
        ReplayIndex{row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].as<bool>(), std::nullopt});
    if (!row[4].is_null()) index.depth = row[4].as<int>();
  }
  return found;
}

std::vector<std::pair<std::string, std::string>> ReplayStates::clustered(std::int64_t id) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& row :
       connection_.execute("select key, value from " + table_ + " s, jsonb_each_text(s.table_cluster_indexes) where s.id = " +
                           std::to_string(id) + " order by key")) {
    found.emplace_back(row[0].c_str(), row[1].c_str());
  }
  return found;
}

std::string describe(const ReplayRow& row) {
  return "replay " + std::to_string(row.id) + " (" + joined(row.projectors) + ") is " + to_string(row.state) + ": " +
         way_on(row.settled());
}

void require_state(const ReplayRow& row, std::span<const ReplayState> states, const std::string& step) {
  if (std::find(states.begin(), states.end(), row.settled()) != states.end()) return;
  throw_error<ErrorCode::migration>("`replay " + step + "` is not possible now: " + describe(row));
}

}  // namespace seriatim::migrations
