#pragma once
// A user's account, which is only marked when it is destroyed: its history stays.

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"
#include "seriatim/errors.hpp"
#include "seriatim/unique_keys.hpp"

namespace users {

/// Refuses everything that is asked of a destroyed user.
class UserIsDestroyed : public seriatim::DomainError {
 public:
  UserIsDestroyed();
};

class User : public seriatim::AggregateRoot<User> {
 public:
  static constexpr std::string_view type_name = "User::User";
  using Events = seriatim::types<UserCreated, UserEmailChanged, UserDestroyed>;
  struct State {
    std::string email;
    bool destroyed = false;
  };

  using AggregateRoot::AggregateRoot;
  User(const seriatim::AggregateId& id, const UserCreated& event);

  void change_email(std::string email);
  void destroy();

  /// The address of a live user, whatever its capital letters; none of a destroyed one, so that others can have it.
  static seriatim::UniqueKeys unique_keys(const State& s);

  static void on(State& s, const UserCreated& e) { s.email = e.email; }
  static void on(State& s, const UserEmailChanged& e) { s.email = e.email; }
  static void on(State& s, const UserDestroyed&) { s.destroyed = true; }

 private:
  void require_live() const;
};
BOOST_DESCRIBE_STRUCT(User::State, (), (email, destroyed))

}  // namespace users
