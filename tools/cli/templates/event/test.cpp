BOOST_AUTO_TEST_CASE(the_state_follows_@event@) {
  const @Event@ event{@samples@};
  @Aggregate@::State state;
  @Aggregate@::on(state, event);
  @state_checks@
}
