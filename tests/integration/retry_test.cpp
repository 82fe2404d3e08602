// Behaviour 3.10: what is tried again, how often, and after which pauses.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "support/postgres_proxy.hpp"
#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Book;
using shelf::BookAdded;
using std::chrono::microseconds;

namespace {

struct Fixture : ShelfStore {
  /// Attempts in all, with pauses that are written down instead of waited for.
  void open_with(int attempts) {
    Execution execution;
    execution.retry.attempts = attempts;
    execution.retry.first_pause = microseconds{100};
    execution.retry.longest_pause = microseconds{500};
    execution.retry.jitter = [this] { return jitter; };
    execution.retry.wait = [this](microseconds pause) { pauses.push_back(pause.count()); };
    open(std::move(execution));
  }
  /// Loses against the other program as often as that, and would win then.
  Act losing(const AggregateId& id, int times) {
    return command(id, [this, id, times](Repository& books) {
      Book& book = books.load<Book>(id);
      days = book.days();
      if (++runs <= times) lend_elsewhere(id);
      book.lend(10);
    });
  }

  double jitter = 1;
  std::vector<std::int64_t> pauses;
  std::int64_t days = 0;
  int runs = 0;
};

/// A statement that fails with this SQLSTATE as often as that; what a sequence counts is not rolled back.
std::string failing_function(const std::string& state, int times) {
  return "create sequence public.calls; create function public.fail_at_first() returns void language plpgsql as $$ begin "
         "if nextval('public.calls') <= " + std::to_string(times) +
         " then raise exception using errcode = '" + state + "'; end if; end $$";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(retries, Fixture)

BOOST_AUTO_TEST_CASE(nothing_is_tried_again_unless_asked_for) {
  const AggregateId id = add_book();
  const Error error = thrown_by([&] { app->commands().execute(losing(id, 1)); });
  BOOST_TEST((error.code() == ErrorCode::optimistic_locking));
  BOOST_TEST(error.retryable());
  BOOST_TEST(runs == 1);
}

BOOST_AUTO_TEST_CASE(who_lost_against_another_writer_runs_again_on_aggregates_loaded_again) {
  open_with(3);
  const AggregateId id = add_book();
  const ExecutionResult result = app->commands().execute(losing(id, 2));
  BOOST_TEST(runs == 3);
  BOOST_TEST(days == 2);
  BOOST_REQUIRE(result.events.size() == 1U);
  BOOST_TEST(result.events.front().sequence_number == 4);
  BOOST_TEST(value("select days from view_schema.book_records") == "12");
}

BOOST_AUTO_TEST_CASE(after_the_last_attempt_the_error_is_that_of_the_last) {
  open_with(4);
  const AggregateId id = add_book();
  BOOST_CHECK((thrown_by([&] { app->commands().execute(losing(id, 9)); }).code() == ErrorCode::optimistic_locking));
  BOOST_TEST(runs == 4);
  BOOST_TEST(pauses.size() == 3U);
  BOOST_TEST(events() == "5");
}

BOOST_AUTO_TEST_CASE(pauses_double_up_to_the_longest_and_the_jitter_takes_its_part_of_them) {
  open_with(6);
  const AggregateId id = add_book();
  app->commands().execute(losing(id, 5));
  BOOST_TEST((pauses == std::vector<std::int64_t>{100, 200, 400, 500, 500}));
  pauses.clear();
  runs = 0;
  jitter = 0.25;
  app->commands().execute(losing(id, 4));
  BOOST_TEST((pauses == std::vector<std::int64_t>{25, 50, 100, 125}));
}

BOOST_AUTO_TEST_CASE(a_serialization_failure_or_a_deadlock_is_tried_again) {
  for (const char* state : {"40001", "40P01"}) {
    open_with(3);
    pauses.clear();
    (void)value("drop sequence if exists public.calls cascade");
    (void)value("drop function if exists public.fail_at_first()");
    (void)value(failing_function(state, 2));
    const AggregateId id = new_uuid();
    const Act act = command(id, [&](Repository& books) { books.add<Book>(id, BookAdded{"A", {}, {}, {}, {}}); });
    app->commands().execute({act}, {{"select public.fail_at_first()", {}}});
    BOOST_TEST(pauses.size() == 2U);
    BOOST_TEST(value("select count(*) from sequent_schema.events where aggregate_id = '" + uuid_text(id) + "'") == "1");
  }
}

BOOST_AUTO_TEST_CASE(what_the_domain_or_the_database_refuses_is_not_tried_again) {
  open_with(5);
  BOOST_CHECK_THROW(app->commands().execute(command(new_uuid(),
                                                    [&](Repository&) {
                                                      ++runs;
                                                      throw DomainError{"no", "no"};
                                                    })),
                    DomainError);
  BOOST_TEST(runs == 1);
  (void)value(failing_function("23514", 1));
  const Error error = thrown_by([&] {
    app->commands().execute({command(new_uuid(), [&](Repository&) { ++runs; })}, {{"select public.fail_at_first()", {}}});
  });
  BOOST_TEST((error.code() == ErrorCode::database));
  BOOST_TEST(runs == 2);
  BOOST_TEST(pauses.empty());
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_of_its_own_passes_through_and_is_not_tried_again) {
  open_with(5);
  BOOST_CHECK_THROW(app->commands().execute(command(new_uuid(),
                                                    [&](Repository&) {
                                                      ++runs;
                                                      throw std::overflow_error{"too much"};
                                                    })),
                    std::overflow_error);
  BOOST_TEST(runs == 1);
}

BOOST_AUTO_TEST_CASE(what_is_in_doubt_is_never_tried_again) {
  PostgresProxy proxy{options.database_url};
  options.database_url = proxy.url();
  open_with(5);
  const AggregateId id = add_book();
  proxy.cut_next(PostgresProxy::Cut::after_commit);
  const Error error = thrown_by([&] { app->commands().execute(losing(id, 0)); });
  BOOST_TEST(error.in_doubt());
  BOOST_TEST(runs == 1);
  BOOST_TEST(pauses.empty());
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(filters_and_middleware_run_again_with_each_attempt_and_start_from_what_was_given) {
  Execution execution;
  execution.retry.attempts = 3;
  execution.retry.wait = [](microseconds) {};
  int filtered = 0;
  execution.filters = {[&](AnyCommand& command) {
    BOOST_TEST(!command.base().user_id.has_value());
    command.base().user_id = new_uuid();
    ++filtered;
  }};
  open(execution);
  const AggregateId id = add_book();
  app->commands().execute(losing(id, 2));
  BOOST_TEST(filtered == 3);
}

BOOST_AUTO_TEST_CASE(with_retries_eight_threads_on_two_aggregates_all_succeed) {
  Execution execution;
  execution.retry.attempts = 1000;
  execution.retry.first_pause = microseconds{200};
  open(execution);
  const AggregateId a = add_book();
  const AggregateId b = add_book();
  constexpr int each = 40;
  std::vector<Act> acts{command(a, [&](Repository& books) { books.load<Book>(a).lend(1); }),
                        command(b, [&](Repository& books) { books.load<Book>(b).lend(1); })};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < each; ++i) {
        try {
          app->commands().execute(acts[(i + thread) % 2]);
        } catch (const Error& error) {
          std::fprintf(stderr, "unexpected: %s\n", error.what());
          ++failures;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(failures == 0);
  BOOST_TEST(value("select sum(days) from view_schema.book_records") == std::to_string(8 * each));
}

BOOST_AUTO_TEST_SUITE_END()
