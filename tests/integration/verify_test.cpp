// Verification: live rows beside what the events say, and the repair of those that differ.

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "cli.hpp"
#include "support/market.hpp"
#include "support/shelf.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

using Kind = ViewDifference::Kind;

unsigned chosen_seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed << "; set SERIATIM_TEST_SEED to repeat");
  return seed;
}

struct Fixture : WalletStore {
  Fixture() { build_views(); }

  std::vector<AggregateId> fill(int wallets, int movements) {
    std::vector<AggregateId> ids;
    for (int i = 0; i < wallets; ++i) {
      ids.push_back(create_wallet(std::to_string(i)));
      for (int j = 0; j < movements; ++j)
        app->commands().execute(add(ids.back(), Decimal{j + 1}), draw(ids.back(), "0.5"_decimal));
    }
    return ids;
  }

  VerificationResult verify(const VerificationOptions& wanted = {}) {
    return app->verifier("wallet")->verify(wanted, {}, {});
  }

  /// All rows of both tables with the transactions that wrote them.
  [[nodiscard]] std::set<std::string> row_versions() const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    std::set<std::string> versions;
    for (const char* table : {"wallet_records", "transaction_records"}) {
      for (const auto& row :
           work.exec(std::string{"select xmin::text || ctid::text || r::text from view_schema."} + table + " r")) {
        versions.insert(table + std::string{row[0].c_str()});
      }
    }
    return versions;
  }
};

/// Rows of both tables, each under a condition of its own.
std::vector<std::string> all_places(const WalletStore& store) {
  pqxx::connection connection{store.options.database_url};
  pqxx::nontransaction work{connection};
  std::vector<std::string> places;
  for (const auto& row : work.exec(
           "select 'wallet_records where aggregate_id = ''' || aggregate_id || '''' from view_schema.wallet_records")) {
    places.emplace_back(row[0].c_str());
  }
  for (const auto& row : work.exec(
           "select 'transaction_records where aggregate_id = ''' || aggregate_id || ''' and sequence_number = ' || "
           "sequence_number from view_schema.transaction_records")) {
    places.emplace_back(row[0].c_str());
  }
  return places;
}

/// SQL that makes the row wrong in one of some ways.
std::string corruption(const std::string& place, unsigned way) {
  const std::string table = place.substr(0, place.find(' '));
  const std::string condition = place.substr(place.find(" where"));
  if (way == 0) return "delete from view_schema." + place;
  if (way == 1) return "update view_schema." + table + " set balance = balance + 0.01" + condition;
  if (table == "wallet_records") return "update view_schema.wallet_records set user_id = 'x' || user_id" + condition;
  return "update view_schema.transaction_records set counterparty = '', created_at = created_at + interval '1 ms'" +
         condition;
}

/// Threads that write until they are told to stop.
class Writers {
 public:
  Writers(Application& app, const std::vector<AggregateId>& wallets, std::size_t threads) {
    for (std::size_t thread = 0; thread < threads; ++thread) {
      threads_.emplace_back([this, &app, &wallets, thread, threads] {
        for (std::size_t i = thread; !stop_; i += threads) {
          try {
            app.commands().execute(WalletStore::add(wallets[i % wallets.size()], "0.01"_decimal));
            ++done;
          } catch (const Error& error) {
            if (error.code() == ErrorCode::optimistic_locking) continue;
            std::fprintf(stderr, "unexpected: %s\n", error.what());
            ++failed;
          }
        }
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

  void wait_for(int commands) const {
    const int until = done + commands;
    while (done < until) std::this_thread::yield();
  }

  std::atomic<int> done{0};
  std::atomic<int> failed{0};

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(verification, Fixture)

BOOST_AUTO_TEST_CASE(views_that_nobody_touched_have_no_differences) {
  fill(5, 3);
  const VerificationResult result = verify();
  BOOST_TEST(result.differences.empty());
  BOOST_TEST(result.aggregates == 5);
  BOOST_TEST(result.events == 5 * 7);
  BOOST_TEST(result.rows == 5 * 7);
}

BOOST_AUTO_TEST_CASE(seven_corrupted_rows_are_found_and_mended_and_no_others) {
  std::mt19937 random{chosen_seed()};
  fill(30, 4);
  std::vector<std::string> places = all_places(*this);
  std::shuffle(places.begin(), places.end(), random);
  places.resize(7);
  const std::set<std::string> before = row_versions();
  for (const std::string& place : places)
    (void)value(corruption(place, static_cast<unsigned>(random() % 3)) + " returning 1");
  const std::set<std::string> corrupted = row_versions();

  const VerificationResult found = verify();
  BOOST_TEST(found.wrong_rows == 7);
  std::set<std::string> named;
  for (const ViewDifference& difference : found.differences) {
    BOOST_REQUIRE(difference.aggregate_id.has_value());
    BOOST_TEST(!difference.repaired);
    std::string place = difference.table + " where aggregate_id = '" + uuid_text(*difference.aggregate_id) + "'";
    const auto number = difference.row.find("sequence_number=");
    if (number != std::string::npos) place += " and sequence_number = " + difference.row.substr(number + 16);
    named.insert(place);
  }
  BOOST_TEST((named == std::set<std::string>(places.begin(), places.end())));
  BOOST_TEST((row_versions() == corrupted), "looking changes nothing");

  const VerificationResult mended = verify({.repair = true});
  BOOST_TEST(mended.wrong_rows == 7);
  BOOST_TEST(mended.repaired_rows == 7);
  const std::set<std::string> after = row_versions();
  std::vector<std::string> rewritten;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(rewritten));
  BOOST_TEST(rewritten.size() == 7U);
  BOOST_TEST(verify().differences.empty());
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_changed_column_is_told_with_what_is_expected_and_what_is_there) {
  const AggregateId id = fill(1, 1).front();
  (void)value("update view_schema.wallet_records set balance = 7, user_id = 'Eve' returning 1");
  const VerificationResult result = verify();
  BOOST_REQUIRE(result.differences.size() == 2U);
  BOOST_TEST(result.wrong_rows == 1);
  const ViewDifference& user = result.differences[0];
  const ViewDifference& balance = result.differences[1];
  BOOST_TEST((user.kind == Kind::changed && balance.kind == Kind::changed));
  BOOST_TEST((balance.aggregate_id == id));
  BOOST_TEST(balance.projector == "WalletProjector");
  BOOST_TEST(balance.table == "wallet_records");
  BOOST_TEST(balance.row == "aggregate_id=" + uuid_text(id));
  BOOST_TEST(user.column == "user_id");
  BOOST_TEST(user.expected.value() == "0");
  BOOST_TEST(user.found.value() == "Eve");
  BOOST_TEST(balance.column == "balance");
  BOOST_TEST(balance.expected.value() == "0.5");
  BOOST_TEST(balance.found.value() == "7.00");
}

BOOST_AUTO_TEST_CASE(missing_and_surplus_rows_are_found_and_repaired_also_those_of_no_aggregate) {
  const std::vector<AggregateId> ids = fill(3, 2);
  (void)value("delete from view_schema.wallet_records where aggregate_id = '" + uuid_text(ids[0]) + "' returning 1");
  (void)value(
      "insert into view_schema.transaction_records select aggregate_id, 99, type, amount, balance, counterparty, "
      "created_at from "
      "view_schema.transaction_records where aggregate_id = '" +
      uuid_text(ids[1]) + "' limit 1 returning 1");
  (void)value("insert into view_schema.wallet_records (aggregate_id, user_id) values ('" + some_id +
              "', 'nobody') returning 1");
  const VerificationResult found = verify({.repair = true});
  BOOST_REQUIRE(found.differences.size() == 3U);
  std::multiset<Kind> kinds;
  for (const ViewDifference& difference : found.differences) kinds.insert(difference.kind);
  BOOST_TEST((kinds == std::multiset<Kind>{Kind::missing, Kind::surplus, Kind::surplus}));
  BOOST_TEST(found.repaired_rows == 3);
  BOOST_TEST(verify().differences.empty());
  BOOST_TEST(value("select count(*) from view_schema.wallet_records") == "3");
}

BOOST_AUTO_TEST_CASE(columns_that_the_record_does_not_name_are_neither_compared_nor_changed) {
  fill(2, 1);
  (void)value("update view_schema.wallet_records set id = id + 100, balance = balance + 1 returning 1");
  const std::string ids = value("select string_agg(id::text, ',' order by id) from view_schema.wallet_records");
  const VerificationResult result = verify({.repair = true});
  for (const ViewDifference& difference : result.differences) BOOST_TEST(difference.column == "balance");
  BOOST_TEST(result.repaired_rows == 2);
  BOOST_TEST(value("select string_agg(id::text, ',' order by id) from view_schema.wallet_records") == ids);
}

BOOST_AUTO_TEST_CASE(a_value_that_the_column_rounds_is_no_difference) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, "0.125"_decimal));
  BOOST_TEST(value("select balance from view_schema.wallet_records") == "0.13");
  BOOST_TEST(verify().differences.empty());
}

BOOST_AUTO_TEST_CASE(null_where_a_value_belongs_is_a_difference) {
  fill(1, 1);
  (void)value("alter table view_schema.wallet_records alter column user_id drop not null");
  (void)value("update view_schema.wallet_records set user_id = null returning 1");
  const VerificationResult result = verify();
  BOOST_REQUIRE(result.differences.size() == 1U);
  BOOST_TEST(!result.differences.front().found.has_value());
}

BOOST_AUTO_TEST_CASE(verifying_under_four_writing_threads_finds_nothing) {
  const std::vector<AggregateId> wallets = fill(12, 1);
  Writers writers{*app, wallets, 4};
  for (int round = 0; round < 8; ++round) {
    writers.wait_for(50);
    const VerificationResult result = verify();
    BOOST_TEST(result.wrong_rows == 0, "round " << round);
  }
  writers.stop();
  BOOST_TEST_MESSAGE(writers.done << " commands meanwhile");
  BOOST_TEST(writers.failed == 0);
}

BOOST_AUTO_TEST_CASE(repairing_under_writing_threads_loses_no_update) {
  const std::vector<AggregateId> wallets = fill(8, 1);
  Writers writers{*app, wallets, 4};
  for (int round = 0; round < 8; ++round) {
    writers.wait_for(30);
    (void)value("update view_schema.wallet_records set balance = balance + 1000 where aggregate_id = '" +
                uuid_text(wallets[static_cast<std::size_t>(round)]) + "' returning 1");
    const VerificationResult result = verify({.repair = true});
    BOOST_TEST(result.repaired_rows == 1, "round " << round);
  }
  writers.wait_for(30);
  writers.stop();
  BOOST_TEST(writers.failed == 0);
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(verify().differences.empty());
}

BOOST_AUTO_TEST_CASE(a_sample_compares_so_many_aggregates_the_same_ones_for_a_seed) {
  fill(20, 1);
  (void)value("update view_schema.wallet_records set balance = 999 returning 1");
  const auto sampled = [&](std::uint64_t seed) {
    const VerificationResult result = verify({.sample = 5, .seed = seed});
    BOOST_TEST(result.aggregates == 5);
    std::set<AggregateId> ids;
    for (const ViewDifference& difference : result.differences) ids.insert(difference.aggregate_id.value());
    return ids;
  };
  const std::set<AggregateId> first = sampled(1);
  BOOST_TEST(first.size() == 5U);
  BOOST_TEST((first == sampled(1)));
  BOOST_TEST((first != sampled(2)));
}

BOOST_AUTO_TEST_CASE(one_projector_alone_can_be_verified) {
  fill(2, 1);
  (void)value("update view_schema.wallet_records set balance = 999 returning 1");
  BOOST_TEST(verify({.projector = "WalletProjector"}).wrong_rows == 2);
  BOOST_TEST(verify({.projector = "TransactionProjector"}).wrong_rows == 0);
  BOOST_CHECK((error_of([&] { verify({.projector = "Nobody"}); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(tables_of_another_version_are_not_compared) {
  (void)value("insert into view_schema.sequent_versions (version) values (4)");
  BOOST_CHECK((error_of([&] { verify(); }) == ErrorCode::projector_migrating));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(verification_of_several_aggregates)

BOOST_AUTO_TEST_CASE(a_table_that_several_aggregates_feed_is_compared_as_a_whole_and_not_repaired) {
  Options options;
  options.database_url = shared_cluster().create_database();
  const auto deeds = std::make_shared<shelf::Deeds>();
  (*deeds)["add"] = [](const shelf::Act& act, Repository& books) {
    books.add<shelf::Book>(act.aggregate_id, shelf::BookAdded{"title", shelf::Colour::green, 7, {"old"}, {1, 0.5}});
  };
  Database{options}.create({shelf::domain(deeds)});
  Application app{options, {shelf::domain(deeds)}};
  app.migrator("shelf")->online({}, {}, {});
  app.migrator("shelf")->offline({}, {}, {});
  for (int i = 0; i < 3; ++i) {
    shelf::Act act;
    act.aggregate_id = new_uuid();
    act.name = "add";
    app.commands().execute(act);
  }
  const auto verifier = app.verifier("shelf");
  BOOST_TEST(verifier->verify({}, {}, {}).differences.empty());
  {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    work.exec("update view_schema.colour_records set books = 4");
    work.exec("update view_schema.book_records set tags = '[\"new\"]', size = '{\"width\": 1}' where title = 'title'");
  }
  const VerificationResult full = verifier->verify({.repair = true}, {}, {});
  BOOST_TEST(full.wrong_rows == 4);
  BOOST_TEST(full.repaired_rows == 3);
  BOOST_REQUIRE(full.notes.size() == 1U);
  BOOST_TEST(full.notes.front().find("ColourProjector was not repaired") == 0U);
  const VerificationResult sample = verifier->verify({.sample = 2}, {}, {});
  BOOST_TEST(sample.wrong_rows == 0);
  BOOST_REQUIRE(sample.notes.size() == 1U);
  BOOST_CHECK(
      (error_of([&] { verifier->verify({.projector = "ColourProjector", .sample = 2}, {}, {}); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Of which the columns are as wide as the test says.
struct Coded {
  static constexpr std::string_view table = "coded";
  Uuid aggregate_id{};
  std::string code;
  Decimal amount;
  Timestamp at{};
  std::int32_t place = 0;
};
BOOST_DESCRIBE_STRUCT(Coded, (), (aggregate_id, code, amount, at, place))

struct CodeProjector {
  static constexpr std::string_view type_name = "CodeProjector";
  using Manages = records<Coded>;
  using Events = types<market::Happened>;
  void on(const Event<market::Happened>& e, Views& views) const {
    const Timestamp half_a_second{std::chrono::milliseconds{500}};
    views.create(Coded{e.aggregate_id, e->name, e->amount, half_a_second, e->dice});
  }
};

constexpr SqlFile coded_sql[] = {
    {"coded.sql",
     "create table coded%SUFFIX% (aggregate_id uuid, code character(5), amount numeric(10, 2), at timestamptz(0), "
     "place integer)"},
    {"coded.indexes.sql", "create unique index coded_key%SUFFIX% on coded%SUFFIX% (aggregate_id, code, amount, at)"}};

struct CodeStore {
  CodeStore() {
    const Domain domain = market::domain_of(CodeProjector{}, coded_sql);
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain});
    app = std::make_unique<Application>(options, std::vector<Domain>{domain});
    app->migrator("market")->online({}, {}, {});
    app->migrator("market")->offline({}, {}, {});
    for (int i = 0; i < 3; ++i) {
      market::Happen command;
      command.aggregate_id = new_uuid();
      command.steps = {{1, "ab", "0.125"_decimal, {}}, {2, "abc", "500"_decimal, {}}};
      app->commands().execute(command);
    }
  }

  [[nodiscard]] VerificationResult verify(const VerificationOptions& wanted = {}) const {
    return app->verifier("market")->verify(wanted, {}, {});
  }
  void change(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    work.exec(sql);
  }

  Options options;
  std::unique_ptr<Application> app;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(verification_by_key, CodeStore)

BOOST_AUTO_TEST_CASE(a_key_that_the_column_pads_or_rounds_is_no_difference) {
  const VerificationResult right = verify({.repair = true});
  BOOST_TEST(right.rows == 6);
  BOOST_TEST(right.wrong_rows == 0);
  BOOST_TEST(right.repaired_rows == 0);
}

BOOST_AUTO_TEST_CASE(what_differs_beside_a_key_that_the_column_pads_or_rounds_is_told_by_itself) {
  change("update view_schema.coded set place = 7 where place = 1");
  change("delete from view_schema.coded where place = 2");
  const VerificationResult wrong = verify({.repair = true});
  BOOST_TEST(wrong.repaired_rows == 6);
  BOOST_REQUIRE(wrong.differences.size() == 6U);
  for (const ViewDifference& difference : wrong.differences) {
    BOOST_CHECK((difference.kind == (difference.column.empty() ? Kind::missing : Kind::changed)));
    BOOST_CHECK((difference.column.empty() || difference.column == "place"));
  }
  BOOST_TEST(verify().wrong_rows == 0);
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_fit_its_column_leaves_the_others_what_they_are) {
  change("delete from view_schema.coded where place = 2");
  change("alter table view_schema.coded alter column amount type numeric(3, 2)");
  const VerificationResult wrong = verify();
  BOOST_REQUIRE(wrong.differences.size() == 3U);
  for (const ViewDifference& difference : wrong.differences) BOOST_CHECK((difference.kind == Kind::missing));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(projectors_commands)

BOOST_FIXTURE_TEST_CASE(verify_answers_with_the_differences_and_exit_code_1, WalletCli) {
  build_views();
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20")).exit_code == 0);
  const ProgramResult clean = run({"projectors", "verify", "--full"});
  BOOST_TEST(clean.exit_code == 0);
  BOOST_TEST(clean.output.starts_with("wallet: no differences; compared 2 rows"), clean.output);

  (void)query("update view_schema.wallet_records set balance = 21 returning 1");
  const ProgramResult found = run({"projectors", "verify", "WalletProjector"});
  BOOST_TEST(found.exit_code == 1);
  BOOST_TEST(contains(found.output, "changed wallet_records aggregate_id=" + some_id +
                                        " (WalletProjector): balance is 21.00, expected 20\n"),
             found.output);
  const ProgramResult json = run({"projectors", "verify", "--sample", "10", "--json"});
  BOOST_TEST(json.exit_code == 1);
  BOOST_TEST(contains(json.output, R"("column":"balance","expected":"20","found":"21.00","repaired":false)"),
             json.output);
  const ProgramResult repaired = run({"projectors", "verify", "--repair"});
  BOOST_TEST(repaired.exit_code == 0);
  BOOST_TEST(contains(repaired.output, "1 wrong rows, 1 repaired"), repaired.output);
  BOOST_TEST(query("select balance from view_schema.wallet_records") == "20.00");
  BOOST_TEST(run({"projectors", "verify", "Nobody"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
