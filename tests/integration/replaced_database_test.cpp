// Decision 14: aggregates are kept of one database, and only where what is committed stays so.
#include <boost/test/unit_test.hpp>

#include "support/postgres_proxy.hpp"
#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Book;

namespace {

struct CopyFixture : ShelfStore {
  /// The days of the book, as a command sees them that lends it for one more.
  std::int64_t lend() {
    std::int64_t days = 0;
    app->commands().execute(command(id, [&](Repository& books) {
      Book& book = books.load<Book>(id);
      days = book.days();
      book.lend(1);
    }));
    return days;
  }
  /// On the same server, where nobody else works with the database.
  void alone(const std::vector<std::string>& statements) {
    std::string url = options.database_url;
    url.replace(url.find(name), name.size(), "postgres");
    pqxx::connection connection{url};
    pqxx::nontransaction work{connection};
    work.exec("select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = '" + name + "'");
    for (const std::string& statement : statements) work.exec(statement);
  }
  std::string numbers() const {
    return value("select string_agg(sequence_number::text, ' ' order by sequence_number) from sequent_schema.events");
  }

  std::string name = value("select current_database()");
  AggregateId id = add_book();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replaced_databases, CopyFixture)

BOOST_AUTO_TEST_CASE(what_was_kept_of_a_database_is_not_used_in_a_copy_that_took_its_name_on_the_same_server) {
  BOOST_TEST(lend() == 0);
  alone({"create database " + name + "_copy template " + name});
  BOOST_TEST(lend() == 1);
  BOOST_TEST(lend() == 2);
  alone({"drop database " + name, "alter database " + name + "_copy rename to " + name});
  BOOST_TEST(lend() == 1);
  BOOST_TEST(numbers() == "1 2 3");
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_where_a_crash_of_the_server_may_forget_what_was_committed) {
  const auto rows_of = [&](PostgresProxy& proxy) {
    options.database_url = proxy.url();
    open({});
    for (int i = 0; i < 5; ++i) (void)lend();
    const std::size_t before = proxy.rows();
    (void)lend();
    return proxy.rows() - before;
  };
  const std::string url = options.database_url;
  {
    PostgresProxy proxy{url};
    BOOST_TEST(rows_of(proxy) == 1U);
    app.reset();
  }
  options.database_url = url;
  (void)value("do $$begin execute format('alter database %I set synchronous_commit = off', current_database()); end$$; "
              "select 1");
  PostgresProxy proxy{url};
  BOOST_TEST(rows_of(proxy) > 5U);
  app.reset();
}

BOOST_AUTO_TEST_SUITE_END()
