#pragma once
// What is expected of view tables.

#include <string>
#include <vector>

#include "seriatim/testing/failure.hpp"
#include "seriatim/testing/world.hpp"

namespace seriatim::testing {

namespace detail {

/// The rows of the condition must be these, in any order. Reports a failure otherwise.
void expect_rows(World& world, const RecordType& type, std::span<const Predicate> predicates,
                 const std::vector<attributes::Value>& expected, const Location& location);

}  // namespace detail

/// The part of Scenario and Outcome that is about rows. `Self` is whom a chain of calls goes on with.
template <class Self>
class RowExpectations {
 public:
  /// The table has exactly these rows, in any order. Columns that the record does not name are not looked at.
  template <class R>
  Self& then_rows(const std::vector<R>& expected) {
    return expect<R>({}, expected);
  }

  /// Exactly one row fulfils the condition, and it is this one: `then_row(where(&WalletRecord::aggregate_id, id), {...})`.
  template <class R>
  Self& then_row(const Condition<R>& condition, const std::type_identity_t<R>& expected) {
    return expect<R>(condition, {expected});
  }

  /// No row fulfils the condition; without one, the table is empty: `then_no_rows<WalletRecord>()`.
  template <class R>
  Self& then_no_rows(const Condition<R>& condition = {}) {
    return expect<R>(condition, {});
  }

 private:
  template <class R>
  Self& expect(const Condition<R>& condition, const std::vector<R>& expected) {
    Self& self = static_cast<Self&>(*this);
    std::vector<attributes::Value> values;
    for (const R& row : expected) values.push_back(attributes::Value::of(row));
    detail::expect_rows(self.world(), record_type<R>(), condition.predicates, values, self.location());
    return self;
  }
};

}  // namespace seriatim::testing
