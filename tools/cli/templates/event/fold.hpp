  @fold@
