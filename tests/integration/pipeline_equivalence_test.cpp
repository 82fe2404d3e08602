// The pipeline means what execute means: random commands, executed one by one and through a pipeline, have the same outcomes
// and leave the same events, views, keys, receipts and marks.
#include <array>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <functional>
#include <future>
#include <random>

#include "support/ledger_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

constexpr int commands_each = 160;
constexpr std::size_t accounts = 6;

unsigned seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
}

/// One step of a history. What `elsewhere` is done by another program, when everything before has been answered.
struct Step {
  AnyCommand command;
  bool elsewhere = false;
  bool wait = false;  ///< Until everything before has been answered.
};

class RandomHistory {
 public:
  RandomHistory(unsigned seed, bool keys) : random_{seed}, keys_{keys} {
    for (std::size_t i = 0; i < accounts; ++i) ids_.push_back(parse_uuid("00000000-0000-4000-8000-00000000000" + std::to_string(i)).value());
  }

  std::vector<Step> steps() {
    std::vector<Step> steps;
    for (int i = 0; i < commands_each; ++i) {
      Step step{command(), one_in(12), one_in(25)};
      Command& base = step.command.base();
      if (one_in(10)) base.sequence_number = number(0, 12);
      if (one_in(keys_ ? 1 : 8)) base.idempotency_key = "key " + std::to_string(one_in(6) ? number(0, i) : i);
      if (one_in(30) && !steps.empty()) step = steps[static_cast<std::size_t>(number(0, i - 1))];  // The very same again.
      steps.push_back(std::move(step));
    }
    return steps;
  }

 private:
  std::int32_t number(int from, int to) { return std::uniform_int_distribution<int>{from, to}(random_); }
  bool one_in(int n) { return number(1, n) == 1; }
  /// Mostly one of the first.
  const AggregateId& id() { return ids_[static_cast<std::size_t>(std::min(number(0, 5), number(0, 5)))]; }
  std::string owner() { return one_in(5) ? "" : std::string(1, static_cast<char>('a' + number(0, 7))); }
  std::string text() {
    static const char* const texts[] = {"plain", "issue", "issue refused", "after", "bad", "fail", "issue", "it's \"\\ so"};
    return texts[number(0, 7)];
  }

  AnyCommand command() {
    const Command base{.aggregate_id = id()};
    switch (number(0, 19)) {
      case 0:
      case 1:
      case 2: return ledger::Open{base, owner()};
      case 3: return ledger::OpenSafe{base};
      case 4:
      case 5:
      case 6:
      case 7: return ledger::Deposit{base, Decimal{number(0, 30)} * Decimal::parse("0.25").value()};
      case 8:
      case 9:
      case 10: return ledger::Withdraw{base, Decimal{number(1, 12)}};
      case 11:
      case 12: return ledger::Transfer{base, id(), Decimal{number(1, 6)}};
      case 13: return ledger::ChangeOwner{base, owner()};
      case 14:
      case 15: return ledger::Note{base, text()};
      case 16: return ledger::Close{base};
      case 17: return ledger::DepositByOwner{base, owner()};
      default: return ledger::Look{base, std::array{"past", "all", "broke", "find"}[static_cast<std::size_t>(number(0, 3))], owner()};
    }
  }

  std::mt19937 random_;
  bool keys_;
  std::vector<AggregateId> ids_;
};

std::string told(const ExecutionResult& result, bool with_repeated) {
  std::string text = result.repeated && with_repeated ? "repeated" : "ok";
  for (const StoredEvent& event : result.events) {
    text += " " + uuid_text(event.aggregate_id).substr(35) + "#" + std::to_string(event.sequence_number) + " " + event.type;
  }
  return text;
}

template <class Call>
std::string outcome_of(Call&& call, bool with_repeated = true) {
  try {
    return told(call(), with_repeated);
  } catch (const Error& error) {
    return std::string{to_string(error.code())} + ": " + error.what();
  } catch (const std::exception& error) {
    return std::string{"other: "} + error.what();
  }
}

std::vector<std::string> one_by_one(LedgerStore& store, const std::vector<Step>& steps, bool with_repeated) {
  std::vector<std::string> outcomes;
  for (const Step& step : steps) {
    auto& commands = (step.elsewhere ? store.others : store.app)->commands();
    outcomes.push_back(outcome_of([&] { return commands.execute(std::vector<AnyCommand>{step.command}); }, with_repeated));
  }
  return outcomes;
}

std::vector<std::string> through_a_pipeline(LedgerStore& store, const std::vector<Step>& steps,
                                            const PipelineOptions& options, bool with_repeated,
                                            const std::function<void()>& disturb = [] {}) {
  const auto pipeline = store.app->pipeline(options);
  std::vector<std::future<ExecutionResult>> futures(steps.size());
  std::vector<std::string> outcomes(steps.size());
  std::size_t answered = 0;
  const auto collect = [&](std::size_t end) {
    for (; answered < end; ++answered) {
      if (futures[answered].valid()) outcomes[answered] = outcome_of([&] { return futures[answered].get(); }, with_repeated);
    }
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].elsewhere || steps[i].wait) collect(i);
    if (steps[i].elsewhere) {
      outcomes[i] = outcome_of([&] { return store.others->commands().execute(std::vector<AnyCommand>{steps[i].command}); },
                               with_repeated);
    } else {
      futures[i] = pipeline->submit(steps[i].command, boost::asio::use_future);
    }
    disturb();
  }
  collect(steps.size());
  return outcomes;
}

/// Notes the work for after the commit that the application does, and what is stored of the account by then.
std::shared_ptr<std::vector<std::string>> note_work(LedgerStore& store) {
  auto noted = std::make_shared<std::vector<std::string>>();
  store.script->after_commit = [&store, noted](const AggregateId& id) {
    // In a batch, later events of the account may be stored by now, never fewer.
    noted->push_back(uuid_text(id) + (store.events(id) == "0" ? " without events" : ""));
  };
  return noted;
}

/// Everything that is stored, but for times, transactions and the numbers of commands.
std::vector<std::string> contents(const LedgerStore& store) {
  static const char* const queries[] = {
      "select r.event_type, r.aggregate_id, r.sequence_number, e.event_json, e.partition_key, c.place, c.command_type, "
      "c.aggregate_id, c.event_sequence_number, c.json from sequent_schema.event_records r join sequent_schema.events e "
      "using (aggregate_id, sequence_number) join (select row_number() over (order by id) as place, command_type, "
      "aggregate_id, event_sequence_number, command_json - 'created_at' as json, id from sequent_schema.command_records) c "
      "on c.id = r.command_record_id order by r.aggregate_id, r.sequence_number",
      "select aggregate_id, aggregate_type from sequent_schema.stream_records order by 1",
      "select aggregate_id, scope, key from sequent_schema.aggregate_unique_keys order by 1, 2",
      "select idempotency_key, request_hash, outcome - 'attempt' from sequent_schema.command_receipts order by 1",
      "select aggregate_id, snapshot_outdated_at is null from sequent_schema.aggregates_that_need_snapshots order by 1",
      "select aggregate_id, owner, balance, changes, note, sequence_number from view_schema.account_rows order by 1",
      "select * from view_schema.entry_rows order by 1, 2", "select * from view_schema.owner_totals order by 1"};
  std::vector<std::string> all;
  for (const char* query : queries) {
    for (std::string& line : store.rows(query)) all.push_back(std::move(line));
  }
  return all;
}

void require_same(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    BOOST_TEST_REQUIRE(actual[i] == expected[i], "line " << i << ": " << actual[i] << " instead of " << expected[i]);
  }
  BOOST_TEST_REQUIRE(actual.size() == expected.size());
}

/// Lets every n-th change of an account's row fail as a deadlock does; what a sequence counts is not rolled back.
void let_some_changes_fail(const LedgerStore& store, int n) {
  (void)store.rows("create sequence public.calls; create function public.sometimes() returns trigger language plpgsql as $$ "
                   "begin if nextval('public.calls') % " + std::to_string(n) +
                   " = 0 then raise exception using errcode = '40P01'; end if; return new; end $$; "
                   "create trigger sometimes before insert or update on view_schema.account_rows for each row execute "
                   "function public.sometimes()");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_equivalence)

BOOST_AUTO_TEST_CASE(random_commands_come_to_the_same_through_the_pipeline_as_one_by_one) {
  const unsigned chosen = seed();
  BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
  for (unsigned round = 0; round < 4; ++round) {
    BOOST_TEST_CONTEXT("seed " << chosen << ", round " << round) {
      const std::vector<Step> steps = RandomHistory{chosen + round, false}.steps();
      LedgerStore plain;
      LedgerStore piped;
      PipelineOptions options;
      options.lanes = 1;
      options.batch = round % 2 == 0 ? 256 : 7;
      if (round == 3) options.cache_bytes = 0;
      if (round == 1) options.lone_command = LoneCommand::batch;
      const auto expected_work = note_work(plain);
      const auto work = note_work(piped);
      const auto expected = one_by_one(plain, steps, true);
      require_same(expected, through_a_pipeline(piped, steps, options, true));
      require_same(contents(plain), contents(piped));
      require_same(*expected_work, *work);
    }
  }
}

BOOST_AUTO_TEST_CASE(deadlocks_in_the_database_do_not_change_what_random_commands_come_to) {
  const unsigned chosen = seed();
  BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
  const std::vector<Step> steps = RandomHistory{chosen, false}.steps();
  Execution execution;
  execution.retry.attempts = 100;
  execution.retry.wait = [](std::chrono::microseconds) {};
  LedgerStore plain;
  LedgerStore piped;
  for (LedgerStore* store : {&plain, &piped}) {
    store->open(execution);
    store->others = std::make_unique<Application>(
        store->options, std::vector<Domain>{ledger::domain(std::make_shared<ledger::Script>())}, execution);
    let_some_changes_fail(*store, 9);
  }
  PipelineOptions options;
  options.lanes = 1;
  BOOST_TEST_CONTEXT("seed " << chosen) {
    const auto expected = one_by_one(plain, steps, true);
    require_same(expected, through_a_pipeline(piped, steps, options, true));
    require_same(contents(plain), contents(piped));
  }
}

BOOST_AUTO_TEST_CASE(sessions_that_are_ended_do_not_change_what_random_commands_with_keys_come_to) {
  const unsigned chosen = seed();
  BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
  const std::vector<Step> steps = RandomHistory{chosen, true}.steps();
  LedgerStore plain;
  LedgerStore piped;
  PipelineOptions options;
  options.lanes = 1;
  options.batch = 16;
  std::vector<std::string> actual;
  {
    // Only the application that is tested has such a name.
    Options named = piped.options;
    named.database_url += "&application_name=tested";
    piped.app = std::make_unique<Application>(named, std::vector<Domain>{ledger::domain(piped.script)});
    pqxx::connection connection{piped.options.database_url};
    std::mt19937 random{chosen};
    int ended = 0;
    actual = through_a_pipeline(piped, steps, options, false, [&] {
      if (random() % 5 != 0) return;
      pqxx::nontransaction work{connection};
      ended += static_cast<int>(
          work.exec("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tested'").size());
    });
    BOOST_TEST(ended > 5);
  }
  BOOST_TEST_CONTEXT("seed " << chosen) {
    require_same(one_by_one(plain, steps, false), actual);
    require_same(contents(plain), contents(piped));
  }
}

BOOST_AUTO_TEST_SUITE_END()
