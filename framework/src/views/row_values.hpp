#pragma once
// Values of columns as SQL sees them, for the in-memory tables of a replay: NULL, equality, order and arithmetic.

#include <cstddef>
#include <cstdint>

#include "seriatim/views.hpp"

namespace seriatim::views {

/// Whether the value is an empty optional.
[[nodiscard]] bool is_null(const attributes::Type& type, const void* value) noexcept;

/// The UUID of a column of type Uuid or std::optional<Uuid>; null for NULL and for all other columns.
[[nodiscard]] const Uuid* uuid_of(const attributes::Type& type, const void* value) noexcept;

/// A hash that agrees with `same_value`, all 32 bits of which are good.
[[nodiscard]] std::uint32_t hash_of(const attributes::Type& type, const void* value);

/// Equality as in `attributes::equal`, except that NaN equals NaN, as in PostgreSQL. NULL is the same as NULL: callers
/// decide where that means `is null` and where NULL matches nothing.
[[nodiscard]] bool same_value(const attributes::Type& type, const void* a, const void* b);

/// Whether values of the type can be brought in order: all but lists and objects.
[[nodiscard]] bool has_order(const attributes::Type& type) noexcept;

/// Whether `a` comes before `b` in `order by`: numbers by value (NaN last), text and the names of enums bytewise (the
/// C collation), NULL after everything.
[[nodiscard]] bool comes_before(const attributes::Type& type, const void* a, const void* b);

/// Carries out an assignment on `target`, the column's value in a row. The assignment's value has the column's type.
/// NULL plus or minus anything is NULL. Error(serialization) when the result is out of range, as in PostgreSQL.
void apply(const RecordType& table, const Assignment& assignment, void* target);

/// Whether values of the type may own memory on the heap.
[[nodiscard]] bool owns_memory(const attributes::Type& type) noexcept;

/// Roughly how much memory on the heap a value owns.
[[nodiscard]] std::size_t owned_bytes(const attributes::Type& type, const void* value);

/// Whether two values of the type can be equal and yet differ when written: 12.5 and 12.50.
[[nodiscard]] bool has_variants(const attributes::Type& type) noexcept;

}  // namespace seriatim::views
