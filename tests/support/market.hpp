#pragma once
// A domain for replays: one event with dice in it, projectors that do with it whatever their program says, and projectors
// that break the rules in a way that is chosen at run time.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "seriatim/application.hpp"

namespace market {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::in;
using seriatim::increase;
using seriatim::key;
using seriatim::set;
using seriatim::types;
using seriatim::Uuid;
using seriatim::Views;
using seriatim::where;

struct Happened {
  static constexpr std::string_view type_name = "Market::Happened";
  std::int32_t dice = 0;
  std::string name;
  seriatim::Decimal amount;
  Uuid other{};
};
BOOST_DESCRIBE_STRUCT(Happened, (), (dice, name, amount, other))

/// No projector listens to it.
struct Unheard {
  static constexpr std::string_view type_name = "Market::Unheard";
};
BOOST_DESCRIBE_STRUCT(Unheard, (), ())

class Thing : public seriatim::AggregateRoot<Thing> {
 public:
  static constexpr std::string_view type_name = "Market::Thing";
  using Events = types<Happened, Unheard>;
  struct State {
    std::int32_t count = 0;
  };
  using AggregateRoot::AggregateRoot;
  void happen(const Happened& step) {
    apply(step);
    if (step.dice % 5 == 0) apply(Unheard{});
  }
  static void on(State& s, const Happened&) { ++s.count; }
};
BOOST_DESCRIBE_STRUCT(Thing::State, (), (count))

struct Happen : seriatim::Command {
  static constexpr std::string_view type_name = "Market::Happen";
  std::vector<Happened> steps;
};
BOOST_DESCRIBE_STRUCT(Happen, (seriatim::Command), (steps))

struct HappenHandler {
  using Commands = types<Happen>;
  void handle(const Happen& command, seriatim::Repository& things) const {
    Thing* known = things.find<Thing>(command.aggregate_id);
    Thing& thing = known != nullptr ? *known : things.add<Thing>(command.aggregate_id);
    for (const Happened& step : command.steps) thing.happen(step);
  }
};

struct Own {
  static constexpr std::string_view table = "own";
  Uuid aggregate_id{};
  std::string name;
  std::int64_t count = 0;
  seriatim::Decimal amount;
  std::optional<std::string> note;
  std::int32_t sequence_number = 0;
  seriatim::Timestamp updated_at{};
};
BOOST_DESCRIBE_STRUCT(Own, (), (aggregate_id, name, count, amount, note, sequence_number, updated_at))

struct Note {
  static constexpr std::string_view table = "notes";
  Uuid aggregate_id{};
  std::int32_t position = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Note, (), (aggregate_id, position, text))

/// Nothing in it says whose it is; but rows are added, and nothing else.
struct Log {
  static constexpr std::string_view table = "logs";
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Log, (), (text))

struct Shared {
  static constexpr std::string_view table = "shared";
  std::string name;
  std::int64_t count = 0;
  seriatim::Decimal amount;
  Uuid last{};
  std::optional<std::string> note;
  std::int32_t sequence_number = 0;
  seriatim::Timestamp updated_at{};
};
BOOST_DESCRIBE_STRUCT(Shared, (), (name, count, amount, last, note, sequence_number, updated_at))

struct Link {
  static constexpr std::string_view table = "links";
  Uuid source{};
  Uuid target{};
  std::int64_t weight = 0;
  bool open = true;
};
BOOST_DESCRIBE_STRUCT(Link, (), (source, target, weight, open))

/// What a program does with a number.
inline std::uint64_t mixed(std::uint64_t program, std::int32_t dice) {
  std::uint64_t x = (program + static_cast<std::uint64_t>(dice)) * 0x9e3779b97f4a7c15ULL;
  x ^= x >> 31U;
  return x * 0xbf58476d1ce4e5b9ULL >> 33U;
}

/// Keeps to rows of the event's own aggregate, and adds logs.
struct OwnProjector {
  static constexpr std::string_view type_name = "OwnProjector";
  using Manages = seriatim::records<Own, Note, Log>;
  using Events = types<Happened>;
  std::uint64_t program = 0;

  void on(const Event<Happened>& e, Views& views) const {
    const auto mine = [&] { return by_aggregate(e) && where(&Own::name, e->name); };
    const auto my_notes = [&] { return where(&Note::aggregate_id, e.aggregate_id); };
    switch (mixed(program, e->dice) % 11) {
      case 0:
        views.update(mine(), {increase(&Own::amount, e->amount), set(&Own::note, "n" + std::to_string(e->dice))});
        break;
      case 1:
        if (views.find(mine())) views.update_one(mine(), {increase(&Own::count, 1)});
        break;
      case 2:
        views.erase(mine());
        break;
      case 3:
        views.update(by_aggregate(e) && in(&Own::name, {"a", e->name}), [&](Own& row) {
          row.amount = row.amount + e->amount;
          row.note = row.note ? std::nullopt : std::optional{e->name};
        });
        break;
      case 4:
        views.create(Note{e.aggregate_id, e.sequence_number * 10, std::to_string(views.find_all(my_notes()).size())});
        break;
      case 5:
        if (const auto last = views.last(my_notes(), &Note::position)) {
          views.update(my_notes() && where(&Note::position, last->position), {set(&Note::text, last->text + e->name)});
        }
        break;
      case 6:
        views.create_all(std::vector{Note{e.aggregate_id, e.sequence_number * 10 + 1, e->name},
                                     Note{e.aggregate_id, e.sequence_number * 10 + 2, "twin"}});
        break;
      case 7:
        views.erase(my_notes() && in(&Note::text, {"twin", e->name}));
        break;
      case 8:
        views.create(Log{e->name + std::to_string(e->dice)});
        break;
      default:
        views.create_or_update(Own{e.aggregate_id, e->name, 1, e->amount, {}, e.sequence_number, e.created_at},
                               key(&Own::aggregate_id, &Own::name),
                               {increase(&Own::count, 1), increase(&Own::amount, e->amount)});
    }
  }
};

/// Reaches for everybody's rows, in an order that matters.
struct SharedProjector {
  static constexpr std::string_view type_name = "SharedProjector";
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
  using Manages = seriatim::records<Shared, Link>;
  using Events = types<Happened>;
  std::uint64_t program = 0;

  void on(const Event<Happened>& e, Views& views) const {
    const auto named = where(&Shared::name, e->name);
    const Uuid& id = e.aggregate_id;
    switch (mixed(program, e->dice) % 12) {
      case 0:
        views.update(named, {set(&Shared::last, id), set(&Shared::note, "n" + std::to_string(e->dice))});
        break;
      case 1:
        if (views.find(named)) views.update_one(named, {set(&Shared::amount, e->amount)});
        break;
      case 2:
        views.erase(named && where(&Shared::count, 2));
        break;
      case 3:
        views.update(in(&Shared::name, {"a", "b", e->name}), [&](Shared& row) {
          row.amount = row.count % 2 == 0 ? row.amount + e->amount : e->amount;
        });
        break;
      case 4:
      case 5:
        views.create(Link{id, e->other, e->dice, true});
        break;
      case 6:
        views.update(where(&Link::target, id), {increase(&Link::weight, e->dice)});
        break;
      case 7:
        views.update(where(&Link::source, e->other), {set(&Link::open, false)});
        break;
      case 8:
        views.erase(where(&Link::target, id) && where(&Link::open, true));
        break;
      case 9:
        views.update(named, {set(&Shared::count, static_cast<std::int64_t>(views.find_all(seriatim::all<Link>()).size()))});
        break;
      default:
        views.create_or_update(Shared{e->name, 1, e->amount, id, {}, e.sequence_number, e.created_at},
                               key(&Shared::name),
                               {increase(&Shared::count, 1), set(&Shared::last, id), set(&Shared::amount, e->amount)});
    }
  }
};

struct Kept {
  static constexpr std::string_view table = "kept";
  Uuid aggregate_id{};
  Uuid other{};
  std::string name;
  std::int64_t place = 0;
};
BOOST_DESCRIBE_STRUCT(Kept, (), (aggregate_id, other, name, place))

/// Does what the test says, and declares nothing.
struct FreeProjector {
  static constexpr std::string_view type_name = "FreeProjector";
  using Manages = seriatim::records<Kept>;
  using Events = types<Happened>;
  using Deed = std::function<void(const Event<Happened>&, Views&)>;
  Deed deed;
  void on(const Event<Happened>& e, Views& views) const { deed(e, views); }
};

/// The same, replayed in the order of commits.
struct OrderedProjector : FreeProjector {
  static constexpr std::string_view type_name = "OrderedProjector";
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
};

/// Keeps no table of its own.
struct StatementProjector : FreeProjector {
  static constexpr std::string_view type_name = "StatementProjector";
  using Manages = seriatim::no_records;
};

inline std::span<const seriatim::SqlFile> view_sql() {
  static const seriatim::SqlFile files[] = {
      {"own.sql",
       "create table own%SUFFIX% (aggregate_id uuid, name text, count bigint, amount numeric, note text, "
       "sequence_number integer, updated_at timestamptz)"},
      {"own.indexes.sql", "create unique index own_key%SUFFIX% on own%SUFFIX% (aggregate_id, name)"},
      {"notes.sql", "create table notes%SUFFIX% (aggregate_id uuid, position integer, text text)"},
      {"logs.sql", "create table logs%SUFFIX% (text text)"},
      {"shared.sql",
       "create table shared%SUFFIX% (name text, count bigint, amount numeric, last uuid, note text, "
       "sequence_number integer, updated_at timestamptz)"},
      {"shared.indexes.sql", "create unique index shared_key%SUFFIX% on shared%SUFFIX% (name)"},
      {"links.sql", "create table links%SUFFIX% (source uuid, target uuid, weight bigint, open boolean)"}};
  return files;
}

/// The domain without projectors.
inline seriatim::Domain things() {
  seriatim::Domain made{"market"};
  made.aggregate<Thing>().handler<HappenHandler>();
  return made;
}

/// With the projectors that keep the rules, both doing what a program says.
inline seriatim::Domain random_domain(std::uint64_t program) {
  seriatim::Domain made = things();
  made.projector(OwnProjector{program})
      .projector(SharedProjector{program})
      .views(seriatim::ViewVersions{}.version(1, {seriatim::replay<OwnProjector>(), seriatim::replay<SharedProjector>()}),
             view_sql());
  return made;
}

/// With one projector of the test's own, and the table `kept` made by the test's own SQL.
template <class P>
seriatim::Domain domain_of(P projector, std::span<const seriatim::SqlFile> sql) {
  seriatim::Domain made = things();
  made.projector(std::move(projector)).views(seriatim::ViewVersions{}.version(1, {seriatim::replay<P>()}), sql);
  return made;
}

}  // namespace market
