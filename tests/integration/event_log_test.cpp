// Behaviour 5.4 and 5.5: marks, and the events that are committed after them; streams in blocks.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// A transaction of a writer, step by step, in the statements that the store itself uses.
class Writer {
 public:
  explicit Writer(const std::string& url) : connection_{url} {}

  void begin() { work_ = std::make_unique<pqxx::work>(connection_); }
  void take_id() { work_->exec("select pg_current_xact_id()"); }
  /// Appends an event behind the last one; holds the stream until the end of the transaction.
  void append(const AggregateId& id) {
    const std::string quoted = "'" + uuid_text(id) + "'";
    work_->exec("select from sequent_schema.aggregates where aggregate_id = " + quoted + " for no key update");
    work_->exec("insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id,"
                " event_json) select " + quoted + ", (select max(sequence_number) + 1 from sequent_schema.events where "
                "aggregate_id = " + quoted + "), now(), 1, (select id from sequent_schema.event_types where type = "
                "'Wallet::Events::MoneyAdded'), '{\"amount\": \"1\"}'");
  }
  void commit() { work_->commit(); work_.reset(); }
  void roll_back() { work_->abort(); work_.reset(); }

 private:
  pqxx::connection connection_;
  std::unique_ptr<pqxx::work> work_;
};

/// "id #number" of the events that a reading brought.
struct Seen {
  EventVisitor visitor() {
    return [this](const LoggedEvent& event, const Mark&) {
      events.push_back({event.aggregate_id, event.sequence_number});
    };
  }
  std::vector<std::pair<AggregateId, std::int32_t>> events;
};

struct Fixture : WalletStore {
  EventLog& log = app->events();

  std::vector<std::pair<AggregateId, std::int32_t>> since(const Mark& mark, Mark* next = nullptr) {
    Seen seen;
    const Mark end = log.events_since(mark, seen.visitor());
    if (next != nullptr) *next = end;
    return seen.events;
  }
};

using Events = std::vector<std::pair<AggregateId, std::int32_t>>;

/// Lets writers stall until the reader has read once more: waiting for the thing itself.
class Turns {
 public:
  void wait_for_next() {
    const int seen = turns_;
    while (turns_ == seen && !over_) turns_.wait(seen);
  }
  void next() {
    ++turns_;
    turns_.notify_all();
  }
  void end() {
    over_ = true;
    next();
  }

 private:
  std::atomic<int> turns_{0};
  std::atomic<bool> over_{false};
};

constexpr int transactions_a_writer = 40;

/// Transactions at random: early ids, several events, stalls before, between and after, rollbacks.
void write_at_random(const std::string& url, const std::vector<AggregateId>& ids, unsigned seed, Turns& turns) {
  std::mt19937 random{seed};
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  Writer writer{url};
  for (int i = 0; i < transactions_a_writer; ++i) {
    writer.begin();
    if (one_in(2)) writer.take_id();
    if (one_in(2)) turns.wait_for_next();
    const AggregateId& id = ids[random() % ids.size()];
    for (auto n = 1 + random() % 3; n != 0; --n) {
      writer.append(id);
      if (one_in(6)) turns.wait_for_next();
    }
    if (one_in(4)) {
      writer.roll_back();
    } else {
      writer.commit();
    }
  }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_log, Fixture)

BOOST_AUTO_TEST_CASE(with_eight_writers_that_stall_and_roll_back_a_reader_misses_nothing_and_meets_nothing_twice) {
  constexpr unsigned seed = 20261121;
  BOOST_TEST_MESSAGE("seed " << seed);
  std::vector<AggregateId> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(create_wallet());
  const Mark start = log.position_mark();
  Turns turns;
  std::atomic<int> writing{8};
  std::atomic<int> failures{0};
  std::vector<std::thread> writers;
  for (unsigned i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      try {
        write_at_random(options.database_url, ids, seed + i, turns);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "writer %u: %s\n", i, error.what());
        ++failures;
      }
      --writing;
    });
  }
  std::map<AggregateId, std::int32_t> last;
  std::int64_t disorder = 0;
  std::int64_t read = 0;
  std::mt19937 random{seed};
  Mark mark = start;
  const auto read_some = [&](std::int64_t limit) {
    // The text form is what a program keeps.
    mark = log.read({.after = Mark::parse(mark.to_string()), .limit = limit},
                    [&](const LoggedEvent& event, const Mark&) {
                      std::int32_t& before = last.try_emplace(event.aggregate_id, 1).first->second;
                      if (event.sequence_number != before + 1) ++disorder;
                      before = event.sequence_number;
                      ++read;
                    });
  };
  int polls = 0;
  while (writing != 0) {
    read_some(random() % 2 == 0 ? 0 : 1 + random() % 4);
    ++polls;
    turns.next();
  }
  turns.end();
  for (std::thread& writer : writers) writer.join();
  read_some(0);
  BOOST_TEST(failures == 0);
  BOOST_TEST(disorder == 0);
  BOOST_TEST(std::to_string(read) == value("select count(*) from sequent_schema.events where sequence_number > 1"));
  BOOST_TEST(static_cast<std::size_t>(read) == since(start).size());
  const std::string inverted = value(
      "select count(*) from sequent_schema.events e join sequent_schema.events later on later.aggregate_id = "
      "e.aggregate_id and later.sequence_number = e.sequence_number + 1 and later.xact_id < e.xact_id");
  BOOST_TEST_MESSAGE(read << " events in " << polls << " readings, " << inverted << " behind a greater transaction id");
  BOOST_TEST(inverted != "0");
}

BOOST_AUTO_TEST_CASE(a_later_event_with_a_smaller_transaction_id_comes_later_within_and_across_readings) {
  const AggregateId id = create_wallet();
  const AggregateId other = create_wallet();
  const Mark start = log.position_mark();
  Writer early{options.database_url};
  Writer middle{options.database_url};
  Writer late{options.database_url};
  early.begin();
  early.take_id();
  middle.begin();
  middle.take_id();
  late.begin();
  late.append(id);
  late.commit();
  Mark second;
  BOOST_TEST((since(start, &second) == Events{{id, 2}}));
  early.append(id);
  BOOST_TEST(since(second).empty());
  early.commit();
  BOOST_TEST(value("select string_agg(sequence_number::text, ' ' order by xact_id) from sequent_schema.events where "
                   "sequence_number > 1") == "3 2");
  Mark third;
  BOOST_TEST((since(second, &third) == Events{{id, 3}}));
  BOOST_TEST((since(start) == Events{{id, 2}, {id, 3}}));
  // The horizon lies between the two ids for as long as this one is open.
  middle.append(other);
  middle.commit();
  BOOST_TEST((since(third) == Events{{other, 2}}));
  // In one reading: a stream's order by number, whatever the ids.
  Events of_id;
  for (const auto& event : since(Mark{})) {
    if (event.first == id) of_id.push_back(event);
  }
  BOOST_TEST((of_id == Events{{id, 1}, {id, 2}, {id, 3}}));
}

BOOST_AUTO_TEST_CASE(a_mark_counts_what_is_committed_and_not_what_is_in_flight) {
  const AggregateId id = create_wallet();
  const AggregateId other = create_wallet();
  Writer in_flight{options.database_url};
  in_flight.begin();
  in_flight.append(id);
  Writer done{options.database_url};
  done.begin();
  done.append(other);
  done.commit();
  const Mark mark = log.position_mark();
  BOOST_TEST(since(mark).empty());
  in_flight.commit();
  BOOST_TEST((since(mark) == Events{{id, 2}}));
  BOOST_TEST((since(mark) == Events{{id, 2}}));
}

BOOST_AUTO_TEST_CASE(a_limited_reading_continues_behind_its_last_event) {
  const AggregateId a = create_wallet();
  const AggregateId b = create_wallet();
  app->commands().execute(add(a, 1), add(b, 1), add(a, 2));
  const Events all = since(Mark{});
  BOOST_TEST(all.size() == 5U);
  Mark mark;
  Events one_by_one;
  for (;;) {
    Seen seen;
    mark = log.read({.after = mark, .limit = 1}, seen.visitor());
    if (seen.events.empty()) break;
    // What comes in between belongs to the next reading.
    if (one_by_one.size() == 2) app->commands().execute(add(b, 5));
    one_by_one.insert(one_by_one.end(), seen.events.begin(), seen.events.end());
  }
  BOOST_TEST(one_by_one.size() == 6U);
  BOOST_TEST((Events{one_by_one.begin(), one_by_one.begin() + 5} == all));
  BOOST_TEST((one_by_one.back() == std::pair{b, 3}));
}

BOOST_AUTO_TEST_CASE(a_reading_continues_from_the_mark_of_any_of_its_events) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1), add(id, 2), add(id, 3));
  std::vector<Mark> marks;
  log.read({}, [&](const LoggedEvent&, const Mark& mark) { marks.push_back(mark); });
  BOOST_REQUIRE(marks.size() == 4U);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    BOOST_TEST(since(Mark::parse(marks[i].to_string())).size() == 3U - i);
    BOOST_TEST((Mark::parse(marks[i].to_string()) == marks[i]));
  }
}

BOOST_AUTO_TEST_CASE(events_without_a_transaction_come_before_those_with_negative_ids_behind_any_mark_too) {
  const AggregateId adopted = create_wallet();
  const AggregateId imported = create_wallet();
  app->commands().execute(add(adopted, 1), add(imported, 1));
  const AggregateId later = create_wallet();
  (void)value("update sequent_schema.events set xact_id = -7 where aggregate_id = '" + uuid_text(adopted) + "'");
  (void)value("update sequent_schema.events set xact_id = null where aggregate_id = '" + uuid_text(imported) + "'");
  const Events all{{imported, 1}, {imported, 2}, {adopted, 1}, {adopted, 2}, {later, 1}};
  BOOST_TEST((since(Mark{}) == all));
  std::vector<std::string> marks;
  std::vector<std::int64_t> transactions;
  log.read({}, [&](const LoggedEvent& event, const Mark& mark) {
    marks.push_back(mark.to_string());
    transactions.push_back(event.transaction);
  });
  BOOST_REQUIRE(marks.size() == all.size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Events rest{all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end()};
    BOOST_TEST((since(Mark::parse(marks[i])) == rest), marks[i]);
  }
  transactions.pop_back();
  BOOST_TEST(transactions == (std::vector<std::int64_t>{0, 0, -7, -7}), "0 says that it is unknown");
}

BOOST_AUTO_TEST_CASE(filters_apply_behind_a_mark_as_well) {
  const AggregateId a = create_wallet();
  const AggregateId b = create_wallet();
  const Mark mark = log.position_mark();
  app->commands().execute(add(a, 9), add(b, 1), draw(a, 2));
  Seen drawn;
  log.read({.type = "Wallet::Events::MoneyDrew", .after = mark}, drawn.visitor());
  BOOST_TEST((drawn.events == Events{{a, 3}}));
  Seen of_b;
  log.read({.aggregate_id = b, .after = mark}, of_b.visitor());
  BOOST_TEST((of_b.events == Events{{b, 2}}));
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_mark_is_refused) {
  for (const char* text : {"", "1", "-1:2:", "5:4:", "5:9:4", "5:9:9", "5:9:7,6", "5:9:6,", "5:9", "5:9:/", "0/5:9:/1",
                           "0/5:9:/1.x.1", "0/-5:9:/1.16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f.1", "5:9:'",
                           "5:9:/5:9:/1.16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f.-1"}) {
    BOOST_TEST((error_of([&] { (void)Mark::parse(text); }) == ErrorCode::usage), text);
  }
  BOOST_TEST((Mark::parse("0") == Mark{}));
  for (const char* text : {"5:9:6,7", "0/5:9:/-9223372036854775808.16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f.0"}) {
    BOOST_TEST(Mark::parse(text).to_string() == text);
  }
}

BOOST_AUTO_TEST_CASE(streams_are_listed_by_type_in_the_order_of_their_ids_in_blocks) {
  for (int i = 0; i < 3; ++i) (void)create_wallet();
  (void)value("insert into sequent_schema.aggregate_types (id, type) values (77, 'Other::Thing')");
  (void)value("insert into sequent_schema.aggregates (aggregate_id, aggregate_type_id) "
              "select gen_random_uuid(), 77 from generate_series(1, 2500)");
  std::vector<AggregateId> ids;
  log.streams({.type = "Other::Thing"}, [&](const StreamInfo& stream) {
    BOOST_CHECK(stream.type == "Other::Thing");
    ids.push_back(stream.aggregate_id);
    // Between blocks nothing is held: a visitor may execute commands.
    if (ids.size() == 1001) (void)create_wallet();
  });
  BOOST_TEST(ids.size() == 2500U);
  BOOST_TEST((std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}) == ids.end()));
  std::vector<AggregateId> some;
  log.streams({.type = "Other::Thing", .after = ids[9], .limit = 5},
              [&](const StreamInfo& stream) { some.push_back(stream.aggregate_id); });
  BOOST_TEST((some == std::vector<AggregateId>{ids.begin() + 10, ids.begin() + 15}));
  int wallets = 0;
  log.streams({.type = "Wallet::Wallet"}, [&](const StreamInfo&) { ++wallets; });
  BOOST_TEST(wallets == 4);
  log.streams({.type = "No::Such"}, [&](const StreamInfo&) { ++wallets; });
  BOOST_TEST(wallets == 4);
}

BOOST_AUTO_TEST_CASE(an_event_that_cannot_be_read_is_named_with_aggregate_number_type_and_cause) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1));
  const auto message = [&] {
    try {
      app->commands().execute(add(id, 1));
    } catch (const Error& error) {
      BOOST_CHECK((error.code() == ErrorCode::deserialization));
      return std::string{error.what()};
    }
    return std::string{};
  };
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"much\"}' where sequence_number = 2");
  const std::string bad = message();
  BOOST_TEST(bad.find("event 2 of aggregate " + uuid_text(id) + " (Wallet::Events::MoneyAdded)") != std::string::npos, bad);
  BOOST_TEST(bad.find("amount is not a number") != std::string::npos, bad);
  // Of a type that a later version of another program registered before this one was started.
  (void)value("insert into sequent_schema.event_types (type) values ('Unheard::Of')");
  app = std::make_unique<Application>(options, std::vector<Domain>{wallet::domain()});
  (void)value("update sequent_schema.events set event_type_id = (select id from sequent_schema.event_types "
              "where type = 'Unheard::Of') where sequence_number = 2");
  const std::string unknown = message();
  BOOST_TEST(unknown.find("event 2 of aggregate " + uuid_text(id) + " (Unheard::Of)") != std::string::npos, unknown);
}

BOOST_AUTO_TEST_SUITE_END()
