#include "seriatim/uuid.hpp"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace seriatim {
namespace {

constexpr std::size_t text_size = 36;
constexpr std::size_t bytes = 16;

// Where the two digits of each byte are in the text.
constexpr std::array<std::uint8_t, bytes> positions{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::uint8_t, 4> hyphens{8, 13, 18, 23};

constexpr std::uint8_t no_digit = 0xFF;  // as all digits are below 16, its upper half tells it from them

constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
    values[static_cast<std::size_t>('A' + i)] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

// Asking the kernel costs much more than what it gives, so every thread keeps some in stock.
class RandomStock {
 public:
  template <std::size_t Count>
  void take(std::uint8_t* out) {
    static_assert(Count <= stock_size, "the stock is too small for so many bytes");
    if (left_ < Count) refill();
    left_ -= Count;
    std::memcpy(out, stock_.data() + left_, Count);
  }

  // A child process must not hand out what its parent has in stock.
  void discard() noexcept { left_ = 0; }

 private:
  static constexpr std::size_t stock_size = 256;  // as much as getentropy gives at once

  void refill();

  std::array<std::uint8_t, stock_size> stock_{};
  std::size_t left_ = 0;
};

constinit thread_local RandomStock random_stock;

void RandomStock::refill() {
  static const int refused = pthread_atfork(nullptr, nullptr, [] { random_stock.discard(); });
  if (refused != 0) throw std::system_error{refused, std::generic_category(), "pthread_atfork for random numbers"};
  if (getentropy(stock_.data(), stock_.size()) != 0) {
    throw std::system_error{errno, std::generic_category(), "getentropy for a new UUID"};
  }
  left_ = stock_.size();
}

void mark(Uuid& id, unsigned version) noexcept {
  id.data[6] = static_cast<std::uint8_t>((id.data[6] & 0x0FU) | (version << 4));
  id.data[8] = static_cast<std::uint8_t>((id.data[8] & 0x3FU) | 0x80U);
}

// The time in 4096ths of a millisecond, or the number after the last one when that is later.
std::uint64_t next_tick() noexcept {
  static std::atomic<std::uint64_t> last{0};
  constexpr std::uint64_t nanoseconds = 1'000'000;  // in a millisecond
  const auto now =
      static_cast<std::uint64_t>(std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count());
  const std::uint64_t current = ((now / nanoseconds) << 12) | ((now % nanoseconds << 12) / nanoseconds);
  std::uint64_t before = last.load(std::memory_order_relaxed);
  std::uint64_t tick = 0;
  do {
    tick = current > before ? current : before + 1;
  } while (!last.compare_exchange_weak(before, tick, std::memory_order_relaxed));
  return tick;
}

void write_text(char* out, const Uuid& id) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes; ++i) {
    out[positions[i]] = digits[id.data[i] >> 4];
    out[positions[i] + 1] = digits[id.data[i] & 0x0F];
  }
  for (const auto position : hyphens) out[position] = '-';
}

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != text_size) return std::nullopt;
  for (const auto position : hyphens) {
    if (text[position] != '-') return std::nullopt;
  }
  Uuid id{};
  unsigned seen = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    const unsigned high = digit_values[static_cast<unsigned char>(text[positions[i]])];
    const unsigned low = digit_values[static_cast<unsigned char>(text[positions[i] + 1U])];
    seen |= high | low;
    id.data[i] = static_cast<std::uint8_t>((high << 4) | low);
  }
  return seen < 16 ? std::optional{id} : std::nullopt;
}

void append_uuid(std::string& out, const Uuid& id) {
  std::array<char, text_size> text;
  write_text(text.data(), id);
  out.append(text.data(), text.size());
}

std::string uuid_text(const Uuid& id) {
  std::string text(text_size, '-');
  write_text(text.data(), id);
  return text;
}

Uuid new_uuid() {
  Uuid id{};
  random_stock.take<bytes>(id.data);
  mark(id, 4);
  return id;
}

Uuid new_ordered_uuid() {
  Uuid id{};
  random_stock.take<bytes / 2>(id.data + bytes / 2);
  const std::uint64_t tick = next_tick();
  const std::uint64_t milliseconds = tick >> 12;
  for (std::size_t i = 0; i < 6; ++i) id.data[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  id.data[6] = static_cast<std::uint8_t>((tick >> 8) & 0x0FU);
  id.data[7] = static_cast<std::uint8_t>(tick);
  mark(id, 7);
  return id;
}

}  // namespace seriatim
