// Behaviour 5.7: events stored in earlier forms, read by aggregates, views and the log as today's.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "core/registry.hpp"
#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace account {

struct Opened {
  static constexpr std::string_view type_name = "Account::Opened";
  std::string owner;
  std::string city;
};
BOOST_DESCRIBE_STRUCT(Opened, (), (owner, city))

struct Credited {
  static constexpr std::string_view type_name = "Account::Credited";
  Decimal amount;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(Credited, (), (amount, source))

/// Derives from another event.
struct Refunded : Credited {
  static constexpr std::string_view type_name = "Account::Refunded";
};
BOOST_DESCRIBE_STRUCT(Refunded, (Credited), ())

struct Debited {
  static constexpr std::string_view type_name = "Account::Debited";
  Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Debited, (), (amount))

struct Noted {
  static constexpr std::string_view type_name = "Account::Noted";
  std::int64_t number = 0;
  double ratio = 0;
  std::string text;
  std::vector<std::int32_t> list;
  std::optional<bool> flag;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (number, ratio, text, list, flag))

class Account : public AggregateRoot<Account> {
 public:
  static constexpr std::string_view type_name = "Account::Account";
  using Events = types<Opened, Credited, Refunded, Debited, Noted>;
  struct State {
    std::string owner;
    std::string city;
    Decimal balance;
    std::vector<std::string> sources;
    Noted note;
  };
  using AggregateRoot::AggregateRoot;
  void credit(Decimal amount) { apply(Credited{amount, "today"}); }
  static void on(State& s, const Opened& e) {
    s.owner = e.owner;
    s.city = e.city;
  }
  static void on(State& s, const Credited& e) {
    s.balance += e.amount;
    s.sources.push_back(e.source);
  }
  static void on(State& s, const Refunded& e) {
    s.balance += e.amount;
    s.sources.push_back(e.source);
  }
  static void on(State& s, const Debited& e) { s.balance -= e.amount; }
  static void on(State& s, const Noted& e) { s.note = e; }
};
BOOST_DESCRIBE_STRUCT(Account::State, (), (owner, city, balance, sources, note))

struct Credit : Command {
  static constexpr std::string_view type_name = "Account::Credit";
  Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Credit, (Command), (amount))

struct CreditHandler {
  using Commands = types<Credit>;
  void handle(const Credit& c, Repository& accounts) const { accounts.load<Account>(c.aggregate_id).credit(c.amount); }
};

/// A row a movement: split events share their number.
struct MovementRecord {
  static constexpr std::string_view table = "movements";
  Uuid aggregate_id{};
  std::int32_t sequence_number = 0;
  Decimal amount;
};
BOOST_DESCRIBE_STRUCT(MovementRecord, (), (aggregate_id, sequence_number, amount))

struct MovementProjector {
  static constexpr std::string_view type_name = "MovementProjector";
  using Manages = records<MovementRecord>;
  using Events = types<Credited, Debited>;
  void on(const Event<Credited>& e, Views& views) const {
    views.create(MovementRecord{e.aggregate_id, e.sequence_number, e->amount});
  }
  void on(const Event<Debited>& e, Views& views) const {
    views.create(MovementRecord{e.aggregate_id, e.sequence_number, Decimal{0} - e->amount});
  }
};

std::span<const SqlFile> view_sql() {
  static const SqlFile files[] = {
      {"movements.sql",
       "create table movements%SUFFIX% (aggregate_id uuid, sequence_number integer, amount numeric)"}};
  return files;
}

Domain without_upcasters() {
  Domain made{"account"};
  made.aggregate<Account>().handler<CreditHandler>().projector<MovementProjector>().views(
      ViewVersions{}.version(1, {replay<MovementProjector>()}), view_sql());
  return made;
}

using boost::json::object;

Domain domain() {
  Domain made = without_upcasters();
  made.event<Opened>()
      .alias("Account::Created")
      .alias("Account::Registered")
      .upcast(rename_attribute("name", "owner"))
      .upcast(rename_attribute("address.city", "city"));
  made.event<Credited>()
      .alias("Account::Deposited")
      .upcast(rename_attribute("sum", "value"))
      .upcast(rename_attribute("value", "amount"))
      .upcast([](object& attributes) { attributes.emplace("source", "unknown"); });
  made.event<Debited>().drop_if([](const object& attributes) { return attributes.at("amount") == "0"; });
  made.stored_event("Account::Transferred")
      .split<Debited, Credited>([](const object& attributes, auto& events) {
        // In the oldest form on purpose: parts go through the functions of their own types.
        events.template add<Debited>({{"amount", attributes.at("out")}});
        events.template add<Credited>({{"sum", attributes.at("in")}});
      });
  made.stored_event("Account::Audited").drop();
  return made;
}

}  // namespace account

namespace {

struct Fixture {
  Fixture() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({account::without_upcasters()});
    Application{options, {account::without_upcasters()}};
    start(account::domain());
    (void)value("insert into sequent_schema.aggregates (aggregate_id, aggregate_type_id) select '" + uuid_text(id) +
                "', id from sequent_schema.aggregate_types where type = 'Account::Account'");
  }

  void start(const Domain& domain) { app = std::make_unique<Application>(options, std::vector<Domain>{domain}); }

  /// Stores an event as some earlier program did. Programs that run already do not know types that are new with it.
  void store(const std::string& type, const std::string& json) {
    (void)value("insert into sequent_schema.event_types (id, type) select max(id) + 1, '" + type +
                "' from sequent_schema.event_types on conflict do nothing");
    (void)value("insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id,"
                " event_json) select '" + uuid_text(id) + "', (select coalesce(max(sequence_number), 0) + 1 from "
                "sequent_schema.events), now(), 1, (select id from sequent_schema.event_types where type = '" + type +
                "'), '" + json + "'");
  }
  std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }
  /// The state as JSON, in a program that starts now.
  boost::json::object state() {
    start(account::domain());
    return boost::json::parse(app->events().show(id, {}).state_json).as_object();
  }
  std::string error_of_loading() {
    try {
      credit();
    } catch (const Error& error) {
      BOOST_CHECK((error.code() == ErrorCode::deserialization));
      return error.what();
    }
    return "nothing was thrown";
  }
  ExecutionResult credit() {
    account::Credit command;
    command.aggregate_id = id;
    command.amount = Decimal{1};
    return app->commands().execute(command);
  }
  std::string movements() const {
    return value("select string_agg(sequence_number || ':' || amount, ' ' order by sequence_number, amount) from "
                 "view_schema.movements");
  }

  Options options;
  AggregateId id = new_uuid();
  std::unique_ptr<Application> app;
};

ErrorCode refused(const Domain& domain) {
  try {
    const core::Registry registry{{domain}};
  } catch (const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error.code();
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upcasting, Fixture)

BOOST_AUTO_TEST_CASE(an_event_stored_under_a_former_name_with_former_attributes_is_read_as_todays) {
  store("Account::Created", R"({"name": "Ann", "address": {"city": "Delft", "zip": "2611"}})");
  const auto found = state();
  BOOST_TEST(found.at("owner").as_string() == "Ann");
  BOOST_TEST(found.at("city").as_string() == "Delft");
  BOOST_TEST(value("select event_json->>'name' from sequent_schema.events") == "Ann");
}

BOOST_AUTO_TEST_CASE(functions_run_in_order_and_leave_todays_form_alone) {
  store("Account::Opened", R"({"owner": "Ann", "city": "Delft"})");
  store("Account::Deposited", R"({"sum": "1.50"})");
  store("Account::Credited", R"({"value": "2"})");
  store("Account::Credited", R"({"amount": "3", "source": "API"})");
  const auto found = state();
  BOOST_TEST(found.at("owner").as_string() == "Ann");
  BOOST_TEST(found.at("balance").as_string() == "6.50");
  BOOST_TEST(boost::json::serialize(found.at("sources")) == R"(["unknown","unknown","API"])");
}

BOOST_AUTO_TEST_CASE(a_split_event_becomes_several_that_share_its_number) {
  store("Account::Opened", R"({"owner": "Ann"})");
  store("Account::Transferred", R"({"out": "2", "in": "5"})");
  BOOST_TEST(state().at("balance").as_string() == "3");
  BOOST_TEST(app->events().show(id, {}).sequence_number == 2);
}

BOOST_AUTO_TEST_CASE(the_version_of_an_aggregate_counts_stored_events_so_that_writing_goes_on_behind_a_split_or_dropped_one) {
  store("Account::Opened", R"({"owner": "Ann"})");
  store("Account::Transferred", R"({"out": "2", "in": "5"})");
  store("Account::Audited", "{}");
  start(account::domain());
  BOOST_TEST(credit().events.at(0).sequence_number == 4);
  BOOST_TEST(credit().events.at(0).sequence_number == 5);
  BOOST_TEST(state().at("balance").as_string() == "5");
}

BOOST_AUTO_TEST_CASE(dropped_events_are_there_for_nobody_and_stay_stored) {
  store("Account::Opened", R"({"owner": "Ann"})");
  store("Account::Audited", R"({"who": "tax office"})");
  store("Account::Debited", R"({"amount": "0"})");
  store("Account::Debited", R"({"amount": "4"})");
  BOOST_TEST(state().at("balance").as_string() == "-4");
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "4");
}

BOOST_AUTO_TEST_CASE(views_are_built_from_events_as_they_are_today_online_and_while_catching_up) {
  store("Account::Created", R"({"name": "Ann"})");
  store("Account::Transferred", R"({"out": "2", "in": "5"})");
  store("Account::Deposited", R"({"sum": "7"})");
  store("Account::Audited", "{}");
  store("Account::Debited", R"({"amount": "0"})");
  start(account::domain());
  const auto migrator = app->migrator("account");
  migrator->online({}, {}, {});
  store("Account::Transferred", R"({"out": "1", "in": "1"})");
  store("Account::Deposited", R"({"sum": "9"})");
  migrator->offline({}, {}, {});
  BOOST_TEST(movements() == "2:-2 2:5 3:7 6:-1 6:1 7:9");
  BOOST_TEST(state().at("balance").as_string() == "19");
  credit();
  BOOST_TEST(movements() == "2:-2 2:5 3:7 6:-1 6:1 7:9 8:1");
}

BOOST_AUTO_TEST_CASE(the_log_shows_events_as_stored_or_when_asked_as_they_are_today) {
  store("Account::Created", R"({"name": "Ann"})");
  store("Account::Transferred", R"({"out": "2", "in": "5"})");
  store("Account::Audited", "{}");
  store("Foreign::Event", "{}");
  start(account::domain());
  const auto log = [&](bool upcast) {
    std::string lines;
    app->events().read({.limit = 0, .upcast = upcast},
                       [&](const LoggedEvent& event, const Mark&) {
                         lines += std::to_string(event.sequence_number) + event.type + event.json + "\n";
                       });
    return lines;
  };
  BOOST_TEST(log(false) == "1Account::Created{\"name\": \"Ann\"}\n2Account::Transferred{\"in\": \"5\", \"out\": \"2\"}\n"
                             "3Account::Audited{}\n4Foreign::Event{}\n");
  BOOST_TEST(log(true) == "1Account::Opened{\"owner\":\"Ann\"}\n2Account::Debited{\"amount\":\"2\"}\n"
                            "2Account::Credited{\"amount\":\"5\",\"source\":\"unknown\"}\n4Foreign::Event{}\n");
}

BOOST_AUTO_TEST_CASE(upcasters_apply_to_derived_event_types_only_when_that_is_said) {
  store("Account::Refunded", R"({"sum": "1"})");
  BOOST_TEST(state().at("balance").as_string() == "0");
  Domain said = account::without_upcasters();
  said.event<account::Refunded>().upcast([](boost::json::object& attributes) {
    BOOST_CHECK(attributes.contains("amount"));
    attributes["source"] = "refund";
  });
  said.event<account::Credited>().upcast(rename_attribute("sum", "amount")).also_for<account::Refunded>();
  start(said);
  const auto found = boost::json::parse(app->events().show(id, {}).state_json).as_object();
  BOOST_TEST(found.at("balance").as_string() == "1");
  BOOST_TEST(boost::json::serialize(found.at("sources")) == R"(["refund"])");
}

BOOST_AUTO_TEST_CASE(values_pass_through_upcasters_unchanged) {
  store("Account::Noted", R"({"number": 9223372036854775807, "ratio": 0.1, "text": "\u00fc \"\\ \ud83d\ude00", )"
                          R"("list": [1, -2], "flag": null, "more": {"a": [true, 2.5e-8]}})");
  start(account::without_upcasters());
  const std::string plain = app->events().show(id, {}).state_json;
  Domain upcast = account::without_upcasters();
  upcast.event<account::Noted>().upcast([](boost::json::object&) {});
  start(upcast);
  BOOST_TEST(app->events().show(id, {}).state_json == plain);
  BOOST_TEST(plain.find("9223372036854775807") != std::string::npos, plain);
}

BOOST_AUTO_TEST_CASE(an_upcaster_that_fails_is_an_error_that_names_aggregate_number_type_and_cause) {
  store("Account::Opened", R"({"owner": "Ann"})");
  store("Account::Transferred", R"({"out": "2"})");
  start(account::domain());
  const std::string message = error_of_loading();
  BOOST_TEST(message.find("event 2 of aggregate " + uuid_text(id) + " (Account::Transferred) cannot be upcast: ") !=
                 std::string::npos,
             message);
}

BOOST_AUTO_TEST_CASE(an_event_of_a_type_that_nobody_declares_is_an_error_with_and_without_upcasters) {
  store("Account::Opened", R"({"owner": "Ann"})");
  store("Account::Forgotten", "{}");
  start(account::domain());
  BOOST_TEST(error_of_loading().find("event 2 of aggregate " + uuid_text(id) + " (Account::Forgotten) has a type") !=
             std::string::npos);
  Domain half = account::without_upcasters();
  half.stored_event("Account::Forgotten").upcast([](boost::json::object&) {});
  start(half);
  BOOST_TEST(error_of_loading().find("its type is gone") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rules_that_contradict_each_other_are_refused_at_the_start) {
  const auto with = [](const auto& rules) {
    Domain made = account::without_upcasters();
    rules(made);
    return refused(made);
  };
  BOOST_CHECK((with([](Domain& d) { d.event<account::Opened>().alias("Account::Debited"); }) == ErrorCode::configuration));
  BOOST_CHECK((with([](Domain& d) {
                 d.event<account::Opened>().alias("Old");
                 d.event<account::Debited>().alias("Old");
               }) == ErrorCode::configuration));
  BOOST_CHECK((with([](Domain& d) { d.stored_event("Account::Opened").drop(); }) == ErrorCode::configuration));
  BOOST_CHECK((with([](Domain& d) { d.stored_event("Old").alias("Older"); }) == ErrorCode::configuration));
  BOOST_CHECK((with([](Domain& d) {
                 d.event<account::Debited>().split<account::Credited>([](const auto&, auto&) {});
                 d.event<account::Credited>().split<account::Debited>([](const auto&, auto&) {});
               }) == ErrorCode::configuration));
}

BOOST_AUTO_TEST_CASE(a_split_may_keep_its_own_type_and_goes_on_with_the_functions_behind_it) {
  store("Account::Opened", R"({"owner": "Ann"})");
  store("Account::Debited", R"({"amount": "2"})");
  Domain made = account::without_upcasters();
  made.event<account::Debited>()
      .split<account::Debited>([](const boost::json::object& attributes, auto& events) {
        events.template add<account::Debited>(attributes);
        events.template add<account::Debited>(attributes);
      })
      .upcast([](boost::json::object& attributes) { attributes["amount"] = "10"; });
  start(made);
  const auto found = boost::json::parse(app->events().show(id, {}).state_json).as_object();
  BOOST_TEST(found.at("balance").as_string() == "-20");
}

BOOST_AUTO_TEST_CASE(types_without_upcasters_are_not_looked_at_twice) {
  const core::Registry registry{{account::domain()}};
  const auto concern = [&](const char* name) { return registry.upcasters().concern(registry.event(name)); };
  BOOST_TEST(!concern("Account::Noted"));
  BOOST_TEST(!concern("Account::Refunded"));
  BOOST_TEST(concern("Account::Credited"));
  BOOST_TEST(concern("Account::Deposited"));
  BOOST_TEST(concern("Account::Audited"));
}

BOOST_AUTO_TEST_SUITE_END()
