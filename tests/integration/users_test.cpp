// Users on PostgreSQL: where a password does not get to, two who want one address, views that are built from events.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <pqxx/pqxx>
#include <utility>

#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"
#include "users/commands.hpp"
#include "users/plugin.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace users;

namespace {

const std::string clear = "Tr0ub4dor&3";

/// A second handler, which runs between the creation and its being stored.
struct Meanwhile {
  using Commands = types<CreateUser>;
  std::function<void()> happens;
  void handle(const CreateUser&, Repository&) const { happens(); }
};

struct Fixture {
  Fixture() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({users::domain()});
    app = std::make_unique<Application>(options, std::vector<Domain>{users::domain()});
  }

  void migrate() const {
    const auto migrator = app->migrator("users");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  static CreateUser create(const AggregateId& id, const std::string& email, const std::string& password = clear) {
    return {{.aggregate_id = id}, "Ann", email, Secret{password}};
  }

  /// The first field of the first row, as text.
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  /// In how many rows of all tables, the store's and the views', a text occurs.
  [[nodiscard]] int rows_with(const std::string& text) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    int found = 0;
    for (const auto& table : work.exec("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname "
                                       "not in ('pg_catalog', 'information_schema')")) {
      const std::string sql = std::string{"select count(*) from "} + table[0].c_str() + " t where position(" +
                              work.quote(text) + " in t::text) > 0";
      found += work.exec(sql)[0][0].as<int>();
    }
    return found;
  }

  Options options;
  std::unique_ptr<Application> app;
};

/// The failure of a call; fails the test when there is none.
template <class Call>
std::pair<ErrorCode, std::string> failure_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(users_on_postgres, Fixture)

BOOST_AUTO_TEST_CASE(no_table_holds_the_clear_password_of_a_user) {
  migrate();
  app->commands().execute(create(new_uuid(), "ann@example.org"));
  BOOST_TEST(rows_with("ann@example.org") >= 3);  // The search finds what is there: event, command, and row.
  BOOST_TEST(rows_with(clear) == 0);
}

BOOST_AUTO_TEST_CASE(no_refusal_repeats_the_clear_password) {
  migrate();
  app->commands().execute(create(new_uuid(), "ann@example.org"));
  const auto taken = failure_of([&] { app->commands().execute(create(new_uuid(), "ANN@example.org")); });
  BOOST_CHECK(taken.first == ErrorCode::aggregate_key_not_unique);
  BOOST_TEST(taken.second.find(clear) == std::string::npos);
  const auto brief = failure_of([&] { app->commands().execute(create(new_uuid(), "bea@example.org", "s3cr3t!")); });
  BOOST_CHECK(brief.first == ErrorCode::command_not_valid);
  BOOST_TEST(brief.second.find("s3cr3t!") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_two_who_want_one_address_at_once_one_gets_it) {
  migrate();
  int runs = 0;
  Domain slow = users::domain();
  slow.handler(Meanwhile{[&] {
    if (++runs == 1) app->commands().execute(create(new_uuid(), "ann@example.org"));
  }});
  Application other{options, {slow}};

  const auto late = failure_of([&] { other.commands().execute(create(new_uuid(), "Ann@Example.org")); });

  BOOST_CHECK(late.first == ErrorCode::aggregate_key_not_unique);
  BOOST_TEST(value("select string_agg(email, ' ') from users_views.user_records") == "ann@example.org");
}

BOOST_AUTO_TEST_CASE(views_that_are_built_from_stored_events_keep_the_row_of_a_destroyed_user) {
  const AggregateId gone = new_uuid();
  app->commands().execute(create(gone, "ann@example.org"), ChangeEmail{{.aggregate_id = gone}, "bea@example.org"},
                          DestroyUser{{.aggregate_id = gone}}, create(new_uuid(), "bea@example.org"));
  migrate();
  BOOST_TEST(value("select string_agg(email || ' ' || deleted, '|' order by deleted) from users_views.user_records") ==
             "bea@example.org false|bea@example.org true");
  BOOST_TEST(value("select count(*) from users_views.user_records where not deleted") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
