// Behaviour 2.4: a command may say which version of its aggregate it was meant for.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Book;
using shelf::BookAdded;

namespace {

struct Fixture : ShelfStore {
  Act expecting(std::int32_t version, const AggregateId& id, Deed deed) {
    Act act = command(id, [this, deed = std::move(deed)](Repository& books) {
      ++runs;
      deed(books);
    });
    act.sequence_number = version;
    return act;
  }
  Deed lending(const AggregateId& id) {
    return [id](Repository& books) { books.load<Book>(id).lend(1); };
  }
  /// That the command is refused, and with these numbers.
  void refused(const Act& act, std::int32_t expected, std::int32_t actual) {
    try {
      app->commands().execute(act);
      BOOST_FAIL("carried out");
    } catch (const SequenceNumberMismatch& error) {
      const std::string text = error.what();
      BOOST_TEST_MESSAGE(text);
      BOOST_TEST((error.code() == ErrorCode::optimistic_locking));
      BOOST_TEST(!error.retryable());
      BOOST_TEST(error.expected() == expected);
      BOOST_TEST(error.actual() == actual);
      BOOST_TEST(text.find("is at sequence number " + std::to_string(actual)) != std::string::npos);
      BOOST_TEST(text.find("expects " + std::to_string(expected)) != std::string::npos);
      BOOST_TEST(text.find(uuid_text(act.aggregate_id)) != std::string::npos);
    }
  }
  std::atomic<int> runs{0};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(expected_version, Fixture)

BOOST_AUTO_TEST_CASE(a_command_that_expects_the_version_that_it_meets_is_carried_out) {
  const AggregateId id = add_book(2);
  BOOST_TEST(app->commands().execute(expecting(2, id, lending(id))).events.front().sequence_number == 3);
}

BOOST_AUTO_TEST_CASE(a_command_that_expects_another_version_is_refused_with_both_numbers) {
  const AggregateId id = add_book(2);
  refused(expecting(1, id, lending(id)), 1, 2);
  refused(expecting(3, id, lending(id)), 3, 2);
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(a_faster_writer_is_a_mismatch_even_after_the_aggregate_was_loaded) {
  const AggregateId id = add_book();
  refused(expecting(1, id,
                    [&](Repository& books) {
                      Book& book = books.load<Book>(id);
                      lend_elsewhere(id);
                      book.lend(1);
                    }),
          1, 2);
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(a_faster_writer_is_a_mismatch_when_only_other_aggregates_are_changed) {
  const AggregateId id = add_book();
  const AggregateId other = add_book();
  refused(expecting(1, id,
                    [&](Repository& books) {
                      (void)books.load<Book>(id);
                      lend_elsewhere(id);
                      books.load<Book>(other).lend(1);
                    }),
          1, 2);
  BOOST_TEST(events() == "3");
}

BOOST_AUTO_TEST_CASE(the_version_is_checked_when_the_handler_never_loads_the_aggregate) {
  const AggregateId id = add_book(3);
  const AggregateId other = add_book();
  app->commands().execute(expecting(3, id, lending(other)));
  BOOST_TEST(events() == "5");
  refused(expecting(2, id, lending(other)), 2, 3);
  BOOST_TEST(events() == "5");
}

BOOST_AUTO_TEST_CASE(the_version_is_checked_when_the_handler_does_nothing_at_all) {
  const AggregateId id = add_book(3);
  BOOST_TEST(app->commands().execute(expecting(3, id, [](Repository&) {})).events.empty());
  refused(expecting(4, id, [](Repository&) {}), 4, 3);
  refused(expecting(1, new_uuid(), [](Repository&) {}), 1, 0);
}

BOOST_AUTO_TEST_CASE(zero_expects_that_there_is_no_such_aggregate) {
  const AggregateId id = new_uuid();
  const Deed adding = [id](Repository& books) { books.add<Book>(id, BookAdded{"A", {}, {}, {}, {}}); };
  refused(expecting(1, id, adding), 1, 0);
  app->commands().execute(expecting(0, id, adding));
  refused(expecting(0, id, adding), 0, 1);
  refused(expecting(0, id, lending(id)), 0, 1);
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(looking_for_an_aggregate_that_is_not_there_is_a_mismatch_with_zero) {
  const AggregateId id = new_uuid();
  refused(expecting(1, id, [id](Repository& books) { BOOST_TEST(!books.exists<Book>(id)); }), 1, 0);
}

BOOST_AUTO_TEST_CASE(a_later_command_of_a_call_counts_the_events_of_those_before_it) {
  const AggregateId id = add_book();
  app->commands().execute(expecting(1, id, lending(id)), expecting(2, id, lending(id)));
  BOOST_TEST(events() == "3");
  BOOST_CHECK_THROW(app->commands().execute(expecting(3, id, lending(id)), expecting(3, id, lending(id))),
                    SequenceNumberMismatch);
  BOOST_TEST(events() == "3");
  const AggregateId other = add_book();
  app->commands().execute(expecting(3, id, lending(id)), expecting(4, id, lending(other)));
  BOOST_TEST(events() == "6");
}

BOOST_AUTO_TEST_CASE(a_mismatch_of_a_later_command_is_told_in_its_own_numbers) {
  const AggregateId id = add_book();
  const Act first = command(id, lending(id));
  const Act second = expecting(2, id, [&](Repository&) { lend_elsewhere(id); });
  try {
    app->commands().execute(first, second);
    BOOST_FAIL("carried out");
  } catch (const SequenceNumberMismatch& error) {
    BOOST_TEST(error.expected() == 2);
    BOOST_TEST(error.actual() == 3);
  }
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(a_mismatch_is_not_tried_again) {
  Execution execution;
  execution.retry.attempts = 5;
  execution.retry.wait = [](std::chrono::microseconds) { BOOST_FAIL("waits"); };
  open(execution);
  const AggregateId id = add_book();
  refused(expecting(2, id, lending(id)), 2, 1);
  BOOST_TEST(runs == 1);
  refused(expecting(1, id,
                    [&](Repository& books) {
                      Book& book = books.load<Book>(id);
                      lend_elsewhere(id);
                      book.lend(1);
                    }),
          1, 2);
  BOOST_TEST(runs == 2);
}

BOOST_AUTO_TEST_CASE(a_negative_version_is_invalid) {
  const AggregateId id = add_book();
  try {
    app->commands().execute(expecting(-1, id, lending(id)));
    BOOST_FAIL("accepted");
  } catch (const CommandNotValid& error) {
    BOOST_TEST(error.errors().count("sequence_number") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_command_in_json_carries_the_version_that_it_expects) {
  const AggregateId id = add_book();
  (*deeds)["lend"] = [](const Act& act, Repository& books) { books.load<Book>(act.aggregate_id).lend(1); };
  const auto json = [&](const std::string& version) {
    return R"({"type":"Shelf::Act","name":"lend","aggregate_id":")" + uuid_text(id) + R"(","sequence_number":)" + version +
           "}";
  };
  BOOST_CHECK_THROW(app->commands().execute({app->commands().decode(json("2"))}), SequenceNumberMismatch);
  app->commands().execute({app->commands().decode(json("1"))});
  app->commands().execute({app->commands().decode(json("null"))});
  BOOST_TEST(events() == "3");
}

BOOST_AUTO_TEST_CASE(two_commands_that_expect_one_version_are_never_both_carried_out) {
  const AggregateId id = add_book();
  const AggregateId first = add_book();
  const AggregateId second = add_book();

  std::atomic<int> done{0};
  std::atomic<int> refusals{0};
  const Act one = expecting(1, id, [=](Repository& books) {
    books.load<Book>(first).lend(1);
    books.load<Book>(id).lend(1);
  });
  const Act two = expecting(1, id, [=](Repository& books) {
    books.load<Book>(second).lend(1);
    books.load<Book>(id).lend(1);
  });
  const auto run = [&](const Act& act) {
    try {
      app->commands().execute(act);
      ++done;
    } catch (const SequenceNumberMismatch&) {
      ++refusals;
    }
  };
  std::thread other{[&] { run(one); }};
  run(two);
  other.join();
  BOOST_TEST(done == 1);
  BOOST_TEST(refusals == 1);
  BOOST_TEST(events() == "5");
}

BOOST_AUTO_TEST_SUITE_END()
