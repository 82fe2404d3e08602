BOOST_AUTO_TEST_CASE(@event@_is_read_back_as_it_was_stored) {
  const @Event@ event{@samples@};
  BOOST_TEST(seriatim::same_attributes(seriatim::from_json<@Event@>(seriatim::to_json(event)), event));
}
