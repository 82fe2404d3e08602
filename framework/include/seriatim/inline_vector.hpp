#pragma once
// A vector that keeps its first few elements in itself: what a projector says of one event should allocate nothing.

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace seriatim::detail {

/// Up to N elements live in the object; with more of them, all move to the heap. Elements may move whenever one is
/// added, as in std::vector. Not thread-safe.
template <class T, std::size_t N>
class InlineVector {
 public:
  using value_type = T;

  InlineVector() noexcept = default;
  InlineVector(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
  InlineVector(const InlineVector& other) { assign(other.begin(), other.end()); }
  InlineVector(InlineVector&& other) { take(other); }
  InlineVector& operator=(InlineVector other) {
    clear();
    take(other);
    return *this;
  }
  ~InlineVector() { clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return more_.empty() ? size_ : more_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const T* data() const noexcept { return more_.empty() ? inside() : more_.data(); }
  [[nodiscard]] T* data() noexcept { return more_.empty() ? inside() : more_.data(); }
  [[nodiscard]] const T* begin() const noexcept { return data(); }
  [[nodiscard]] const T* end() const noexcept { return data() + size(); }
  [[nodiscard]] T* begin() noexcept { return data(); }
  [[nodiscard]] T* end() noexcept { return data() + size(); }
  [[nodiscard]] const T& front() const noexcept { return *data(); }
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept { return data()[index]; }

  void push_back(T value) { emplace_back(std::move(value)); }

  /// Makes the element where it stays. No argument may be a part of this vector.
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (more_.empty() && size_ < N) {
      T* const made = ::new (static_cast<void*>(inside() + size_)) T{std::forward<Arguments>(arguments)...};
      ++size_;
      return *made;
    }
    if (more_.empty()) spill();
    return more_.emplace_back(T{std::forward<Arguments>(arguments)...});
  }

  void clear() noexcept {
    std::destroy_n(inside(), size_);
    size_ = 0;
    more_.clear();
  }

 private:
  template <class Iterator>
  void assign(Iterator first, Iterator last) {
    for (; first != last; ++first) emplace_back(*first);
  }

  void take(InlineVector& other) {
    for (T& value : other) emplace_back(std::move(value));
    other.clear();
  }

  void spill() {
    more_.reserve(2 * N);
    for (std::size_t i = 0; i < size_; ++i) more_.push_back(std::move(inside()[i]));
    std::destroy_n(inside(), size_);
    size_ = 0;
  }

  [[nodiscard]] T* inside() noexcept { return std::launder(reinterpret_cast<T*>(storage_)); }
  [[nodiscard]] const T* inside() const noexcept { return std::launder(reinterpret_cast<const T*>(storage_)); }

  alignas(T) std::byte storage_[N * sizeof(T)];
  std::size_t size_ = 0;  ///< Of those inside; 0 when they are on the heap.
  std::vector<T> more_;
};

}  // namespace seriatim::detail
