#include "views/replay_persistor.hpp"

#include <map>
#include <unordered_map>

#include "replay_rows.hpp"
#include "views/row_values.hpp"

using namespace replay_rows;

namespace {

/// The number as text of one width, so that the text has the number's order.
std::string padded(double number) {
  const std::string text = std::to_string(number + 1e6);
  return std::string(20 - text.size(), '0') + text;
}

/// The order of `order by ... desc`, told differently than the implementation does.
template <class T>
std::string descending_key(const T& value) {
  if constexpr (attributes::detail::is_optional<T>::value) {
    return value ? "0" + descending_key(*value) : std::string{"1"};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return uuid_text(value);
  } else if constexpr (std::is_same_v<T, Colour>) {
    return value == Colour::red ? "red" : value == Colour::green ? "green" : "amber";
  } else if constexpr (std::is_same_v<T, double>) {
    return std::isnan(value) ? "z" : padded(value);
  } else if constexpr (std::is_same_v<T, Decimal>) {
    return padded(value.to_double());
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return padded(static_cast<double>(value.time_since_epoch().count()));
  } else if constexpr (std::is_same_v<T, Date>) {
    return padded(static_cast<unsigned>(value.day()));
  } else {
    return padded(static_cast<double>(value));
  }
}

/// A persistor and the model side by side.
struct Comparison {
  Fixture real;
  std::vector<Row> model;
  Random random{seed()};

  void create() {
    model.push_back(random_row(random));
    real.views.create(model.back());
  }

  template <class... Keys>
  void create_or_update(Keys Row::*... keys) {
    const Row row = random_row(random);
    const auto same_key = [&](const Row& other) { return ((!is_empty(row.*keys) && row.*keys == other.*keys) && ...); };
    if (std::count_if(model.begin(), model.end(), same_key) > 1) return;  // A unique index would not allow it.
    real.views.create_or_update(row, key(keys...), {increase(&Row::big, 3), set(&Row::note, row.note)});
    const auto found = std::find_if(model.begin(), model.end(), same_key);
    if (found == model.end()) {
      model.push_back(row);
    } else {
      found->big += 3;
      found->note = row.note;
    }
  }

  void update(const Search& search) {
    const Row source = random_row(random);
    real.views.update(search.condition,
                      {set(&Row::aggregate_id, source.aggregate_id), set(&Row::note, source.note),
                       increase(&Row::amount, source.amount), decrease(&Row::number, source.number),
                       increase(&Row::ratio, 0.5), set(&Row::tags, source.tags), set(&Row::at, source.at)});
    for (Row& row : model) {
      if (!search.test(row)) continue;
      row.aggregate_id = source.aggregate_id;
      row.note = source.note;
      row.amount += source.amount;
      row.number -= source.number;
      row.ratio += 0.5;
      row.tags = source.tags;
      row.at = source.at;
    }
  }

  void update_each(const Search& search) {
    const Row source = random_row(random);
    real.views.update(search.condition, [&](Row& row) {
      row.other_id = source.other_id;
      row.name = row.flag ? source.name : row.name;
      row.amount = source.amount;
      row.flag = !row.flag;
    });
    for (Row& row : model) {
      if (!search.test(row)) continue;
      row.other_id = source.other_id;
      if (row.flag) row.name = source.name;
      if (row.amount != source.amount) row.amount = source.amount;  // 2 stays 2 when told to be 2.0
      row.flag = !row.flag;
    }
  }

  void erase(const Search& search) {
    real.views.erase(search.condition);
    std::erase_if(model, search.test);
  }

  void read(const Search& search) {
    std::vector<std::string> expected;
    for (const Row& row : model) {
      if (search.test(row)) expected.push_back(describe(row));
    }
    std::vector<std::string> found;
    for (const Row& row : real.views.find_all(search.condition)) found.push_back(describe(row));
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    BOOST_TEST(found == expected, boost::test_tools::per_element());
    BOOST_TEST(real.views.find(search.condition).has_value() == !expected.empty());
  }

  void read_last(const Search& search) {
    with_random_column(random, [&](auto member) {
      std::vector<std::string> expected;
      for (const Row& row : model) {
        if (search.test(row)) expected.push_back(descending_key(row.*member));
      }
      std::sort(expected.rbegin(), expected.rend());
      const std::size_t limit = static_cast<std::size_t>(random.below(4));
      if (limit != 0 && expected.size() > limit) expected.resize(limit);
      std::vector<std::string> found;
      real.persistor.select(
          record_type<Row>(), {search.condition.predicates, attributes::index_of<Row>(member), limit},
          [&](const void* row) { found.push_back(descending_key(static_cast<const Row*>(row)->*member)); });
      BOOST_TEST(found == expected, boost::test_tools::per_element());
    });
  }

  void compare_all() const {
    std::vector<std::string> expected;
    for (const Row& row : model) expected.push_back(describe(row));
    std::sort(expected.begin(), expected.end());
    BOOST_TEST(real.texts() == expected, boost::test_tools::per_element());
    BOOST_TEST(real.persistor.rows() == expected.size());
  }

  void step() {
    switch (random.below(20)) {
      case 0:
        return create_or_update(&Row::aggregate_id);
      case 1:
        return create_or_update(&Row::note);
      case 2:
        return create_or_update(&Row::other_id, &Row::number);
      case 3:
        return create_or_update(&Row::aggregate_id, &Row::maybe, &Row::name);
      case 4:
      case 5:
        return update(random_search(random));
      case 6:
      case 7:
        return update_each(random_search(random));
      case 8:
      case 9:
        return model.size() > 20 ? erase(random_search(random)) : create();
      case 10:
      case 11:
        return read_last(random_search(random));
      case 12:
      case 13:
      case 14:
        return read(random_search(random));
      default:
        return create();
    }
  }
};

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

BOOST_AUTO_TEST_SUITE(replay_persistor)

BOOST_AUTO_TEST_CASE(random_operations_give_what_a_list_of_rows_gives) {
  for (int round = 0; round < 40; ++round) {
    Comparison comparison;
    comparison.random = Random{seed() + static_cast<std::uint64_t>(round)};
    BOOST_TEST_CONTEXT("SERIATIM_TEST_SEED=" << seed() << ", round " << round) {
      for (int i = 0; i < 600; ++i) {
        comparison.step();
        if (i % 50 == 0) comparison.compare_all();
      }
      comparison.compare_all();
      comparison.real.persistor.clear();
      comparison.model.clear();
      for (int i = 0; i < 100; ++i) comparison.step();
      comparison.compare_all();
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_come_in_the_order_of_insertion_even_when_places_are_used_again) {
  Fixture fixture;
  for (const char* name : {"a", "b", "c"}) fixture.views.create(named(name));
  fixture.views.erase(where(&Row::name, "a"));
  fixture.views.create(named("d"));
  BOOST_TEST(fixture.names() == (std::vector<std::string>{"b", "c", "d"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(null_is_found_by_null_alone) {
  Fixture fixture;
  Row with = named("with");
  with.note = "text";
  fixture.views.create(with);
  fixture.views.create(named("without"));
  BOOST_TEST(fixture.views.get(where(&Row::note, std::nullopt)).name == "without");
  BOOST_TEST(fixture.views.find_all(in(&Row::note, {std::nullopt, std::string{"text"}})).size() == 1U);
  BOOST_TEST(fixture.views.find_all(in(&Row::note, {std::nullopt, std::nullopt})).empty());
  BOOST_TEST(fixture.views.find_all(in(&Row::note, {})).empty());
  BOOST_TEST(fixture.views.find_all(all<Row>()).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_null_in_the_key_never_conflicts) {
  Fixture fixture;
  for (int i = 0; i < 2; ++i) {
    fixture.views.create_or_update(named("x"), key(&Row::note), {increase(&Row::number, 1)});
  }
  BOOST_TEST(fixture.persistor.rows() == 2U);
}

BOOST_AUTO_TEST_CASE(create_or_update_without_assignments_leaves_the_row_alone) {
  Fixture fixture;
  for (const int number : {1, 2}) {
    Row row = named("x");
    row.number = number;
    fixture.views.create_or_update(row, key(&Row::name), {});
  }
  BOOST_TEST(fixture.views.get(all<Row>()).number == 1);
}

BOOST_AUTO_TEST_CASE(null_plus_something_is_null) {
  Fixture fixture;
  const std::size_t column = attributes::index_of<Row>(&Row::maybe);
  const auto add = [&](std::optional<std::int32_t> amount) {
    const Assignment assignment{column, Assignment::Operation::increase, attributes::Value::of(amount)};
    fixture.persistor.update(record_type<Row>(), {}, std::span{&assignment, 1}, false);
    return fixture.views.get(all<Row>()).maybe;
  };
  fixture.views.create(named("x"));
  BOOST_TEST(!add(5).has_value());
  fixture.views.update(all<Row>(), {set(&Row::maybe, 7)});
  BOOST_TEST(add(5).value() == 12);
  BOOST_TEST(!add(std::nullopt).has_value());
}

BOOST_AUTO_TEST_CASE(arithmetic_that_goes_out_of_range_is_refused) {
  Fixture fixture;
  Row row;
  row.number = std::numeric_limits<std::int32_t>::max();
  row.big = std::numeric_limits<std::int64_t>::min();
  row.ratio = std::numeric_limits<double>::max();
  row.amount = *Decimal::parse(std::string(38, '9'));
  fixture.views.create(row);
  const auto refused = [&](const AssignmentOf<Row>& assignment) {
    BOOST_CHECK_EXCEPTION(fixture.views.update(all<Row>(), {assignment}), Error, has_code(ErrorCode::serialization));
  };
  refused(increase(&Row::number, 1));
  refused(decrease(&Row::big, 1));
  refused(increase(&Row::ratio, std::numeric_limits<double>::max()));
  refused(increase(&Row::amount, 1));
  BOOST_TEST(same_attributes(fixture.views.get(all<Row>()), row));
}

BOOST_AUTO_TEST_CASE(update_one_fails_without_a_row) {
  Fixture fixture;
  BOOST_CHECK_EXCEPTION(fixture.views.update_one(where(&Row::name, "x"), {set(&Row::number, 1)}), Error,
                        [](const Error& error) {
                          return error.code() == ErrorCode::record_not_found &&
                                 error.what() == std::string{"table rows has no row that matches the condition"};
                        });
}

BOOST_AUTO_TEST_CASE(the_last_row_by_a_column_with_nulls_is_one_with_null) {
  Fixture fixture;
  for (const std::optional<int> value : {std::optional<int>{3}, std::optional<int>{}, std::optional<int>{9}}) {
    Row row = named(value ? std::to_string(*value) : "null");
    row.maybe = value;
    fixture.views.create(row);
  }
  BOOST_TEST(fixture.views.last(all<Row>(), &Row::maybe)->name == "null");
  BOOST_TEST(fixture.views.last(in(&Row::name, {"3", "9"}), &Row::maybe)->name == "9");
}

BOOST_AUTO_TEST_CASE(the_last_row_is_the_greatest_whatever_happens_to_the_rows) {
  for (int round = 0; round < 20; ++round) {
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

BOOST_AUTO_TEST_CASE(enums_are_ordered_by_name) {
  Fixture fixture;
  for (const Colour colour : {Colour::green, Colour::red, Colour::amber}) {
    Row row;
    row.colour = colour;
    fixture.views.create(row);
  }
  BOOST_TEST((fixture.views.last(all<Row>(), &Row::colour)->colour == Colour::red));
}

BOOST_AUTO_TEST_CASE(lists_cannot_be_ordered) {
  Fixture fixture;
  BOOST_CHECK_EXCEPTION(static_cast<void>(fixture.views.last(all<Row>(), &Row::tags)), Error,
                        has_code(ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(bytes_follow_the_rows_and_clear_keeps_the_tables) {
  Fixture fixture;
  BOOST_TEST(fixture.persistor.bytes() == 0U);
  for (int i = 0; i < 1000; ++i) fixture.views.create(named(std::string(1000, 'x')));
  BOOST_TEST(fixture.persistor.bytes() > 1000U * 1000U);
  fixture.persistor.clear();
  BOOST_TEST(fixture.persistor.bytes() == 0U);
  BOOST_TEST(fixture.persistor.rows() == 0U);
  std::vector<std::string_view> tables;
  fixture.persistor.for_each_table([&](const RecordType& type) { tables.push_back(type.table); });
  BOOST_TEST(tables == std::vector<std::string_view>{"rows"}, boost::test_tools::per_element());
  BOOST_TEST(!fixture.views.find(where(&Row::name, "x")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
