void @Aggregate@CommandHandler::handle(const @Command@& command, seriatim::Repository& repository) const {
  // Give @Aggregate@ a method that checks its rules and applies an event, and call it here:
  // repository.load<@Aggregate@>(command.aggregate_id).method(...);
  repository.ensure_exists<@Aggregate@>(command.aggregate_id);
}
