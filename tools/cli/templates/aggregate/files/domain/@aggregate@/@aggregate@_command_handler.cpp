#include "domain/@aggregate@/@aggregate@_command_handler.hpp"

#include "domain/@aggregate@/@aggregate@.hpp"

namespace @project@ {

void @Aggregate@CommandHandler::handle(const Create@Aggregate@& command, seriatim::Repository& repository) const {
  repository.add<@Aggregate@>(command.aggregate_id).create(@of_command@);
}

}  // namespace @project@
