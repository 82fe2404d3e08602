// Behaviour 9: snapshots, which change how long loading takes and nothing else.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <random>
#include <thread>

#include "runtime/process.hpp"
#include "seriatim/deletion.hpp"
#include "support/round_trips.hpp"
#include "support/actor.hpp"
#include "support/wallet_store.hpp"

namespace tally {

using seriatim::Decimal;
using seriatim::Timestamp;

enum class Mood { calm, wild };
BOOST_DESCRIBE_ENUM(Mood, calm, wild)

struct Counted {
  static constexpr std::string_view type_name = "Tally::Counted";
  std::int64_t by = 0;
  Decimal price;
  double weight = 0;
  std::string note;
  std::optional<Timestamp> at;
  Mood mood = Mood::calm;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (by, price, weight, note, at, mood))

struct Line {
  std::string note;
  std::optional<std::int32_t> length;
};
BOOST_DESCRIBE_STRUCT(Line, (), (note, length))

struct State {
  std::int64_t total = 0;
  Decimal price;
  double weight = 0;
  std::vector<Line> lines;
  std::optional<Timestamp> last;
  std::optional<Timestamp> half_later;  ///< With microseconds, which no event has.
  Mood mood = Mood::calm;
};
BOOST_DESCRIBE_STRUCT(State, (), (total, price, weight, lines, last, half_later, mood))

/// One type with the versions that its snapshots had.
template <int Version, int Threshold>
class Tally : public seriatim::AggregateRoot<Tally<Version, Threshold>> {
 public:
  static constexpr std::string_view type_name = "Tally::Tally";
  static constexpr seriatim::SnapshotPolicy snapshots{.threshold = Threshold, .version = Version};
  using Base = seriatim::AggregateRoot<Tally<Version, Threshold>>;
  using Events = seriatim::types<Counted>;
  using State = tally::State;
  using Base::Base;

  void count(const Counted& event) { this->apply(event); }
  void count(std::int64_t by) { count(Counted{by, {}, 0, {}, {}, {}}); }
  [[nodiscard]] std::int64_t total() const { return this->state().total; }
  [[nodiscard]] std::string text() const { return seriatim::to_json(this->state(), {6}); }

  static void on(State& s, const Counted& e) {
    if (e.note == "refused") throw std::runtime_error{"no fold for this"};
    s.total = (s.total * 3 + e.by % 1'000'000'007) % 1'000'000'007;  // In this order and no other.
    s.price += e.price;
    s.weight += e.weight;
    if (!e.note.empty()) s.lines.push_back({e.note, static_cast<std::int32_t>(e.note.size())});
    if (s.lines.size() > 5) s.lines.erase(s.lines.begin());
    s.last = e.at;
    s.half_later.reset();
    if (e.at) s.half_later = *e.at + std::chrono::microseconds{500};
    s.mood = e.mood;
  }
};

using Tally1 = Tally<1, 5>;
using Tally2 = Tally<2, 5>;

template <class T>
seriatim::Domain domain(const std::shared_ptr<shelf::Deeds>& deeds) {
  seriatim::Domain made{"tally"};
  made.aggregate<T>().handler(shelf::ActHandler{deeds});
  return made;
}

}  // namespace tally

using namespace seriatim;
using namespace seriatim::testing;
using tally::Tally1;
using tally::Tally2;

namespace {

struct Fixture : Actor {
  Fixture() : Fixture{warning(installed(tally::domain<Tally1>({})), warnings)} {}
  explicit Fixture(const Options& given) : Actor{given, tally::domain<Tally1>}, options{given} {}

  static Options warning(Options options, std::vector<std::string>& warnings) {
    options.on_warning = [&warnings](const std::string& text) { warnings.push_back(text); };
    return options;
  }

  AggregateId add(int events) {
    const AggregateId id = new_uuid();
    act([&](Repository& r) { count(r.add<Tally1>(id), events); });
    return id;
  }
  void more(const AggregateId& id, int events) {
    act([&](Repository& r) { count(r.load<Tally1>(id), events); });
  }
  static void count(Tally1& tally, int events) {
    for (int i = 0; i < events; ++i) tally.count(i);
  }
  std::int64_t total(const AggregateId& id) {
    std::int64_t total = 0;
    act([&](Repository& r) { total = r.load<Tally1>(id).total(); });
    return total;
  }
  /// Makes a snapshot recognisable in what is loaded from it.
  void tamper() const { (void)value("update sequent_schema.snapshot_records set snapshot_json = snapshot_json || "
                                    "'{\"total\": 1000000}'"); }
  /// By a replay of all events.
  std::int64_t replayed(const AggregateId& id) const {
    return from_json<tally::State>(app->events().show(id, std::nullopt).state_json).total;
  }
  std::string value(const std::string& sql) const { return value_of(options.database_url, sql); }
  std::string marks() const {
    return value("select count(*) from sequent_schema.aggregates_that_need_snapshots where snapshot_outdated_at is not "
                 "null");
  }
  std::string records() const { return value("select count(*) from sequent_schema.snapshot_records"); }

  std::vector<std::string> warnings;
  Options options;
};

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(snapshots, Fixture)

BOOST_AUTO_TEST_CASE(an_aggregate_is_marked_by_the_commit_that_crosses_its_threshold_and_by_no_other) {
  const AggregateId id = add(4);
  BOOST_TEST(marks() == "0");
  more(id, 1);
  BOOST_TEST(marks() == "1");
  BOOST_TEST(app->snapshots().take(0).taken == 1);
  BOOST_TEST(marks() == "0");
  more(id, 4);
  BOOST_TEST(marks() == "0");
  more(id, 1);
  BOOST_TEST(marks() == "1");
}

BOOST_AUTO_TEST_CASE(one_command_with_many_events_crosses_a_threshold_too) {
  const AggregateId added = add(12);
  BOOST_TEST(marks() == "1");
  BOOST_TEST(app->snapshots().take(0).taken == 1);
  more(added, 3);
  BOOST_TEST(marks() == "1");
  (void)app->snapshots().take(0);
  more(added, 23);
  BOOST_TEST(marks() == "1");
  BOOST_TEST(total(added) == replayed(added));
}

BOOST_AUTO_TEST_CASE(a_refused_command_marks_nothing) {
  const AggregateId id = add(4);
  BOOST_CHECK_THROW(act([&](Repository& r) {
                      count(r.load<Tally1>(id), 7);
                      throw DomainError{"no", "no"};
                    }),
                    DomainError);
  BOOST_TEST(marks() == "0");
}

BOOST_AUTO_TEST_CASE(a_load_begins_with_the_newest_snapshot_and_applies_only_later_events) {
  const AggregateId id = add(5);
  (void)app->snapshots().take(0);
  tamper();
  BOOST_TEST(total(id) == 1'000'000);
  act([&](Repository& r) { r.load<Tally1>(id).count(7); });
  BOOST_TEST(total(id) == 3'000'007);
  act([&](Repository& r) { BOOST_TEST(r.load_all<Tally1>(std::vector{id}).front().get().total() == 3'000'007); });
  BOOST_TEST(value("select max(sequence_number) from sequent_schema.events") == "6");
}

BOOST_AUTO_TEST_CASE(a_snapshot_counts_from_the_next_sequence_number_on_and_replaces_older_ones) {
  const AggregateId id = add(7);
  (void)app->snapshots().take(0);
  const std::string row = "select concat_ws('|', snapshot_version, sequence_number, snapshot_type, "
                          "snapshot_json->>'total') from sequent_schema.snapshot_records";
  BOOST_TEST(value(row) == "1|8|Tally::Tally|" + std::to_string(replayed(id)));
  more(id, 5);
  (void)app->snapshots().take(0);
  BOOST_TEST(value(row) == "1|13|Tally::Tally|" + std::to_string(replayed(id)));
  BOOST_TEST(records() == "1");
}

BOOST_AUTO_TEST_CASE(a_past_state_and_the_view_of_an_aggregate_ignore_snapshots) {
  const AggregateId id = add(5);
  const std::int64_t honest = replayed(id);
  (void)app->snapshots().take(0);
  tamper();
  act([&](Repository& r) {
    BOOST_TEST(r.load_at<Tally1>(id, 5).total() == honest);
    BOOST_TEST(r.load_until<Tally1>(id, SystemClock{}.now() + std::chrono::hours{1}).total() == honest);
  });
  BOOST_TEST(replayed(id) == honest);
}

BOOST_AUTO_TEST_CASE(snapshots_cost_no_round_trip) {
  const AggregateId id = add(5);
  (void)app->snapshots().take(0);
  RoundTrips round_trips{options.database_url};
  Fixture fresh{options};
  fresh.more(id, 1);
  (void)round_trips.take();
  fresh.more(id, 1);
  BOOST_TEST(round_trips.take() == 2);
  fresh.more(id, 3);
  BOOST_TEST(round_trips.take() == 2);
  BOOST_TEST(marks() == "1");
}

BOOST_AUTO_TEST_CASE(snapshots_of_other_versions_are_ignored) {
  const AggregateId id = add(5);
  (void)app->snapshots().take(0);
  tamper();
  const std::int64_t honest = replayed(id);
  Actor newer{options, tally::domain<Tally2>};
  newer.act([&](Repository& r) {
    BOOST_TEST(r.load<Tally2>(id).total() == honest);
    for (int i = 0; i < 5; ++i) r.load<Tally2>(id).count(1);
  });
  BOOST_TEST(newer.app->snapshots().take(0).taken == 1);
  BOOST_TEST(value("select string_agg(snapshot_version::text, ',' order by snapshot_version) from "
                   "sequent_schema.snapshot_records") == "1,2");
  BOOST_TEST(app->snapshots().take(0).taken == 0);  // The mark was for version 2.
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_cannot_be_read_is_replaced_by_a_full_replay_and_a_warning) {
  const AggregateId id = add(6);
  const std::int64_t honest = replayed(id);
  for (const std::string json : {R"({"total": "many"})", R"({"unheard_of": 1})", "[]", "7"}) {
    (void)app->snapshots().take(0);
    (void)value("update sequent_schema.snapshot_records set snapshot_json = '" + json + "'");
    warnings.clear();
    BOOST_TEST(total(id) == honest);
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(mentions(warnings.front(), "the snapshot of aggregate " + uuid_text(id) + " after event 6"));
    act([&](Repository& r) { BOOST_TEST(r.load_all<Tally1>(std::vector{id}).front().get().total() == honest); });
    BOOST_TEST(warnings.size() == 2U);
    // A new snapshot takes its place.
    (void)value("update sequent_schema.aggregates_that_need_snapshots set snapshot_outdated_at = now()");
  }
  (void)app->snapshots().take(0);
  warnings.clear();
  BOOST_TEST(total(id) == honest);
  BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_events_that_are_gone_or_of_another_program_is_none) {
  const AggregateId id = add(7);
  (void)app->snapshots().take(0);
  tamper();
  (void)value("delete from sequent_schema.events where sequence_number > 5");
  BOOST_TEST(total(id) == replayed(id));
  more(id, 2);
  (void)value("update sequent_schema.snapshot_records set snapshot_type = 'Sequent::Core::SnapshotEvent'");
  BOOST_TEST(total(id) == replayed(id));
  BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(those_marked_longest_ago_are_taken_first_and_no_more_than_the_limit) {
  std::vector<AggregateId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(add(5));
  (void)value("update sequent_schema.aggregates_that_need_snapshots set snapshot_outdated_at = '2026-01-01' where "
              "aggregate_id = '" + uuid_text(ids[3]) + "'");
  const auto oldest = ids[3];
  std::vector<std::int64_t> reported;
  const SnapshotResult result = app->snapshots().take(1, [&](const SnapshotProgress& progress) {
    reported.push_back(progress.taken);
    BOOST_TEST(progress.marked == 1);
  });
  BOOST_TEST(result.taken == 1);
  BOOST_TEST(reported.size() == 1U);
  BOOST_TEST(value("select aggregate_id from sequent_schema.snapshot_records") == uuid_text(oldest));
  int asked = 0;
  BOOST_TEST(app->snapshots().take(0, {}, [&] { return ++asked > 2; }).taken == 2);
  BOOST_TEST(app->snapshots().take(0).taken == 2);
  BOOST_TEST(app->snapshots().take(0).taken == 0);
}

BOOST_AUTO_TEST_CASE(what_another_process_has_is_left_to_it) {
  const AggregateId first = add(5);
  const AggregateId second = add(5);
  pqxx::connection other{options.database_url};
  {
    pqxx::work work{other};
    work.exec("select 1 from sequent_schema.aggregates_that_need_snapshots where aggregate_id = '" + uuid_text(first) +
              "' for update");
    BOOST_TEST(app->snapshots().take(0).taken == 1);
    BOOST_TEST(value("select aggregate_id from sequent_schema.snapshot_records") == uuid_text(second));
  }
  BOOST_TEST(app->snapshots().take(0).taken == 1);
}

BOOST_AUTO_TEST_CASE(two_takers_at_once_take_each_snapshot_once) {
  for (int i = 0; i < 60; ++i) (void)add(5);
  std::atomic<std::int64_t> taken{0};
  std::vector<std::thread> takers;
  for (int i = 0; i < 2; ++i) {
    takers.emplace_back([&] {
      Application process{options, {tally::domain<Tally1>({})}};
      taken += process.snapshots().take(0).taken;
    });
  }
  for (std::thread& taker : takers) taker.join();
  taken += app->snapshots().take(0).taken;  // What one had locked while the other looked for more.
  BOOST_TEST(taken == 60);
  BOOST_TEST(records() == "60");
  BOOST_TEST(marks() == "0");
}

BOOST_AUTO_TEST_CASE(writers_and_takers_at_once_lose_neither_events_nor_marks) {
  std::vector<AggregateId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(add(1));
  std::atomic<bool> writing{true};
  std::atomic<int> failures{0};
  std::thread taker{[&] {
    try {
      Application process{options, {tally::domain<Tally1>({})}};
      while (writing) (void)process.snapshots().take(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "unexpected: %s\n", error.what());
      ++failures;
    }
  }};
  std::mt19937 random{7};
  for (int i = 0; i < 400; ++i) more(ids[random() % ids.size()], 1 + static_cast<int>(random() % 3));
  writing = false;
  taker.join();
  (void)app->snapshots().take(0);
  BOOST_TEST(failures == 0);
  BOOST_TEST(marks() == "0");
  BOOST_TEST(records() == "3");
  for (const AggregateId& id : ids) BOOST_TEST(total(id) == replayed(id));
  // A mark that got lost would leave an older snapshot behind.
  BOOST_TEST(value("select count(*) from (select aggregate_id, max(sequence_number) / 5 as due from sequent_schema.events "
                   "group by 1) e left join sequent_schema.snapshot_records s using (aggregate_id) where due > 0 and "
                   "coalesce(s.sequence_number - 1, 0) / 5 <> due") == "0");
}

BOOST_AUTO_TEST_CASE(an_aggregate_that_cannot_be_read_is_reported_and_keeps_no_other_from_its_turn) {
  const AggregateId broken = add(5);
  const AggregateId sound = add(5);
  (void)value("update sequent_schema.events set event_json = '{\"by\": \"x\"}' where sequence_number = 2 and "
              "aggregate_id = '" + uuid_text(broken) + "'");
  const SnapshotResult result = app->snapshots().take(0);
  BOOST_TEST(result.taken == 1);
  BOOST_REQUIRE(result.failures.size() == 1U);
  BOOST_TEST(mentions(result.failures.front(), uuid_text(broken)));
  BOOST_TEST(mentions(result.failures.front(), "event 2"));
  BOOST_TEST(value("select aggregate_id from sequent_schema.snapshot_records") == uuid_text(sound));
  BOOST_TEST(marks() == "1");
}

BOOST_AUTO_TEST_CASE(an_aggregate_whose_fold_throws_is_reported_and_keeps_no_other_from_its_turn) {
  const AggregateId broken = add(5);
  const AggregateId sound = add(5);
  (void)value("update sequent_schema.events set event_json = event_json || '{\"note\": \"refused\"}' where "
              "sequence_number = 2 and aggregate_id = '" + uuid_text(broken) + "'");
  const SnapshotResult result = app->snapshots().take(0);
  BOOST_TEST(result.taken == 1);
  BOOST_REQUIRE(result.failures.size() == 1U);
  BOOST_TEST(mentions(result.failures.front(), "event 2 of aggregate " + uuid_text(broken) + " (Tally::Counted)"));
  BOOST_TEST(mentions(result.failures.front(), "no fold for this"));
  BOOST_TEST(value("select aggregate_id from sequent_schema.snapshot_records") == uuid_text(sound));
  BOOST_TEST(marks() == "1");
}

BOOST_AUTO_TEST_CASE(snapshots_can_be_deleted_and_are_taken_again) {
  const AggregateId id = add(5);
  (void)add(5);
  (void)app->snapshots().take(0);
  more(id, 1);
  BOOST_TEST(app->snapshots().delete_all() == 2);
  BOOST_TEST(records() == "0");
  BOOST_TEST(total(id) == replayed(id));
  BOOST_TEST(app->snapshots().take(0).taken == 2);
  BOOST_TEST(total(id) == replayed(id));
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_is_being_taken_while_its_stream_is_deleted_goes_with_it) {
  const AggregateId id = add(5);
  (void)value("create function sequent_schema.wait_for_test() returns trigger language plpgsql as "
              "$$ begin perform pg_advisory_xact_lock_shared(7); return new; end $$");
  (void)value("create trigger wait_for_test before insert on sequent_schema.snapshot_records for each row execute "
              "function sequent_schema.wait_for_test()");
  const auto waiting = [&](const char* sessions) {
    return runtime::wait_until(std::chrono::minutes{1}, [&] {
      return value("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = "
                   "'Lock'") == sessions;
    });
  };
  pqxx::connection holder{options.database_url};
  pqxx::work hold{holder};
  hold.exec("select pg_advisory_xact_lock(7)");
  auto taken = std::async(std::launch::async, [&] { return app->snapshots().take(0).taken; });
  BOOST_TEST(waiting("1"));
  auto deleted =
      std::async(std::launch::async, [&] { return Deletion{options}.delete_streams(std::vector{id}).streams; });
  BOOST_TEST(waiting("2"));
  hold.commit();
  BOOST_TEST(taken.get() == 1);
  BOOST_TEST(deleted.get() == 1);
  BOOST_TEST(records() == "0");
  BOOST_TEST(value("select count(*) from sequent_schema.aggregates_that_need_snapshots") == "0");
}

BOOST_AUTO_TEST_CASE(only_snapshots_of_unknown_versions_of_known_types_are_deleted_as_unknown) {
  (void)add(5);
  (void)add(5);
  (void)app->snapshots().take(0);
  (void)add(5);
  Options plain = options;
  Application stranger{plain, {wallet::domain()}};
  BOOST_TEST(stranger.snapshots().delete_unknown() == 0);
  BOOST_TEST(app->snapshots().delete_unknown() == 0);
  BOOST_TEST(marks() == "1");
  Actor newer{options, tally::domain<Tally2>};
  BOOST_TEST(newer.app->snapshots().delete_unknown() == 2);
  BOOST_TEST(records() == "0");
  BOOST_TEST(marks() == "0");
}

BOOST_AUTO_TEST_CASE(the_application_role_may_do_all_of_it) {
  const AggregateId id = add(5);
  (void)value("grant seriatim_application to current_user");
  Options as_application = options;
  as_application.database_url += "&options=-crole%3Dseriatim_application";
  Fixture role{as_application};
  BOOST_TEST(role.app->snapshots().take(0).taken == 1);
  role.more(id, 5);
  BOOST_TEST(role.app->snapshots().take(0).taken == 1);
  BOOST_TEST(role.app->snapshots().delete_unknown() == 0);
  BOOST_TEST(role.app->snapshots().delete_all() == 1);
}

BOOST_AUTO_TEST_CASE(a_state_from_a_snapshot_equals_a_full_replay_for_any_history) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random{seed};
    const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
    const auto any_event = [&] {
      tally::Counted event;
      event.by = below(1000) - 500;
      event.price = Decimal::parse(std::to_string(below(10'000)) + "." + std::to_string(10 + below(90))).value();
      event.weight = below(1000) / 7.0;
      for (int i = below(4); i > 0; --i) event.note += "\xC3\xA9\"\\\n{'$1";
      if (below(2) == 0) event.at = Timestamp{std::chrono::milliseconds{1'700'000'000'000 + below(1'000'000'000)}};
      event.mood = below(2) == 0 ? tally::Mood::calm : tally::Mood::wild;
      return event;
    };
    std::vector<AggregateId> ids{add(1), add(6), add(20)};
    for (int step = 0; step < 60; ++step) {
      const AggregateId id = ids[static_cast<std::size_t>(below(3))];
      std::string text;
      std::int32_t last = 0;
      act([&](Repository& r) {
        Tally1& tally = r.load<Tally1>(id);
        for (int i = below(8); i > 0; --i) tally.count(any_event());
        text = tally.text();
        last = tally.sequence_number();
      });
      act([&](Repository& r) {
        BOOST_TEST(r.load<Tally1>(id).text() == text);
        BOOST_TEST(r.load<Tally1>(id).sequence_number() == last);
        BOOST_TEST(r.load_at<Tally1>(id, last).text() == text);
      });
      if (below(5) == 0) (void)app->snapshots().take(1 + below(2));
      if (below(25) == 0) (void)app->snapshots().delete_all();
    }
    BOOST_TEST(app->snapshots().take(0).failures.empty());
    BOOST_TEST(records() != "0");
  }
  BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()
