#pragma once
// What happens to a user's account. The names and members are stored: they never change.

#include "seriatim/message.hpp"

namespace users {

struct UserCreated {
  static constexpr std::string_view type_name = "User::Created";
  std::string name;
  std::string email;
  seriatim::Secret password_digest;
};
BOOST_DESCRIBE_STRUCT(UserCreated, (), (name, email, password_digest))

struct UserEmailChanged {
  static constexpr std::string_view type_name = "User::EmailChanged";
  std::string old_email;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(UserEmailChanged, (), (old_email, email))

struct UserDestroyed {
  static constexpr std::string_view type_name = "User::Destroyed";
};
BOOST_DESCRIBE_STRUCT(UserDestroyed, (), ())

}  // namespace users
