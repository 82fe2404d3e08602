#include "user.hpp"

#include <algorithm>

namespace users {
namespace {

/// Of the letters A to Z only: an address beyond ASCII counts as it is written.
std::string lower(std::string text) {
  const auto lower_letter = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::transform(text.begin(), text.end(), text.begin(), lower_letter);
  return text;
}

}  // namespace

UserIsDestroyed::UserIsDestroyed() : DomainError{"user_is_destroyed", "the user is destroyed: create another one"} {}

User::User(const seriatim::AggregateId& id, const UserCreated& event) : AggregateRoot{id} { apply(event); }

void User::change_email(std::string email) {
  require_live();
  if (email != state().email) apply(UserEmailChanged{state().email, std::move(email)});
}

void User::destroy() {
  require_live();
  apply(UserDestroyed{});
}

seriatim::UniqueKeys User::unique_keys(const State& s) {
  return {{"user_email", {{"email", s.destroyed ? std::string{} : lower(s.email)}}}};
}

void User::require_live() const {
  if (state().destroyed) throw UserIsDestroyed{};
}

}  // namespace users
