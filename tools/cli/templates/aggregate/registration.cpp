  @domain@.aggregate<@Aggregate@>().handler<@Aggregate@CommandHandler>();
