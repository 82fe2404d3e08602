#pragma once
// The persistor port: where the records of a domain's views are kept. Implementations: views/replay_persistor (in
// memory, flushed by COPY), store/postgres/live_persistor (SQL, one operation at a time).

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seriatim/errors.hpp"
#include "seriatim/views.hpp"

namespace seriatim::views {

/// Operations on rows of described records. `predicates` are joined by AND; none means all rows. Not thread-safe.
class Persistor {
 public:
  using Change = std::function<void(void* record)>;
  using Visit = std::function<void(const void* record)>;

  virtual ~Persistor() = default;

  virtual void create(const RecordType& type, const void* record) = 0;

  /// Adds the record, or applies the assignments to the row with the same key columns.
  virtual void create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                std::span<const Assignment> assignments) = 0;

  /// Changes all matching rows. With `must_exist`, Error(record_not_found) when there is none (now or later).
  virtual void update(const RecordType& type, std::span<const Predicate> predicates,
                      std::span<const Assignment> assignments, bool must_exist) = 0;

  virtual void update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) = 0;

  virtual void select(const RecordType& type, const Selection& selection, const Visit& visit) = 0;

  virtual void erase(const RecordType& type, std::span<const Predicate> predicates) = 0;

  /// Runs a statement of the projector's own. Only the live tables can; everything else refuses it.
  virtual void execute_sql(const std::string& /*sql*/, const std::vector<std::optional<std::string>>& /*parameters*/) {
    refuse_sql();
  }

 protected:
  [[noreturn]] static void refuse_sql() {
    throw_error<ErrorCode::usage>(
        "execute_sql works on the live tables only, and these tables are being replayed from events: say it with the "
        "operations of Views, or put the statement into a projector of its own that keeps seriatim::no_records");
  }
};

}  // namespace seriatim::views
