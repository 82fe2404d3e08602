#pragma once
// A store with the market's domain, whose views are built, thrown away and built again.

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <pqxx/pqxx>
#include <random>
#include <string>
#include <vector>

#include "seriatim/database.hpp"
#include "support/market.hpp"
#include "support/shared_cluster.hpp"

namespace market {

using seriatim::AggregateId;
using seriatim::AnyCommand;
using seriatim::Application;
using seriatim::Database;
using seriatim::Decimal;
using seriatim::Domain;
using seriatim::Error;
using seriatim::MigrationStatus;
using seriatim::new_uuid;
using seriatim::Options;
using seriatim::parse_uuid;
using seriatim::ReplaySettings;
using seriatim::SqlFile;
using seriatim::ViewMigrator;
using seriatim::testing::shared_cluster;

/// SERIATIM_TEST_SEED, or another one each time; printed, so that a failure can be repeated.
inline std::uint64_t seed() {
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

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline constexpr seriatim::SqlFile kept_sql[] = {
    {"kept.sql", "create table kept%SUFFIX% (aggregate_id uuid, other uuid, name text, place bigint)"}};
inline constexpr seriatim::SqlFile unique_kept_sql[] = {kept_sql[0],
                                       {"kept.indexes.sql", "create unique index kept_%SUFFIX% on kept%SUFFIX% (name)"}};

inline constexpr const char* all_tables[] = {"own", "notes", "logs", "shared", "links"};

/// An id that is less than those with greater numbers.
inline AggregateId numbered(int number) {
  return parse_uuid("00000000-0000-4000-8000-00000000000" + std::to_string(number)).value();
}

/// Random histories: transactions of some commands, of some events.
inline void live_through(Market& market, std::mt19937_64& random, int transactions) {
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

}  // namespace market
