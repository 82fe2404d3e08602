#include "store/postgres/postgres_transaction.hpp"

#include <algorithm>

#include "core/aggregate_access.hpp"
#include "store/postgres/array_text.hpp"
#include "store/postgres/batch_append.hpp"
#include "store/postgres/event_append.hpp"
#include "store/postgres/events_append.hpp"
#include "store/postgres/key_statements.hpp"
#include "store/postgres/literals.hpp"
#include "store/postgres/receipts.hpp"

namespace seriatim::postgres {
namespace {

std::string quoted(const Connection& connection, const std::string& text) {
  std::string out;
  connection.append_quoted(out, text);
  return out;
}

/// The aggregates that are not created by these appends.
std::vector<AggregateId> existing(const std::vector<const store::StreamAppend*>& streams) {
  std::vector<AggregateId> ids;
  for (const store::StreamAppend* stream : streams) {
    if (stream->expected_version > 0) ids.push_back(stream->aggregate_id);
  }
  return ids;
}

}  // namespace

PostgresTransaction::~PostgresTransaction() {
  if (!finished_) store_.kept().forget(streams_.relied());
  if (connection_ == nullptr) return;
  batch_.reset();  // It refers to the connection, which may end here.
  try {
    if (!finished_ && connection_->usable()) connection_->execute("rollback");
    store_.pool().give_back(std::move(connection_));
  } catch (const std::exception&) {
    // A connection that cannot roll back is closed, and the server rolls back for it.
    connection_.reset();
  }
}

Batch& PostgresTransaction::batch() {
  if (batch_ == nullptr) {
    connect();
    batch_ = std::make_unique<Batch>(*connection_);
    batch_->add(begin_sql_, {Origin::Kind::begin, {}, {}, {}, false});
  }
  return *batch_;
}

void PostgresTransaction::connect() {
  if (no_connection_) std::rethrow_exception(no_connection_);
  try {
    connection_ = store_.pool().take();
  } catch (...) {
    no_connection_ = std::current_exception();
    throw;
  }
}

StreamLoader PostgresTransaction::loader() {
  // What is collected concerns other aggregates: those of this unit of work are not loaded twice.
  return StreamLoader{store_, [this](const std::string& sql) { return batch().query(sql); }};
}

bool PostgresTransaction::load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) {
  if (const auto kept = take_kept(id)) {
    hand_over(*kept, reader);
    return true;
  }
  std::optional<LoadedStream> loaded = refresh(id, reader);
  if (!loaded) loaded = loader().load(id, reader, snapshots_of);
  if (loaded) streams_.loaded(id, snapshots_of, *loaded);
  return loaded.has_value();
}

std::optional<core::CachedAggregate> PostgresTransaction::take_kept(const AggregateId& id) {
  if (kept_ != Kept::rely) return std::nullopt;
  std::optional<core::CachedAggregate> kept = store_.kept().find(id, batch().connection().server());
  if (!kept) return std::nullopt;
  streams_.taken(id, *kept);
  batch().ask_for_no_reasons();
  return kept;
}

std::optional<LoadedStream> PostgresTransaction::refresh(const AggregateId& id, store::StreamReader& reader) {
  if (kept_ != Kept::refresh) return std::nullopt;
  const std::optional<core::CachedAggregate> kept = store_.kept().find(id, batch().connection().server());
  if (!kept) return std::nullopt;
  const LoadedStream known{core::AggregateAccess::stored(*kept->aggregate), kept->edition};
  return loader().load_since(id, known, reader, [&] { hand_over(*kept, reader); });
}

void PostgresTransaction::hand_over(const core::CachedAggregate& kept, store::StreamReader& reader) const {
  reader.stream(store_.registry().aggregates()[kept.type].type->name);
  reader.state(core::AggregateAccess::stored(*kept.aggregate), core::AggregateAccess::state(*kept.aggregate));
}

void PostgresTransaction::load_all(std::span<const AggregateId> ids,
                                   const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                                   core::TypeIndex snapshots_of) {
  std::vector<AggregateId> missing;
  for (const AggregateId& id : ids) {
    if (const auto kept = take_kept(id)) {
      hand_over(*kept, reader_of(id));
    } else {
      missing.push_back(id);
    }
  }
  loader().load_all(missing, reader_of, snapshots_of, [&](const AggregateId& id, const LoadedStream& loaded) {
    streams_.loaded(id, snapshots_of, loaded);
  });
}

bool PostgresTransaction::load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) {
  // Earlier commands may have appended to it, so what is collected goes first.
  StreamLoader past{store_, [this](const std::string& sql) {
                      return batch().send(sql, {Origin::Kind::read, {}, {}, {}, false});
                    }};
  return past.load_past(id, point, reader);
}

void PostgresTransaction::append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
                                 Timestamp created_at) {
  std::vector<const store::StreamAppend*> sorted;
  for (const store::StreamAppend& stream : streams) sorted.push_back(&stream);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->aggregate_id < b->aggregate_id; });
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return a->aggregate_id == b->aggregate_id;
  });
  if (twice != sorted.end()) {
    throw_error<ErrorCode::integrity>("the events of aggregate " + uuid_text((*twice)->aggregate_id) +
                                      " come in two parts, which cannot both continue its stream: append them as one");
  }
  const bool common = is_common(command, sorted, created_at);
  must_lock_ = must_lock_ || (!common && !streams_.relied().empty());  // What was kept is made sure of under the lock.
  lock(existing(sorted));
  if (common) {
    append_one(command, *sorted.front());
  } else {
    append_all(command, sorted, created_at);
  }
  mark_for_snapshots(sorted);
  for (const store::StreamAppend* stream : sorted) {
    streams_.appended(stream->aggregate_id, stream->events.size());
  }
}

/// Only those that pass a multiple of their threshold, so that the ordinary command pays nothing.
void PostgresTransaction::mark_for_snapshots(const std::vector<const store::StreamAppend*>& streams) {
  for (const store::StreamAppend* stream : streams) {
    mark_for_snapshot(stream->aggregate_id, stream->aggregate_type, stream->expected_version,
                      stream->expected_version + static_cast<std::int32_t>(stream->events.size()));
  }
}

void PostgresTransaction::mark_for_snapshot(const AggregateId& id, core::TypeIndex type, std::int32_t before,
                                            std::int32_t after) {
  const auto& policy = store_.registry().aggregates()[type].type->snapshots;
  if (!policy || after / policy->threshold == before / policy->threshold) return;
  batch().add("execute seriatim_snapshot_mark('" + uuid_text(id) + "'," + std::to_string(policy->version) + ")",
              {Origin::Kind::guard, {}, {}, {}, false});
}

bool PostgresTransaction::is_common(const store::CommandRecord& record,
                                    const std::vector<const store::StreamAppend*>& streams, Timestamp created_at) const {
  const store::StreamAppend& stream = *streams.front();
  const Command& command = *record.command;
  if (streams.size() != 1 || stream.events.size() != 1 || command.created_at != created_at ||
      command.aggregate_id != stream.aggregate_id || command.event_aggregate_id || command.event_sequence_number) {
    return false;
  }
  return streams_.ends_with(stream.aggregate_id, stream.expected_version);
}

void PostgresTransaction::lock(const std::vector<AggregateId>& ids) {
  if (!lock_place_) lock_place_ = batch().reserve({Origin::Kind::append, {}, {}, {}, false});
  changed_.insert(ids.begin(), ids.end());
  if (announced_.size() > 1) changed_.merge(announced_);
  announced_.clear();
  if (changed_.empty() || (changed_.size() < 2 && !must_lock_)) return;  // The append locks its own.
  std::string sql = "execute seriatim_lock_aggregates(array[";
  for (const AggregateId& id : changed_) {
    sql.append(id == *changed_.begin() ? "'" : ",'");
    append_uuid(sql, id);
    sql += '\'';
  }
  if (batch().fill(*lock_place_, sql + "]::uuid[])")) return;
  // A projector read a row, so what was collected up to there is sent. What follows is locked at its own place.
  lock_place_.reset();
  changed_.clear();
  lock(ids);
}

void PostgresTransaction::append_one(const store::CommandRecord& record, const store::StreamAppend& stream) {
  const Connection& connection = batch().connection();
  const Command& command = *record.command;
  const store::StreamAppend::NewEvent& event = stream.events.front();
  const std::string& edition = streams_.edition(stream.aggregate_id);
  const EventAppend form{.own_json = event.json != record.json,
                         .user = command.user_id.has_value(),
                         .edition = edition.empty()                              ? EventAppend::Edition::unknown
                                    : streams_.relies_on(stream.aggregate_id) ? EventAppend::Edition::kept
                                                                              : EventAppend::Edition::loaded};
  std::vector<Batch::Parameter> parameters;
  parameters.reserve(10);  // Those of a joining view update fit as well.
  for (const std::string_view type : form.types()) parameters.push_back({std::string{type}, {}});
  auto next = parameters.begin();
  (next++)->value = literal(connection, command.created_at);
  (next++)->value = literal(connection, command.aggregate_id);
  (next++)->value = std::to_string(store_.ids().command(record.type));
  (next++)->value = quoted(connection, record.json);
  (next++)->value = std::to_string(stream.expected_version);
  (next++)->value = std::to_string(store_.ids().event(event.type));
  if (form.own_json) (next++)->value = quoted(connection, event.json);
  if (form.user) (next++)->value = literal(connection, *command.user_id);
  if (form.edition != EventAppend::Edition::unknown) (next++)->value = quoted(connection, edition);
  streams_.confirmed(stream.aggregate_id);
  std::string sql;
  sql.reserve(512);
  sql.append("execute ").append(form.name());
  for (std::size_t i = 0; i < parameters.size(); ++i) sql.append(i == 0 ? "(" : ",").append(parameters[i].value);
  batch().add(sql + ")", {Origin::Kind::append, uuid_text(stream.aggregate_id), {}, {}, false});
  batch().let_join({form.name(), std::move(parameters), [this, form](const std::string& change, const std::string& missing) {
                      return form.sql(store_.names(), change, missing);
                    }});
}

void PostgresTransaction::append_all(const store::CommandRecord& command,
                                     const std::vector<const store::StreamAppend*>& streams, Timestamp created_at) {
  std::set<AggregateId> relied;
  for (const store::StreamAppend* stream : streams) {
    if (streams_.relies_on(stream->aggregate_id)) relied.insert(stream->aggregate_id);
  }
  require_kept(relied);
  const EventsAppend append{store_, batch().connection(), streams, streams_};
  const bool creates = streams.size() == 1 && streams.front()->expected_version == 0;
  batch().add(append.sql(command, created_at),
              {Origin::Kind::append, append.aggregates(), {}, {}, creates, {}, append.explanation()});
}

void PostgresTransaction::require_version(const AggregateId& id, std::int32_t version) {
  must_lock_ = true;
  lock({id});
  batch().add("execute seriatim_require_version('" + uuid_text(id) + "'," + std::to_string(version) + ")",
              {Origin::Kind::guard, uuid_text(id), {}, {}, false});
}

void PostgresTransaction::store_receipts(const store::Receipts& receipts) {
  batch().add(store_receipts_call(batch().connection(), receipts), {Origin::Kind::receipt, {}, {}, {}, false});
}

void PostgresTransaction::run(const SqlStatement& statement) {
  std::string call = "execute " + batch().prepare(statement.sql, [&] { return "as " + statement.sql; });
  for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
    call += i == 0 ? "(" : ", ";
    append_literal(call, batch().connection(), statement.parameters[i]);
  }
  if (!statement.parameters.empty()) call += ")";
  batch().add(std::move(call), {Origin::Kind::statement, {}, {}, {}, false});
}

views::Persistor& PostgresTransaction::persistor(std::size_t domain) {
  if (persistors_.size() <= domain) persistors_.resize(domain + 1);
  if (persistors_[domain] == nullptr) {
    persistors_[domain] = std::make_unique<LivePersistor>(batch(), store_.registry().domains()[domain].view_schema(), "",
                                                          quoted_name(store_.names().store, "raise"));
  }
  if (batched_) return batching_persistor(domain);
  persistors_[domain]->attribute_to(origin_);
  return *persistors_[domain];
}

views::Persistor& PostgresTransaction::batching_persistor(std::size_t domain) {
  if (batching_.size() <= domain) batching_.resize(domain + 1);
  if (batching_[domain] == nullptr) {
    batching_[domain] = std::make_unique<BatchingPersistor>(*persistors_[domain], batch(),
                                                            store_.registry().domains()[domain].view_schema(),
                                                            quoted_name(store_.names().store, "raise"));
  }
  batching_[domain]->attribute_to(origin_);
  return *batching_[domain];
}

void PostgresTransaction::attribute_to(std::string_view projector, const EventHeader& header,
                                       std::string_view event_type) {
  origin_ = {Origin::Kind::projector, std::string{projector}, std::string{event_type}, header, false};
}

std::optional<AggregateId> PostgresTransaction::find_unique_key(std::string_view scope, const std::string& key) {
  const pqxx::result rows = batch().query(find_unique_key_statement(connection(), store_.names(), scope, key));
  if (rows.empty()) return std::nullopt;
  return parse_uuid(rows[0][0].c_str());
}

void PostgresTransaction::change_keys(const store::KeyChanges& changes) {
  const SchemaNames& names = store_.names();
  if (!changes.partition_keys.empty()) {
    const std::string name = batch().prepare("record_partition_keys", [&] { return statement("record_partition_keys", names); });
    batch().add("execute " + name + partition_key_arguments(connection(), changes.partition_keys), {});
  }
  if (!changes.unique_keys.empty()) {
    const std::string name = batch().prepare("change_unique_keys", [&] { return statement("change_unique_keys", names); });
    Origin origin{Origin::Kind::unique_keys, {}, {}, {}, false};
    origin.explanation = refused_unique_keys_query(connection(), names, changes.unique_keys);
    batch().add("execute " + name + unique_key_arguments(connection(), changes.unique_keys), std::move(origin));
  }
}

void PostgresTransaction::add_unless_empty(std::string sql, const Origin& origin) {
  if (!sql.empty()) batch().add(std::move(sql), origin);
}

void PostgresTransaction::take_turns(const std::set<std::string_view>& projectors) {
  if (projectors.empty()) return;
  const std::string name = batch().prepare("take_turns", [&] { return statement("take_turns", store_.names()); });
  ArrayText names;
  for (const std::string_view projector : projectors) names.add_text(projector);
  std::string call = "execute " + name + "(";
  names.append_to(call, connection());
  batch().add(call + ")", {Origin::Kind::guard, {}, {}, {}, false});
}

void PostgresTransaction::append(const store::BatchWrite& write, const std::set<std::string_view>& in_turns) {
  batched_ = true;
  // Statements over arrays are planned once, perhaps while the tables are empty: only plans by index serve for ever.
  batch().add("select set_config(name, 'off', true) from (values ('enable_seqscan'), ('enable_hashjoin'), "
              "('enable_mergejoin')) as plans (name)",
              {Origin::Kind::guard, {}, {}, {}, false});
  const BatchAppend statements{store_, batch().connection(), write};
  const Origin origin{Origin::Kind::append, "of a batch", {}, {}, false};
  add_unless_empty(statements.lock(), origin);
  take_turns(in_turns);
  add_unless_empty(statements.require_versions(), {Origin::Kind::guard, {}, {}, {}, false});
  add_unless_empty(statements.create(), origin);
  add_unless_empty(statements.append(), origin);
  for (const auto& [id, stream] : write.streams) mark_for_snapshot(id, stream.type, stream.before, stream.after);
}

void PostgresTransaction::finish(const store::BatchWrite& write) {
  for (const auto& persistor : batching_) {
    if (persistor != nullptr) persistor->flush();
  }
  change_keys(write.keys);
  add_unless_empty(BatchAppend{store_, batch().connection(), write}.store_receipts(),
                   {Origin::Kind::receipt, {}, {}, {}, false});
  commit();
}

/// Raises an error when they are not as they were kept.
void PostgresTransaction::require_kept(const std::set<AggregateId>& ids) {
  if (!ids.empty()) batch().add(streams_.confirmation(ids, connection()), {Origin::Kind::guard, {}, {}, {}, false});
}

void PostgresTransaction::confirm() {
  if (!streams_.unconfirmed().empty()) commit();
}

void PostgresTransaction::keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) {
  if (!connection().durable()) return;  // The next crash of the server might forget what is remembered here.
  std::vector<core::CachedAggregate> kept = streams_.to_keep(std::move(aggregates));
  if (!kept.empty()) store_.kept().keep(connection().server(), std::move(kept), streams_.relied());
}

void PostgresTransaction::commit() {
  require_kept(streams_.unconfirmed());
  batch().send("commit", {Origin::Kind::commit, {}, {}, {}, false});
  finished_ = true;
}

}  // namespace seriatim::postgres
