#include "pipeline/batch_state.hpp"

#include <algorithm>
#include <utility>

#include "core/aggregate_access.hpp"
#include "core/aggregate_reader.hpp"
#include "store/postgres/lease.hpp"
#include "store/postgres/stream_loader.hpp"

namespace seriatim::pipeline {
namespace {

/// Reads one of many streams. What is wrong with it is for the command to meet, and not for its neighbours.
class ForgivingReader final : public store::StreamReader {
 public:
  ForgivingReader(const core::Registry& registry, core::EventDecoder& decoder, const AggregateId& id)
      : reader_{registry, decoder, id} {}

  void stream(std::string_view type) override {
    good_ = true;
    attempt([&] { reader_.stream(type); });
  }
  void snapshot(std::int32_t last, std::string_view json) override {
    if (good_) reader_.snapshot(last, json);
  }
  void event(const store::EventRow& row) override {
    attempt([&] { reader_.event(row); });
  }
  void of_edition(std::string edition) { edition_ = std::move(edition); }
  std::optional<core::CachedAggregate> take() {
    if (!good_) return std::nullopt;
    return core::CachedAggregate{reader_.type(), reader_.take(), std::move(edition_)};
  }

 private:
  template <class Step>
  void attempt(Step&& step) {
    if (!good_) return;
    try {
      step();
    } catch (const std::exception&) {
      good_ = false;
    }
  }

  core::AggregateReader reader_;
  std::string edition_;
  bool good_ = false;
};

bool creates(const std::map<AggregateId, store::BatchStream>& streams, const AggregateId& id) {
  const auto found = streams.find(id);
  return found != streams.end() && found->second.before == 0;
}

std::int32_t version_of(const core::CachedAggregate& kept) { return core::AggregateAccess::stored(*kept.aggregate); }

/// The last one counts.
void merge(std::vector<store::PartitionKeyChange>& all, std::vector<store::PartitionKeyChange> more) {
  for (store::PartitionKeyChange& change : more) {
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const auto& other) { return other.aggregate_id == change.aggregate_id; });
    if (same == all.end()) {
      all.push_back(std::move(change));
    } else {
      *same = std::move(change);
    }
  }
}

}  // namespace

void BatchState::start() {
  write_ = {};
  changed_.clear();
  fresh_.clear();
  absent_.clear();
  claimed_.clear();
  keys_changed_ = false;
  receipts_.clear();
  misfit_ = Misfit::none;
}

bool BatchState::rests_on_something() const noexcept {
  return !changed_.empty() || !fresh_.empty() || !absent_.empty() || !write_.read.empty();
}

void BatchState::move_to(const std::string& server) {
  if (server == server_) return;
  cache_.clear();
  // It stays with the old one, so that it is not stored either when a handler catches this.
  if (!server_.empty() && rests_on_something()) {
    throw_error<ErrorCode::optimistic_locking>(
        "the database server was started anew, or replaced by another, while a batch of commands was carried out: execute the "
        "command again");
  }
  server_ = server;
}

void BatchState::load(std::span<const AggregateId> ids) {
  std::vector<AggregateId> wanted;
  std::unordered_set<AggregateId, std::hash<AggregateId>> seen;
  for (const AggregateId& id : ids) {
    if (changed_.count(id) != 0 || absent_.count(id) != 0 || cache_.contains(id) || !seen.insert(id).second) continue;
    wanted.push_back(id);
  }
  if (wanted.empty()) return;
  std::unordered_map<AggregateId, ForgivingReader, std::hash<AggregateId>> readers;
  const auto reader_of = [&](const AggregateId& id) -> store::StreamReader& {
    return readers.try_emplace(id, registry(), decoder_, id).first->second;
  };
  {
    const postgres::Loan connection{store_.pool()};
    move_to(connection->server());
    postgres::StreamLoader loader{store_, [&](const std::string& sql) { return connection->execute(sql); }};
    loader.load_any(wanted, reader_of, [&](const AggregateId& id, postgres::LoadedStream stream) {
      readers.at(id).of_edition(std::move(stream.edition));
    });
  }
  for (const AggregateId& id : wanted) {
    const auto found = readers.find(id);
    if (found == readers.end()) {
      absent_.insert(id);
    } else if (std::optional<core::CachedAggregate> read = found->second.take()) {
      cache_.put(*std::move(read));
      fresh_.insert(id);
    }
  }
}

const core::CachedAggregate* BatchState::find(const AggregateId& id) {
  const auto changed = changed_.find(id);
  if (changed != changed_.end()) return &changed->second;
  const core::CachedAggregate* kept = cache_.find(id);
  if (kept == nullptr) return nullptr;
  if (fresh_.count(id) == 0) write_.read.emplace(id, version_of(*kept));
  write_.editions.emplace(id, kept->edition);
  return kept;
}

std::optional<BatchState::Versions> BatchState::versions(const AggregateId& id) const {
  const auto changed = changed_.find(id);
  if (changed != changed_.end()) return Versions{version_of(changed->second), write_.streams.at(id).before};
  if (absent_.count(id) != 0) return Versions{0, 0};
  const core::CachedAggregate* kept = cache_.find(id);
  if (kept == nullptr) return std::nullopt;
  return Versions{version_of(*kept), version_of(*kept)};
}

bool BatchState::fits(const store::KeyChanges& keys, const std::map<AggregateId, store::BatchStream>& streams) const {
  if (keys.unique_keys.empty()) return true;
  if (keys_changed_) return false;
  return std::all_of(keys.unique_keys.begin(), keys.unique_keys.end(), [&](const store::UniqueKeyChange& change) {
    if (!creates(streams, change.aggregate_id)) return write_.keys.unique_keys.empty();
    return !change.key || claimed_.count({change.scope, *change.key}) == 0;
  });
}

bool BatchState::has_receipt(const std::vector<std::string>& keys) const {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) { return receipts_.count(key) != 0; });
}

void BatchState::accept(Pending pending) {
  const std::size_t first = write_.commands.size();
  for (store::BatchEvent& event : pending.events) {
    event.command += first;
    write_.events.push_back(std::move(event));
  }
  std::move(pending.commands.begin(), pending.commands.end(), std::back_inserter(write_.commands));
  for (auto& [id, stream] : pending.streams) {
    const auto [place, added] = write_.streams.try_emplace(id, stream);
    if (!added) place->second.after = stream.after;
  }
  write_.required.insert(pending.required.begin(), pending.required.end());
  for (store::UniqueKeyChange& change : pending.keys.unique_keys) {
    if (creates(pending.streams, change.aggregate_id)) {
      if (change.key) claimed_.emplace(change.scope, *change.key);
    } else {
      keys_changed_ = true;
    }
    write_.keys.unique_keys.push_back(std::move(change));
  }
  merge(write_.keys.partition_keys, std::move(pending.keys.partition_keys));
  if (!pending.receipts) return;
  receipts_.insert(pending.receipts->keys.begin(), pending.receipts->keys.end());
  write_.receipts.push_back(*std::move(pending.receipts));
}

void BatchState::keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) {
  for (std::unique_ptr<AggregateBase>& aggregate : aggregates) {
    const AggregateId id = aggregate->id();
    const auto stream = write_.streams.find(id);
    if (stream == write_.streams.end()) continue;  // As it was.
    const auto edition = write_.editions.find(id);
    changed_.insert_or_assign(id, core::CachedAggregate{stream->second.type, std::move(aggregate),
                                                        edition == write_.editions.end() ? std::string{} : edition->second});
  }
}

void BatchState::stored() {
  for (auto& [id, kept] : changed_) {
    // Of a new one it is not known, and then nobody would notice that its events were changed, or that it was made anew.
    if (kept.edition.empty()) {
      cache_.erase(id);
    } else {
      cache_.put(std::move(kept));
    }
  }
  cache_.trim();
  start();
}

void BatchState::failed() noexcept {
  for (const auto& [id, stream] : write_.streams) cache_.erase(id);
  for (const auto& [id, version] : write_.read) cache_.erase(id);
  for (const auto& [id, version] : write_.required) cache_.erase(id);
}

}  // namespace seriatim::pipeline
