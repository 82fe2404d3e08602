// Behaviour 10.7: programs with two versions of a plugin on one database, and the states of projectors.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "cli.hpp"
#include "support/wallet_before.hpp"
#include "support/wallet_next.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

struct Fixture : WalletStore {
  using WalletStore::WalletStore;

  std::unique_ptr<Application> program(Domain domain) const {
    return std::make_unique<Application>(options, std::vector<Domain>{std::move(domain)});
  }

  static void online(Application& program) { program.migrator("wallet")->online({}, {}, {}); }
  static void offline(Application& program) { program.migrator("wallet")->offline({}, {}, {}); }

  /// "name active activating replaying", one a line.
  [[nodiscard]] std::string states() const {
    return value("select string_agg(concat_ws(' ', projector, coalesce(active_version::text, '-'),"
                 " coalesce(activating_version::text, '-'), coalesce(replaying_version::text, '-')), E'\\n'"
                 " order by projector collate \"C\") from sequent_schema.projector_states where view_schema is not null");
  }

  /// The sentence with which the program refuses a command; empty when it serves.
  static std::string refusal(Application& program, const AggregateId& id) {
    try {
      program.commands().execute(add(id, 1));
    } catch (const Error& error) {
      BOOST_CHECK((error.code() == ErrorCode::projector_migrating));
      return error.what();
    }
    return {};
  }

  [[nodiscard]] std::string stored() const { return value("select count(*) from sequent_schema.events"); }
};

/// The wallet as it was before version 3, whose newest version only adds a projector.
struct Before : Fixture {
  Before() : Fixture{wallet_before::at(2)} {}
};

/// Threads that add to wallets of their own through one program until they are told to stop.
class Writers {
 public:
  Writers(WalletStore& store, Application& program, int threads) {
    for (int i = 0; i < threads; ++i) wallets_.push_back(store.create_wallet());
    for (const AggregateId& id : wallets_) {
      threads_.emplace_back([this, &program, id] {
        while (!stop_) write(program, id);
      });
    }
  }
  ~Writers() { stop(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  void stop() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  void wait_for(const std::atomic<int>& counter, int more) const {
    const int until = counter + more;
    while (counter < until && failed == 0) std::this_thread::yield();
  }

  std::atomic<int> done{0};
  std::atomic<int> refused{0};
  std::atomic<int> failed{0};

 private:
  void write(Application& program, const AggregateId& id) {
    try {
      program.commands().execute(WalletStore::add(id, "0.01"_decimal));
      ++done;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::projector_migrating) {
        ++refused;
      } else {
        std::fprintf(stderr, "unexpected: %s\n", error.what());
        ++failed;
      }
    }
  }

  std::atomic<bool> stop_{false};
  std::vector<AggregateId> wallets_;
  std::vector<std::thread> threads_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rolling_upgrade, Fixture)

BOOST_FIXTURE_TEST_CASE(programs_of_two_versions_write_until_the_switch_and_the_newer_one_goes_on_without_a_restart, Before) {
  const auto old = program(wallet_before::at(1));
  online(*old);
  offline(*old);
  // The newer one's projector of movements is dormant, so both serve. One thread each: catching up asks for a row with each
  // event, and is to be faster than they are.
  Writers by_old{*this, *old, 1};
  Writers by_new{*this, *app, 1};
  by_old.wait_for(by_old.done, 50);
  by_new.wait_for(by_new.done, 50);
  BOOST_TEST(by_old.refused == 0);
  BOOST_TEST(by_new.refused == 0);
  online(*app);
  by_old.wait_for(by_old.done, 50);
  by_new.wait_for(by_new.done, 50);
  BOOST_TEST(by_old.refused == 0, "while the new tables are built, nothing changes");
  offline(*app);
  by_new.wait_for(by_new.done, 50);
  by_old.wait_for(by_old.refused, 3);
  by_old.stop();
  const int old_done = by_old.done;
  by_new.stop();
  BOOST_TEST(by_old.failed + by_new.failed == 0);
  BOOST_TEST(by_new.refused == 0);
  BOOST_TEST(stored() == std::to_string(2 + old_done + by_new.done), "what was answered is stored, and nothing else");
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_newer_program_is_refused_before_the_switch_where_it_builds_tables_anew_and_the_older_one_after_it) {
  build_views();
  const auto next = program(wallet_next::fourth());
  const AggregateId id = create_wallet();
  Writers by_old{*this, *app, 2};
  BOOST_TEST(contains(refusal(*next, id), "projector WalletProjector is at version 3 in the database and at version 4 in "
                                          "this plugin"));
  online(*next);
  by_old.wait_for(by_old.done, 50);
  BOOST_TEST(refusal(*next, id) != "", "still");
  offline(*next);
  by_old.wait_for(by_old.refused, 3);
  by_old.stop();
  BOOST_TEST(refusal(*next, id) == "", "it has been running since before the switch");
  BOOST_TEST(contains(refusal(*app, id), "at version 4 and this plugin knows only up to version 3: use the newer plugin"));
  BOOST_TEST(by_old.failed == 0);
  BOOST_TEST(stored() == std::to_string(3 + by_old.done + 1));
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_FIXTURE_TEST_CASE(states_tell_what_a_migration_is_doing, Before) {
  BOOST_TEST(states() == "TransactionProjector - - -\nWalletProjector - - -", "after the installation");
  const auto migrator = app->migrator("wallet");
  std::string seen;
  const auto look = [&](const MigrationProgress&) { seen = states(); };
  migrator->online(1, look, {});
  BOOST_TEST(seen == "TransactionProjector - - -\nWalletProjector - - 1");
  migrator->offline(1, look, {});
  BOOST_TEST(seen == "TransactionProjector - - -\nWalletProjector 1 - -");
  migrator->online(2, look, {});
  BOOST_TEST(seen == "TransactionProjector - - 2\nWalletProjector 1 - -");
  BOOST_TEST(states() == seen, "the tables wait");
  std::string activating;
  migrator->offline(2, [&](const MigrationProgress& p) {
    if (p.phase == "catching up") activating = states();
  }, {});
  BOOST_TEST(activating == "TransactionProjector - 2 -\nWalletProjector 1 - -");
  BOOST_TEST(states() == "TransactionProjector 2 - -\nWalletProjector 1 - -");
}

BOOST_AUTO_TEST_CASE(states_are_what_they_were_after_a_failure) {
  build_views();
  const std::string before = states();
  const auto next = program(wallet_next::fourth());
  const auto migrator = next->migrator("wallet");
  const auto stop = [] { return true; };
  BOOST_CHECK((error_of([&] { migrator->online({}, {}, stop); }) == ErrorCode::migration));
  BOOST_TEST(states() == before);
  migrator->online({}, {}, {});
  const std::string waiting = states();
  BOOST_TEST(waiting == "TransactionProjector 2 - -\nWalletProjector 3 - 4");
  BOOST_CHECK((error_of([&] { migrator->offline({}, {}, stop); }) == ErrorCode::migration));
  BOOST_TEST(states() == waiting);
  // As a program that was killed leaves it; the next one begins anew.
  (void)value("update sequent_schema.projector_states set replaying_version = null, activating_version = 4 where "
              "projector = 'WalletProjector'");
  (void)value("update view_schema.sequent_versions set status = 3 where version = 4");
  migrator->online({}, {}, {});
  BOOST_TEST(states() == waiting);
}

BOOST_FIXTURE_TEST_CASE(a_store_that_was_installed_before_there_were_states_gets_them, Before) {
  migrate_to(1);
  (void)value("delete from sequent_schema.projector_states");
  const AggregateId id = create_wallet();
  BOOST_TEST(refusal(*program(wallet_before::at(2)), id) == "", "without states, the plan decides");
  Database{options}.migrate({wallet_before::at(2)});
  BOOST_TEST(states() == "TransactionProjector - - -\nWalletProjector 1 - -");
  Database{options}.migrate({wallet_before::at(2)});
  BOOST_TEST(states() == "TransactionProjector - - -\nWalletProjector 1 - -");
}

BOOST_AUTO_TEST_CASE(a_program_that_lacks_an_active_projector_is_refused) {
  build_views();
  const AggregateId id = create_wallet();
  const std::string before = stored();
  const std::string text = refusal(*program(wallet_next::shrunk()), id);
  BOOST_TEST(contains(text, "projector TransactionProjector of wallet is active at version 2"), text);
  BOOST_TEST(contains(text, "projectors deactivate TransactionProjector"), text);
  BOOST_TEST(contains(refusal(*program(wallet_next::bare()), id), "is active at version"),
             "also one that has no projectors at all, and handles no event by any");
  BOOST_TEST(stored() == before);
}

BOOST_AUTO_TEST_CASE(other_domains_are_not_concerned_by_a_projector_that_they_lack) {
  build_views();
  const auto other = program(wallet_next::bare("purse"));
  BOOST_TEST(refusal(*other, create_wallet()) == "");
}

BOOST_AUTO_TEST_CASE(deactivating_refuses_running_programs_that_have_the_projector_and_serves_those_without) {
  build_views();
  const AggregateId id = create_wallet();
  const auto without = program(wallet_next::shrunk());
  Writers by_old{*this, *app, 2};
  by_old.wait_for(by_old.done, 20);
  BOOST_TEST(refusal(*without, id) != "");
  BOOST_TEST(without->projectors()->deactivate("TransactionProjector", ""));
  BOOST_TEST(!without->projectors()->deactivate("TransactionProjector", "wallet"), "which it is already");
  by_old.wait_for(by_old.refused, 3);
  by_old.stop();
  BOOST_TEST(by_old.failed == 0);
  BOOST_TEST(contains(refusal(*app, id), "projector TransactionProjector of wallet is not active in the database"));
  BOOST_TEST(wrong_transactions() == "0", "as far as they were written");
  BOOST_TEST(refusal(*without, id) == "", "without a restart");
  BOOST_TEST(value("select count(*) from view_schema.transaction_records") == std::to_string(by_old.done));
  BOOST_TEST(wrong_wallets() == "0");
  Database{options}.migrate({wallet_next::shrunk()});
  BOOST_TEST(refusal(*app, id) != "", "an installation changes nothing of it");
  BOOST_TEST(refusal(*without, id) == "");
}

BOOST_AUTO_TEST_CASE(a_deactivated_projector_becomes_active_again_by_a_version_that_replays_it) {
  build_views();
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 5));
  const auto without = program(wallet_next::shrunk());
  without->projectors()->deactivate("TransactionProjector", "");
  without->commands().execute(add(id, 7));
  Domain again = wallet_next::bare();
  again.projector<wallet::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(3).version(4, {replay<wallet::TransactionProjector>()}), wallet_view_sql());
  const auto next = program(std::move(again));
  BOOST_TEST(refusal(*next, id) == "", "it waits for the version to come");
  online(*next);
  offline(*next);
  BOOST_TEST(refusal(*next, id) == "");
  BOOST_TEST(wrong_transactions() == "0");
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_deactivated_is_said) {
  build_views();
  BOOST_CHECK_EXCEPTION(app->projectors()->deactivate("TransactionProjector", ""), Error, [](const Error& error) {
    return error.code() == ErrorCode::usage && contains(error.what(), "domain wallet still has projector");
  });
  const auto without = program(wallet_next::shrunk());
  BOOST_CHECK((error_of([&] { without->projectors()->deactivate("NoProjector", ""); }) == ErrorCode::usage));
  BOOST_CHECK((error_of([&] { without->projectors()->deactivate("TransactionProjector", "shop"); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(a_projector_that_the_newer_plugin_lacks_is_inactive_after_the_switch) {
  build_views();
  const AggregateId id = create_wallet();
  const auto next = program(wallet_next::shrunk(4));
  online(*next);
  offline(*next);
  BOOST_TEST(states() == "TransactionProjector - - -\nWalletProjector 3 - -");
  BOOST_TEST(refusal(*next, id) == "");
  BOOST_TEST(refusal(*app, id) != "");
}

BOOST_AUTO_TEST_CASE(projectors_of_one_name_in_two_view_schemas_have_states_of_their_own) {
  build_views();
  Domain purse = wallet_next::bare("purse");
  purse.view_schema("purse_views")
      .projector<wallet_before::WalletProjector>()
      .views(wallet_before::at(1).versions(), wallet_view_sql());
  Database{options}.migrate({purse});
  const auto other = program(std::move(purse));
  BOOST_TEST(value("select count(*) from sequent_schema.projector_states where projector = 'WalletProjector'") == "2");
  other->migrator("purse")->online({}, {}, {});
  other->migrator("purse")->offline({}, {}, {});
  BOOST_TEST(value("select string_agg(name || ' ' || active_version, ',' order by name) from "
                   "sequent_schema.projector_states where projector = 'WalletProjector'") ==
             "purse_views.WalletProjector 1,view_schema.WalletProjector 3");
  const std::vector<ProjectorState> found = other->projectors()->states();
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].view_schema == "purse_views");
  BOOST_TEST(found[0].here.value() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
