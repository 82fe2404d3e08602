#include "views/locality.hpp"

#include "replay_rows.hpp"

using namespace replay_rows;

BOOST_AUTO_TEST_SUITE(locality)

namespace {

const Uuid a = id_of(1);
const Uuid b = id_of(2);

Row owned_by(const Uuid& id, std::optional<Uuid> other = {}) {
  Row row;
  row.aggregate_id = id;
  row.other_id = other;
  return row;
}

/// A persistor whose aggregate A has one row.
struct WithRowOfA : Fixture {
  WithRowOfA() {
    begin(a);
    views.create(owned_by(a, b));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(rows_of_the_own_aggregate_are_local, WithRowOfA) {
  const auto own = [&] { return where(&Row::aggregate_id, header.aggregate_id); };
  for (const Uuid& id : {a, b}) {
    if (id == b) {
      begin(b);
      views.create(owned_by(b));
    }
    views.update(own() && where(&Row::number, 1), {increase(&Row::number, 1)});
    views.update_one(own(), {set(&Row::name, "x")});
    views.update(own(), [](Row& row) { row.flag = true; });
    views.create_or_update(owned_by(id), key(&Row::aggregate_id, &Row::number), {set(&Row::aggregate_id, id)});
    static_cast<void>(views.get<Row>(by_aggregate(header)));
    static_cast<void>(views.last(own(), &Row::number));
    views.erase(own());
  }
  BOOST_TEST(persistor.local());
}

BOOST_FIXTURE_TEST_CASE(a_row_that_names_another_aggregate_is_not_local_to_that_one, WithRowOfA) {
  begin(b);
  views.update(where(&Row::other_id, b), {increase(&Row::number, 1)});
  BOOST_TEST(!persistor.local());
}

BOOST_AUTO_TEST_CASE(any_column_of_uuids_will_do) {
  Fixture fixture;
  fixture.begin(a);
  fixture.views.create(owned_by(b, a));
  fixture.views.update(where(&Row::other_id, a), {increase(&Row::number, 1)});
  fixture.begin(b);
  fixture.views.create(owned_by(a, b));
  BOOST_TEST(fixture.persistor.local());
}

BOOST_FIXTURE_TEST_CASE(conditions_that_reach_for_other_rows_are_not_local, WithRowOfA) {
  const auto lost = [](auto operation) {
    WithRowOfA fixture;
    BOOST_TEST(fixture.persistor.local());
    operation(fixture.views);
    return !fixture.persistor.local();
  };
  BOOST_TEST(lost([](Views& v) { v.update(all<Row>(), {increase(&Row::number, 1)}); }));
  BOOST_TEST(lost([](Views& v) { v.update(where(&Row::aggregate_id, b), {increase(&Row::number, 1)}); }));
  BOOST_TEST(lost([](Views& v) { v.erase(in(&Row::aggregate_id, {a, b})); }));
  BOOST_TEST(lost([](Views& v) { static_cast<void>(v.find(where(&Row::name, "x"))); }));
  BOOST_TEST(lost([](Views& v) {
    v.create(owned_by(b));
    v.erase(where(&Row::aggregate_id, a));
  }));
  BOOST_TEST(lost([](Views& v) { v.create_or_update(owned_by(a), key(&Row::number), {}); }));
  BOOST_TEST(lost([](Views& v) { v.update(where(&Row::aggregate_id, a), {set(&Row::aggregate_id, b)}); }));
  BOOST_TEST(lost([](Views& v) { v.update(where(&Row::aggregate_id, a), [](Row& row) { row.aggregate_id = b; }); }));
}

BOOST_FIXTURE_TEST_CASE(locality_is_lost_although_the_operation_fails, WithRowOfA) {
  persistor.clear();
  begin(b);
  BOOST_CHECK_THROW(views.update_one(where(&Row::other_id, b), {increase(&Row::number, 1)}), Error);
  BOOST_TEST(!persistor.local());
}

BOOST_FIXTURE_TEST_CASE(a_table_to_which_rows_are_only_added_is_local_whatever_is_in_them, WithRowOfA) {
  views.create(owned_by(b));
  views.create(Count{"x", 1});
  begin(b);
  views.create(owned_by(a));
  views.create(Count{"x", 1});
  BOOST_TEST(persistor.local());
  static_cast<void>(views.find(where(&Count::name, "x")));
  BOOST_TEST(!persistor.local());
  BOOST_TEST(persistor.table_not_local() == "counts");
}

BOOST_FIXTURE_TEST_CASE(a_table_without_uuids_is_local_only_while_rows_are_added, WithRowOfA) {
  views.create_or_update(Count{"x", 1}, key(&Count::name), {increase(&Count::count, 1)});
  BOOST_TEST(!persistor.local());
}

BOOST_AUTO_TEST_CASE(nothing_is_found_locally_before_an_aggregate_begins) {
  Fixture fixture;
  BOOST_TEST(fixture.persistor.local());
  fixture.views.create(Row{});
  static_cast<void>(fixture.views.find(where(&Row::aggregate_id, Uuid{})));
  BOOST_TEST(!fixture.persistor.local());
}

BOOST_AUTO_TEST_CASE(what_is_local_for_each_worker_may_not_be_so_for_both) {
  views::SharedLocality shared;
  ReplayPersistor first{&shared};
  ReplayPersistor second{&shared};
  EventHeader header{a, 1, {}};
  const std::vector<const RecordType*> managed{&record_type<Row>()};
  first.begin_aggregate(a);
  Views of_first{first, "TestProjector", managed, header};
  of_first.create(owned_by(a, b));
  of_first.update(where(&Row::aggregate_id, a), {increase(&Row::number, 1)});
  second.begin_aggregate(b);
  header.aggregate_id = b;
  Views of_second{second, "TestProjector", managed, header};
  of_second.create(owned_by(a, b));
  BOOST_TEST(first.local());
  BOOST_TEST(first.local_columns(record_type<Row>()).value() == std::vector<std::size_t>{0},
             boost::test_tools::per_element());
  BOOST_TEST(!second.local());
  BOOST_TEST(second.local_columns(record_type<Row>()).value().empty());
  BOOST_TEST(!second.local_columns(record_type<Count>()).has_value());
}

namespace {

/// Random events of random handlers for some aggregates, one after the other. With `flush`, rows are taken out after
/// each aggregate. Returns the resulting table.
std::vector<std::string> run_program(std::uint64_t start, bool flush, bool& local) {
  Fixture fixture;
  Random random{start};
  const bool by_other = random.once_in(3);
  const int wild = random.once_in(2) ? 8 : 1'000'000;
  std::vector<std::string> out;
  for (int aggregate = 0; aggregate < 12; ++aggregate) {
    const Uuid id = id_of(aggregate);
    fixture.begin(id);
    const auto own = [&] {
      if (random.once_in(wild)) return random_search(random).condition;
      return by_other ? where(&Row::other_id, id) : where(&Row::aggregate_id, id);
    };
    for (int event = 0; event < 6; ++event) {
      Row row = random_row(random);
      if (!random.once_in(wild)) (by_other ? row.other_id.emplace() : row.aggregate_id) = id;
      const Condition<Row> condition = own();
      switch (random.below(6)) {
        case 0:
          fixture.views.update(condition, {increase(&Row::number, row.number)});
          break;
        case 1:
          fixture.views.update(condition, [&](Row& r) { r.name = row.name; });
          break;
        case 2:
          fixture.views.erase(condition && where(&Row::colour, Colour::red));
          break;
        case 3: {
          const std::vector<Row> found = fixture.views.find_all(condition);
          row.big = static_cast<std::int64_t>(found.size());
          fixture.views.create(row);
          break;
        }
        default:
          fixture.views.create(row);
      }
    }
    if (!flush) continue;
    for (std::string& text : fixture.texts()) out.push_back(std::move(text));
    fixture.persistor.clear();
  }
  local = fixture.persistor.local();
  for (std::string& text : fixture.texts()) out.push_back(std::move(text));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(when_all_was_local_taking_rows_out_changes_nothing) {
  int local_programs = 0;
  for (std::uint64_t round = 0; round < 400; ++round) {
    BOOST_TEST_CONTEXT("SERIATIM_TEST_SEED=" << seed() << ", round " << round) {
      bool local = false;
      const std::vector<std::string> flushed = run_program(seed() + round, true, local);
      if (!local) continue;
      ++local_programs;
      BOOST_TEST(run_program(seed() + round, false, local) == flushed, boost::test_tools::per_element());
      BOOST_TEST(local);
    }
  }
  BOOST_TEST(local_programs > 50);
  BOOST_TEST(local_programs < 350);
}

BOOST_AUTO_TEST_SUITE_END()
