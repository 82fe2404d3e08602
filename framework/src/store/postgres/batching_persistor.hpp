#pragma once
// The persistor of a batch: many projectors' operations as few statements.

#include <map>
#include <string>
#include <vector>

#include "store/postgres/joined_changes.hpp"
#include "store/postgres/live_persistor.hpp"

namespace seriatim::postgres {

/// Collects operations that only write and name their rows by a UUID, and carries out those of one shape as one statement.
/// The result is that of the live persistor.
///
/// Operations on rows with different values in one column of type Uuid cannot meet, so their order does not matter, as long
/// as nobody assigns to that column. Those with the same value are kept in their order: the first ones of all values are one
/// wave, the second ones the next. Where many change one value's rows, those that can be joined are (see JoinableColumns).
/// Everything else (what reads, what names its rows in another way, SQL of the projector's own) is left to the live persistor,
/// after what was collected for its table has been carried out. Not thread-safe.
class BatchingPersistor final : public views::Persistor {
 public:
  /// `schema` and `raise` as in LivePersistor. `live` and `batch` must outlive it.
  BatchingPersistor(LivePersistor& live, Batch& batch, std::string schema, std::string raise)
      : live_{live}, batch_{batch}, schema_{std::move(schema)}, raise_{std::move(raise)} {}

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
  void execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) override;

  /// Carries out everything that is collected.
  void flush();

 private:
  enum class Kind : std::uint8_t { create, upsert, update, erase };
  struct Operation {
    Kind kind;
    attributes::Value record{};  ///< Of create and upsert.
    std::vector<std::size_t> key{};
    std::vector<Predicate> predicates{};
    std::vector<Assignment> assignments{};
    bool must_exist = false;
    Origin origin{};
  };
  struct Table {
    const RecordType* type;
    std::size_t column;  ///< Of the values that tell operations apart.
    std::map<Uuid, std::vector<Operation>> operations{};
    std::optional<JoinableColumns> joinable{};  ///< Known when it was needed.
  };
  using Group = std::vector<const Operation*>;

  [[nodiscard]] Table* find(const RecordType& type);
  [[nodiscard]] bool collect(const RecordType& type, std::optional<std::size_t> column, const Uuid* value,
                             Operation operation);
  [[nodiscard]] std::optional<std::size_t> column_of(const RecordType& type, std::span<const Predicate> predicates);
  void flush(const RecordType& type);
  void flush(Table& table);
  void join_changes(Table& table, std::map<Uuid, std::vector<Operation>>& operations);
  [[nodiscard]] JoinableColumns joinable_columns(const RecordType& type);
  [[nodiscard]] static bool join(const JoinableColumns& columns, Operation& first, const Operation& second);
  void carry_out(const RecordType& type, const Group& group);
  void carry_out_live(const RecordType& type, const Operation& operation);
  void insert_all(const RecordType& type, const Group& group);
  void update_all(const RecordType& type, const Group& group);
  void erase_all(const RecordType& type, const Group& group);
  /// The same for operations that one statement can carry out.
  [[nodiscard]] static std::string shape_of(const RecordType& type, const Operation& operation);
  [[nodiscard]] std::string table_name(const RecordType& type) const;

  LivePersistor& live_;
  Batch& batch_;
  std::string schema_;
  std::string raise_;
  Origin origin_;
  std::vector<Table> tables_;  ///< In the order in which they were first touched.
};

}  // namespace seriatim::postgres
