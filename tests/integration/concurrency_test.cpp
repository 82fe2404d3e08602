// Many writers at once: what production does all day.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <random>
#include <thread>

#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

struct Fixture : WalletStore {
  Fixture() { build_views(); }
};

/// What a thread's commands came to.
struct Tally {
  std::atomic<int> done{0};
  std::atomic<int> conflicts{0};
  std::atomic<int> others{0};
};

template <class Call>
void count(Tally& tally, Call&& call) {
  try {
    call();
    ++tally.done;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::optimistic_locking) {
      ++tally.conflicts;
    } else {
      ++tally.others;
      // Boost.Test's macros are not thread-safe.
      std::fprintf(stderr, "unexpected: %s\n", error.what());
    }
  }
}

void run_threads(int threads, const std::function<void(int)>& work) {
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work, i);
  for (std::thread& worker : workers) worker.join();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(concurrency, Fixture)

BOOST_AUTO_TEST_CASE(eight_threads_on_the_same_five_wallets_lose_no_update_and_leave_no_gap) {
  std::vector<AggregateId> wallets;
  for (int i = 0; i < 5; ++i) wallets.push_back(create_wallet());
  Tally tally;
  run_threads(8, [&](int thread) {
    std::mt19937 random{static_cast<unsigned>(thread)};
    for (int i = 0; i < 500; ++i) {
      const AggregateId id = wallets[random() % wallets.size()];
      count(tally, [&] { app->commands().execute(add(id, 1)); });
    }
  });
  BOOST_TEST_MESSAGE(tally.done << " done, " << tally.conflicts << " conflicts");
  BOOST_TEST(tally.others == 0);
  BOOST_TEST(tally.done + tally.conflicts == 4000);
  BOOST_TEST(value("select count(*) from sequent_schema.events where sequence_number > 1") ==
             std::to_string(tally.done));
  BOOST_TEST(value("select count(*) from (select aggregate_id from sequent_schema.events group by aggregate_id "
                   "having max(sequence_number) <> count(*)) gaps") == "0");
  BOOST_TEST(value("select sum(balance)::integer from view_schema.wallet_records") == std::to_string(tally.done));
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(commands_that_change_the_same_two_wallets_in_opposite_order_never_deadlock) {
  const AggregateId a = create_wallet();
  const AggregateId b = create_wallet();
  Tally tally;
  run_threads(8, [&](int thread) {
    for (int i = 0; i < 100; ++i) {
      if (thread % 2 == 0) {
        count(tally, [&] { app->commands().execute(add(a, 1), add(b, 1)); });
      } else {
        count(tally, [&] { app->commands().execute(add(b, 1), add(a, 1)); });
      }
    }
  });
  BOOST_TEST_MESSAGE(tally.done << " done, " << tally.conflicts << " conflicts");
  BOOST_TEST(tally.others == 0);
  BOOST_TEST(tally.done > 0);
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(of_two_that_create_one_aggregate_exactly_one_wins) {
  for (int round = 0; round < 20; ++round) {
    wallet::CreateWallet create;
    create.aggregate_id = new_uuid();
    create.user_id = "2";
    Tally tally;
    run_threads(4, [&](int) { count(tally, [&] { app->commands().execute(create); }); });
    BOOST_TEST(tally.done == 1);
    BOOST_TEST(tally.conflicts == 3);
  }
}

BOOST_AUTO_TEST_CASE(programs_that_start_at_once_register_each_type_once) {
  run_threads(6, [&](int) { Application{options, {wallet::domain()}}; });
  const WalletStore fresh;
  run_threads(6, [&](int) { Application{fresh.options, {wallet::domain()}}; });
  BOOST_TEST(fresh.value("select max(id) from sequent_schema.event_types") == "3");
  BOOST_TEST(fresh.value("select max(id) from sequent_schema.command_types") == "3");
}

BOOST_AUTO_TEST_CASE(programs_that_install_one_store_at_once_all_succeed) {
  Options fresh = options;
  fresh.database_url = shared_cluster().create_database();
  std::atomic<int> failures{0};
  run_threads(4, [&](int) {
    try {
      Database{fresh}.create({wallet::domain()});
    } catch (const Error& error) {
      std::fprintf(stderr, "unexpected: %s\n", error.what());
      ++failures;
    }
  });
  BOOST_TEST(failures == 0);
  BOOST_TEST(Database{fresh}.status().installed_version == Database{fresh}.status().latest_version);
}

BOOST_AUTO_TEST_SUITE_END()
