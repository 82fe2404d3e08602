// Behaviour 6 and 10.9: replays by several workers, in two orders, beside live projection.
#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <pqxx/pqxx>
#include <random>

#include "seriatim/database.hpp"
#include "support/market.hpp"
#include "support/shared_cluster.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;
using market::Happen;
using market::Happened;
using market::Kept;

namespace {

std::uint64_t seed() {
  static const std::uint64_t value = [] {
    const char* const given = std::getenv("SERIATIM_TEST_SEED");
    const std::uint64_t chosen = given != nullptr ? std::stoull(given) : std::uint64_t{std::random_device{}()};
    BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << chosen);
    return chosen;
  }();
  return value;
}

/// A store of its own with a domain, whose views are at version 0 at first.
class Market {
 public:
  explicit Market(const Domain& domain) {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain});
    use(domain);
  }

  /// The same store, with other projectors.
  void use(const Domain& domain) {
    app = std::make_unique<Application>(options, std::vector<Domain>{domain});
    migrator = app->migrator("market");
  }

  void build(const ReplaySettings& settings = {}) {
    migrator->divide(settings);
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  /// Back to version 0, without any tables.
  void forget_views() {
    (void)value("drop table if exists view_schema.own, view_schema.notes, view_schema.logs, view_schema.shared, "
                "view_schema.links, view_schema.kept, view_schema.titled");
    (void)value("delete from view_schema.sequent_versions");
    (void)value("alter table view_schema.seriatim_version_1 rename to seriatim_version_0");
  }

  void happen(const AggregateId& id, std::vector<Happened> steps) {
    Happen command;
    command.aggregate_id = id;
    command.steps = std::move(steps);
    app->commands().execute(command);
  }

  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  [[nodiscard]] std::string rows(const std::string& table) const {
    return value("select string_agg(t::text, e'\\n' order by t::text) from view_schema." + table + " t");
  }

  /// Nothing of a migration that failed: no new tables, no note, and the next one may begin.
  void check_nothing_is_left() const {
    BOOST_TEST(value("select count(*) from pg_tables where schemaname = 'view_schema' and tablename like '%\\_1' and "
                     "tablename not like 'seriatim%'") == "0");
    BOOST_TEST((migrator->status().phase == MigrationStatus::Phase::idle));
  }

  Options options;
  std::unique_ptr<Application> app;
  std::unique_ptr<ViewMigrator> migrator;
};

/// The error of a call, which must throw.
template <class Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error;
  }
  throw std::logic_error{"nothing was thrown"};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr SqlFile kept_sql[] = {
    {"kept.sql", "create table kept%SUFFIX% (aggregate_id uuid, other uuid, name text, place bigint)"}};
constexpr SqlFile unique_kept_sql[] = {kept_sql[0],
                                       {"kept.indexes.sql", "create unique index kept_%SUFFIX% on kept%SUFFIX% (name)"}};

constexpr const char* all_tables[] = {"own", "notes", "logs", "shared", "links"};

/// An id that is less than those with greater numbers.
AggregateId numbered(int number) {
  return parse_uuid("00000000-0000-4000-8000-00000000000" + std::to_string(number)).value();
}

/// Random histories: transactions of some commands, of some events.
void live_through(Market& market, std::mt19937_64& random, int transactions) {
  const auto below = [&](int end) { return std::uniform_int_distribution<int>{0, end - 1}(random); };
  std::vector<AggregateId> things(6);
  for (AggregateId& id : things) id = new_uuid();
  for (int i = 0; i < transactions; ++i) {
    std::vector<AnyCommand> commands;
    for (int c = 1 + below(3); c > 0; --c) {
      Happen command;
      command.aggregate_id = things[static_cast<std::size_t>(below(6))];
      for (int step = 1 + below(4); step > 0; --step) {
        command.steps.push_back({below(1000), std::string(1, static_cast<char>('a' + below(5))),
                                 *Decimal::parse(std::to_string(below(50)) + ".25"),
                                 things[static_cast<std::size_t>(below(6))]});
      }
      commands.emplace_back(command);
    }
    market.app->commands().execute(std::move(commands));
  }
}

/// An open transaction that has an id: what is stored while it is there lies above the horizon.
class HeldHorizon {
 public:
  explicit HeldHorizon(const Market& market) : connection_{market.options.database_url}, work_{connection_} {
    work_.exec("select pg_current_xact_id()");
  }
  void release() { work_.abort(); }

 private:
  pqxx::connection connection_;
  pqxx::work work_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(parallel_replay)

BOOST_AUTO_TEST_CASE(random_projectors_leave_the_same_rows_live_and_in_replays_of_any_division) {
  constexpr int rounds = 5;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    BOOST_TEST_CONTEXT("SERIATIM_TEST_SEED=" << seed() << ", round " << round) {
      std::mt19937_64 random{seed() + round};
      Market market{market::random_domain(random())};
      market.build();
      live_through(market, random, 60);
      std::map<std::string, std::string> live;
      for (const char* table : all_tables) live[table] = market.rows(table);
      BOOST_TEST(!(live["own"].empty() && live["notes"].empty()));
      const ReplaySettings divisions[] = {{1, 1, 1}, {2, 1, 1}, {4, 3, 1U << 20U}, {2, 40, 2000}, {}};
      for (const ReplaySettings& division : divisions) {
        BOOST_TEST_CONTEXT(division.workers << " workers, groups of " << division.events_a_group) {
          market.forget_views();
          market.build(division);
          for (const char* table : all_tables) BOOST_TEST(market.rows(table) == live[table], table);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(catching_up_keeps_the_order_of_commits_too) {
  std::mt19937_64 random{seed()};
  Market market{market::random_domain(random())};
  market.build();
  // All of it is stored above the horizon, so the rebuild is that of an empty store, caught up.
  HeldHorizon horizon{market};
  live_through(market, random, 30);
  std::map<std::string, std::string> live;
  for (const char* table : all_tables) live[table] = market.rows(table);
  market.forget_views();
  BOOST_TEST(market.migrator->online({}, {}, {}).events == 0);
  horizon.release();
  BOOST_TEST(market.migrator->offline({}, {}, {}).events > 0);
  for (const char* table : all_tables) BOOST_TEST(market.rows(table) == live[table], table);
}

BOOST_AUTO_TEST_CASE(what_is_caught_up_with_comes_in_the_order_of_commits_for_undeclared_projectors_too) {
  const auto deed = [](const Event<Happened>& e, Views& views) {
    if (e->dice == 1) return views.create(Kept{e.aggregate_id, {}, "x", 0});
    views.update_one(where(&Kept::name, "x"), {set(&Kept::other, e.aggregate_id)});
  };
  // A row of the least of the three, then of the greatest, which nobody can change before it is there.
  for (const int owner : {1, 4}) {
    Market market{market::domain_of(market::FreeProjector{deed}, kept_sql)};
    BOOST_TEST(market.migrator->online({}, {}, {}).events == 0);
    market.happen(numbered(owner), {{1, "", {}, {}}});
    for (const int user : {3, 2}) market.happen(numbered(user), {{2, "", {}, {}}});
    BOOST_TEST(market.migrator->offline({}, {}, {}).events == 3);
    BOOST_TEST(market.value("select other from view_schema.kept") == uuid_text(numbered(2)));
  }
}

BOOST_AUTO_TEST_CASE(what_a_projector_fails_on_in_catching_up_is_named_with_its_type) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>&, Views& views) {
                                    views.update_one(where(&Kept::name, "nobody's"), {set(&Kept::place, 1)});
                                  }},
                                  kept_sql)};
  market.migrator->online({}, {}, {});
  market.happen(numbered(1), {{1, "", {}, {}}});
  const Error error = error_of([&] { market.migrator->offline({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "projector FreeProjector failed on event 1 of aggregate " + uuid_text(numbered(1)) +
                                        " (Market::Happened): "));
}

BOOST_AUTO_TEST_CASE(the_order_of_commits_is_that_of_transactions_but_never_against_a_stream) {
  Market market{market::domain_of(
      market::OrderedProjector{{[](const Event<Happened>& e, Views& views) {
        const auto place = static_cast<std::int64_t>(views.find_all(all<Kept>()).size());
        views.create(Kept{e.aggregate_id, {}, e->name, place});
      }}},
      kept_sql)};
  const AggregateId a = new_uuid();
  const AggregateId b = new_uuid();
  for (const char* name : {"a1", "a2", "a3"}) market.happen(a, {{1, name, {}, {}}});
  for (const char* name : {"b1", "b2"}) market.happen(b, {{1, name, {}, {}}});
  // a3's transaction took its id before a2's did, and appended after it.
  (void)market.value("update sequent_schema.events set xact_id = case event_json->>'name' when 'a1' then 100 when 'a2' "
                     "then 300 when 'a3' then 200 when 'b1' then 250 else 400 end");
  market.build({.workers = 2, .events_a_group = 1});
  BOOST_TEST(market.value("select string_agg(name, ' ' order by place) from view_schema.kept") == "a1 b1 a2 a3 b2");
}

BOOST_AUTO_TEST_CASE(events_without_a_transaction_are_replayed_before_those_with_negative_ids) {
  Market market{market::domain_of(
      market::OrderedProjector{{[](const Event<Happened>& e, Views& views) {
        const auto place = static_cast<std::int64_t>(views.find_all(all<Kept>()).size());
        views.create(Kept{e.aggregate_id, {}, e->name, place});
      }}},
      kept_sql)};
  // The least stream is the youngest one, so that ids alone do not make the order.
  market.happen(numbered(3), {{1, "imported", {}, {}}});
  market.happen(numbered(2), {{1, "adopted", {}, {}}});
  market.happen(numbered(1), {{1, "new", {}, {}}});
  market.happen(numbered(3), {{1, "imported and gone on", {}, {}}});
  (void)market.value("update sequent_schema.events set xact_id = case event_json->>'name' when 'imported' then null "
                     "when 'adopted' then -7 else xact_id end");
  market.build({.workers = 2, .events_a_group = 1});
  BOOST_TEST(market.value("select string_agg(name, ', ' order by place) from view_schema.kept") ==
             "imported, adopted, new, imported and gone on");
}

BOOST_AUTO_TEST_CASE(an_undeclared_projector_of_shared_rows_is_refused_with_what_to_declare) {
  const AggregateId nobody = new_uuid();
  const std::pair<const char*, market::FreeProjector::Deed> deeds[] = {
      {"a key that others have",
       [](const Event<Happened>& e, Views& views) {
         views.create_or_update(Kept{e.aggregate_id, {}, "all", 1}, key(&Kept::name), {increase(&Kept::place, 1)});
       }},
      {"a condition that finds rows of others",
       [](const Event<Happened>& e, Views& views) {
         views.create(Kept{e.aggregate_id, e->other, "", 0});
         views.update(where(&Kept::name, ""), {increase(&Kept::place, 1)});
       }},
      {"a column that names another aggregate",
       [](const Event<Happened>& e, Views& views) {
         if (e->dice == 1) return views.create(Kept{e.aggregate_id, e->other, "", 0});
         views.update(where(&Kept::other, e.aggregate_id), {increase(&Kept::place, 1)});
       }},
      {"a row that must exist, and another worker has it",
       [](const Event<Happened>& e, Views& views) {
         if (e->dice == 1) return views.create(Kept{e.aggregate_id, e->other, "", 0});
         views.update_one(where(&Kept::other, e.aggregate_id), {increase(&Kept::place, 1)});
       }},
      {"a row given away",
       [&](const Event<Happened>& e, Views& views) {
         views.create(Kept{e.aggregate_id, {}, "", 0});
         views.update<Kept>(by_aggregate(e), {set(&Kept::aggregate_id, nobody)});
       }},
  };
  Market market{market::domain_of(market::FreeProjector{}, kept_sql)};
  const AggregateId a = new_uuid();
  const AggregateId b = new_uuid();
  market.happen(a, {{1, "", {}, b}});
  market.happen(b, {{2, "", {}, a}});
  for (const auto& [what, deed] : deeds) {
    for (const int workers : {1, 2}) {
      BOOST_TEST_CONTEXT(what << ", " << workers << " workers") {
        market.use(market::domain_of(market::FreeProjector{deed}, kept_sql));
        market.migrator->divide({.workers = workers, .events_a_group = 1});
        const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
        // The want of a row may show before it does that the row is another aggregate's.
        BOOST_CHECK((error.code() == ErrorCode::migration || error.code() == ErrorCode::publish));
        BOOST_TEST(contains(error.what(), "projector FreeProjector"));
        BOOST_TEST(contains(error.what(), "table kept"));
        BOOST_TEST(contains(error.what(), "ordering = seriatim::Ordering::global;"));
        market.check_nothing_is_left();
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_split_event_of_a_gone_type_that_breaks_the_locality_rule_is_refused) {
  const auto deed = [](const Event<Happened>& e, Views& views) {
    views.create_or_update(Kept{e.aggregate_id, {}, "all", 1}, key(&Kept::name), {increase(&Kept::place, 1)});
  };
  Market market{market::domain_of(market::FreeProjector{deed}, kept_sql)};
  market.happen(new_uuid(), {{1, "", {}, {}}});
  // The program that starts next gives its own type a new number, and knows the stored name as that of a former event.
  (void)market.value("update sequent_schema.event_types set type = 'Market::Gone' where type = 'Market::Happened'");
  Domain later = market::domain_of(market::FreeProjector{deed}, kept_sql);
  later.stored_event("Market::Gone").split<Happened>([](const boost::json::object& attributes, auto& events) {
    events.template add<Happened>(attributes);
  });
  market.use(later);
  const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::migration));
  BOOST_TEST(contains(error.what(), "projector FreeProjector reads or writes rows of table kept"));
  BOOST_TEST(contains(error.what(), ", Market::Gone), so aggregates cannot be replayed one by one"));
  market.check_nothing_is_left();
}

namespace {

enum class Letter { a, B };
BOOST_DESCRIBE_ENUM(Letter, a, B)

struct Titled {
  static constexpr std::string_view table = "titled";
  Uuid aggregate_id{};
  std::string title;
  std::optional<std::string> subtitle;
  Letter letter = Letter::a;
};
BOOST_DESCRIBE_STRUCT(Titled, (), (aggregate_id, title, subtitle, letter))

/// Adds a row for each name; but dice of 2 say which rows are the last ones.
struct TitleProjector {
  static constexpr std::string_view type_name = "TitleProjector";
  using Manages = records<Titled>;
  using Events = types<Happened>;
  void on(const Event<Happened>& e, Views& views) const {
    if (e->dice == 1) {
      return views.create(Titled{e.aggregate_id, e->name, e->name, e->name == "B" ? Letter::B : Letter::a});
    }
    const auto title = views.last<Titled>(by_aggregate(e), &Titled::title).value();
    const auto subtitle = views.last<Titled>(by_aggregate(e), &Titled::subtitle).value();
    const auto letter = views.last<Titled>(by_aggregate(e), &Titled::letter).value();
    views.create(Titled{e.aggregate_id, "last " + title.title, "last " + *subtitle.subtitle, letter.letter});
  }
};

constexpr SqlFile titled_sql[] = {
    {"titled.sql",
     "create table titled%SUFFIX% (aggregate_id uuid, title text collate \"en-x-icu\", subtitle varchar collate "
     "\"en-x-icu\", letter text collate \"en-x-icu\")"}};

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_row_by_a_text_is_the_same_live_and_in_a_replay_whatever_the_collation) {
  Market market{market::domain_of(TitleProjector{}, titled_sql)};
  if (market.value("select count(*) from pg_collation where collname = 'en-x-icu'") == "0") {
    BOOST_TEST_MESSAGE("skipped: this server has no ICU, whose order of texts is the same everywhere");
    return;
  }
  BOOST_TEST(market.value("select 'a' < 'B' collate \"en-x-icu\"") == "t");
  market.build();
  market.happen(new_uuid(), {{1, "a", {}, {}}, {1, "B", {}, {}}, {2, "", {}, {}}});
  const std::string live = market.rows("titled");
  BOOST_TEST(contains(live, "\"last a\",\"last a\",a"), live);
  market.forget_views();
  market.build();
  BOOST_TEST(market.rows("titled") == live);
}

namespace {

/// Adds the names to a table that has no other column.
struct LogProjector {
  static constexpr std::string_view type_name = "LogProjector";
  using Manages = records<market::Log>;
  using Events = types<Happened>;
  void on(const Event<Happened>& e, Views& views) const { views.create(market::Log{e->name}); }
};

constexpr SqlFile logs_sql[] = {{"logs.sql", "create table logs%SUFFIX% (text text)"}};

}  // namespace

BOOST_AUTO_TEST_CASE(empty_texts_of_a_table_with_one_column_are_replayed) {
  const std::vector<std::string> histories[] = {{""}, {"", "a"}, {"a", ""}, {"", "", "a\n", ""}};
  for (const std::vector<std::string>& names : histories) {
    Market market{market::domain_of(LogProjector{}, logs_sql)};
    std::vector<Happened> steps;
    for (const std::string& name : names) steps.push_back({1, name, {}, {}});
    market.happen(new_uuid(), std::move(steps));
    market.build();
    BOOST_TEST(market.value("select count(*) from view_schema.logs") == std::to_string(names.size()));
    BOOST_TEST(market.value("select count(*) from view_schema.logs where text = ''") ==
               std::to_string(std::count(names.begin(), names.end(), "")));
  }
}

BOOST_AUTO_TEST_CASE(rows_that_collide_in_a_unique_index_are_reported_as_such) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                  }},
                                  unique_kept_sql)};
  market.happen(new_uuid(), {{1, "same", {}, {}}});
  market.happen(new_uuid(), {{1, "same", {}, {}}});
  const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::migration));
  BOOST_TEST(contains(error.what(), "table kept do not fit its unique index"));
  market.check_nothing_is_left();
}

BOOST_AUTO_TEST_CASE(the_first_failure_of_a_worker_stops_all_and_leaves_nothing) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    if (e->name == "bad") throw std::runtime_error{"I do not like it"};
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                  }},
                                  kept_sql)};
  for (int i = 0; i < 30; ++i) market.happen(new_uuid(), {{1, i == 20 ? "bad" : "good", {}, {}}});
  market.migrator->divide({.workers = 4, .events_a_group = 1});
  const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "projector FreeProjector failed on event 1 of aggregate"));
  BOOST_TEST(contains(error.what(), "(Market::Happened): I do not like it"));
  market.check_nothing_is_left();
}

namespace {

/// Cancels the migration when its statement waits for a lock that the test holds.
void cancel_while_it_waits(const SqlFile (&sql)[2], const std::string& phase) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                  }},
                                  sql)};
  market.happen(new_uuid(), {{1, "x", {}, {}}});
  pqxx::connection holder{market.options.database_url};
  pqxx::nontransaction hold{holder};
  hold.exec("select pg_advisory_lock(4711)");
  std::string last_phase;
  const auto waits = [&] {
    return market.value("select count(*) from pg_stat_activity where datname = current_database() and wait_event = "
                        "'advisory'") != "0";
  };
  const Error error = error_of([&] {
    market.migrator->online({}, [&](const MigrationProgress& progress) { last_phase = progress.phase; }, waits);
  });
  BOOST_CHECK((error.code() == ErrorCode::migration));
  BOOST_TEST(contains(error.what(), "cancelled"));
  BOOST_TEST(last_phase == phase);
  market.check_nothing_is_left();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_an_index_is_built) {
  const SqlFile sql[] = {kept_sql[0], {"kept.indexes.sql", "select pg_advisory_lock(4711), '%SUFFIX%'"}};
  cancel_while_it_waits(sql, "building indexes");
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_rows_are_written) {
  const SqlFile sql[] = {{"kept.sql",
                          "create table kept%SUFFIX% (aggregate_id uuid, other uuid, name text, place bigint, more text "
                          "default pg_advisory_lock(4711)::text)"},
                         {"kept.indexes.sql", " "}};
  cancel_while_it_waits(sql, "replaying");
}

BOOST_AUTO_TEST_CASE(progress_tells_what_each_worker_did_and_ends_with_all) {
  Market market{market::random_domain(1)};
  for (int i = 0; i < 40; ++i) market.happen(new_uuid(), {{1, "x", {}, {}}, {2, "y", {}, {}}});
  std::vector<MigrationProgress> reports;
  market.migrator->divide({.workers = 2, .events_a_group = 1});
  const MigrationResult result = market.migrator->online(
      {}, [&](const MigrationProgress& progress) { if (progress.phase == "replaying") reports.push_back(progress); }, {});
  // Each event twice, because the projectors of the two orders read it at different times.
  BOOST_TEST(result.events == 160);
  BOOST_REQUIRE(reports.size() >= 2U);
  BOOST_TEST(reports.front().done == 0);
  BOOST_TEST(reports.front().total == 160);
  for (const MigrationProgress& report : reports) {
    BOOST_REQUIRE(report.workers.size() == 2U);
    BOOST_TEST(report.workers[0].done + report.workers[1].done == report.done);
  }
  BOOST_TEST(reports.back().done == 160);
  BOOST_TEST(reports.back().total == 160);
}

BOOST_AUTO_TEST_CASE(a_division_that_makes_no_sense_is_refused) {
  Market market{market::random_domain(1)};
  for (const ReplaySettings& settings : {ReplaySettings{-1, 1, 1}, ReplaySettings{65, 1, 1}, ReplaySettings{1, 0, 1}}) {
    BOOST_CHECK((error_of([&] { market.migrator->divide(settings); }).code() == ErrorCode::usage));
  }
}

BOOST_AUTO_TEST_CASE(a_replay_reads_only_events_that_its_projectors_list) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>&, Views&) {}}, kept_sql)};
  market.happen(new_uuid(), {{5, "x", {}, {}}, {10, "y", {}, {}}});
  BOOST_TEST(market.value("select count(*) from sequent_schema.events") == "4");
  BOOST_TEST(market.migrator->online({}, {}, {}).events == 2);
}

BOOST_AUTO_TEST_CASE(a_statement_of_the_projectors_own_works_live_and_is_refused_in_a_replay) {
  const auto deed = [](const Event<Happened>& e, Views& views) {
    views.execute_sql("insert into public.audit (id, name, nothing) values ($1, $2, $3)",
                      {uuid_text(e.aggregate_id), e->name, std::nullopt});
    views.execute_sql("update public.audit set name = name || '!'");
  };
  Market market{market::domain_of(market::FreeProjector{deed}, kept_sql)};
  market.build();
  (void)market.value("create table public.audit (id uuid, name text, nothing integer)");
  const AggregateId id = new_uuid();
  market.happen(id, {{1, "it's", {}, {}}});
  BOOST_TEST(market.value("select a::text from public.audit a") == "(" + uuid_text(id) + ",it's!,)");
  market.forget_views();
  const auto refused = [&](const Error& error) {
    BOOST_CHECK((error.code() == ErrorCode::publish));
    BOOST_TEST(contains(error.what(), "execute_sql works on the live tables only"));
  };
  refused(error_of([&] { market.migrator->online({}, {}, {}); }));
  market.check_nothing_is_left();
  BOOST_TEST(market.value("select name from public.audit") == "it's!");
}

BOOST_AUTO_TEST_CASE(a_statement_of_the_projectors_own_is_refused_in_catching_up_too) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>&, Views& views) {
                                    views.execute_sql("insert into public.audit values (1)", {});
                                  }},
                                  kept_sql)};
  market.build();
  (void)market.value("create table public.audit (id integer)");
  HeldHorizon horizon{market};
  market.happen(new_uuid(), {{1, "late", {}, {}}});
  market.forget_views();
  BOOST_TEST(market.migrator->online({}, {}, {}).events == 0);
  horizon.release();
  const Error error = error_of([&] { market.migrator->offline({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "execute_sql works on the live tables only"));
  BOOST_TEST(market.value("select count(*) from public.audit") == "1");
}

BOOST_AUTO_TEST_CASE(a_statement_that_fails_names_its_projector_and_stores_nothing) {
  Market market{market::domain_of(
      market::FreeProjector{[](const Event<Happened>&, Views& views) { views.execute_sql("select 1/0"); }}, kept_sql)};
  market.build();
  const Error error = error_of([&] { market.happen(new_uuid(), {{1, "x", {}, {}}}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "projector FreeProjector failed on event 1"));
  BOOST_TEST(market.value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(a_projector_without_tables_writes_live_and_is_left_out_of_replays) {
  int calls = 0;
  Market market{market::domain_of(
      market::StatementProjector{{[&](const Event<Happened>&, Views& views) {
        ++calls;
        views.execute_sql("insert into public.audit values (1)");
      }}},
      {})};
  (void)market.value("create table public.audit (id integer)");
  market.happen(new_uuid(), {{1, "before its version", {}, {}}});
  market.build();
  BOOST_TEST(calls == 0);
  market.happen(new_uuid(), {{1, "after it", {}, {}}});
  BOOST_TEST(calls == 1);
  BOOST_TEST(market.value("select count(*) from public.audit") == "1");
}

BOOST_AUTO_TEST_CASE(a_projector_says_which_tables_it_keeps_or_that_it_keeps_none) {
  struct Forgetful {
    using Manages = seriatim::records<>;
  };
  BOOST_TEST(!declares_tables<Forgetful>);
  BOOST_TEST(declares_tables<market::StatementProjector>);
  BOOST_TEST(declares_tables<market::OwnProjector>);
}

BOOST_AUTO_TEST_CASE(a_projector_that_throws_stores_nothing_and_is_named_with_the_event_and_the_cause) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                    if (e->dice == 2) throw std::runtime_error{"two is too many"};
                                  }},
                                  kept_sql)};
  market.build();
  const AggregateId id = new_uuid();
  const Error error = error_of([&] { market.happen(id, {{1, "x", {}, {}}, {2, "y", {}, {}}}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(error.what() == "projector FreeProjector failed on event 2 of aggregate " + uuid_text(id) +
                                 " (Market::Happened): two is too many");
  BOOST_TEST(market.value("select count(*) from sequent_schema.events") == "0");
  BOOST_TEST(market.rows("kept").empty());
}

BOOST_AUTO_TEST_CASE(update_one_wants_its_row_even_when_it_changes_nothing) {
  bool with_row = false;
  Market market{market::domain_of(market::FreeProjector{[&](const Event<Happened>& e, Views& views) {
                                    if (with_row) views.create(Kept{e.aggregate_id, {}, "", 0});
                                    views.update_one<Kept>(by_aggregate(e), {});
                                  }},
                                  kept_sql)};
  market.build();
  const Error error = error_of([&] { market.happen(new_uuid(), {{1, "", {}, {}}}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "table kept has no row that matches the condition"));
  with_row = true;
  market.happen(new_uuid(), {{1, "", {}, {}}});
  market.forget_views();
  market.build();
  market.forget_views();
  with_row = false;
  BOOST_CHECK((error_of([&] { market.migrator->online({}, {}, {}); }).code() == ErrorCode::publish));
}

BOOST_AUTO_TEST_SUITE_END()
