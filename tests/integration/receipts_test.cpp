// Behaviour 3.10: idempotency keys and their receipts.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>

#include "support/postgres_proxy.hpp"
#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Book;
using shelf::BookAdded;
using Cut = PostgresProxy::Cut;

namespace {

void require_same(const ExecutionResult& first, const ExecutionResult& second) {
  BOOST_TEST(!first.repeated);
  BOOST_TEST(second.repeated);
  BOOST_REQUIRE(first.events.size() == second.events.size());
  for (std::size_t i = 0; i < first.events.size(); ++i) {
    BOOST_TEST((first.events[i].aggregate_id == second.events[i].aggregate_id));
    BOOST_TEST(first.events[i].sequence_number == second.events[i].sequence_number);
    BOOST_TEST(first.events[i].type == second.events[i].type);
  }
}

struct Fixture : ShelfStore {
  Act keyed(const std::string& key, const AggregateId& id, Deed deed) {
    Act act = command(id, [this, deed = std::move(deed)](Repository& books) {
      ++runs;
      deed(books);
    });
    act.idempotency_key = key;
    return act;
  }
  Deed lending(const AggregateId& id) {
    return [id](Repository& books) { books.load<Book>(id).lend(1); };
  }
  std::string receipts() const { return value("select count(*) from sequent_schema.command_receipts"); }
  ErrorCode code_of(const std::function<void()>& call) {
    const Error error = thrown_by(call);
    BOOST_TEST_MESSAGE(error.what());
    return error.code();
  }
  void execute_twice(const Act& act) {
    const ExecutionResult first = app->commands().execute(act);
    require_same(first, app->commands().execute(act));
  }
  std::atomic<int> runs{0};
};

/// Through a proxy that can cut the connection.
struct CutFixture : Fixture {
  CutFixture() {
    options.database_url = proxy.url();
    open({});
  }
  PostgresProxy proxy{options.database_url};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(receipts, Fixture)

BOOST_AUTO_TEST_CASE(the_same_request_under_the_same_key_has_its_effect_once_and_returns_the_first_outcome) {
  const AggregateId id = add_book();
  const Act act = keyed("k", id, [id](Repository& books) {
    books.load<Book>(id).lend(1);
    books.load<Book>(id).dust();
  });
  const ExecutionResult first = app->commands().execute(act);
  const ExecutionResult second = app->commands().execute(act);
  require_same(first, second);
  BOOST_TEST(first.events.size() == 2U);
  BOOST_TEST(events() == "3");
  BOOST_TEST(value("select days from view_schema.book_records") == "1");
  BOOST_TEST(value("select count(*) from sequent_schema.commands") == "2");
  Act later = act;
  later.created_at = Timestamp{std::chrono::microseconds{1'700'000'000'000'000}};
  require_same(first, app->commands().execute(later));
}

BOOST_AUTO_TEST_CASE(a_key_stands_for_one_request_and_any_other_is_refused) {
  const AggregateId id = add_book();
  const Act act = keyed("k", id, lending(id));
  app->commands().execute(act);
  for (int change = 0; change < 5; ++change) {
    Act other = act;
    if (change == 0) other.name = keyed("", id, lending(id)).name;
    if (change == 1) other.user_id = new_uuid();
    if (change == 2) other.sequence_number = 2;
    if (change == 3) other.aggregate_id = AggregateId{};  // Invalid, too: the key says more.
    const std::vector<SqlStatement> statements(change == 4 ? 1 : 0, SqlStatement{"select 1", {}});
    BOOST_CHECK((code_of([&] { app->commands().execute({other}, statements); }) == ErrorCode::idempotency_key_reused));
  }
  BOOST_TEST(events() == "2");
  BOOST_TEST(receipts() == "1");
}

BOOST_AUTO_TEST_CASE(a_repetition_that_the_domain_would_refuse_by_now_returns_the_first_outcome) {
  const AggregateId id = add_book();
  const Act act = keyed("k", id, [id](Repository& books) {
    Book& book = books.load<Book>(id);
    if (book.days() > 0) throw DomainError{"lent", "it is lent"};
    book.lend(1);
  });
  execute_twice(act);
  BOOST_TEST(runs == 2);
  const AggregateId fresh = new_uuid();
  const Act adding = keyed("add", fresh, [=](Repository& books) { books.add<Book>(fresh, BookAdded{"B", {}, {}, {}, {}}); });
  execute_twice(adding);
  Act expecting = keyed("expect", id, lending(id));
  expecting.sequence_number = 2;
  execute_twice(expecting);
}

BOOST_AUTO_TEST_CASE(a_request_that_fails_leaves_no_receipt_and_may_come_again) {
  const AggregateId id = new_uuid();
  const Act act = keyed("k", id, lending(id));
  BOOST_CHECK((code_of([&] { app->commands().execute(act); }) == ErrorCode::aggregate_not_found));
  BOOST_TEST(receipts() == "0");
  elsewhere([&](Repository& books) { books.add<Book>(id, BookAdded{"A", {}, {}, {}, {}}); });
  BOOST_TEST(!app->commands().execute(act).repeated);
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(a_request_without_events_leaves_a_receipt_too) {
  const Act act = keyed("k", new_uuid(), [](Repository&) {});
  BOOST_TEST(!app->commands().execute(act).repeated);
  const ExecutionResult second = app->commands().execute(act);
  BOOST_TEST(second.repeated);
  BOOST_TEST(second.events.empty());
  BOOST_TEST(receipts() == "1");
}

BOOST_AUTO_TEST_CASE(another_program_recognises_a_request_that_this_one_carried_out) {
  const AggregateId id = add_book();
  (*deeds)["lend"] = [](const Act& act, Repository& books) { books.load<Book>(act.aggregate_id).lend(1); };
  const std::string json = R"({"type":"Shelf::Act","name":"lend","idempotency_key":"k","aggregate_id":")" + uuid_text(id) +
                           R"("})";
  const ExecutionResult first = app->commands().execute({app->commands().decode(json)});
  open({});
  require_same(first, app->commands().execute({app->commands().decode(json)}));
}

BOOST_AUTO_TEST_CASE(of_duplicates_at_once_exactly_one_is_executed) {
  for (int round = 0; round < 20; ++round) {
    const AggregateId id = add_book();
    const std::string key = "round " + std::to_string(round);
    // With an aggregate that they compete for, and without.
    const Act act = round % 2 == 0 ? keyed(key, id, lending(id)) : keyed(key, id, [](Repository&) {});
    std::atomic<int> executed{0};
    std::atomic<int> repeated{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&] {
        try {
          ++(app->commands().execute(act).repeated ? repeated : executed);
        } catch (const Error& error) {
          std::fprintf(stderr, "unexpected: %s\n", error.what());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(executed == 1);
    BOOST_TEST(repeated == 5);
  }
  BOOST_TEST(receipts() == "20");
  BOOST_TEST(value("select sum(days) from view_schema.book_records") == "10");
}

BOOST_AUTO_TEST_CASE(a_duplicate_that_comes_between_load_and_commit_is_recognised_at_commit) {
  const AggregateId id = add_book();
  bool first = true;
  Act act;
  act = keyed("k", id, [&](Repository&) {
    if (!std::exchange(first, false)) return;
    std::thread{[&] { BOOST_CHECK(!app->commands().execute(act).repeated); }}.join();
  });
  BOOST_TEST(app->commands().execute(act).repeated);
  BOOST_TEST(runs == 2);
  BOOST_TEST(receipts() == "1");
}

BOOST_AUTO_TEST_CASE(a_key_stands_for_all_commands_of_its_call) {
  const AggregateId a = add_book();
  const AggregateId b = add_book();
  const Act one = keyed("1", a, lending(a));
  const Act two = keyed("2", b, lending(b));
  const Act without = command(a, lending(a));
  const ExecutionResult first = app->commands().execute(one, two, without);
  BOOST_TEST(receipts() == "2");
  require_same(first, app->commands().execute(one, two, without));
  const auto refused = [&](const auto&... acts) {
    BOOST_CHECK((code_of([&] { app->commands().execute(acts...); }) == ErrorCode::idempotency_key_reused));
  };
  refused(one);
  refused(one, two);
  refused(two, one, without);
  Act renamed = two;
  renamed.idempotency_key = "3";
  refused(one, renamed, without);
  BOOST_TEST(events() == "5");
  BOOST_TEST(receipts() == "2");
}

BOOST_AUTO_TEST_CASE(two_commands_of_one_call_cannot_carry_one_key) {
  const AggregateId id = add_book();
  BOOST_CHECK((code_of([&] { app->commands().execute(keyed("k", id, lending(id)), keyed("k", id, lending(id))); }) ==
               ErrorCode::usage));
  BOOST_TEST(runs == 0);
}

BOOST_AUTO_TEST_CASE(a_command_from_within_a_handler_carries_no_key_because_that_of_the_call_covers_it) {
  const AggregateId id = add_book();
  const Act inner = keyed("inner", id, lending(id));
  BOOST_CHECK((code_of([&] {
                 app->commands().execute(command(id, [&](Repository&) { app->commands().execute(inner); }));
               }) == ErrorCode::usage));
  const Act free_inner = command(id, lending(id));
  const Act outer = keyed("outer", id, [&](Repository&) { app->commands().execute(free_inner); });
  execute_twice(outer);
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_empty_too_long_or_cannot_be_stored_is_invalid) {
  const AggregateId id = add_book();
  for (const std::string& key : {std::string{}, std::string(256, 'k'), std::string{"\xff"}, std::string{"a\0b", 3}}) {
    try {
      app->commands().execute(keyed(key, id, lending(id)));
      BOOST_FAIL("accepted");
    } catch (const CommandNotValid& error) {
      BOOST_TEST(error.errors().count("idempotency_key") == 1U);
    }
  }
  app->commands().execute(keyed(std::string(255, 'k'), id, lending(id)));
}

BOOST_AUTO_TEST_CASE(a_key_is_text_and_nothing_else) {
  const AggregateId id = add_book();
  const std::string key = "'); drop table sequent_schema.command_receipts; -- {request} $1 \\ \" \xF0\x9F\x98\x80";
  const Act act = keyed(key, id, lending(id));
  execute_twice(act);
  BOOST_TEST(value("select idempotency_key from sequent_schema.command_receipts") == key);
}

BOOST_AUTO_TEST_CASE(a_receipt_is_rolled_back_with_everything_else_when_the_commit_fails) {
  (void)value("create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'not today'; "
              "end $$");
  (void)value("create constraint trigger refuse after insert on sequent_schema.events_default deferrable initially "
              "deferred for each row execute function public.refuse()");
  const AggregateId id = new_uuid();
  const Act act = keyed("k", id, [id](Repository& books) { books.add<Book>(id, BookAdded{"A", {}, {}, {}, {}}); });
  BOOST_CHECK((code_of([&] { app->commands().execute(act); }) == ErrorCode::database));
  BOOST_TEST(receipts() == "0");
  BOOST_TEST(events() == "0");
  BOOST_TEST(value("select count(*) from view_schema.book_records") == "0");
  (void)value("drop trigger refuse on sequent_schema.events_default");
  BOOST_TEST(!app->commands().execute(act).repeated);
  BOOST_TEST(events() == "1");
  BOOST_TEST(receipts() == "1");
}

BOOST_AUTO_TEST_CASE(a_request_with_a_key_that_loses_is_tried_again_and_leaves_one_receipt) {
  Execution execution;
  execution.retry.attempts = 3;
  execution.retry.wait = [](std::chrono::microseconds) {};
  open(execution);
  const AggregateId id = add_book();
  const Act act = keyed("k", id, [&, id](Repository& books) {
    Book& book = books.load<Book>(id);
    if (runs < 3) lend_elsewhere(id);
    book.lend(1);
  });
  const ExecutionResult first = app->commands().execute(act);
  BOOST_TEST(runs == 3);
  require_same(first, app->commands().execute(act));
  BOOST_TEST(receipts() == "1");
}

BOOST_AUTO_TEST_CASE(receipts_expire_by_age_in_portions) {
  app->commands().execute(keyed("young", new_uuid(), [](Repository&) {}));
  (void)value("insert into sequent_schema.command_receipts select n::text, '', '{}', now() - interval '31 days' from "
              "generate_series(1, 25000) n");
  std::vector<std::int64_t> told;
  const auto tell = [&](std::int64_t deleted) {
    told.push_back(deleted);
    return told.size() != 1;
  };
  Database database{options};
  BOOST_TEST(database.expire_receipts(std::chrono::hours{24 * 32}) == 0);
  BOOST_TEST(database.expire_receipts(std::chrono::hours{24 * 30}, tell) == 10'000);
  BOOST_TEST(receipts() == "15001");
  BOOST_TEST(database.expire_receipts(std::chrono::hours{24 * 30}, tell) == 15'000);
  BOOST_TEST((told == std::vector<std::int64_t>{10'000, 10'000, 15'000}));
  BOOST_TEST(value("select idempotency_key from sequent_schema.command_receipts") == "young");
}

BOOST_AUTO_TEST_CASE(programs_that_expire_receipts_at_once_take_turns_until_none_is_left) {
  (void)value("insert into sequent_schema.command_receipts select n::text, '', '{}', now() - interval '31 days' from "
              "generate_series(1, 45000) n");
  const auto expire = [&] { return Database{options}.expire_receipts(std::chrono::hours{24 * 30}); };
  auto first = std::async(std::launch::async, expire);
  auto second = std::async(std::launch::async, expire);
  BOOST_TEST(first.get() + second.get() == 45'000);
  BOOST_TEST(receipts() == "0");
}

BOOST_AUTO_TEST_CASE(the_application_role_stores_and_expires_receipts_and_never_changes_one) {
  app->commands().execute(keyed("k", new_uuid(), [](Repository&) {}));
  pqxx::connection connection{options.database_url};
  pqxx::nontransaction session{connection};
  session.exec("set role seriatim_application");
  session.exec("insert into sequent_schema.command_receipts values ('other', '', '{}')");
  BOOST_CHECK_THROW(session.exec("update sequent_schema.command_receipts set outcome = '{}'"), pqxx::sql_error);
  session.exec("delete from sequent_schema.command_receipts");
  BOOST_TEST(receipts() == "0");
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_is_lost_after_the_commit_is_found_by_the_key, CutFixture) {
  const AggregateId id = add_book();
  const Act act = keyed("k", id, lending(id));
  proxy.cut_next(Cut::after_commit);
  const ExecutionResult found = app->commands().execute(act);
  BOOST_TEST(found.repeated);
  BOOST_REQUIRE(found.events.size() == 1U);
  BOOST_TEST(found.events.front().sequence_number == 2);
  BOOST_TEST(app->commands().execute(act).repeated);
  BOOST_TEST(events() == "2");
}

BOOST_FIXTURE_TEST_CASE(a_request_that_never_arrived_stays_in_doubt_and_is_carried_out_when_made_again, CutFixture) {
  const AggregateId id = add_book();
  const Act act = keyed("k", id, lending(id));
  proxy.cut_next(Cut::before_commit);
  BOOST_TEST(thrown_by([&] { app->commands().execute(act); }).in_doubt());
  BOOST_TEST(events() == "1");
  BOOST_TEST(!app->commands().execute(act).repeated);
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_SUITE_END()
