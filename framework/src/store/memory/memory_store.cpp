#include "store/memory/memory_store.hpp"

#include "store/memory/memory_transaction.hpp"

namespace seriatim::memory {

MemoryStore::MemoryStore(const core::Registry& registry) : registry_{registry}, tables_(registry.domains().size()) {}

std::unique_ptr<store::Transaction> MemoryStore::begin(std::span<const views::LiveViews> /*view_versions*/) {
  return std::make_unique<MemoryTransaction>(*this);  // The views never change their version.
}

std::int32_t MemoryStore::version(const AggregateId& id) {
  const std::scoped_lock lock{mutex_};
  return data_.version(id);
}

std::vector<store::FoundReceipt> MemoryStore::find_receipts(const std::vector<std::string>& keys,
                                                            const std::string& request) {
  const std::scoped_lock lock{mutex_};
  std::vector<store::FoundReceipt> found;
  for (const std::string& key : keys) {
    const auto receipt = data_.receipts.find(key);
    if (receipt == data_.receipts.end()) continue;
    found.push_back({key, receipt->second.request == request, receipt->second.outcome});
  }
  return found;
}

std::vector<views::LiveViews> MemoryStore::view_versions() {
  std::vector<views::LiveViews> live;
  for (const Domain& domain : registry_.domains()) live.push_back({domain.versions().latest(), {}, {}});
  return live;
}

std::vector<LoggedMemoryEvent> MemoryStore::events_of(const AggregateId& id) const {
  const std::scoped_lock lock{mutex_};
  std::vector<LoggedMemoryEvent> events;
  const auto stream = data_.streams.find(id);
  if (stream == data_.streams.end()) return events;
  for (const EventPtr& event : stream->second.events) {
    events.push_back({id, static_cast<std::int32_t>(events.size()) + 1, event});
  }
  return events;
}

std::vector<LoggedMemoryEvent> MemoryStore::events() const {
  const std::scoped_lock lock{mutex_};
  std::vector<LoggedMemoryEvent> events;
  for (const auto& [id, number] : data_.log) {
    events.push_back({id, number, data_.streams.at(id).events[static_cast<std::size_t>(number) - 1]});
  }
  return events;
}

std::string MemoryStore::partition_key(const AggregateId& id) const {
  const std::scoped_lock lock{mutex_};
  const auto stream = data_.streams.find(id);
  return stream == data_.streams.end() ? std::string{} : stream->second.partition_key;
}

MemoryCommand MemoryStore::command_of(const MemoryEvent& event) const {
  const std::scoped_lock lock{mutex_};
  return data_.commands[event.command];
}

void MemoryStore::take_turn() {
  if (turn_of_ == std::this_thread::get_id()) {
    throw_error<ErrorCode::usage>("another transaction of this thread works on the views in memory: end it first");
  }
  turn_.lock();
  turn_of_ = std::this_thread::get_id();
}

void MemoryStore::end_turn() noexcept {
  turn_of_ = std::thread::id{};
  turn_.unlock();
}

}  // namespace seriatim::memory
