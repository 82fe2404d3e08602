BOOST_AUTO_TEST_CASE(@command@_is_valid_with_its_attributes) {
  const @Command@ command{{.aggregate_id = seriatim::new_uuid()}, @samples@};
  BOOST_TEST(seriatim::validation_errors(command).empty());
}
