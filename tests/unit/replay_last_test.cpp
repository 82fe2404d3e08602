// The row with the greatest value, which the in-memory tables remember from one search to the next.

#include <map>
#include <stdexcept>
#include <unordered_map>

#include "replay_rows.hpp"
#include "views/row_values.hpp"

using namespace replay_rows;

namespace {

/// A persistor and the model side by side, with a few groups of many rows, in which the greatest row comes, changes and
/// goes. `big` numbers the rows.
struct Groups {
  Fixture real;
  std::vector<Row> model;
  Random random{seed()};
  std::int64_t last_number = 0;

  Row make() {
    Row row = named("g" + std::to_string(random.below(2)));
    row.aggregate_id = id_of(random.below(2));
    row.note = random.once_in(3) ? std::nullopt : std::optional<std::string>{"n"};
    row.big = ++last_number;
    change_values(row);
    return row;
  }

  void change_values(Row& row) {
    row.number = random.below(1000);
    row.maybe = random.once_in(50) ? std::nullopt : std::optional<std::int32_t>{random.below(40)};
    row.ratio = random.once_in(50) ? std::numeric_limits<double>::quiet_NaN() : random.below(100) / 2.0;
    row.amount = random.value<Decimal>();
  }

  Search search() {
    Search search;
    for (int terms = random.below(4); terms > 0; --terms) {
      const int column = random.below(5);
      const Search term = column < 2    ? term_for(&Row::aggregate_id)
                          : column == 2 ? term_for(&Row::name)
                          : column == 3 ? term_for(&Row::note)
                                        : random_term(random, &Row::amount);
      search.condition = std::move(search.condition) && term.condition;
      search.test = [a = search.test, b = term.test](const Row& row) { return a(row) && b(row); };
    }
    return search;
  }

  /// The value of some row, so that something is found.
  template <class M>
  Search term_for(M Row::*member) {
    const M wanted = make().*member;
    return {where(member, wanted), [=](const Row& row) { return row.*member == wanted; }};
  }

  template <class Visit>
  auto with_ordered_column(Visit visit) {
    switch (random.below(5)) {
      case 0:
        return visit(&Row::maybe);
      case 1:
        return visit(&Row::ratio);
      case 2:
        return visit(&Row::amount);
      case 3:
        return visit(&Row::number);
      default:
        return visit(&Row::big);
    }
  }

  /// Asks both for the last row of some group; the answer's number, or one that no row has.
  std::int64_t last() {
    const Search wanted = search();
    return with_ordered_column([&](auto member) -> std::int64_t {
      std::string greatest;
      for (const Row& row : model) {
        if (wanted.test(row)) greatest = std::max(greatest, descending_key(row.*member));
      }
      const std::optional<Row> found = real.views.last(wanted.condition, member);
      BOOST_TEST((found ? descending_key((*found).*member) : "") == greatest);
      if (!found) return 0;
      const auto same = std::find_if(model.begin(), model.end(), [&](const Row& row) { return row.big == found->big; });
      BOOST_TEST_REQUIRE((same != model.end()));
      BOOST_TEST(describe(*same) == describe(*found));
      BOOST_TEST(wanted.test(*found));
      return found->big;
    });
  }

  void assign(std::int64_t number) {
    const Row source = make();
    const bool moves = random.once_in(3);
    const auto condition = where(&Row::big, number);
    real.views.update(condition, {set(&Row::maybe, source.maybe), increase(&Row::ratio, source.number - 500.0)});
    if (moves) real.views.update(condition, {set(&Row::name, source.name), set(&Row::note, source.note)});
    for (Row& row : model) {
      if (row.big != number) continue;
      row.maybe = source.maybe;
      row.ratio += source.number - 500.0;
      if (moves) row.name = source.name;
      if (moves) row.note = source.note;
    }
  }

  void change(std::int64_t number) {
    const Row source = make();
    real.views.update(where(&Row::big, number), [&](Row& row) {
      row.aggregate_id = source.aggregate_id;
      row.number = source.number;
    });
    for (Row& row : model) {
      if (row.big != number) continue;
      row.aggregate_id = source.aggregate_id;
      row.number = source.number;
    }
  }

  void create_or_update(std::int64_t number) {
    Row row = make();
    row.big = number;
    real.views.create_or_update(row, key(&Row::big), {set(&Row::number, row.number), set(&Row::amount, row.amount)});
    const auto found = std::find_if(model.begin(), model.end(), [&](const Row& other) { return other.big == number; });
    if (found == model.end()) {
      model.push_back(row);
    } else {
      found->number = row.number;
      found->amount = row.amount;
    }
  }

  void erase(const Search& search) {
    real.views.erase(search.condition);
    std::erase_if(model, search.test);
  }

  /// The greatest row of some group, or any.
  std::int64_t some_number() {
    return random.once_in(2) ? last() : 1 + random.below(static_cast<int>(last_number) + 1);
  }

  void step() {
    const int kind = random.below(40);
    if (kind == 0 && random.once_in(8)) return erase(search());
    if (kind < 3) return assign(some_number());
    if (kind < 6) return change(some_number());
    if (kind < 8) return create_or_update(some_number());
    if (kind < 12) {
      const std::int64_t number = some_number();
      return erase({where(&Row::big, number), [=](const Row& row) { return row.big == number; }});
    }
    if (kind < 26) return static_cast<void>(last());
    model.push_back(make());
    real.views.create(model.back());
  }
};

/// Two values of `big` with one hash.
std::pair<std::int64_t, std::int64_t> colliding_values() {
  std::unordered_map<std::uint32_t, std::int64_t> seen;
  for (std::mt19937_64 engine{1};;) {
    const auto value = static_cast<std::int64_t>(engine());
    const auto [other, fresh] = seen.emplace(views::hash_of(attributes::type_of<std::int64_t>, &value), value);
    if (!fresh) return {other->second, value};
  }
}

/// Thirty rows of one name, of which the greatest number is 29; that was asked for.
struct Thirty : Fixture {
  Thirty() {
    for (int number = 0; number < 30; ++number) {
      Row row = named("x");
      row.number = number;
      row.big = number;
      views.create(row);
    }
    BOOST_TEST(greatest() == 29);
  }
  std::int32_t greatest() { return views.last(where(&Row::name, "x"), &Row::number)->number; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(replay_last)

BOOST_AUTO_TEST_CASE(the_last_row_is_the_greatest_whatever_happens_to_the_rows) {
  for (int round = 0; round < 10; ++round) {
    Groups groups;
    groups.random = Random{seed() + static_cast<std::uint64_t>(round)};
    BOOST_TEST_CONTEXT("SERIATIM_TEST_SEED=" << seed() << ", round " << round) {
      for (int i = 0; i < 3000; ++i) groups.step();
      groups.real.persistor.clear();
      groups.model.clear();
      for (int i = 0; i < 300; ++i) groups.step();
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_change_that_fails_halfway_is_seen_by_the_next_search, Thirty) {
  BOOST_CHECK_EXCEPTION(
      views.update(where(&Row::big, 5),
                   {set(&Row::number, 100), increase(&Row::big, std::numeric_limits<std::int64_t>::max())}),
      Error, has_code(ErrorCode::serialization));
  BOOST_TEST(greatest() == 100);
  const auto fail = [](Row& row) {
    row.number = -1;
    throw std::runtime_error{"no"};
  };
  BOOST_CHECK_THROW(views.update(where(&Row::number, 100), fail), std::runtime_error);
  BOOST_TEST(greatest() == 29);
}

BOOST_FIXTURE_TEST_CASE(a_function_that_changes_a_row_may_ask_for_the_last_one_meanwhile, Thirty) {
  views.erase(where(&Row::number, 29));
  views.update(where(&Row::number, 5), [&](Row& row) {
    row.number = 100;
    BOOST_TEST(greatest() == 100);
    row.number = 5;
  });
  BOOST_TEST(greatest() == 28);
}

BOOST_AUTO_TEST_CASE(last_rows_of_groups_with_one_hash_are_kept_apart) {
  Fixture fixture;
  const auto [a, b] = colliding_values();
  std::map<std::int64_t, std::int32_t> greatest;
  Random random{seed()};
  for (int i = 0; i < 2000; ++i) {
    Row row;
    row.big = random.once_in(2) ? a : b;
    row.number = random.below(1 + i);
    fixture.views.create(row);
    greatest[row.big] = std::max(greatest[row.big], row.number);
    if (!random.once_in(3)) continue;
    const std::int64_t wanted = random.once_in(2) ? a : b;
    const auto last = fixture.views.last(where(&Row::big, wanted), &Row::number);
    BOOST_TEST((last ? last->number : 0) == greatest[wanted]);
  }
}

/// Takes minutes when each `last` goes through all rows.
BOOST_AUTO_TEST_CASE(an_aggregate_of_200000_rows_asks_for_its_last_row_each_time) {
  Fixture fixture;
  const Uuid id = id_of(1);
  fixture.begin(id);
  for (int number = 1; number <= 200'000; ++number) {
    const auto last = fixture.views.last(where(&Row::aggregate_id, id), &Row::number);
    Row row;
    row.aggregate_id = id;
    row.number = number;
    row.big = (last ? last->big : 0) + number;
    fixture.views.create(row);
  }
  BOOST_TEST(fixture.views.last(where(&Row::aggregate_id, id), &Row::number)->big == 200'000LL * 200'001 / 2);
  BOOST_TEST(fixture.persistor.local());
}

BOOST_AUTO_TEST_SUITE_END()
