#include "migrations/planner.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "seriatim/errors.hpp"

using namespace seriatim;
using migrations::Plan;
using migrations::plan;
using migrations::with_suffix;

namespace planner_test {

struct Opened {
  static constexpr std::string_view type_name = "Opened";
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Opened, (), (name))

struct AccountRecord {
  static constexpr std::string_view table = "accounts";
  Uuid aggregate_id{};
};
BOOST_DESCRIBE_STRUCT(AccountRecord, (), (aggregate_id))

struct EntryRecord {
  static constexpr std::string_view table = "entries";
  Uuid aggregate_id{};
};
BOOST_DESCRIBE_STRUCT(EntryRecord, (), (aggregate_id))

struct NameRecord {
  static constexpr std::string_view table = "names";
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(NameRecord, (), (name))

struct AccountProjector {
  static constexpr std::string_view type_name = "AccountProjector";
  using Manages = records<AccountRecord, EntryRecord>;
  using Events = types<Opened>;
  void on(const Event<Opened>&, Views&) const {}
};

struct NameProjector {
  static constexpr std::string_view type_name = "NameProjector";
  using Manages = records<NameRecord>;
  using Events = types<Opened>;
  void on(const Event<Opened>&, Views&) const {}
};

/// Its table has a name that a migration to version 2 gives to NameProjector's.
struct SecondNameRecord {
  static constexpr std::string_view table = "names_2";
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(SecondNameRecord, (), (name))

struct SecondNameProjector {
  static constexpr std::string_view type_name = "SecondNameProjector";
  using Manages = records<SecondNameRecord>;
  using Events = types<Opened>;
  void on(const Event<Opened>&, Views&) const {}
};

/// Never registered.
struct GhostProjector {
  static constexpr std::string_view type_name = "GhostProjector";
};
struct GhostRecord {
  static constexpr std::string_view table = "ghosts";
};

namespace {

constexpr std::array files{
    SqlFile{"accounts.sql", "create table accounts%SUFFIX% ()"},
    SqlFile{"accounts.indexes.sql", "create index on accounts%SUFFIX% (aggregate_id)"},
    SqlFile{"accounts_2.sql", "alter table accounts add a int"},
    SqlFile{"accounts_4.sql", "alter table accounts add b int"},
    SqlFile{"entries.sql", "create table entries%SUFFIX% ()"},
    SqlFile{"entries.indexes.sql", " \n"},
    SqlFile{"names.sql", "create table names%SUFFIX% ()"},
    SqlFile{"names_2.sql", "alter table names add a int"},
};

Domain domain_of(ViewVersions versions, std::span<const SqlFile> sql = files) {
  Domain domain{"bank"};
  domain.projector<AccountProjector>().projector<NameProjector>().views(std::move(versions), sql);
  return domain;
}

/// The plan as text, which says all of it at a glance.
std::string text_of(const Plan& plan) {
  std::string out;
  for (const auto& replay : plan.replays) {
    out.append(replay.projector->name).append("@").append(std::to_string(replay.version)).append("(");
    for (const auto& table : replay.tables) {
      out.append(table.record->table).append(table.indexes_sql ? "+" : "");
      for (const auto& alter : table.alters) out.append("/").append(std::to_string(alter.version));
      out += ' ';
    }
    out.back() = ')';
    out += ' ';
  }
  for (const auto& alter : plan.alters)
    out.append(alter.table).append("_").append(std::to_string(alter.version)) += ' ';
  if (!out.empty()) out.pop_back();
  return out;
}

void refused(const Domain& domain, int from, int to, const std::string& sentence) {
  BOOST_CHECK_EXCEPTION(static_cast<void>(plan(domain, from, to)), Error, [&](const Error& error) {
    BOOST_TEST(error.what() == sentence);
    return error.code() == ErrorCode::migration;
  });
}

}  // namespace
}  // namespace planner_test

using namespace planner_test;

BOOST_AUTO_TEST_SUITE(planner)

BOOST_AUTO_TEST_CASE(a_replay_builds_all_tables_of_its_projector) {
  const Domain domain = domain_of(ViewVersions{}.version(1, {replay<AccountProjector>()}));
  const Plan made = plan(domain, 0, 1);
  BOOST_TEST(made.from == 0);
  BOOST_TEST(made.to == 1);
  BOOST_TEST(text_of(made) == "AccountProjector@1(accounts+ entries)");
  const auto& account = made.replays.front().tables.front();
  BOOST_TEST(account.create_sql == "create table accounts%SUFFIX% ()");
  BOOST_TEST(account.indexes_sql.value() == "create index on accounts%SUFFIX% (aggregate_id)");
}

BOOST_AUTO_TEST_CASE(only_versions_after_the_current_one_up_to_the_target_count) {
  const Domain domain = domain_of(ViewVersions{}
                                      .version(1, {replay<AccountProjector>()})
                                      .version(2, {replay<NameProjector>()})
                                      .version(3, {replay<GhostProjector>()}));
  BOOST_TEST(text_of(plan(domain, 1, 2)) == "NameProjector@2(names)");
  BOOST_TEST(text_of(plan(domain, 0, 1)) == "AccountProjector@1(accounts+ entries)");
}

BOOST_AUTO_TEST_CASE(a_projector_is_replayed_once_at_its_newest_version) {
  const Domain domain = domain_of(ViewVersions{}
                                      .version(1, {replay<AccountProjector>(), replay<NameProjector>()})
                                      .version(3, {replay<AccountProjector>(), replay<AccountProjector>()}));
  BOOST_TEST(text_of(plan(domain, 0, 3)) == "NameProjector@1(names) AccountProjector@3(accounts+ entries)");
}

BOOST_AUTO_TEST_CASE(an_alteration_up_to_a_replay_of_its_table_is_left_out) {
  const Domain domain = domain_of(ViewVersions{}
                                      .version(2, {alter_table<AccountRecord>(), alter_table<NameRecord>()})
                                      .version(3, {replay<AccountProjector>(), alter_table<AccountRecord>()}));
  BOOST_TEST(text_of(plan(domain, 1, 3)) == "AccountProjector@3(accounts+ entries) names_2");
}

BOOST_AUTO_TEST_CASE(an_alteration_after_the_replay_of_its_table_stays) {
  const Domain domain = domain_of(ViewVersions{}
                                      .version(1, {replay<AccountProjector>()})
                                      .version(2, {alter_table<AccountRecord>()})
                                      .version(4, {alter_table<AccountRecord>()}));
  const Plan made = plan(domain, 0, 4);
  BOOST_TEST(text_of(made) == "AccountProjector@1(accounts+ entries) accounts_2 accounts_4");
  BOOST_TEST(made.alters.back().sql == "alter table accounts add b int");
}

BOOST_AUTO_TEST_CASE(a_replay_outside_of_the_range_leaves_alterations_alone) {
  const Domain domain =
      domain_of(ViewVersions{}.version(2, {alter_table<AccountRecord>()}).version(3, {replay<AccountProjector>()}));
  BOOST_TEST(text_of(plan(domain, 0, 2)) == "accounts_2");
}

BOOST_AUTO_TEST_CASE(a_table_is_altered_once_per_version) {
  const Domain domain =
      domain_of(ViewVersions{}.version(2, {alter_table<AccountRecord>(), alter_table<AccountRecord>()}));
  BOOST_TEST(text_of(plan(domain, 1, 2)) == "accounts_2");
}

BOOST_AUTO_TEST_CASE(at_the_target_already_there_is_nothing_to_do) {
  const Domain domain = domain_of(ViewVersions{}.version(1, {replay<GhostProjector>()}));
  BOOST_TEST(plan(domain, 1, 1).empty());
  BOOST_TEST(plan(domain, 5, 5).empty());
  BOOST_TEST(plan(domain_of({}), 0, 0).empty());
}

BOOST_AUTO_TEST_CASE(going_back_is_refused) {
  refused(domain_of(ViewVersions{}.version(3, {})), 3, 2,
          "the views of bank are at version 3, which is above the target 2: views only go forward, add a newer version "
          "that rebuilds what you want back");
}

BOOST_AUTO_TEST_CASE(a_version_that_the_domain_does_not_have_is_refused) {
  refused(domain_of(ViewVersions{}.version(3, {})), 1, 4,
          "the views of bank have no version 4: the newest is 3, add the version to the domain or choose that one");
}

BOOST_AUTO_TEST_CASE(everything_that_is_missing_is_told_in_one_sentence) {
  constexpr std::array broken{SqlFile{"accounts.sql", "create table accounts ()"},
                              SqlFile{"accounts.indexes.sql", "create index on accounts (aggregate_id)"}};
  const Domain domain = domain_of(ViewVersions{}
                                      .version(1, {replay<AccountProjector>(), replay<GhostProjector>()})
                                      .version(2, {alter_table<AccountRecord>(), alter_table<GhostRecord>()})
                                      .version(3, {alter_table<NameRecord>()}),
                                  broken);
  refused(domain, 0, 3,
          "the views of bank cannot go from version 0 to 3: the file accounts.indexes.sql does not say %SUFFIX%, which "
          "belongs after each name that must be unique in the schema; the file accounts.sql does not say %SUFFIX%, "
          "which belongs after each name that must be unique in the schema; the file entries.sql is missing; version 1 "
          "replays GhostProjector, which is not registered: add it with `projector<GhostProjector>()`; the file "
          "accounts_2.sql is missing; version 2 alters table ghosts, which no projector manages; the file names_3.sql "
          "is missing");
}

BOOST_AUTO_TEST_CASE(an_alteration_that_says_suffix_is_run_on_the_table_that_is_being_built_and_only_then) {
  constexpr std::array with_suffixes{SqlFile{"accounts.sql", "create table accounts%SUFFIX% ()"},
                                     SqlFile{"entries.sql", "create table entries%SUFFIX% ()"},
                                     SqlFile{"accounts_2.sql", "alter table accounts%SUFFIX% add a int"},
                                     SqlFile{"accounts_3.sql", "alter table accounts add b int"},
                                     SqlFile{"accounts_5.sql", "alter table accounts%SUFFIX% add c int"}};
  const Domain domain = domain_of(ViewVersions{}
                                      .version(1, {replay<AccountProjector>()})
                                      .version(2, {alter_table<AccountRecord>()})
                                      .version(3, {alter_table<AccountRecord>()})
                                      .version(5, {alter_table<AccountRecord>(), alter_table<AccountRecord>()}),
                                  with_suffixes);
  BOOST_TEST(text_of(plan(domain, 0, 5)) == "AccountProjector@1(accounts/2/5 entries) accounts_3");
  BOOST_TEST(text_of(plan(domain, 1, 5)) == "accounts_2 accounts_3 accounts_5");
}

BOOST_AUTO_TEST_CASE(an_alteration_of_one_table_survives_the_replay_of_another_projector) {
  const Domain domain = domain_of(
      ViewVersions{}.version(2, {alter_table<NameRecord>()}).version(3, {replay<AccountProjector>()}));
  BOOST_TEST(text_of(plan(domain, 1, 3)) == "AccountProjector@3(accounts+ entries) names_2");
}

BOOST_AUTO_TEST_CASE(an_alteration_of_one_table_is_left_out_when_its_projector_is_replayed_for_another) {
  const Domain domain = domain_of(
      ViewVersions{}.version(2, {alter_table<AccountRecord>()}).version(3, {replay<AccountProjector>()}));
  BOOST_TEST(text_of(plan(domain, 1, 3)) == "AccountProjector@3(accounts+ entries)");
}

BOOST_AUTO_TEST_CASE(a_version_may_change_nothing_and_numbers_may_have_gaps) {
  const Domain domain = domain_of(ViewVersions{}.version(3, {}).version(7, {replay<NameProjector>()}).version(9, {}));
  BOOST_TEST(text_of(plan(domain, 0, 9)) == "NameProjector@7(names)");
  BOOST_TEST(plan(domain, 7, 9).empty());
  BOOST_TEST(text_of(plan(domain, 0, 8)) == "NameProjector@7(names)");
}

BOOST_AUTO_TEST_CASE(versions_below_one_or_not_rising_are_refused) {
  for (const int number : {0, -1, 3, 2}) {
    BOOST_CHECK_EXCEPTION(ViewVersions{}.version(3, {}).version(number, {}), Error,
                          [](const Error& error) { return error.code() == ErrorCode::configuration; });
  }
}

BOOST_AUTO_TEST_CASE(tables_whose_names_a_migration_would_use_are_refused) {
  constexpr std::array crossed{SqlFile{"names.sql", "create table names%SUFFIX% ()"},
                               SqlFile{"names_2.sql", "create table names_2%SUFFIX% ()"}};
  Domain domain{"bank"};
  domain.projector<NameProjector>().projector<SecondNameProjector>().views(
      ViewVersions{}.version(1, {replay<SecondNameProjector>()}).version(2, {replay<NameProjector>()}).version(
          3, {replay<NameProjector>()}),
      crossed);
  const std::string sentence = ": table names_2 has the name that table names gets for version 2, so it would be "
                               "dropped: rename one of them";
  refused(domain, 1, 2, "the views of bank cannot go from version 1 to 2" + sentence);
  refused(domain, 2, 3, "the views of bank cannot go from version 2 to 3" + sentence);
  BOOST_TEST(text_of(plan(domain, 0, 1)) == "SecondNameProjector@1(names_2)");
}

BOOST_AUTO_TEST_CASE(the_script_of_an_alteration_that_is_left_out_may_be_missing) {
  const Domain domain =
      domain_of(ViewVersions{}.version(3, {alter_table<AccountRecord>(), replay<AccountProjector>()}));
  BOOST_TEST(text_of(plan(domain, 2, 3)) == "AccountProjector@3(accounts+ entries)");
}

BOOST_AUTO_TEST_CASE(the_suffix_takes_each_place_of_its_name) {
  BOOST_TEST(with_suffix("a%SUFFIX% b%SUFFIX%%SUFFIX%", "_2") == "a_2 b_2_2");
  BOOST_TEST(with_suffix("100% %SUFFIX", "_2") == "100% %SUFFIX");
  BOOST_TEST(with_suffix("a%SUFFIX%", "") == "a");
  BOOST_TEST(with_suffix("", "_2").empty());
}

BOOST_AUTO_TEST_SUITE_END()
