// Behaviour 3.5, 3.8, 4 and 6 where the wallet does not reach: repositories, several aggregates, projector operations.
#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"
#include "support/shelf.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Board;
using shelf::Book;
using shelf::BookAdded;

namespace {

struct UnregisteredAdded {
  static constexpr std::string_view type_name = "Tests::UnregisteredAdded";
};
BOOST_DESCRIBE_STRUCT(UnregisteredAdded, (), ())

class Unregistered : public AggregateRoot<Unregistered> {
 public:
  static constexpr std::string_view type_name = "Tests::Unregistered";
  struct State {
    std::int32_t times = 0;
  };
  using Events = types<UnregisteredAdded>;
  Unregistered(const AggregateId& id, UnregisteredAdded added) : AggregateRoot{id} { apply(std::move(added)); }
  explicit Unregistered(const AggregateId& id) : AggregateRoot{id} {}
};
BOOST_DESCRIBE_STRUCT(Unregistered::State, (), (times))

struct Fixture {
  Fixture() { install(false); }

  void install(bool touch_foreign) {
    options.database_url = shared_cluster().create_database();
    const std::vector<Domain> domains{shelf::domain(deeds, touch_foreign)};
    Database{options}.create(domains);
    app = std::make_unique<Application>(options, domains);
    const auto migrator = app->migrator("shelf");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  /// Executes a command whose handler does `deed`.
  ExecutionResult act(std::function<void(Repository&)> deed) {
    (*deeds)["deed"] = [deed = std::move(deed)](const Act&, Repository& repository) { deed(repository); };
    return app->commands().execute(command("deed"));
  }
  static Act command(const std::string& name) {
    Act act;
    act.aggregate_id = new_uuid();
    act.name = name;
    return act;
  }
  std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }
  ErrorCode code_of(const std::function<void(Repository&)>& deed) {
    try {
      act(deed);
    } catch (const Error& error) {
      message = error.what();
      return error.code();
    }
    throw std::logic_error{"nothing was thrown"};
  }

  std::shared_ptr<shelf::Deeds> deeds = std::make_shared<shelf::Deeds>();
  Options options;
  std::unique_ptr<Application> app;
  std::string message;
  AggregateId a = new_uuid();
  AggregateId b = new_uuid();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers, Fixture)

BOOST_AUTO_TEST_CASE(an_id_loaded_twice_gives_the_same_instance) {
  act([&](Repository& r) { r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}}); });
  act([&](Repository& r) {
    BOOST_TEST(&r.load<Book>(a) == &r.load<Book>(a));
    BOOST_TEST(&r.load<Book>(a) == r.find<Book>(a));
    Book& added = r.add<Book>(b, BookAdded{"B", {}, {}, {}, {}});
    BOOST_TEST(&added == &r.load<Book>(b));
  });
}

BOOST_AUTO_TEST_CASE(find_and_exists_answer_for_missing_aggregates_and_ensure_exists_throws) {
  act([&](Repository& r) {
    BOOST_TEST(r.find<Book>(a) == nullptr);
    BOOST_TEST(!r.exists<Book>(a));
  });
  BOOST_CHECK((code_of([&](Repository& r) { r.ensure_exists<Book>(a); }) == ErrorCode::aggregate_not_found));
  BOOST_TEST(message.find(uuid_text(a)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_refused_naming_both_from_the_store_and_from_the_identity_map) {
  act([&](Repository& r) { r.add<Board>(a, true); });
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load<Book>(a); }) == ErrorCode::aggregate_type));
  BOOST_TEST(message.find("Shelf::Board, not a Shelf::Book") != std::string::npos);
  BOOST_CHECK((code_of([&](Repository& r) {
                 (void)r.load<Board>(a);
                 (void)r.load<Book>(a);
               }) == ErrorCode::aggregate_type));
}

BOOST_AUTO_TEST_CASE(events_are_published_per_aggregate_in_the_order_in_which_the_command_touched_them) {
  act([&](Repository& r) { r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}}); });
  const ExecutionResult result = act([&](Repository& r) {
    Book& second = r.add<Book>(b, BookAdded{"B", {}, {}, {}, {}});
    Book& first = r.load<Book>(a);
    first.lend(1);
    second.lend(2);
    first.lend(3);
  });
  std::string order;
  for (const StoredEvent& event : result.events) {
    order += (event.aggregate_id == a ? "a" : "b") + std::to_string(event.sequence_number) + " ";
  }
  BOOST_TEST(order == "b1 b2 a2 a3 ");
}

BOOST_AUTO_TEST_CASE(a_command_over_several_aggregates_stores_all_or_nothing) {
  BOOST_CHECK_THROW(act([&](Repository& r) {
                      r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
                      r.add<Board>(b, true);
                      throw DomainError{"no", "no"};
                    }),
                    DomainError);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
  act([&](Repository& r) {
    r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}}).lend(1);
    r.add<Board>(b, true);
  });
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "3");
  BOOST_TEST(value("select count(*) from sequent_schema.commands") == "1");
}

BOOST_AUTO_TEST_CASE(a_command_without_events_is_not_stored) {
  act([&](Repository& r) { r.add<Board>(a, false); });
  BOOST_TEST(value("select count(*) from sequent_schema.commands") == "0");
  BOOST_TEST(value("select count(*) from sequent_schema.aggregates") == "0");
}

BOOST_AUTO_TEST_CASE(an_event_without_a_fold_is_legal_and_ignored_by_the_aggregate) {
  act([&](Repository& r) { r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}}).dust(); });
  act([&](Repository& r) {
    BOOST_TEST(r.load<Book>(a).days() == 0);
    BOOST_TEST(r.load<Book>(a).sequence_number() == 2);
  });
}

BOOST_AUTO_TEST_CASE(apply_if_changed_applies_only_what_changes_the_state) {
  act([&](Repository& r) {
    Book& book = r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
    book.lend_if_changed(0);
    book.lend_if_changed(4);
    BOOST_TEST(book.days() == 4);
    BOOST_TEST(book.sequence_number() == 2);
  });
}

BOOST_AUTO_TEST_CASE(execute_inside_a_handler_joins_the_end_of_the_queue_of_the_same_transaction) {
  std::string order;
  (*deeds)["first"] = [&](const Act&, Repository& r) {
    order += "first ";
    r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
    BOOST_TEST(app->commands().execute(command("third")).events.empty());
  };
  (*deeds)["second"] = [&](const Act&, Repository&) { order += "second "; };
  (*deeds)["third"] = [&](const Act&, Repository& r) {
    order += "third ";
    r.load<Book>(a).lend(1);
  };
  const ExecutionResult result = app->commands().execute(command("first"), command("second"));
  BOOST_TEST(order == "first second third ");
  BOOST_TEST(result.events.size() == 2U);
  BOOST_TEST(value("select count(distinct xact_id) from sequent_schema.events") == "1");

  (*deeds)["third"] = [&](const Act&, Repository&) { throw DomainError{"no", "no"}; };
  a = b;
  BOOST_CHECK_THROW(app->commands().execute(command("first")), DomainError);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "2");
}

BOOST_AUTO_TEST_CASE(a_refused_execute_inside_a_handler_queues_and_runs_nothing_of_it) {
  bool ran = false;
  (*deeds)["other"] = [&](const Act&, Repository&) { ran = true; };
  act([&](Repository& r) {
    r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
    Act keyed = command("other");
    keyed.idempotency_key = "of its own";
    BOOST_CHECK_THROW(app->commands().execute({AnyCommand{command("other")}, AnyCommand{keyed}},
                                              {{"create table view_schema.left_behind ()", {}}}),
                      Error);
  });
  BOOST_TEST(!ran);
  BOOST_TEST(value("select to_regclass('view_schema.left_behind')") == "");
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "1");
}

BOOST_AUTO_TEST_CASE(adding_an_aggregate_that_no_domain_registers_is_refused_by_name) {
  BOOST_CHECK((code_of([&](Repository& r) { r.add<Unregistered>(a, UnregisteredAdded{}); }) == ErrorCode::usage));
  BOOST_TEST(message.find("Tests::Unregistered") != std::string::npos, message);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(every_projector_operation_works_on_every_attribute_type) {
  act([&](Repository& r) {
    r.add<Book>(a, BookAdded{"A \"quoted\" \\ title", shelf::Colour::green, 7, {"x", "y, z", "{}"}, {3, 0.5}});
    r.add<Book>(b, BookAdded{"B", shelf::Colour::green, {}, {}, {}});
  });
  const ExecutionResult result = act([&](Repository& r) {
    r.load<Book>(a).lend(5);
    r.load<Book>(a).dust();
    r.load<Book>(b).dust();
  });
  BOOST_TEST(result.events.size() == 3U);
  BOOST_TEST(value("select concat_ws('|', title, colour, pages, tags, size, days, dusted, sequence_number) from "
                   "view_schema.book_records where aggregate_id = '" + uuid_text(a) + "'") ==
             R"(A "quoted" \ title|green|8|["x", "y, z", "{}", "clean"]|{"depth": 0.5, "width": 3}|5|t|2)");
  BOOST_TEST(value("select concat_ws('|', tags, size, pages is null) from view_schema.book_records where title = 'B'") ==
             R"(["clean"]|{"depth": null, "width": 0}|t)");
  BOOST_TEST(value("select b.updated_at = e.created_at from view_schema.book_records b join sequent_schema.events e on "
                   "e.aggregate_id = b.aggregate_id and e.sequence_number = 2 where title like 'A%'") == "t");
  BOOST_TEST(value("select books from view_schema.colour_records where colour = 'green'") == "2");
  act([&](Repository& r) { r.load<Book>(b).lose(); });
  BOOST_TEST(value("select count(*) from view_schema.book_records") == "1");
}

BOOST_AUTO_TEST_CASE(a_projector_that_touches_a_table_of_others_is_stopped) {
  install(true);
  BOOST_CHECK((code_of([&](Repository& r) { r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}}); }) == ErrorCode::publish));
  BOOST_TEST(message.find("does not manage table foreign_records") != std::string::npos);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(an_aggregate_shows_its_state_at_any_of_its_events) {
  act([&](Repository& r) { r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}}).lend(2); });
  act([&](Repository& r) { r.load<Book>(a).lend(3); });
  BOOST_TEST(app->events().show(a, std::nullopt).state_json == R"({"days":5,"since":null})");
  BOOST_TEST(app->events().show(a, 2).state_json == R"({"days":2,"since":null})");
  BOOST_CHECK_THROW((void)app->events().show(a, 9), Error);
}

BOOST_AUTO_TEST_CASE(what_a_live_handler_sees_of_a_timestamp_equals_what_a_replay_sees) {
  const Timestamp fine{std::chrono::microseconds{1'700'000'000'123'456}};
  std::optional<Timestamp> live;
  act([&](Repository& r) {
    Book& book = r.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
    book.lend(1, fine);
    live = book.since();
  });
  act([&](Repository& r) { BOOST_TEST((r.load<Book>(a).since() == live)); });
  BOOST_TEST((live == Timestamp{std::chrono::microseconds{1'700'000'000'123'000}}));
}

BOOST_AUTO_TEST_CASE(rows_fed_by_many_aggregates_are_rebuilt_as_they_were_live) {
  for (int i = 0; i < 30; ++i) {
    act([&](Repository& r) {
      r.add<Book>(new_uuid(), BookAdded{"B", i % 3 == 0 ? shelf::Colour::red : shelf::Colour::green, i, {}, {}}).dust();
    });
  }
  const std::string books = "select md5(string_agg(b::text, '|' order by aggregate_id)) from view_schema.book_records b";
  const std::string colours = "select string_agg(c::text, '|' order by colour) from view_schema.colour_records c";
  const std::string live = value(books);
  BOOST_TEST(value(colours) == "(green,20)|(red,10)");
  (void)value("drop table view_schema.book_records");
  (void)value("drop table view_schema.colour_records");
  (void)value("delete from view_schema.sequent_versions");
  (void)value("alter table view_schema.seriatim_version_1 rename to seriatim_version_0");
  const auto migrator = app->migrator("shelf");
  migrator->online({}, {}, {});
  migrator->offline({}, {}, {});
  BOOST_TEST(value(books) == live);
  BOOST_TEST(value(colours) == "(green,20)|(red,10)");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(registration)

BOOST_AUTO_TEST_CASE(a_table_with_two_projectors_is_refused_at_start_up) {
  Options options;
  options.database_url = shared_cluster().create_database();
  Domain twice = shelf::domain(std::make_shared<shelf::Deeds>());
  Domain other{"other"};
  other.view_schema("view_schema").projector<shelf::ColourProjector>();
  BOOST_CHECK_EXCEPTION((Application{options, {twice, other}}), Error,
                        [](const Error& error) { return error.code() == ErrorCode::configuration; });
  BOOST_CHECK_EXCEPTION((Application{options, {twice, twice}}), Error, [](const Error& error) {
    return std::string{error.what()}.find("loaded twice") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
