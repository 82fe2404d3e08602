#include "seriatim/secret.hpp"

#include <crypt.h>
#include <string.h>  // explicit_bzero

#include <algorithm>
#include <array>
#include <mutex>
#include <ostream>

#include "seriatim/errors.hpp"

namespace seriatim {
namespace {

constexpr std::string_view digest_alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t digest_size = 60;

/// "$2b$12$" and 53 characters of salt and digest.
bool is_digest(std::string_view text) noexcept {
  const auto is_number = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == digest_size && text.starts_with("$2") && (text[2] == 'a' || text[2] == 'b' || text[2] == 'y') &&
         text[3] == '$' && is_number(text[4]) && is_number(text[5]) && text[6] == '$' &&
         text.substr(7).find_first_not_of(digest_alphabet) == std::string_view::npos;
}

void erase(std::string& text) noexcept {
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

/// A text that is overwritten when it goes.
struct Erased {
  explicit Erased(std::string_view from) : text{from} {}
  ~Erased() { erase(text); }
  Erased(const Erased&) = delete;
  Erased& operator=(const Erased&) = delete;
  std::string text;
};

/// In a time that does not depend on where the texts differ.
bool same_bytes(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return difference == 0;
}

bool fits_bcrypt(std::string_view text) noexcept {
  return text.size() <= Secret::max_bytes && text.find('\0') == std::string_view::npos;
}

/// The digest of `clear_text` under the salt and cost of `setting`; empty when the library refuses.
std::string bcrypt(std::string_view clear_text, const std::string& setting) {
  const Erased key{clear_text};
  const auto data = std::make_unique<crypt_data>();
  const char* digest = ::crypt_rn(key.text.c_str(), setting.c_str(), data.get(), static_cast<int>(sizeof *data));
  std::string result = digest == nullptr ? "" : digest;
  ::explicit_bzero(data.get(), sizeof *data);
  return result;
}

std::string new_setting(int cost) {
  if (cost < Secret::min_cost || cost > Secret::max_cost) {
    throw_error<ErrorCode::configuration>("secrets cannot be hashed at a cost of " + std::to_string(cost) +
                                          ": give one of 4 to 31");
  }
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  // Without random bytes of ours, the library takes those of the kernel.
  if (::crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), nullptr, 0, setting.data(),
                         static_cast<int>(setting.size())) == nullptr) {
    throw_error<ErrorCode::configuration>("libcrypt makes no bcrypt salt: install a libxcrypt that has bcrypt");
  }
  return setting.data();
}

}  // namespace

struct Secret::State {
  explicit State(std::string_view from) : text{from} {}
  ~State() { erase(text); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::mutex mutex;  ///< Guards the others.
  std::string text;  ///< A clear text or a digest.
  bool is_hashed = false;
};

Secret::Secret(std::string_view clear_text)
    : state_{clear_text.empty() ? nullptr : std::make_shared<State>(clear_text)} {}

std::optional<Secret> Secret::from_digest(std::string_view digest) {
  if (!is_digest(digest)) return std::nullopt;
  Secret secret{digest};
  secret.state_->is_hashed = true;
  return secret;
}

bool Secret::empty() const noexcept {
  if (state_ == nullptr) return true;
  const std::scoped_lock lock{state_->mutex};
  return state_->text.empty();
}

bool Secret::hashed() const noexcept {
  if (state_ == nullptr) return false;
  const std::scoped_lock lock{state_->mutex};
  return state_->is_hashed;
}

std::string Secret::digest() const {
  if (state_ == nullptr) return {};
  const std::scoped_lock lock{state_->mutex};
  if (!state_->is_hashed && !state_->text.empty()) {
    throw_error<ErrorCode::serialization>("a secret is still in clear text, which is never written: call hash() before");
  }
  return state_->text;
}

bool Secret::verify(std::string_view clear_text) const {
  if (state_ == nullptr || !fits_bcrypt(clear_text)) return false;
  std::string digest;
  {
    const std::scoped_lock lock{state_->mutex};
    if (!state_->is_hashed) return !state_->text.empty() && same_bytes(state_->text, clear_text);
    digest = state_->text;
  }
  return same_bytes(bcrypt(clear_text, digest), digest);
}

bool Secret::inspect(const std::function<void(std::string_view)>& look) const {
  if (state_ == nullptr) return false;
  const std::scoped_lock lock{state_->mutex};
  if (state_->is_hashed || state_->text.empty()) return false;
  look(state_->text);
  return true;
}

void Secret::hash(int cost) const {
  if (state_ == nullptr) return;
  const std::scoped_lock lock{state_->mutex};
  if (state_->is_hashed || state_->text.empty()) return;
  if (!fits_bcrypt(state_->text)) {
    throw_error<ErrorCode::serialization>("a secret of more than 72 bytes, or with U+0000, cannot be hashed");
  }
  std::string digest = bcrypt(state_->text, new_setting(cost));
  if (!is_digest(digest)) throw_error<ErrorCode::configuration>("libcrypt does not hash with bcrypt");
  erase(state_->text);
  state_->text = std::move(digest);
  state_->is_hashed = true;
}

void Secret::wipe() const noexcept {
  if (state_ == nullptr) return;
  const std::scoped_lock lock{state_->mutex};
  if (!state_->is_hashed) erase(state_->text);
}

bool operator==(const Secret& a, const Secret& b) {
  if (a.state_ == b.state_) return true;
  if (a.empty() || b.empty()) return a.empty() && b.empty();
  const std::scoped_lock lock{a.state_->mutex, b.state_->mutex};
  return a.state_->is_hashed == b.state_->is_hashed && same_bytes(a.state_->text, b.state_->text);
}

std::size_t Secret::hash_value() const { return hashed() ? std::hash<std::string>{}(digest()) : 0; }

std::ostream& operator<<(std::ostream& out, const Secret& /*secret*/) { return out << "(secret)"; }

}  // namespace seriatim
