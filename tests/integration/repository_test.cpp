// Behaviour 4: what command handlers can ask of the repository.
#include <boost/test/unit_test.hpp>

#include "support/memory.hpp"
#include "support/round_trips.hpp"
#include "support/actor.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Board;
using shelf::Book;
using shelf::BookAdded;

namespace {

/// Without projectors: what is loaded is of interest, not what is shown.
Domain shelf_without_views(const std::shared_ptr<shelf::Deeds>& deeds) {
  Domain domain{"shelf"};
  domain.aggregate<Book>().aggregate<Board>().handler(shelf::ActHandler{deeds});
  return domain;
}

struct Fixture : Actor {
  Fixture() : Fixture{installed(shelf_without_views({}))} {}
  explicit Fixture(Options given) : Actor{given, shelf_without_views}, options{std::move(given)} {}

  AggregateId add_book(int lendings) {
    const AggregateId id = new_uuid();
    act([&](Repository& r) {
      Book& book = r.add<Book>(id, titled("A"));
      for (int i = 0; i < lendings; ++i) book.lend(1);
    });
    return id;
  }
  static BookAdded titled(const std::string& title) { return {title, {}, {}, {}, {}}; }
  std::string value(const std::string& sql) const { return value_of(options.database_url, sql); }

  Options options;
  AggregateId a = new_uuid();
  AggregateId b = new_uuid();
};

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Whether a book can be lent.
template <class B>
constexpr bool can_be_lent = requires(B& book) { book.lend(1); };

}  // namespace

BOOST_FIXTURE_TEST_SUITE(repository, Fixture)

BOOST_AUTO_TEST_CASE(the_state_follows_an_event_when_it_is_applied_and_again_when_it_is_loaded) {
  act([&](Repository& r) {
    Book& book = r.add<Book>(a, titled("A"));
    book.lend(2);
    BOOST_TEST(book.days() == 2);
    book.lend(3);
    BOOST_TEST(book.days() == 5);
  });
  act([&](Repository& r) { BOOST_TEST(r.load<Book>(a).days() == 5); });
}

BOOST_AUTO_TEST_CASE(load_all_gives_aggregates_in_the_order_of_the_ids_and_twice_what_is_asked_twice) {
  const AggregateId one = add_book(1);
  const AggregateId two = add_book(2);
  const AggregateId three = add_book(3);
  act([&](Repository& r) {
    Book& known = r.load<Book>(two);
    const std::vector<AggregateId> ids{three, one, two, three};
    const auto books = r.load_all<Book>(ids);
    std::vector<std::int64_t> days;
    for (const Book& book : books) days.push_back(book.days());
    BOOST_TEST(days == (std::vector<std::int64_t>{3, 1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(&books[0].get() == &books[3].get());
    BOOST_TEST(&books[2].get() == &known);
    BOOST_TEST(&books[1].get() == &r.load<Book>(one));
    BOOST_TEST(r.load_all<Book>({}).empty());
  });
}

BOOST_AUTO_TEST_CASE(load_all_reads_whatever_is_missing_by_one_query) {
  std::vector<AggregateId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(add_book(i));
  RoundTrips round_trips{options.database_url};
  Fixture fresh{options};
  fresh.act([](Repository&) {});
  (void)round_trips.take();
  fresh.act([&](Repository& r) {
    for (Book& book : r.load_all<Book>(ids)) book.dust();
    for (const AggregateId& id : ids) (void)r.load<Book>(id);
  });
  BOOST_TEST(round_trips.take() == 2);
  fresh.act([&](Repository& r) {
    for (const AggregateId& id : ids) BOOST_TEST(r.load<Book>(id).sequence_number() >= 2);
  });
}

BOOST_AUTO_TEST_CASE(load_all_names_every_id_that_is_missing_and_loads_none) {
  const AggregateId there = add_book(1);
  const AggregateId c = new_uuid();
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_all<Book>(std::vector{a, there, b, a, c}); }) ==
               ErrorCode::aggregate_not_found));
  for (const AggregateId& id : {a, b, c}) BOOST_TEST(mentions(message, uuid_text(id)));
  BOOST_TEST(!mentions(message, uuid_text(there)));
  BOOST_TEST(mentions(message, "Shelf::Book"));
}

BOOST_AUTO_TEST_CASE(load_all_refuses_an_aggregate_of_another_type_naming_both) {
  act([&](Repository& r) { r.add<Board>(a, true); });
  const AggregateId book = add_book(1);
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_all<Book>(std::vector{book, a}); }) ==
               ErrorCode::aggregate_type));
  BOOST_TEST(mentions(message, "Shelf::Board, not a Shelf::Book"));
  BOOST_CHECK((code_of([&](Repository& r) {
                 (void)r.load<Board>(a);
                 (void)r.load_all<Book>(std::vector{book, a});
               }) == ErrorCode::aggregate_type));
}

BOOST_AUTO_TEST_CASE(load_all_reads_streams_to_their_ends_however_long_they_are) {
  const AggregateId brief = add_book(3);
  const AggregateId exact = add_book(8191);  // With its first event, as many as are read at once of two streams.
  const AggregateId endless = add_book(13'000);
  act([&](Repository& r) {
    const auto books = r.load_all<Book>(std::vector{endless, brief});
    BOOST_TEST(books[0].get().days() == 13'000);
    BOOST_TEST(books[1].get().days() == 3);
  });
  act([&](Repository& r) {
    const auto books = r.load_all<Book>(std::vector{exact, brief});
    BOOST_TEST(books[0].get().days() == 8191);
    books[0].get().dust();
  });
  BOOST_TEST(value("select max(sequence_number) from sequent_schema.events where aggregate_id = '" + uuid_text(exact) +
                   "'") == "8193");
}

BOOST_AUTO_TEST_CASE(an_aggregate_that_several_commands_of_a_call_change_is_loaded_by_the_first) {
  const AggregateId id = add_book(1);
  act([&](Repository& r) { r.load_all<Book>(std::vector{id}).front().get().lend(1); },
      [&](Repository& r) { r.load<Book>(id).lend(1); });
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "4");
}

BOOST_AUTO_TEST_CASE(load_at_gives_the_state_after_that_event_whatever_came_later) {
  const AggregateId id = add_book(5);
  act([&](Repository& r) {
    BOOST_TEST(r.load_at<Book>(id, 1).days() == 0);
    BOOST_TEST(r.load_at<Book>(id, 3).days() == 2);
    BOOST_TEST(r.load_at<Book>(id, 3).sequence_number() == 3);
    BOOST_TEST(r.load_at<Book>(id, 6).days() == 5);
  });
}

BOOST_AUTO_TEST_CASE(load_at_says_what_is_missing) {
  const AggregateId id = add_book(5);
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_at<Book>(id, 7); }) == ErrorCode::aggregate_not_found));
  BOOST_TEST(mentions(message, "has no event 7: its last one is 6"));
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_at<Book>(a, 1); }) == ErrorCode::aggregate_not_found));
  BOOST_TEST(mentions(message, uuid_text(a)));
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_at<Book>(id, 0); }) == ErrorCode::usage));
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_at<Board>(id, 1); }) == ErrorCode::aggregate_type));
}

BOOST_AUTO_TEST_CASE(a_past_state_cannot_be_changed_and_is_not_in_the_identity_map) {
  static_assert(can_be_lent<Book> && !can_be_lent<const Book>);
  static_assert(std::is_same_v<decltype(std::declval<Repository&>().load_at<Book>({}, 1)), const Book&>);
  static_assert(std::is_same_v<decltype(std::declval<Repository&>().load_until<Book>({}, {})), const Book&>);
  const AggregateId id = add_book(5);
  act([&](Repository& r) {
    const Book& past = r.load_at<Book>(id, 2);
    Book& present = r.load<Book>(id);
    present.lend(1);
    BOOST_TEST(past.days() == 1);
    BOOST_TEST(present.days() == 6);
    BOOST_TEST(&r.load<Book>(id) == &present);
  });
  act([&](Repository& r) { BOOST_TEST(r.load<Book>(id).days() == 6); });
}

BOOST_AUTO_TEST_CASE(a_past_state_includes_what_earlier_commands_of_the_call_stored) {
  const AggregateId id = add_book(1);
  act([&](Repository& r) { r.load<Book>(id).lend(10); },
      [&](Repository& r) {
        BOOST_TEST(r.load_at<Book>(id, 3).days() == 11);
        r.load<Book>(id).lend(1);
      });
  act([&](Repository& r) { BOOST_TEST(r.load<Book>(id).days() == 12); });
}

BOOST_AUTO_TEST_CASE(load_until_gives_the_state_at_a_moment) {
  using namespace std::chrono_literals;
  const Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 2 / 3} + 10h};
  auto clock = std::make_shared<FixedClock>(start);
  app = std::make_unique<Application>(options, std::vector{domain}, clock);
  const AggregateId id = add_book(1);
  clock->advance(1h);
  act([&](Repository& r) { r.load<Book>(id).lend(10); });
  clock->advance(1h);
  act([&](Repository& r) { r.load<Book>(id).lend(100); });
  act([&](Repository& r) {
    BOOST_TEST(r.load_until<Book>(id, start).days() == 1);
    BOOST_TEST(r.load_until<Book>(id, start + 1h - 1ms).days() == 1);
    BOOST_TEST(r.load_until<Book>(id, start + 1h).days() == 11);
    BOOST_TEST(r.load_until<Book>(id, start + 5h).days() == 111);
  });
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_until<Book>(id, start - 1ms); }) ==
               ErrorCode::aggregate_not_found));
  BOOST_TEST(mentions(message, "2026-02-03T09:59:59.999"));
  BOOST_TEST(app->events().show_until(id, start + 1h).state_json == R"({"days":11,"since":null})");
  BOOST_CHECK_THROW((void)app->events().show_until(id, start - 1ms), Error);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_leaves_no_gap_in_a_past_state) {
  using namespace std::chrono_literals;
  const Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 2 / 3}};
  auto clock = std::make_shared<FixedClock>(start);
  app = std::make_unique<Application>(options, std::vector{domain}, clock);
  const AggregateId id = add_book(1);
  clock->advance(2h);
  act([&](Repository& r) { r.load<Book>(id).lend(10); });
  clock->advance(-1h);
  act([&](Repository& r) { r.load<Book>(id).lend(100); });
  act([&](Repository& r) {
    BOOST_TEST(r.load_until<Book>(id, start + 1h).days() == 1);
    BOOST_TEST(r.load_until<Book>(id, start + 2h).days() == 111);
  });
}

BOOST_AUTO_TEST_CASE(find_or_add_adds_only_what_is_not_there) {
  for (int i = 1; i <= 2; ++i) {
    act([&](Repository& r) {
      Book& book = r.find_or_add<Book>(a, titled("A"));
      book.lend(1);
      BOOST_TEST(&book == &r.find_or_add<Book>(a, titled("B")));
      BOOST_TEST(book.days() == i);
    });
  }
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "3");
}

BOOST_AUTO_TEST_CASE(adding_an_aggregate_whose_id_is_stored_under_another_type_is_refused_naming_both) {
  act([&](Repository& r) { r.add<Board>(a, true); });
  const auto add_both = [&](Repository& r) {
    r.add<Book>(b, titled("B"));
    r.add<Book>(a, titled("A"));
  };
  BOOST_CHECK((code_of(add_both) == ErrorCode::non_unique_aggregate));
  BOOST_TEST(mentions(message, uuid_text(a) + " cannot be added as a Shelf::Book"));
  BOOST_TEST(mentions(message, "stored already as a Shelf::Board"));
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "1");
}

BOOST_AUTO_TEST_CASE(adding_an_aggregate_that_is_stored_already_names_what_is_there) {
  const AggregateId there = add_book(0);
  BOOST_CHECK((code_of([&](Repository& r) {
                 r.add<Board>(b, true);
                 r.add<Book>(there, titled("again"));
               }) == ErrorCode::optimistic_locking));
  BOOST_TEST(mentions(message, uuid_text(there) + " exists already, as a Shelf::Book"));
  BOOST_TEST(value("select count(*) from sequent_schema.aggregates") == "1");
}

BOOST_AUTO_TEST_CASE(a_stream_that_lacks_an_event_is_an_integrity_error_and_never_a_state) {
  const AggregateId id = add_book(4);
  (void)value("delete from sequent_schema.events where sequence_number = 3");
  const std::string gap = uuid_text(id) + " is damaged: event 4 follows event 2";
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load<Book>(id); }) == ErrorCode::integrity));
  BOOST_TEST(mentions(message, gap));
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_all<Book>(std::vector{id}); }) == ErrorCode::integrity));
  BOOST_TEST(mentions(message, gap));
  BOOST_CHECK((code_of([&](Repository& r) { (void)r.load_at<Book>(id, 5); }) == ErrorCode::integrity));
  BOOST_CHECK((error_of([&] { (void)app->events().show(id, std::nullopt); }) == ErrorCode::integrity));
  act([&](Repository& r) { BOOST_TEST(r.load_at<Book>(id, 2).days() == 1); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(long_streams)

BOOST_AUTO_TEST_CASE(an_aggregate_of_a_million_events_is_loaded_and_streamed_in_constant_memory) {
  constexpr std::size_t bound = (std::size_t{32} << 20U) + kept_by_sanitizers;
  WalletStore store;
  const AggregateId id = store.create_wallet();
  store.app->commands().execute(WalletStore::add(id, 1));
  (void)store.value("insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, "
                    "event_type_id, event_json) select aggregate_id, n, created_at, command_id, event_type_id, event_json "
                    "from sequent_schema.events, generate_series(3, 1000000) n where sequence_number = 2");
  store.app->commands().execute(WalletStore::add(store.create_wallet(), 1));  // What every command needs is there by now.
  BOOST_TEST(growth_during([&] { store.app->commands().execute(WalletStore::draw(id, 999'999)); }) < bound);
  BOOST_CHECK((error_of([&] { store.app->commands().execute(WalletStore::draw(id, 1)); }) == ErrorCode::domain));

  std::int32_t last = 0;
  BOOST_TEST(growth_during([&] {
               EventFilter filter;
               filter.aggregate_id = id;
               filter.limit = 0;
               store.app->events().read(filter, [&](const LoggedEvent& event, const Mark& /*mark*/) {
                 if (event.sequence_number != last + 1) throw std::logic_error{"out of order"};
                 last = event.sequence_number;
               });
             }) < bound);
  BOOST_TEST(last == 1'000'001);
  AggregateSnapshot shown;
  BOOST_TEST(growth_during([&] { shown = store.app->events().show(id, 1'000'000); }) < bound);
  BOOST_TEST(shown.state_json == R"({"user_id":"2","balance":"999999"})");
}

BOOST_AUTO_TEST_SUITE_END()
