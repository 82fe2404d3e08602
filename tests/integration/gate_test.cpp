// The gate: a program whose domains do not fit what is stored is refused before it serves.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "support/market.hpp"
#include "support/shelf.hpp"
#include "support/wallet_before.hpp"
#include "support/wallet_store.hpp"
#include "wallet/events.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

/// A wallet as a program knows it that has never heard of draws.
class ShortWallet : public AggregateRoot<ShortWallet> {
 public:
  static constexpr std::string_view type_name = "Wallet::Wallet";
  using Events = types<wallet::WalletCreated, wallet::MoneyAdded>;
  struct State {
    std::string user_id;
  };
  using AggregateRoot::AggregateRoot;
  static void on(State& s, const wallet::WalletCreated& e) { s.user_id = e.user_id; }
};
BOOST_DESCRIBE_STRUCT(ShortWallet::State, (), (user_id))

Domain short_wallet() {
  Domain domain{"wallet"};
  domain.aggregate<ShortWallet>();
  return domain;
}

struct Fixture : WalletStore {
  void start(Domain domain) { Application{options, {std::move(domain)}}; }

  /// The sentence with which the program is refused; empty when it is not.
  std::string refusal(Domain domain) {
    try {
      start(std::move(domain));
    } catch (const Error& error) {
      BOOST_CHECK((error.code() == ErrorCode::domain_mismatch));
      return error.what();
    }
    return {};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gate, Fixture)

BOOST_AUTO_TEST_CASE(tables_that_do_not_fit_the_records_are_refused_with_the_whole_list) {
  build_views();
  BOOST_TEST(refusal(wallet::domain()) == "");
  (void)value("alter table view_schema.wallet_records drop column user_id");
  (void)value("alter table view_schema.wallet_records add column tenant text not null");
  (void)value("alter table view_schema.transaction_records alter column amount type text");
  const std::string text = refusal(wallet::domain());
  BOOST_TEST(contains(text, "table view_schema.wallet_records has no column user_id"), text);
  BOOST_TEST(contains(text, "column tenant of table view_schema.wallet_records is not null and has no default"), text);
  BOOST_TEST(
      contains(
          text,
          "column amount of table view_schema.transaction_records is of type text, and the record has a decimal there"),
      text);
}

BOOST_AUTO_TEST_CASE(a_missing_table_is_refused) {
  build_views();
  (void)value("drop table view_schema.transaction_records");
  const std::string text = refusal(wallet::domain());
  BOOST_TEST(contains(text, "table view_schema.transaction_records is missing"), text);
}

BOOST_AUTO_TEST_CASE(columns_that_the_record_does_not_name_are_fine_when_something_fills_them) {
  build_views();
  (void)value("alter table view_schema.wallet_records add column note text");
  (void)value("alter table view_schema.wallet_records add column made_at timestamptz not null default now()");
  (void)value("alter table view_schema.wallet_records add column number bigint generated always as identity");
  (void)value("create domain view_schema.money as numeric(12, 2)");
  (void)value("alter table view_schema.wallet_records alter column balance type view_schema.money");
  BOOST_TEST(refusal(wallet::domain()) == "");
}

BOOST_AUTO_TEST_CASE(views_that_are_not_built_yet_or_of_another_version_are_not_looked_at) {
  BOOST_TEST(refusal(wallet::domain()) == "");
  Application before{options, {wallet_before::at(2)}};
  for (const int version : {1, 2}) {
    before.migrator("wallet")->online(version, {}, {});
    before.migrator("wallet")->offline(version, {}, {});
    BOOST_TEST(refusal(wallet::domain()) == "");
  }
  build_views();
  (void)value("alter table view_schema.wallet_records drop column user_id");
  (void)value("insert into view_schema.sequent_versions (version) values (4)");
  BOOST_TEST(refusal(wallet::domain()) == "", "an old program while a new one migrates");
}

BOOST_AUTO_TEST_CASE(stored_events_of_its_aggregates_that_no_domain_declares_are_refused) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 20));
  BOOST_TEST(refusal(short_wallet()) == "", "draws are declared, and none is stored");
  app->commands().execute(draw(id, 5));
  const std::string text = refusal(short_wallet());
  BOOST_TEST(contains(text, "aggregates of type Wallet::Wallet have events of type Wallet::Events::MoneyDrew"), text);
}

BOOST_AUTO_TEST_CASE(events_of_other_applications_in_the_same_store_are_none_of_its_business) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 20), draw(id, 5));
  const auto deeds = std::make_shared<shelf::Deeds>();
  BOOST_TEST(refusal(shelf::domain(deeds)) == "");
}

BOOST_AUTO_TEST_CASE(undeclared_events_of_other_programs_are_found_by_reading_the_store) {
  const AggregateId id = create_wallet();
  (void)value("insert into sequent_schema.event_types (type) values ('Wallet::Events::Frozen')");
  (void)value(
      "insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id, "
      "event_json)"
      " select aggregate_id, 2, created_at, command_id, (select id from sequent_schema.event_types where type = "
      "'Wallet::Events::Frozen'), '{}' from sequent_schema.events where aggregate_id = '" +
      uuid_text(id) + "'");
  BOOST_TEST(refusal(wallet::domain()) == "", "nobody declared it, and nothing is searched at the start");
  BOOST_CHECK((error_of([&] { app->record_stored_types(); }) == ErrorCode::domain_mismatch));
  BOOST_TEST(contains(refusal(wallet::domain()), "Wallet::Events::Frozen"), "from now on it is known");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct Size {
  std::int32_t width = 0;
};
BOOST_DESCRIBE_STRUCT(Size, (), (width))

struct Measured {
  static constexpr std::string_view table = "measured";
  Uuid aggregate_id{};
  double weight = 0;
  std::optional<double> height;
  Size size;
  std::vector<std::string> labels;
};
BOOST_DESCRIBE_STRUCT(Measured, (), (aggregate_id, weight, height, size, labels))

struct MeasuringProjector {
  static constexpr std::string_view type_name = "MeasuringProjector";
  using Manages = records<Measured>;
  using Events = types<market::Happened>;
  void on(const Event<market::Happened>& e, Views& views) const {
    views.create(Measured{e.aggregate_id, 1, {}, {}, {}});
  }
};

/// The sentence with which a table of such columns is refused; empty when it is built.
std::string refusal_of_columns(const char* create_table) {
  const SqlFile sql[] = {{"measured.sql", create_table}};
  const Domain domain = market::domain_of(MeasuringProjector{}, sql);
  Options options;
  options.database_url = shared_cluster().create_database();
  Database{options}.create({domain});
  Application app{options, {domain}};
  try {
    app.migrator("market")->online({}, {}, {});
  } catch (const Error& error) {
    BOOST_CHECK((error.code() == ErrorCode::migration));
    return error.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gate_columns)

BOOST_AUTO_TEST_CASE(a_double_over_a_numeric_column_is_refused) {
  // Live, a double becomes a numeric with 15 digits; by COPY, with all of its 17.
  const std::string text = refusal_of_columns(
      "create table measured%SUFFIX% (aggregate_id uuid, weight numeric, height numeric(10, 2), size jsonb, "
      "labels jsonb)");
  BOOST_TEST(contains(text,
                      "column weight of table view_schema.measured_1 is of type numeric, and the record has a double "
                      "there: make the column double precision, or the member a decimal"),
             text);
  BOOST_TEST(contains(text, "column height of table view_schema.measured_1 is of type numeric(10,2)"), text);
  BOOST_TEST(refusal_of_columns("create table measured%SUFFIX% (aggregate_id uuid, weight double precision, height "
                                "real, size jsonb, labels jsonb)") == "");
}

BOOST_AUTO_TEST_CASE(a_struct_over_a_json_column_is_refused) {
  // Live, the text goes through jsonb, which writes it anew; by COPY, it is kept as it is.
  const std::string text = refusal_of_columns(
      "create table measured%SUFFIX% (aggregate_id uuid, weight double precision, height double precision, size json, "
      "labels json)");
  BOOST_TEST(contains(text,
                      "column size of table view_schema.measured_1 is of type json, and the record has a object there: "
                      "make the column jsonb"),
             text);
  BOOST_TEST(contains(text, "column labels of table view_schema.measured_1 is of type json"), text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(gate_commands)

BOOST_FIXTURE_TEST_CASE(programs_with_a_plugin_that_does_not_fit_end_with_exit_code_6, WalletCli) {
  build_views();
  BOOST_TEST(run({"plugin", "check", "--store", wallet_plugin}).exit_code == 0);
  (void)query("alter table view_schema.wallet_records alter column balance type text");
  for (const Arguments& arguments :
       {Arguments{"execute"}, Arguments{"migrate", "status"}, Arguments{"plugin", "check", "--store", wallet_plugin}}) {
    const ProgramResult refused = run(arguments, create_wallet(some_id));
    BOOST_TEST(refused.exit_code == 6);
    BOOST_TEST(contains(refused.errors, "column balance of table view_schema.wallet_records is of type text"),
               refused.errors);
  }
  BOOST_TEST(stored() == "0|0");
  BOOST_TEST(run({"plugin", "check", wallet_plugin}).exit_code == 0, "which looks at no database");
}

BOOST_AUTO_TEST_SUITE_END()
