#pragma once
// Views: the tables that projectors keep. A record is a described struct that maps to a table of the view schema,
// member by member to columns of the same names (columns that the record does not name keep their defaults).

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "seriatim/inline_vector.hpp"
#include "seriatim/message.hpp"
#include "seriatim/types.hpp"

namespace seriatim {

/// The record types (tables) that a projector manages: `using Manages = seriatim::records<WalletRecord>;`
template <class... Rs>
using records = types<Rs...>;

/// `using Manages = seriatim::no_records;` says that a projector keeps no table of its own: it writes by `execute_sql`
/// alone, live, and replays leave it out.
struct no_records : types<> {};

/// A record type as the framework keeps it: keyed by `table`. A constant.
struct RecordType {
  std::string_view table;
  const attributes::Type* attributes;
  std::string_view cpp_name;

  [[nodiscard]] std::span<const attributes::Member> columns() const noexcept { return attributes->members; }
};

/// The RecordType of R.
template <class R>
[[nodiscard]] const RecordType& record_type() {
  static_assert(attributes::Described<R>, "describe this record's columns with BOOST_DESCRIBE_STRUCT");
  static_assert(
      requires { { R::table } -> std::convertible_to<std::string_view>; },
      "name this record's table: static constexpr std::string_view table = \"...\";");
  static const RecordType type{R::table, &attributes::type_of<R>, typeid(R).name()};
  return type;
}

/// One column that must equal one of some values.
struct Predicate {
  std::size_t column;
  detail::InlineVector<attributes::Value, 1> any_of{};
};

/// Which rows of R: all predicates must hold. Made by `where`, `in` and `by_aggregate`, joined by `&&`.
template <class R>
struct Condition {
  detail::InlineVector<Predicate, 2> predicates;

  [[nodiscard]] friend Condition operator&&(Condition a, const Condition& b) {
    for (const Predicate& predicate : b.predicates) a.predicates.emplace_back(predicate);
    return a;
  }
};

/// How one column changes.
struct Assignment {
  enum class Operation : std::uint8_t { set, increase, decrease };
  std::size_t column;
  Operation operation;
  attributes::Value value;
};

/// An assignment to a column of R.
template <class R>
struct AssignmentOf : Assignment {};

/// The assignments of one operation.
using Assignments = detail::InlineVector<Assignment, 4>;

/// Rows whose `member` equals `value`.
template <class R, class M>
[[nodiscard]] Condition<R> where(M R::*member, const std::type_identity_t<M>& value) {
  // Step by step, because a list in braces would copy the value.
  Condition<R> condition;
  condition.predicates.emplace_back(attributes::index_of<R>(member)).any_of.emplace_back(attributes::Value::of<M>(value));
  return condition;
}

/// Rows whose `member` equals one of `values`; none when there are no values.
template <class R, class M>
[[nodiscard]] Condition<R> in(M R::*member, const std::vector<std::type_identity_t<M>>& values) {
  Condition<R> condition;
  Predicate& predicate = condition.predicates.emplace_back(attributes::index_of<R>(member));
  for (const M& value : values) predicate.any_of.emplace_back(attributes::Value::of<M>(value));
  return condition;
}

/// All rows of R.
template <class R>
[[nodiscard]] Condition<R> all() {
  return {};
}

/// Rows whose `aggregate_id` is that of an event; see `by_aggregate`.
struct ByAggregate {
  AggregateId id;
  template <class R>
  operator Condition<R>() const {  // NOLINT(google-explicit-constructor): reads as a condition where one is wanted
    return where(&R::aggregate_id, id);
  }
};

/// `by_aggregate(event)`: the rows that belong to the event's aggregate, by their column `aggregate_id`.
[[nodiscard]] inline ByAggregate by_aggregate(const EventHeader& event) { return {event.aggregate_id}; }

/// `set(&R::name, value)`: the column becomes `value`.
template <class R, class M>
[[nodiscard]] AssignmentOf<R> set(M R::*member, const std::type_identity_t<M>& value) {
  return {{attributes::index_of<R>(member), Assignment::Operation::set, attributes::Value::of<M>(value)}};
}

/// `increase(&R::balance, amount)`: the column grows by `amount`. Integers, doubles and decimals only.
template <class R, class M>
  requires(std::integral<M> || std::floating_point<M> || std::same_as<M, Decimal>)
[[nodiscard]] AssignmentOf<R> increase(M R::*member, const std::type_identity_t<M>& amount) {
  return {{attributes::index_of<R>(member), Assignment::Operation::increase, attributes::Value::of<M>(amount)}};
}

/// `decrease(&R::balance, amount)`: the column shrinks by `amount`.
template <class R, class M>
  requires(std::integral<M> || std::floating_point<M> || std::same_as<M, Decimal>)
[[nodiscard]] AssignmentOf<R> decrease(M R::*member, const std::type_identity_t<M>& amount) {
  return {{attributes::index_of<R>(member), Assignment::Operation::decrease, attributes::Value::of<M>(amount)}};
}

namespace views {
class Persistor;
/// Rows in order of one column, for `last`; `limit` 0 means all.
struct Selection {
  std::span<const Predicate> predicates;
  std::optional<std::size_t> newest_by{};
  std::size_t limit = 0;
};
}  // namespace views

/// What a projector may do to the records that it manages, for one event. The same calls work on the live tables
/// (inside the command's transaction) and in a replay (in memory), with the same result.
///
/// Live, everything but the reading calls is sent together with the commit: no round trip of its own. `find`, `get`,
/// `find_all`, `last` and `update` with a function read, and cost a round trip each; prefer assignments where they
/// can say it. Touching a record that the projector does not manage throws Error(not_managed).
///
/// A replay takes the aggregates one by one, several at once, unless the projector declares `ordering`. Such a
/// projector keeps to rows of the event's own aggregate; see docs/view-migrations.md for what that means exactly.
/// Not thread-safe: it belongs to one call.
class Views {
 public:
  Views(views::Persistor& persistor, std::string_view projector, std::span<const RecordType* const> managed,
        const EventHeader& event)
      : persistor_{persistor}, projector_{projector}, managed_{managed}, event_{event} {}

  /// Adds a row.
  template <class R>
  void create(const R& record) {
    create(record_type<R>(), &record);
  }

  /// Adds rows.
  template <class R>
  void create_all(const std::vector<R>& rows) {
    for (const R& record : rows) create(record);
  }

  /// Adds `record` unless a row with the same `key` columns exists, to which the assignments are applied instead. The
  /// table needs a unique index on the key.
  template <class R, class... Keys>
  void create_or_update(const R& record, std::tuple<Keys R::*...> key,
                        std::initializer_list<AssignmentOf<R>> assignments) {
    const auto columns = std::apply(
        [](auto... members) { return std::array<std::size_t, sizeof...(Keys)>{attributes::index_of<R>(members)...}; },
        key);
    create_or_update(record_type<R>(), &record, columns, slice(assignments));
  }

  /// Changes all rows of the condition by assignments; none is fine.
  template <class R>
  void update(const Condition<R>& condition, std::initializer_list<std::type_identity_t<AssignmentOf<R>>> assignments) {
    update(record_type<R>(), condition.predicates, slice(assignments), false);
  }

  /// Changes the row of the condition by assignments, and its columns `updated_at` (a Timestamp) and `sequence_number` (an
  /// std::int32_t), where the record has them and the assignments do not, to those of the event.
  /// Error(record_not_found) when there is no such row.
  template <class R>
  void update_one(const Condition<R>& condition,
                  std::initializer_list<std::type_identity_t<AssignmentOf<R>>> assignments) {
    update(record_type<R>(), condition.predicates, slice(assignments), true);
  }

  /// Changes all rows of the condition by a function of the row.
  template <class R, std::invocable<R&> Change>
  void update(const Condition<R>& condition, Change&& change) {
    update_each(record_type<R>(), condition.predicates,
                [&](void* record) { change(*static_cast<R*>(record)); });
  }

  /// The first row of the condition, if any.
  template <class R>
  [[nodiscard]] std::optional<R> find(const Condition<R>& condition) {
    std::optional<R> found;
    select(record_type<R>(), {condition.predicates, {}, 1},
           [&](const void* record) { found = *static_cast<const R*>(record); });
    return found;
  }

  /// The row of the condition. Error(record_not_found) when there is none.
  template <class R>
  [[nodiscard]] R get(const Condition<R>& condition) {
    std::optional<R> found = find<R>(condition);
    if (!found) fail_not_found(record_type<R>());
    return *std::move(found);
  }

  /// All rows of the condition, in no particular order.
  template <class R>
  [[nodiscard]] std::vector<R> find_all(const Condition<R>& condition) {
    std::vector<R> found;
    select(record_type<R>(), {condition.predicates, {}, 0},
           [&](const void* record) { found.push_back(*static_cast<const R*>(record)); });
    return found;
  }

  /// The row of the condition with the greatest value of `by`, if any.
  template <class R, class M>
  [[nodiscard]] std::optional<R> last(const Condition<R>& condition, M R::*by) {
    std::optional<R> found;
    select(record_type<R>(), {condition.predicates, attributes::index_of<R>(by), 1},
           [&](const void* record) { found = *static_cast<const R*>(record); });
    return found;
  }

  /// Removes all rows of the condition; none is fine.
  template <class R>
  void erase(const Condition<R>& condition) {
    erase(record_type<R>(), condition.predicates);
  }

  /// Runs a statement of the projector's own in the command's transaction, for what the operations above cannot say.
  /// Parameters ($1, $2, ...) are always bound: give them as text, or empty for NULL. Name tables with their schema.
  /// Live only: Error(usage) in a replay, where there is no database to run it in. So whatever it writes is not
  /// rebuilt by a migration.
  void execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters = {});

 private:
  using Change = std::function<void(void*)>;
  using Visit = std::function<void(const void*)>;

  template <class R>
  static Assignments slice(std::initializer_list<AssignmentOf<R>> assignments) {
    Assignments sliced;
    for (const Assignment& assignment : assignments) sliced.emplace_back(assignment);
    return sliced;
  }

  void require_managed(const RecordType& type) const;
  void create(const RecordType& type, const void* record);
  void create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                        const Assignments& assignments);
  void update(const RecordType& type, std::span<const Predicate> predicates, Assignments assignments, bool must_exist);
  void update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change);
  void select(const RecordType& type, const views::Selection& selection, const Visit& visit);
  void erase(const RecordType& type, std::span<const Predicate> predicates);
  void require_row(const RecordType& type, std::span<const Predicate> predicates);
  [[noreturn]] void fail_not_found(const RecordType& type) const;

  views::Persistor& persistor_;
  std::string_view projector_;
  std::span<const RecordType* const> managed_;
  const EventHeader& event_;
};

/// The key of `create_or_update`: `key(&Churn::path)`.
template <class R, class... Ms>
[[nodiscard]] constexpr std::tuple<Ms R::*...> key(Ms R::*... members) noexcept {
  return {members...};
}

}  // namespace seriatim
