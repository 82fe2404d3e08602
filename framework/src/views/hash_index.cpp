#include "views/hash_index.hpp"

#include <algorithm>
#include <bit>

namespace seriatim::views {

void HashIndex::insert(RowId row, std::uint32_t hash) {
  if (row >= links_.size()) links_.resize(std::max<std::size_t>(row + std::size_t{1}, 2 * links_.size()));
  std::size_t at = probe(hash);
  if (slots_[at].unused()) {
    if ((used_ + 1) * 8 > slots_.size() * 5) {
      grow();
      at = probe(hash);
    }
    ++used_;
    slots_[at].hash = hash;
  }
  Slot& slot = slots_[at];
  links_[row] = {hash, no_row, slot.count == 0 ? no_row : slot.last};
  if (slot.count == 0) {
    slot.first = row;
  } else {
    links_[slot.last].next = row;
  }
  slot.last = row;
  ++slot.count;
}

void HashIndex::erase(RowId row) noexcept {
  const Link link = links_[row];
  Slot& slot = slots_[probe(link.hash)];
  if (link.previous != no_row) {
    links_[link.previous].next = link.next;
  } else {
    slot.first = link.next;
  }
  if (link.next != no_row) {
    links_[link.next].previous = link.previous;
  } else if (slot.count > 1) {
    slot.last = link.previous;
  }  // else: the slot is empty, but its `last` must go on saying that it was used
  --slot.count;
}

void HashIndex::clear() noexcept {
  if (used_ != 0) std::fill(slots_.begin(), slots_.end(), Slot{});
  used_ = 0;
}

void HashIndex::grow() {
  const auto live = static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.count != 0; }));
  std::vector<Slot> old(std::max(smallest, std::bit_ceil((live + 1) * 2)));
  old.swap(slots_);
  used_ = live;
  for (const Slot& slot : old) {
    if (slot.count != 0) slots_[probe(slot.hash)] = slot;
  }
}

}  // namespace seriatim::views
