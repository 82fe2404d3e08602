#include "views/replay_persistor.hpp"

#include "replay_rows.hpp"

using namespace replay_rows;

namespace {

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
