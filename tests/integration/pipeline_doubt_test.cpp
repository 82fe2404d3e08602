// The command pipeline: what commands are told whose COMMIT was not answered.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "runtime/process.hpp"
#include "support/proxied_pipeline.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

using Cut = PostgresProxy::Cut;
using Strike = PostgresProxy::Strike;

template <class C>
C with_key(C command, const std::string& key = "key") {
  command.idempotency_key = key;
  return command;
}

struct DoubtfulStore : ProxiedPipeline {
  /// Once, when a deposit into that account is handled.
  void at_deposit(const AggregateId& id, std::function<void()> happening) {
    script->depositing = [id, happening = std::move(happening), done = false](const ledger::Deposit& command,
                                                                              Repository&) mutable {
      if (command.aggregate_id == id && !std::exchange(done, true)) happening();
    };
  }

  /// Lets the second attempt at each note of that text be refused: what handlers look at may have changed.
  void refuse_second(const std::string& text) {
    script->noting = [text, times = 0](const ledger::Note& command, Repository&) mutable {
      if (command.text == text && ++times == 2) throw DomainError{"late", "it is too late"};
    };
  }

  /// Lets sessions that are about to change the account wait, until `holding` ends.
  static void hold_row(pqxx::work& holding, const AggregateId& id) {
    holding.exec("select from sequent_schema.aggregates where aggregate_id = '" + uuid_text(id) + "' for update");
  }

  void wait_for_session_at_row() const {
    BOOST_TEST(runtime::wait_until(std::chrono::minutes{1}, [&] {
      return value("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") !=
             "0";
    }));
  }

  /// Whether the message that was struck asks for receipts.
  [[nodiscard]] bool was_asked() const { return proxy.struck().rfind("execute seriatim_find_receipts", 0) == 0; }

  void wait_for_events(const AggregateId& id, const std::string& count) const {
    BOOST_TEST(runtime::wait_until(std::chrono::minutes{1}, [&] { return events(id) == count; }));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline, DoubtfulStore)

BOOST_AUTO_TEST_CASE(a_receipt_from_before_says_nothing_about_a_batch_in_doubt) {
  const AggregateId id = account("a");
  const auto look = with_key(ledger::Look{{.aggregate_id = id}, "", ""});
  others->commands().execute(look);
  at_deposit(id, [&] { proxy.cut_next(Cut::before_commit); });
  start();
  hold(account("held"));
  Future again = submit(look);
  Future behind = submit(deposit(id, 1));
  go();
  BOOST_TEST(again.get().repeated);
  BOOST_TEST(behind.get().events.size() == 1U);
  BOOST_TEST(proxy.cuts() == 1U);
  BOOST_TEST(balance(id) == "1");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_receipt_of_another_program_with_the_same_events_says_nothing_about_a_batch_in_doubt) {
  const AggregateId a = account("a");
  const AggregateId b = account("b");
  bool done = false;
  script->noting = [&](const ledger::Note& command, Repository&) {
    if (command.aggregate_id != b || std::exchange(done, true)) return;
    others->commands().execute(with_key(note(a, "noted")));
    proxy.cut_next(Cut::before_commit);
  };
  start();
  hold(account("held"));
  Future same = submit(with_key(note(a, "noted")));
  Future behind = submit(note(b, "behind"));
  go();
  BOOST_TEST(same.get().repeated);
  BOOST_TEST(behind.get().events.size() == 1U);
  BOOST_TEST(proxy.cuts() == 1U);
  BOOST_TEST(events(a) == "2");
  BOOST_TEST(events(b) == "2");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_receipt_of_the_batch_itself_answers_all_of_its_commands) {
  const AggregateId id = account("a");
  at_deposit(id, [&] { proxy.cut_next(Cut::after_commit); });
  start();
  hold(account("held"));
  Future first = submit(deposit(id, 1));
  Future second = submit(with_key(deposit(id, 2)));
  Future refused = submit(withdraw(id, 4));
  go();
  BOOST_TEST(first.get().events.front().sequence_number == 2);
  BOOST_TEST(second.get().events.front().sequence_number == 3);
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  BOOST_TEST(proxy.cuts() == 1U);
  BOOST_TEST(balance(id) == "3");
}

BOOST_AUTO_TEST_CASE(a_command_that_is_refused_while_the_session_of_its_batch_may_still_commit_stays_in_doubt) {
  const AggregateId id = account("a");
  one_lane.reconnect_for = std::chrono::milliseconds{20};
  refuse_second("in time");
  start();
  hold(account("held"));
  Future before = submit(note(id, "first"));  // Of notes, no projector reads anything: all of it goes in one message.
  Future late = submit(with_key(note(id, "in time")));
  pqxx::connection holder{options.database_url};
  pqxx::work holding{holder};
  hold_row(holding, id);
  go();
  wait_for_session_at_row();
  proxy.cut_all();
  BOOST_CHECK((error_of(before) == ErrorCode::in_doubt));
  BOOST_CHECK((error_of(late) == ErrorCode::in_doubt));
  holding.commit();
  wait_for_events(id, "3");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_batch_in_doubt_is_answered_when_its_session_has_come_to_its_end) {
  const AggregateId id = account("a");
  refuse_second("in time");
  start();
  hold(account("held"));
  Future before = submit(note(id, "first"));
  Future with = submit(with_key(note(id, "in time")));
  pqxx::connection holder{options.database_url};
  pqxx::work holding{holder};
  hold_row(holding, id);
  go();
  wait_for_session_at_row();
  proxy.cut_all();
  holding.commit();
  BOOST_TEST(before.get().events.front().sequence_number == 2);
  BOOST_TEST(with.get().events.front().sequence_number == 3);
  BOOST_TEST(events(id) == "3");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_command_alone_that_would_be_refused_by_now_stays_in_doubt_while_its_session_may_still_commit) {
  const AggregateId id = account("a");
  one_lane.lone_command = LoneCommand::execute;
  one_lane.reconnect_for = std::chrono::milliseconds{20};
  refuse_second("in time");
  start();
  pqxx::connection holder{options.database_url};
  pqxx::work holding{holder};
  hold_row(holding, id);
  Future stored = submit(with_key(note(id, "in time")));
  wait_for_session_at_row();
  proxy.cut_all();
  BOOST_CHECK((error_of(stored) == ErrorCode::in_doubt));
  holding.commit();
  wait_for_events(id, "2");
}

BOOST_AUTO_TEST_CASE(a_session_that_waits_for_a_client_that_is_gone_without_a_word_is_ended) {
  const AggregateId id = account("a");
  at_deposit(id, [&] { proxy.cut_next(Cut::unnoticed); });
  start();
  hold(account("held"));
  Future before = submit(deposit(id, 1));
  Future with = submit(with_key(deposit(id, 1)));
  go();
  BOOST_TEST(before.get().events.front().sequence_number == 2);
  BOOST_TEST(with.get().events.front().sequence_number == 3);
  BOOST_TEST(proxy.cuts() == 1U);
  BOOST_TEST(balance(id) == "2");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_call_in_doubt_stays_so_when_the_database_refuses_to_tell) {
  const AggregateId id = account("a");
  app->commands().execute(deposit(id, 1));  // Connects.
  // Which of the messages is the question, is found out by trying.
  for (std::size_t n = 1; !was_asked(); ++n) {
    BOOST_REQUIRE(n < 30);
    proxy.strike_at(n, Strike::refuse);
    proxy.cut_next(Cut::after_commit);
    ErrorCode told{};
    try {
      app->commands().execute(with_key(deposit(id, 1), std::to_string(n)));
    } catch (const Error& error) {
      told = error.code();
    }
    proxy.cut_next(Cut::none);
    if (was_asked()) BOOST_CHECK((told == ErrorCode::in_doubt));
  }
}

BOOST_AUTO_TEST_CASE(a_command_in_doubt_stays_so_when_the_database_refuses_to_tell) {
  const AggregateId id = account("a");
  one_lane.lone_command = LoneCommand::execute;
  one_lane.reconnect_for = std::chrono::milliseconds{20};
  start();
  submit(deposit(id, 1)).get();
  const auto rename = [&](const std::string& from, const std::string& to) {
    (void)rows("alter table sequent_schema." + from + " rename to " + to);
  };
  for (std::size_t n = 1; !was_asked(); ++n) {
    BOOST_REQUIRE(n < 30);
    proxy.strike_at(n, Strike::call, [&] {
      if (was_asked()) rename("command_receipts", "hidden_receipts");
    });
    proxy.cut_next(Cut::after_commit);
    Future told = submit(with_key(deposit(id, 1), std::to_string(n)));
    told.wait();
    proxy.cut_next(Cut::none);
    if (!was_asked()) continue;
    rename("hidden_receipts", "command_receipts");
    BOOST_CHECK((error_of(told) == ErrorCode::in_doubt));
    BOOST_TEST(value("select count(*) from sequent_schema.command_receipts where idempotency_key = '" + std::to_string(n) +
                     "'") == "1");
  }
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
