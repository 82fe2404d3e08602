#include "user_command_handler.hpp"

#include "user.hpp"

namespace users {

void UserCommandHandler::handle(const CreateUser& command, seriatim::Repository& repository) const {
  repository.add<User>(command.aggregate_id, UserCreated{command.name, command.email, command.password});
}

void UserCommandHandler::handle(const ChangeEmail& command, seriatim::Repository& repository) const {
  repository.load<User>(command.aggregate_id).change_email(command.email);
}

void UserCommandHandler::handle(const DestroyUser& command, seriatim::Repository& repository) const {
  repository.load<User>(command.aggregate_id).destroy();
}

}  // namespace users
