BOOST_AUTO_TEST_CASE(@command@_asks_@article@_@aggregate@_that_is_there) {
  when(@Command@{{id}@and_samples@}).then_fails(seriatim::ErrorCode::aggregate_not_found);
}

BOOST_AUTO_TEST_CASE(@command@_does_nothing_yet) {
  given<@Aggregate@>(id, @first_event@);
  when(@Command@{{id}@and_samples@}).then_nothing();
}

@test_of_validation@
