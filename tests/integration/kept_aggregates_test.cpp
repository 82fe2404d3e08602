// Aggregates that a program keeps between calls: a round trip is saved, and nobody can tell otherwise.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <random>
#include <thread>

#include "seriatim/deletion.hpp"
#include "support/postgres_proxy.hpp"
#include "support/shelf_store.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Board;
using shelf::Book;
using shelf::BookAdded;

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20U;

/// `app` relies on the aggregates that it keeps, and has one; `others` is another program.
struct Fixture : ShelfStore {
  Fixture() {
    options.database_url = proxy.url();
    options.kept_aggregates_bytes = megabyte;
    options.rely_on_kept_aggregates = true;
    open({});
    // The first call opens the connection, the second prepares what a call on a kept aggregate takes.
    app->commands().execute(lending());
    app->commands().execute(lending());
  }
  Act lending() {
    return command(id, [this](Repository& books) { books.load<Book>(id).lend(1); });
  }
  template <class... Acts>
  std::size_t round_trips(const Acts&... acts) {
    const std::size_t before = proxy.round_trips();
    app->commands().execute(acts...);
    return proxy.round_trips() - before;
  }
  /// As a command sees it that changes nothing.
  std::int64_t days_seen() {
    std::int64_t days = 0;
    app->commands().execute(command(id, [&](Repository& books) { days = books.load<Book>(id).days(); }));
    return days;
  }
  /// Changes stored events of the book in all ways, and compares what commands see then.
  void change_by_hand() {
    (void)value("update sequent_schema.events set event_json = '{\"days\": 40}' where sequence_number = 2");
    BOOST_TEST(days_seen() == 41);
    (void)value("update sequent_schema.events_default set event_json = '{\"days\": 50}' where sequence_number = 2");
    BOOST_TEST(days_seen() == 51);
    (void)value("delete from sequent_schema.events_default where sequence_number = 3");
    BOOST_TEST(days_seen() == 50);
  }
  void delete_book() {
    Deletion{options}.delete_streams(std::vector{id});
    (void)value("delete from view_schema.book_records where aggregate_id = '" + uuid_text(id) + "'");
  }
  std::string events_of(const AggregateId& aggregate) const {
    return value("select string_agg(sequence_number::text, ' ' order by sequence_number) from sequent_schema.events "
                 "where aggregate_id = '" + uuid_text(aggregate) + "'");
  }

  PostgresProxy proxy{options.database_url};
  AggregateId id = add_book();  // Three events, with those of the constructor.
};

/// Two programs with two threads each, which change the same wallets.
void let_programs_meet(bool rely) {
  WalletStore store;
  store.build_views();
  store.options.kept_aggregates_bytes = megabyte;
  store.options.rely_on_kept_aggregates = rely;
  Execution patient;
  patient.retry.attempts = 1'000;
  std::vector<std::unique_ptr<Application>> programs;
  for (int i = 0; i < 2; ++i) {
    programs.push_back(std::make_unique<Application>(store.options, std::vector<Domain>{wallet::domain()}, patient));
  }
  std::vector<AggregateId> wallets;
  for (int i = 0; i < 4; ++i) wallets.push_back(store.create_wallet());
  std::atomic<int> stored{0};
  std::atomic<int> unexpected{0};
  const auto work = [&](unsigned seed) {
    std::mt19937 random{seed};
    for (int i = 0; i < 100; ++i) {
      const AggregateId& chosen = wallets[random() % wallets.size()];
      try {
        CommandService& commands = programs[seed % 2]->commands();
        if (random() % 3 == 0) {
          commands.execute(WalletStore::draw(chosen, 2));
        } else {
          commands.execute(WalletStore::add(chosen, 1));
        }
        ++stored;
      } catch (const DomainError&) {
        // The balance did not cover the draw.
      } catch (const std::exception& error) {
        ++unexpected;
        std::fprintf(stderr, "unexpected: %s\n", error.what());
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(unexpected == 0);
  BOOST_TEST(store.value("select count(*) from sequent_schema.events") == std::to_string(stored + 4));
  BOOST_TEST(store.value("select count(*) from (select aggregate_id from sequent_schema.events group by aggregate_id "
                         "having max(sequence_number) <> count(*)) gaps") == "0");
  BOOST_TEST(store.wrong_wallets() == "0");
  BOOST_TEST(store.wrong_transactions() == "0");
  BOOST_TEST(store.value("select count(*) from view_schema.wallet_records where balance < 0") == "0");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kept_aggregates, Fixture)

BOOST_AUTO_TEST_CASE(a_command_on_a_kept_aggregate_takes_one_round_trip) {
  BOOST_TEST(round_trips(lending()) == 1U);
  BOOST_TEST(round_trips(lending(), lending()) == 1U);
  BOOST_TEST(events_of(id) == "1 2 3 4 5 6");
}

BOOST_AUTO_TEST_CASE(a_program_relies_on_nothing_unless_it_is_told_to) {
  options.rely_on_kept_aggregates = Options{}.rely_on_kept_aggregates;
  open({});
  app->commands().execute(lending());
  app->commands().execute(lending());
  BOOST_TEST(round_trips(lending()) == 2U);
}

BOOST_AUTO_TEST_CASE(events_that_were_changed_by_hand_are_noticed) { change_by_hand(); }

BOOST_AUTO_TEST_CASE(an_aggregate_that_others_change_each_time_is_loaded_for_a_while) {
  std::size_t failed = 0;
  for (int i = 0; i < 40; ++i) {
    lend_elsewhere(id);
    if (round_trips(lending()) > 2) ++failed;
  }
  BOOST_TEST(failed > 1U);
  BOOST_TEST(failed < 8U);
  for (int i = 0; i < 40; ++i) app->commands().execute(lending());
  BOOST_TEST(round_trips(lending()) == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_shown_of_a_kept_aggregate_is_folded_from_what_is_stored) {
  BOOST_TEST(app->events().show(id, std::nullopt).sequence_number == 3);
  BOOST_TEST(app->events().show(id, std::nullopt).state_json == R"({"days":2,"since":null})");
  BOOST_TEST(app->events().show(id, 2).state_json == R"({"days":1,"since":null})");
}

BOOST_AUTO_TEST_CASE(what_another_program_stored_meanwhile_is_noticed_and_the_call_made_again_from_it) {
  lend_elsewhere(id);
  std::vector<std::int64_t> seen;
  app->commands().execute(command(id, [&](Repository& books) {
    Book& book = books.load<Book>(id);
    seen.push_back(book.days());
    book.lend(10);
  }));
  BOOST_TEST(seen == (std::vector<std::int64_t>{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(events_of(id) == "1 2 3 4 5");
  BOOST_TEST(round_trips(lending()) == 1U);  // Kept again, as it is now.
}

BOOST_AUTO_TEST_CASE(a_refusal_for_what_has_passed_is_not_told) {
  lend_elsewhere(id);
  const Act picky = command(id, [&](Repository& books) {
    if (books.load<Book>(id).days() < 3) throw DomainError{"too_early", "not yet"};
    books.load<Book>(id).dust();
  });
  BOOST_CHECK_NO_THROW(app->commands().execute(picky));
  BOOST_TEST(events_of(id) == "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(a_refusal_for_what_is_stored_is_told_and_stores_nothing) {
  const Act refused = command(id, [&](Repository& books) {
    books.load<Book>(id).lend(1);
    throw DomainError{"no", "never"};
  });
  BOOST_CHECK_THROW(app->commands().execute(refused), DomainError);
  BOOST_TEST(events_of(id) == "1 2 3");
}

BOOST_AUTO_TEST_CASE(an_aggregate_that_was_only_looked_at_counts_too) {
  const AggregateId other = add_book();
  const auto look_at_other = [&](Repository& books) {
    books.load<Book>(id).lend(books.load<Book>(other).days() + 1);
  };
  app->commands().execute(command(id, look_at_other));
  BOOST_TEST(round_trips(command(id, look_at_other)) == 1U);
  lend_elsewhere(other);
  app->commands().execute(command(id, look_at_other));
  BOOST_TEST(value("select string_agg(event_json->>'days', ' ' order by sequence_number) from sequent_schema.events "
                   "where sequence_number > 3 and aggregate_id = '" + uuid_text(id) + "'") == "1 1 2");
}

BOOST_AUTO_TEST_CASE(a_command_that_has_nothing_to_change_rests_on_what_is_stored) {
  const Act repair = command(id, [&](Repository& books) {
    if (books.load<Book>(id).days() == 3) books.load<Book>(id).dust();
  });
  BOOST_TEST(round_trips(repair) == 1U);
  BOOST_TEST(events_of(id) == "1 2 3");
  lend_elsewhere(id);
  app->commands().execute(repair);
  BOOST_TEST(events_of(id) == "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(a_command_over_several_aggregates_of_which_one_is_outdated_is_stored_once) {
  const AggregateId other = add_book();
  const auto both = [&](Repository& books) {
    books.load<Book>(id).lend(1);
    books.load<Book>(other).lend(1);
  };
  app->commands().execute(command(id, both));
  lend_elsewhere(other);
  app->commands().execute(command(id, both));
  BOOST_TEST(events_of(id) == "1 2 3 4 5");
  BOOST_TEST(events_of(other) == "1 2 3 4");
}

BOOST_AUTO_TEST_CASE(several_kept_aggregates_are_taken_by_one_request_for_all) {
  const AggregateId other = add_book();
  const std::vector<AggregateId> ids{id, other};
  const auto all = [&](Repository& books) {
    for (Book& book : books.load_all<Book>(ids)) book.lend(1);
  };
  app->commands().execute(command(id, all));
  app->commands().execute(command(id, all));
  BOOST_TEST(round_trips(command(id, all)) == 1U);
  lend_elsewhere(id);
  app->commands().execute(command(id, all));
  BOOST_TEST(events_of(id) == "1 2 3 4 5 6 7 8");
  BOOST_TEST(events_of(other) == "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(an_aggregate_that_was_deleted_is_missing) {
  delete_book();
  const Error error = thrown_by([&] { app->commands().execute(lending()); });
  BOOST_TEST(to_string(error.code()) == to_string(ErrorCode::aggregate_not_found));
  BOOST_TEST(events_of(id).empty());
}

BOOST_AUTO_TEST_CASE(one_that_was_deleted_and_made_again_with_as_many_events_is_another) {
  delete_book();
  elsewhere([&](Repository& books) {
    Book& book = books.add<Book>(id, BookAdded{"B", {}, {}, {}, {}});
    book.lend(100);
    book.lend(100);
  });
  std::int64_t days = 0;
  app->commands().execute(command(id, [&](Repository& books) {
    Book& book = books.load<Book>(id);
    days = book.days();
    book.lend(1);
  }));
  BOOST_TEST(days == 200);
  BOOST_TEST(events_of(id) == "1 2 3 4");
}

BOOST_AUTO_TEST_CASE(one_that_was_made_again_as_another_type_is_told_as_that) {
  delete_book();
  elsewhere([&](Repository& books) { books.add<Board>(id, true); });
  const Error error = thrown_by([&] { app->commands().execute(lending()); });
  BOOST_TEST(to_string(error.code()) == to_string(ErrorCode::aggregate_type));
}

BOOST_AUTO_TEST_CASE(an_expected_sequence_number_is_compared_with_what_is_stored) {
  lend_elsewhere(id);
  Act fits = lending();
  fits.sequence_number = 4;
  BOOST_CHECK_NO_THROW(app->commands().execute(fits));
  lend_elsewhere(id);
  Act late = lending();
  late.sequence_number = 5;  // As it is kept, but not as it is.
  BOOST_CHECK_THROW(app->commands().execute(late), SequenceNumberMismatch);
  BOOST_TEST(events_of(id) == "1 2 3 4 5 6");
}

BOOST_AUTO_TEST_CASE(a_call_whose_commit_is_in_doubt_is_not_made_again) {
  proxy.cut_next(PostgresProxy::Cut::after_commit);
  const Error error = thrown_by([&] { app->commands().execute(lending()); });
  BOOST_TEST(error.in_doubt());
  BOOST_TEST(events_of(id) == "1 2 3 4");
  app->commands().execute(lending());
  BOOST_TEST(events_of(id) == "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(programs_and_threads_that_keep_the_same_aggregates_lose_and_double_nothing) {
  let_programs_meet(false);
  let_programs_meet(true);
}

BOOST_AUTO_TEST_SUITE_END()

// Without relying: what is new is loaded.

namespace {

struct RefreshingFixture : Fixture {
  RefreshingFixture() {
    options.rely_on_kept_aggregates = false;
    open({});
    BOOST_TEST_REQUIRE(days_seen() == 2);
  }
  /// How many rows a command that only looks at the book gets from the server.
  std::size_t rows_loaded() {
    const std::size_t before = proxy.rows();
    (void)days_seen();
    return proxy.rows() - before;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refreshed_aggregates, RefreshingFixture)

BOOST_AUTO_TEST_CASE(a_command_sees_what_any_program_has_stored_and_its_handler_runs_once) {
  lend_elsewhere(id);
  lend_elsewhere(id);
  std::vector<std::int64_t> seen;
  app->commands().execute(command(id, [&](Repository& books) {
    Book& book = books.load<Book>(id);
    seen.push_back(book.days());
    book.lend(10);
  }));
  BOOST_TEST(seen == std::vector<std::int64_t>{4}, boost::test_tools::per_element());
  BOOST_TEST(days_seen() == 14);
  BOOST_TEST(events_of(id) == "1 2 3 4 5 6");
}

BOOST_AUTO_TEST_CASE(of_a_kept_stream_only_new_events_are_loaded_however_long_it_is) {
  for (int i = 0; i < 50; ++i) app->commands().execute(lending());
  BOOST_TEST(rows_loaded() == 1U);  // It tells that nothing is new.
  for (int i = 0; i < 3; ++i) lend_elsewhere(id);
  BOOST_TEST(rows_loaded() == 3U);
  BOOST_TEST(days_seen() == 55);
}

BOOST_AUTO_TEST_CASE(a_program_may_keep_nothing) {
  options.kept_aggregates_bytes = 0;
  open({});
  BOOST_TEST_REQUIRE(days_seen() == 2);
  BOOST_TEST(rows_loaded() == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_new_of_a_stream_may_be_more_than_is_read_at_once) {
  elsewhere([&](Repository& books) {
    for (int i = 0; i < 5'000; ++i) books.load<Book>(id).lend(1);
  });
  BOOST_TEST(days_seen() == 5'002);
  app->commands().execute(lending());
  BOOST_TEST(days_seen() == 5'003);
}

BOOST_AUTO_TEST_CASE(events_that_were_changed_by_hand_are_noticed) { change_by_hand(); }

BOOST_AUTO_TEST_CASE(a_stream_that_was_deleted_is_missing_and_one_made_again_is_another) {
  delete_book();
  const Error error = thrown_by([&] { app->commands().execute(lending()); });
  BOOST_TEST(to_string(error.code()) == to_string(ErrorCode::aggregate_not_found));
  elsewhere([&](Repository& books) {
    Book& book = books.add<Book>(id, BookAdded{"B", {}, {}, {}, {}});
    book.lend(100);
    book.lend(100);
  });
  BOOST_TEST(days_seen() == 200);
}

BOOST_AUTO_TEST_CASE(a_refused_command_leaves_no_trace_in_what_is_kept) {
  const Act refused = command(id, [this](Repository& books) {
    books.load<Book>(id).lend(7);
    throw DomainError{"no", "never"};
  });
  BOOST_CHECK_THROW(app->commands().execute(refused), DomainError);
  BOOST_TEST(days_seen() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
