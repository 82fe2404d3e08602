BOOST_AUTO_TEST_CASE(@command@_without_what_it_requires_is_not_valid) {
  @Command@ command;
  command.aggregate_id = id;
  when(command).then_invalid({@required@});
}
