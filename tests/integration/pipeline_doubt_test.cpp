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

BOOST_AUTO_TEST_SUITE_END()
