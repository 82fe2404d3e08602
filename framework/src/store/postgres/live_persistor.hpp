#pragma once
// The live persistor: projector operations as SQL inside the command's transaction.

#include "store/postgres/batch.hpp"
#include "views/persistor.hpp"

namespace seriatim::postgres {

/// Writes are added to the batch and travel with the commit; reads send the batch first. One prepared statement per
/// shape of operation. Not thread-safe.
class LivePersistor final : public views::Persistor {
 public:
  /// `suffix` is appended to table names: "" for the live tables, "_2" while version 2 is being built. `raise` is the
  /// quoted name of the function that raises errors.
  LivePersistor(Batch& batch, std::string schema, std::string suffix, std::string raise)
      : batch_{batch}, schema_{std::move(schema)}, suffix_{std::move(suffix)}, raise_{std::move(raise)} {}

  /// The tables are being replayed, even if not in memory: statements of the projectors' own do not belong there.
  void refuse_statements() noexcept { replays_ = true; }

  /// What the next operations are done for.
  void attribute_to(const Origin& origin) { origin_ = origin; }

  void create(const RecordType& type, const void* record) override;
  void create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                        std::span<const Assignment> assignments) override;
  void update(const RecordType& type, std::span<const Predicate> predicates, std::span<const Assignment> assignments,
              bool must_exist) override;
  void update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) override;
  void select(const RecordType& type, const views::Selection& selection, const Visit& visit) override;
  void erase(const RecordType& type, std::span<const Predicate> predicates) override;
  /// Error(usage) after `refuse_statements`.
  void execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) override;

 private:
  struct Shape;

  [[nodiscard]] std::string table(const RecordType& type) const;
  [[nodiscard]] std::string insertion(const RecordType& type) const;
  void execute(const Shape& shape);
  [[nodiscard]] std::string call(const Shape& shape);

  Batch& batch_;
  std::string schema_;
  std::string suffix_;
  std::string raise_;
  bool replays_ = false;
  Origin origin_;
};

}  // namespace seriatim::postgres
