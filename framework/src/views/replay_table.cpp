#include "views/replay_table.hpp"

#include <algorithm>
#include <bit>
#include <bitset>
#include <limits>
#include <new>

#include "seriatim/errors.hpp"
#include "views/row_values.hpp"

namespace seriatim::views {
namespace {

constexpr std::size_t slab_bytes = std::size_t{1} << 16U;

/// With a chain this short at hand, another index would cost more than it saves.
constexpr std::size_t few_rows = 16;

/// Kinds of searches for the greatest row whose results are remembered. Projectors have one or two.
constexpr std::size_t most_greatest = 8;

std::size_t slab_bits_for(std::size_t row_size) {
  return static_cast<std::size_t>(std::bit_width(std::max<std::size_t>(slab_bytes / row_size, 8))) - 1;
}

bool is_uuid(const attributes::Type& type) {
  const attributes::Type& inner = type.kind == attributes::Kind::optional ? *type.element : type;
  return inner.kind == attributes::Kind::uuid;
}

}  // namespace

ReplayTable::ReplayTable(const RecordType& type) : type_{type}, slab_bits_{slab_bits_for(type.attributes->size)} {
  const attributes::Value sample = attributes::Value::made(*type.attributes);
  const auto* start = static_cast<const std::byte*>(sample.get());
  for (const attributes::Member& member : type.columns()) {
    if (owns_memory(*member.type)) owners_.push_back(columns_.size());
    const bool variants = has_variants(*member.type);
    any_variants_ = any_variants_ || variants;
    columns_.push_back(
        {member.type, static_cast<const std::byte*>(member.address(sample.get())) - start, variants, {}});
  }
}

ReplayTable::~ReplayTable() {
  clear();
}

RowId ReplayTable::allocate() {
  if (!free_.empty()) {
    const RowId row = free_.back();
    free_.pop_back();
    return row;
  }
  const std::size_t row = order_.size();
  if (row >= no_row) {
    throw_error<ErrorCode::usage>("table " + std::string{type_.table} +
                                  " has more than four billion rows, which is more than a replay in memory can hold");
  }
  if (row >> slab_bits_ == slabs_.size()) {
    const std::align_val_t alignment{type_.attributes->alignment};
    auto* slab = static_cast<std::byte*>(::operator new(type_.attributes->size << slab_bits_, alignment));
    slabs_.emplace_back(slab, FreeSlab{type_.attributes->alignment});
  }
  order_.push_back({no_row, static_cast<RowId>(row)});
  return static_cast<RowId>(row);
}

void ReplayTable::link(RowId row) {
  order_[row] = {last_, no_row};
  (last_ == no_row ? first_ : order_[last_].next) = row;
  last_ = row;
  ++size_;
}

void ReplayTable::unlink(RowId row) noexcept {
  const Neighbours neighbours = order_[row];
  (neighbours.previous == no_row ? first_ : order_[neighbours.previous].next) = neighbours.next;
  (neighbours.next == no_row ? last_ : order_[neighbours.next].previous) = neighbours.previous;
  order_[row].next = row;
  --size_;
}

RowId ReplayTable::insert(const void* record) {
  const RowId row = allocate();
  type_.attributes->copy(at(row), record);
  link(row);
  for (const Column& column : columns_) {
    if (column.index != nullptr) column.index->insert(row, hash_of(*column.type, value(row, column)));
  }
  for (GreatestRows& greatest : greatest_) greatest.entered(row, at(row));
  ++changes_;
  ++inserted_;
  for (const std::size_t owner : owners_) {
    inserted_bytes_ += owned_bytes(*columns_[owner].type, value(row, columns_[owner]));
  }
  return row;
}

void ReplayTable::erase(RowId row) noexcept {
  for (const Column& column : columns_) {
    if (column.index != nullptr) column.index->erase(row);
  }
  for (GreatestRows& greatest : greatest_) greatest.leaving(row, at(row));
  ++changes_;
  unlink(row);
  type_.attributes->destroy(at(row));
  free_.push_back(row);
}

void ReplayTable::refresh_index(RowId row, const Column& column) {
  if (column.index != nullptr) column.index->update(row, hash_of(*column.type, value(row, column)));
}

/// Carries out a change of the row, and keeps `greatest_` true. Where it cannot know, because the change failed halfway
/// or is a function that came back to this table itself, it forgets all.
template <class Change>
void ReplayTable::keep_greatest(RowId row, const Change& change) {
  attributes::Value before;
  std::bitset<most_greatest> held;
  for (std::size_t i = 0; i < greatest_.size(); ++i) held[i] = greatest_[i].holds(row, at(row));
  if (held.any()) before = attributes::Value{*type_.attributes, at(row)};
  const std::uint64_t changes = ++changes_;
  try {
    change();
  } catch (...) {
    forget_greatest();
    throw;
  }
  if (changes_ != changes) return forget_greatest();
  for (std::size_t i = 0; i < greatest_.size(); ++i) {
    if (held[i]) {
      greatest_[i].greatest_changed(row, before.get(), at(row));
    } else {
      greatest_[i].entered(row, at(row));
    }
  }
}

bool ReplayTable::greatest_depends_on(std::span<const Assignment> assignments) const noexcept {
  return std::any_of(greatest_.begin(), greatest_.end(), [&](const GreatestRows& greatest) {
    return std::any_of(assignments.begin(), assignments.end(),
                       [&](const Assignment& assignment) { return greatest.depends_on(assignment.column); });
  });
}

void ReplayTable::forget_greatest() noexcept {
  for (GreatestRows& greatest : greatest_) greatest.clear();
}

void ReplayTable::assign(RowId row, std::span<const Assignment> assignments) {
  if (!greatest_depends_on(assignments)) return set_columns(row, assignments);
  keep_greatest(row, [&] { set_columns(row, assignments); });
}

void ReplayTable::set_columns(RowId row, std::span<const Assignment> assignments) {
  for (const Assignment& assignment : assignments) {
    const Column& column = columns_[assignment.column];
    apply(type_, assignment, const_cast<void*>(value(row, column)));
    refresh_index(row, column);
  }
}

void ReplayTable::change(RowId row, const std::function<void(void*)>& change) {
  if (greatest_.empty()) return call_change(row, change);
  keep_greatest(row, [&] { call_change(row, change); });
}

void ReplayTable::call_change(RowId row, const std::function<void(void*)>& change) {
  attributes::Value before;
  if (any_variants_) before = attributes::Value{*type_.attributes, at(row)};
  change(at(row));
  for (const Column& column : columns_) {
    if (column.variants) {
      void* now = const_cast<void*>(value(row, column));
      const void* old =
          static_cast<const std::byte*>(static_cast<const attributes::Value&>(before).get()) + column.offset;
      if (attributes::equal(*column.type, old, now)) column.type->assign(now, old);
    }
    refresh_index(row, column);
  }
}

void ReplayTable::build_index(Column& column) {
  auto index = std::make_unique<HashIndex>();
  for (RowId row = first_; row != no_row; row = next(row))
    index->insert(row, hash_of(*column.type, value(row, column)));
  column.index = std::move(index);
}

std::size_t ReplayTable::count(const Term& term) const {
  const Column& column = columns_[term.column];
  if (term.value != nullptr) return column.index->find(hash_of(*column.type, term.value)).count;
  std::size_t rows = 0;
  for (const attributes::Value& value : term.any_of) {
    rows += column.index->find(hash_of(*column.type, value.get())).count;
  }
  return rows;
}

/// The term with the fewest rows, by the indexes that are there; further ones are built while that is not few. UUIDs
/// come first then, as they tell more rows apart than anything else.
const ReplayTable::Term& ReplayTable::choose() {
  if (terms_.size() == 1) {
    Column& column = columns_[terms_.front().column];
    if (column.index == nullptr) build_index(column);
    return terms_.front();
  }
  const Term* best = nullptr;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  const auto consider = [&](const Term& term) {
    const std::size_t rows = count(term);
    if (rows < fewest || best == nullptr) best = &term;
    fewest = std::min(fewest, rows);
  };
  for (const Term& term : terms_) {
    if (columns_[term.column].index != nullptr) consider(term);
  }
  for (const bool uuids : {true, false}) {
    for (const Term& term : terms_) {
      Column& column = columns_[term.column];
      if (fewest <= few_rows) return *best;
      if (column.index != nullptr || is_uuid(*column.type) != uuids) continue;
      build_index(column);
      consider(term);
    }
  }
  return *best;
}

bool ReplayTable::matches(RowId row, const Term& term) const {
  const Column& column = columns_[term.column];
  const void* mine = value(row, column);
  if (term.value != nullptr) return same_value(*column.type, mine, term.value);
  return !is_null(*column.type, mine) &&
         std::any_of(term.any_of.begin(), term.any_of.end(),
                     [&](const attributes::Value& wanted) { return same_value(*column.type, mine, wanted.get()); });
}

void ReplayTable::walk(const Term& chosen, const void* wanted, std::size_t limit, std::vector<RowId>& out) const {
  const Column& column = columns_[chosen.column];
  const HashIndex::Chain chain = column.index->find(hash_of(*column.type, wanted));
  RowId row = chain.first;
  for (std::uint32_t seen = 0; seen < chain.count; ++seen) {
    if (seen != 0) row = column.index->next(row);  // Not looked up for the only row: it would be a cache miss.
    if (!same_value(*column.type, value(row, column), wanted)) continue;
    const bool all = std::all_of(terms_.begin(), terms_.end(),
                                 [&](const Term& term) { return &term == &chosen || matches(row, term); });
    if (!all) continue;
    out.push_back(row);
    if (out.size() == limit) return;
  }
}

void ReplayTable::find(std::size_t limit, std::vector<RowId>& out) {
  const Term& chosen = choose();
  if (chosen.value != nullptr) return walk(chosen, chosen.value, limit, out);
  for (const attributes::Value& wanted : chosen.any_of) {
    if (!is_null(wanted.type(), wanted.get())) walk(chosen, wanted.get(), 0, out);
  }
  std::sort(out.begin(), out.end());  // A list may name a value twice.
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (limit != 0 && out.size() > limit) out.resize(limit);
}

void ReplayTable::find(std::span<const Predicate> predicates, std::size_t limit, std::vector<RowId>& out) {
  out.clear();
  terms_.clear();
  for (const Predicate& predicate : predicates) {
    if (predicate.any_of.empty()) return;
    const bool one = predicate.any_of.size() == 1;
    terms_.push_back({predicate.column, one ? predicate.any_of.front().get() : nullptr, predicate.any_of});
  }
  if (!terms_.empty()) return find(limit, out);
  for (RowId row = first_; row != no_row; row = next(row)) {
    out.push_back(row);
    if (out.size() == limit) return;
  }
}

/// Where results of such searches are remembered; null where they are not.
GreatestRows* ReplayTable::greatest_for(std::span<const Predicate> predicates, std::size_t by) {
  const bool single = std::all_of(predicates.begin(), predicates.end(),
                                  [](const Predicate& predicate) { return predicate.any_of.size() == 1; });
  if (!single) return nullptr;
  for (GreatestRows& greatest : greatest_) {
    if (greatest.is_for(predicates, by)) return &greatest;
  }
  if (greatest_.size() == most_greatest) return nullptr;
  ++changes_;
  return &greatest_.emplace_back(*type_.attributes, predicates, by);
}

RowId ReplayTable::find_greatest(std::span<const Predicate> predicates, std::size_t by) {
  GreatestRows* const greatest = greatest_for(predicates, by);
  const RowId known = greatest == nullptr ? no_row : greatest->find(predicates);
  if (known != no_row) return known;
  find(predicates, 0, found_);
  if (found_.empty()) return no_row;
  const Column& column = columns_[by];
  const RowId row = *std::min_element(found_.begin(), found_.end(), [&](RowId a, RowId b) {
    return comes_before(*column.type, value(b, column), value(a, column));
  });
  if (greatest != nullptr && found_.size() > few_rows) {
    greatest->remember(row, at(row));
    ++changes_;
  }
  return row;
}

RowId ReplayTable::find_key(const void* record, std::span<const std::size_t> key) {
  terms_.clear();
  for (const std::size_t index : key) {
    const Column& column = columns_[index];
    const void* wanted = static_cast<const std::byte*>(record) + column.offset;
    if (is_null(*column.type, wanted)) return no_row;
    terms_.push_back({index, wanted, {}});
  }
  if (terms_.empty()) return no_row;
  found_.clear();
  find(1, found_);
  return found_.empty() ? no_row : found_.front();
}

std::size_t ReplayTable::bytes() const noexcept {
  std::size_t per_row = type_.attributes->size + sizeof(Neighbours);
  for (const Column& column : columns_) per_row += column.index == nullptr ? 0 : HashIndex::bytes_per_row;
  if (inserted_ != 0) per_row += inserted_bytes_ / inserted_;
  std::size_t bytes = per_row * size_;
  for (const GreatestRows& greatest : greatest_) bytes += greatest.bytes();
  return bytes;
}

void ReplayTable::clear() noexcept {
  for (RowId row = first_; row != no_row; row = next(row)) type_.attributes->destroy(at(row));
  for (const Column& column : columns_) {
    if (column.index != nullptr) column.index->clear();
  }
  forget_greatest();
  order_.clear();
  free_.clear();
  first_ = last_ = no_row;
  size_ = 0;
}

}  // namespace seriatim::views
