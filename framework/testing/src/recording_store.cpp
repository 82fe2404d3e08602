#include "recording_store.hpp"

#include <iterator>

namespace seriatim::testing {
namespace {

/// Events are read back from what is stored of them, so that an expectation meets what a later reader gets.
class RecordingTransaction final : public store::Transaction {
 public:
  RecordingTransaction(RecordingStore& store, const core::Registry& registry,
                       std::unique_ptr<store::Transaction> transaction)
      : store_{store}, registry_{registry}, decoder_{registry}, transaction_{std::move(transaction)} {}

  bool load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) override {
    return transaction_->load(id, reader, snapshots_of);
  }
  void load_all(std::span<const AggregateId> ids, const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                core::TypeIndex snapshots_of) override {
    transaction_->load_all(ids, reader_of, snapshots_of);
  }
  bool load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) override {
    return transaction_->load_past(id, point, reader);
  }
  void append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
              Timestamp created_at) override {
    transaction_->append(command, streams, created_at);
    for (const store::StreamAppend& stream : streams) note(stream, created_at);
  }
  void require_version(const AggregateId& id, std::int32_t version) override {
    transaction_->require_version(id, version);
  }
  void store_receipts(const store::Receipts& receipts) override { transaction_->store_receipts(receipts); }
  views::Persistor& persistor(std::size_t domain) override { return transaction_->persistor(domain); }
  void run(const SqlStatement& statement) override { transaction_->run(statement); }
  void attribute_to(std::string_view projector, const EventHeader& header, std::string_view event_type) override {
    transaction_->attribute_to(projector, header, event_type);
  }
  [[nodiscard]] std::optional<AggregateId> find_unique_key(std::string_view scope, const std::string& key) override {
    return transaction_->find_unique_key(scope, key);
  }
  void change_keys(const store::KeyChanges& changes) override { transaction_->change_keys(changes); }
  void commit() override {
    transaction_->commit();
    store_.add(std::move(events_));
  }
  void keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) override {
    transaction_->keep(std::move(aggregates));
  }
  [[nodiscard]] bool keeps() const noexcept override { return transaction_->keeps(); }

 private:
  void note(const store::StreamAppend& stream, Timestamp created_at) {
    std::int32_t number = stream.expected_version;
    for (const store::StreamAppend::NewEvent& event : stream.events) {
      const MessageType& type = registry_.events()[event.type].type;
      const void* decoded = decoder_.decode(event.type, event.json, stream.aggregate_id, ++number);
      events_.emplace_back(EventHeader{stream.aggregate_id, number, created_at}, type,
                           attributes::Value{*type.attributes, decoded});
    }
  }

  RecordingStore& store_;
  const core::Registry& registry_;
  core::EventDecoder decoder_;
  std::unique_ptr<store::Transaction> transaction_;
  std::vector<RecordedEvent> events_;
};

}  // namespace

std::unique_ptr<store::Transaction> RecordingStore::begin(std::span<const views::LiveViews> view_versions) {
  return std::make_unique<RecordingTransaction>(*this, registry_, store_.begin(view_versions));
}

std::vector<RecordedEvent> RecordingStore::events() const {
  const std::scoped_lock lock{mutex_};
  return events_;
}

void RecordingStore::add(std::vector<RecordedEvent> events) {
  const std::scoped_lock lock{mutex_};
  events_.insert(events_.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
}

}  // namespace seriatim::testing
