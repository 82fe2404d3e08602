#pragma once
// Secrets: passwords and the like, which are checked but never shown.
//
//     struct SignUp : seriatim::Command { std::string name; seriatim::Secret password; };
//     struct SignedUp { std::string name; seriatim::Secret password; };       // the event keeps the digest
//     if (!state().password.verify(given)) throw WrongPassword{};
//
// A Secret in a command starts as the clear text that somebody entered. When the command was found valid, and before any
// handler sees it, the framework replaces the clear text by its bcrypt digest; when the command is not valid, by
// nothing. JSON, SQL, logs and error texts know the digest or the word "(secret)", never the clear text.

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace seriatim {

/// A secret: nothing, a clear text, or the bcrypt digest of one.
///
/// Copies are one secret: once one of them is hashed or wiped, all are, so that no forgotten copy of a command
/// keeps the clear text. It is overwritten in memory when it is hashed or wiped, and when the last copy goes. What is
/// not ours to overwrite is the text that a Secret was made from.
///
/// Thread-safety: copies may be used by several threads at once; assigning to one object needs a lock, as usual.
class Secret {
 public:
  static constexpr int default_cost = 12;         ///< 2^12 rounds: some 200 ms on a machine of 2025.
  static constexpr int min_cost = 4;              ///< For tests.
  static constexpr int max_cost = 31;
  static constexpr std::size_t max_bytes = 72;    ///< bcrypt ignores what is beyond; a longer text is not valid.

  /// No secret.
  Secret() noexcept = default;

  /// A clear text; an empty one is no secret.
  explicit Secret(std::string_view clear_text);

  /// A secret of which only the bcrypt digest is known ("$2b$12$..."); nullopt for anything else.
  [[nodiscard]] static std::optional<Secret> from_digest(std::string_view digest);

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] bool hashed() const noexcept;

  /// The digest, for storing; "" when empty. Throws Error(serialization) while it is a clear text.
  [[nodiscard]] std::string digest() const;

  /// Whether `clear_text` is the secret. Takes as long as hashing does, and equally long for right and wrong ones. Never true
  /// for an empty secret, nor for texts of more than 72 bytes or with U+0000.
  [[nodiscard]] bool verify(std::string_view clear_text) const;

  /// Shows the clear text to `look`, for checks like "has a digit". False, without a call, when there is none (any more).
  /// The text is valid during the call only; do not copy it, and do not use this secret within the call.
  bool inspect(const std::function<void(std::string_view clear_text)>& look) const;

  /// Replaces a clear text by its digest, at a cost of 2^cost rounds; an empty or hashed secret stays as it is. The
  /// framework does so for commands. Throws Error(configuration) for a cost outside 4..31, Error(serialization) for a
  /// text of more than 72 bytes or with U+0000.
  void hash(int cost = default_cost) const;

  /// Forgets a clear text; a digest stays.
  void wipe() const noexcept;

  /// Whether both are empty, have one digest, or one clear text. Compares all bytes whatever the first ones are.
  friend bool operator==(const Secret& a, const Secret& b);

  /// A hash that agrees with ==, and tells nothing of a clear text.
  [[nodiscard]] std::size_t hash_value() const;

  /// Prints "(secret)".
  friend std::ostream& operator<<(std::ostream& out, const Secret& secret);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace seriatim
