#pragma once
// Takes commands to users.

#include "commands.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/types.hpp"

namespace users {

struct UserCommandHandler {
  using Commands = seriatim::types<CreateUser, ChangeEmail, DestroyUser>;

  void handle(const CreateUser& command, seriatim::Repository& repository) const;
  void handle(const ChangeEmail& command, seriatim::Repository& repository) const;
  void handle(const DestroyUser& command, seriatim::Repository& repository) const;
};

}  // namespace users
