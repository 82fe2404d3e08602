#pragma once
// What may be asked of a user's account, and what must hold before anybody is asked.

#include "seriatim/validation.hpp"

namespace users {

struct CreateUser : seriatim::Command {
  static constexpr std::string_view type_name = "User::Commands::CreateUser";
  std::string name;
  std::string email;
  seriatim::Secret password;
};
BOOST_DESCRIBE_STRUCT(CreateUser, (seriatim::Command), (name, email, password))

struct ChangeEmail : seriatim::Command {
  static constexpr std::string_view type_name = "User::Commands::ChangeEmail";
  std::string email;
};
BOOST_DESCRIBE_STRUCT(ChangeEmail, (seriatim::Command), (email))

struct DestroyUser : seriatim::Command {
  static constexpr std::string_view type_name = "User::Commands::DestroyUser";
};
BOOST_DESCRIBE_STRUCT(DestroyUser, (seriatim::Command), ())

/// An empty address is blank and nothing else. Whether mail arrives there, no pattern can tell.
template <class C>
void validate_email(const C& command, seriatim::Validation& v) {
  static const seriatim::Pattern address{R"([^@\s]+@[^@\s.]+(\.[^@\s.]+)+)"};
  v.presence(&C::email);
  v.when(!command.email.empty(), [&] { v.format(&C::email, address); });
}

inline void validate(const CreateUser& c, seriatim::Validation& v) {
  v.presence(&CreateUser::name);
  validate_email(c, v);
  v.length(&CreateUser::password, {.min = 8});
}

inline void validate(const ChangeEmail& c, seriatim::Validation& v) { validate_email(c, v); }

}  // namespace users
