BOOST_AUTO_TEST_CASE(@command@_asks_@article@_@aggregate@_that_is_there) {
  const @Command@ command{{id}@and_samples@};
  when(command).then_fails(seriatim::ErrorCode::aggregate_not_found);
}

BOOST_AUTO_TEST_CASE(@command@_does_nothing_yet) {
  given<@Aggregate@>(id, @first_event@);
  const @Command@ command{{id}@and_samples@};
  when(command).then_nothing();
}

@test_of_validation@
