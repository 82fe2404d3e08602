// The command pipeline: many changes of one row in a batch are written as one where that comes to the same, and else one by one.
#include <boost/test/unit_test.hpp>

#include "support/pipeline_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

const char* const amounts[] = {"0.005", "1", "2.50", "0.005", "0.995", "3.1", "0.005", "4.00", "0.125", "10"};

Decimal amount(std::size_t i) { return Decimal::parse(amounts[i % std::size(amounts)]).value(); }

struct HotRows : PipelineStore {
  /// Where the row's newest version is on its page: each further version takes the next place.
  [[nodiscard]] int place(const AggregateId& id) const {
    return std::stoi(value("select (ctid::text::point)[1]::int from view_schema.account_rows where aggregate_id = '" +
                           uuid_text(id) + "'"));
  }

  /// Makes the same deposits to one account through the pipeline, all in one batch, and to another one by one; their rows must
  /// be the same, digit by digit. Returns how many versions of the first one's row the batch made.
  int versions_written(std::size_t deposits) {
    const AggregateId other = account("held");
    const AggregateId piped = account("piped");
    const AggregateId plain = account("plain");
    start();
    hold(other);
    std::vector<Future> futures;
    for (std::size_t i = 0; i < deposits; ++i) futures.push_back(submit(deposit(piped, amount(i))));
    go();
    for (Future& future : futures) BOOST_TEST(future.get().events.size() == 1U);
    BOOST_TEST(transactions(piped) == "1");
    const int written = place(piped) - place(other);  // The held command's version was the last one before.
    for (std::size_t i = 0; i < deposits; ++i) others->commands().execute(deposit(plain, amount(i)));
    const auto row = [&](const AggregateId& id) {
      return value("select balance, changes, sequence_number, note from view_schema.account_rows where aggregate_id = '" +
                   uuid_text(id) + "'");
    };
    BOOST_TEST(row(piped) == row(plain));
    return written;
  }
};

constexpr std::size_t many = 20;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_hot_rows, HotRows)

BOOST_AUTO_TEST_CASE(many_changes_of_one_row_in_a_batch_are_written_as_one) { BOOST_TEST(versions_written(many) == 1); }

BOOST_AUTO_TEST_CASE(few_changes_of_one_row_are_written_without_asking_what_could_be_joined) {
  BOOST_TEST(versions_written(3) == 3);
}

BOOST_AUTO_TEST_CASE(sums_that_a_column_rounds_are_added_one_by_one) {
  (void)rows("alter table view_schema.account_rows alter column balance type numeric(10, 2)");
  // Only what has no more digits than the column can be joined.
  const int written = versions_written(many);
  BOOST_TEST(written > 1);
  BOOST_TEST(written < static_cast<int>(many));
}

BOOST_AUTO_TEST_CASE(a_column_with_a_limit_takes_amounts_of_its_own_digits_as_one) {
  (void)rows("alter table view_schema.account_rows alter column balance type numeric(10, 3)");
  BOOST_TEST(versions_written(many) == 1);
}

BOOST_AUTO_TEST_CASE(a_trigger_sees_every_change_of_a_row) {
  (void)rows("create table public.seen (balance numeric); create function public.see() returns trigger language plpgsql as $$ "
             "begin insert into public.seen values (new.balance); return new; end $$; create trigger see after update on "
             "view_schema.account_rows for each row execute function public.see()");
  BOOST_TEST(versions_written(many) == static_cast<int>(many));
  BOOST_TEST(value("select count(*) from public.seen") == std::to_string(2 * many + 1));  // And that of the held one.
}

BOOST_AUTO_TEST_CASE(a_check_sees_every_value_of_its_column) {
  (void)rows("alter table view_schema.account_rows add check (balance < 1000 and changes > 0)");
  BOOST_TEST(versions_written(many) == static_cast<int>(many));
}

BOOST_AUTO_TEST_CASE(a_unique_index_sees_every_value_of_its_column) {
  (void)rows("create unique index on view_schema.account_rows (aggregate_id, changes)");
  BOOST_TEST(versions_written(many) == static_cast<int>(many));
}

BOOST_AUTO_TEST_CASE(a_value_in_between_that_the_column_cannot_hold_refuses_its_command_and_no_other) {
  (void)rows("alter table view_schema.account_rows alter column balance type numeric(4, 2)");
  const AggregateId other = account("held");
  const AggregateId id = account("a");
  start();
  hold(other);
  std::vector<Future> futures;
  for (int i = 0; i < 5; ++i) {
    futures.push_back(submit(deposit(id, 60)));
    futures.push_back(submit(deposit(id, 60)));
    futures.push_back(submit(withdraw(id, 60)));
  }
  go();
  for (std::size_t i = 0; i < futures.size(); ++i) {
    if (i % 3 == 1) {
      BOOST_CHECK((error_of(futures[i]) == ErrorCode::publish));
    } else {
      BOOST_TEST(futures[i].get().events.size() == 1U);
    }
  }
  BOOST_TEST(balance(id) == "0.00");
}

BOOST_AUTO_TEST_SUITE_END()
