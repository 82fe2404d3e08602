#pragma once
// A transaction of the store in memory.

#include "core/publisher.hpp"
#include "store/memory/memory_persistor.hpp"
#include "store/memory/memory_store.hpp"

namespace seriatim::memory {

/// Not thread-safe; begins and ends on one thread.
class MemoryTransaction final : public store::Transaction {
 public:
  using Operation = std::function<void(UndoLog& undo)>;

  explicit MemoryTransaction(MemoryStore& store) : store_{store} {}
  ~MemoryTransaction() override;

  bool load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) override;
  void load_all(std::span<const AggregateId> ids, const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                core::TypeIndex snapshots_of) override;
  bool load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) override;
  void append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
              Timestamp created_at) override;
  void require_version(const AggregateId& id, std::int32_t version) override;
  void store_receipts(const store::Receipts& receipts) override;
  views::Persistor& persistor(std::size_t domain) override;
  void run(const SqlStatement& statement) override;
  void attribute_to(std::string_view projector, const EventHeader& header, std::string_view event_type) override;
  [[nodiscard]] std::optional<AggregateId> find_unique_key(std::string_view scope, const std::string& key) override;
  void change_keys(const store::KeyChanges& changes) override;
  void commit() override;

  /// Carries out an operation on the views: now, when what was collected is carried out, else later.
  void perform(Operation operation);

  /// Takes the turn to work on the views and carries out what was collected. What that throws ends the transaction.
  UndoLog& enter();

 private:
  /// Who asks for an operation.
  struct Origin {
    std::string_view projector{};
    EventHeader header{};
    std::string_view event_type{};
  };

  struct Collected {
    Origin origin;
    Operation operation;
  };

  /// The stream with what this transaction adds to it; empty when there is none.
  [[nodiscard]] std::optional<MemoryStream> stream(const AggregateId& id) const;
  void read(const MemoryStream& stream, std::size_t count, store::StreamReader& reader) const;
  void append(const store::StreamAppend& stream, Timestamp created_at);
  /// Throws again what ended the transaction.
  void require_sound() const;
  void carry_out(const Collected& collected);
  void carry_out_collected();
  void store();
  /// Takes everything back and lets others have their turn. Nothing can be stored after that.
  void roll_back() noexcept;

  MemoryStore& store_;
  MemoryWrites writes_;
  Origin origin_;
  std::vector<Collected> collected_;
  std::vector<std::unique_ptr<MemoryPersistor>> persistors_;  ///< By domain.
  UndoLog undo_;
  bool entered_ = false;
  std::exception_ptr failure_;  ///< What ended the transaction: whoever swallowed it is told again.
};

}  // namespace seriatim::memory
