BOOST_AUTO_TEST_CASE(@event@_is_stored_under_its_name) {
  const @Event@ event{@samples@};
  given<@Aggregate@>(id, @first_event@, event);
  BOOST_REQUIRE(events().size() == 2U);
  BOOST_TEST(events().back().type_name() == "@Project@::Events::@Event@");
}
