struct @Event@ {
  static constexpr std::string_view type_name = "@Project@::Events::@Event@";
  @members@
};
BOOST_DESCRIBE_STRUCT(@Event@, (), (@names@))
