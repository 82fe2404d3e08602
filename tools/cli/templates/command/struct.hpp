struct @Command@ : seriatim::Command {
  static constexpr std::string_view type_name = "@Project@::Commands::@Command@";
  @members@
};
BOOST_DESCRIBE_STRUCT(@Command@, (seriatim::Command), (@names@))

@validation@
