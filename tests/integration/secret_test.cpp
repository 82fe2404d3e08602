// Behaviour 1.8: secrets on their way through commands, events and tables; and 1.6, 1.7, 2.1 where the service takes part.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <pqxx/pqxx>

#include "cli.hpp"
#include "seriatim/database.hpp"
#include "support/server_log.hpp"
#include "support/wallet_store.hpp"

namespace vault {

using seriatim::Event;
using seriatim::Repository;
using seriatim::Secret;
using seriatim::types;

struct SignedUp {
  static constexpr std::string_view type_name = "Vault::SignedUp";
  std::string name;
  Secret password;
  std::vector<Secret> answers;
};
BOOST_DESCRIBE_STRUCT(SignedUp, (), (name, password, answers))

struct LoggedIn {
  static constexpr std::string_view type_name = "Vault::LoggedIn";
};
BOOST_DESCRIBE_STRUCT(LoggedIn, (), ())

struct SignUp : seriatim::Command {
  static constexpr std::string_view type_name = "Vault::SignUp";
  std::string name;
  Secret password;
  std::optional<Secret> password_again;
  std::vector<Secret> answers;
  std::int32_t age = 0;
};
BOOST_DESCRIBE_STRUCT(SignUp, (seriatim::Command), (name, password, password_again, answers, age))
inline void validate(const SignUp&, seriatim::Validation& v) {
  v.presence(&SignUp::name);
  v.length(&SignUp::password, {.min = 8});
  v.confirmation(&SignUp::password, &SignUp::password_again);
}

struct LogIn : seriatim::Command {
  static constexpr std::string_view type_name = "Vault::LogIn";
  std::string password;  // For the test: a program compares before it makes a command.
};
BOOST_DESCRIBE_STRUCT(LogIn, (seriatim::Command), (password))

class Account : public seriatim::AggregateRoot<Account> {
 public:
  static constexpr std::string_view type_name = "Vault::Account";
  using Events = types<SignedUp, LoggedIn>;
  struct State {
    Secret password;
  };
  using AggregateRoot::AggregateRoot;
  Account(const seriatim::AggregateId& id, const SignedUp& event) : AggregateRoot{id} { apply(event); }
  void log_in(const std::string& password) {
    if (!state().password.verify(password)) throw seriatim::DomainError{"wrong_password", "the password is wrong"};
    apply(LoggedIn{});
  }
  static void on(State& s, const SignedUp& e) { s.password = e.password; }
};
BOOST_DESCRIBE_STRUCT(Account::State, (), (password))

/// What a handler was given.
struct Seen {
  int calls = 0;
  std::string printed;
  bool hashed = false;
};

struct AccountHandler {
  using Commands = types<SignUp, LogIn>;
  std::shared_ptr<Seen> seen;
  void handle(const SignUp& c, Repository& accounts) const {
    ++seen->calls;
    seen->printed = seriatim::describe(c);
    seen->hashed = c.password.hashed() && (!c.password_again || c.password_again->hashed()) &&
                   std::all_of(c.answers.begin(), c.answers.end(), [](const Secret& s) { return s.hashed(); });
    if (c.name == "nobody") throw seriatim::DomainError{"nobody", "nobody cannot sign up"};
    accounts.add<Account>(c.aggregate_id, SignedUp{c.name, c.password, c.answers});
  }
  void handle(const LogIn& c, Repository& accounts) const { accounts.load<Account>(c.aggregate_id).log_in(c.password); }
};

struct AccountRecord {
  static constexpr std::string_view table = "account_records";
  seriatim::Uuid aggregate_id{};
  std::string name;
  Secret password;
  std::vector<Secret> answers;
};
BOOST_DESCRIBE_STRUCT(AccountRecord, (), (aggregate_id, name, password, answers))

struct AccountProjector {
  static constexpr std::string_view type_name = "AccountProjector";
  using Manages = seriatim::records<AccountRecord>;
  using Events = types<SignedUp>;
  void on(const Event<SignedUp>& e, seriatim::Views& views) const {
    views.create(AccountRecord{e.aggregate_id, e->name, e->password, e->answers});
  }
};

std::span<const seriatim::SqlFile> view_sql() {
  static const seriatim::SqlFile files[] = {
      {"account_records.sql",
       "create table account_records%SUFFIX% (aggregate_id uuid primary key, name text, password text, answers jsonb)"}};
  return files;
}

seriatim::Domain domain(const std::shared_ptr<Seen>& seen) {
  seriatim::Domain made{"vault"};
  made.aggregate<Account>()
      .handler(AccountHandler{seen})
      .projector<AccountProjector>()
      .views(seriatim::ViewVersions{}.version(1, {seriatim::replay<AccountProjector>()}), view_sql());
  return made;
}

}  // namespace vault

using namespace seriatim;
using namespace seriatim::testing;
using vault::SignUp;

namespace {

const std::string clear = "Tr0ub4dor&3";

struct Fixture {
  Fixture() {
    options.database_url = shared_cluster().create_database();
    options.secret_cost = 5;
    const std::vector<Domain> domains{vault::domain(seen)};
    Database{options}.create(domains);
    app = std::make_unique<Application>(options, domains, clock);
  }

  void migrate() const {
    const auto migrator = app->migrator("vault");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  static SignUp sign_up(const std::string& name = "Ann") {
    SignUp command;
    command.aggregate_id = new_uuid();
    command.name = name;
    command.password = Secret{clear};
    command.password_again = Secret{clear};
    command.answers = {Secret{clear + " 1"}, Secret{clear + " 2"}};
    return command;
  }

  /// The first field of the first row, as text.
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  /// All rows of all tables of the database, as text.
  [[nodiscard]] std::string all_tables() const {
    return value(R"(select string_agg(query_to_xml(format('select * from %I.%I', schemaname, tablename), true, true, '')::text, '')
                      from pg_tables where schemaname in ('sequent_schema', 'view_schema'))");
  }

  template <class Call>
  CommandNotValid not_valid(Call&& call) {
    try {
      call();
    } catch (const CommandNotValid& error) {
      return error;
    }
    throw std::logic_error{"the command was valid"};
  }

  Options options;
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(*parse_timestamp("2026-11-21T10:00:00Z"));
  std::shared_ptr<vault::Seen> seen = std::make_shared<vault::Seen>();
  std::unique_ptr<Application> app;
};

std::string fresh_id() { return uuid_text(new_uuid()); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(secrets_in_commands, Fixture)

BOOST_AUTO_TEST_CASE(a_handler_sees_secrets_hashed_at_the_cost_of_the_options) {
  const SignUp command = sign_up();
  app->commands().execute(command);
  BOOST_TEST(seen->hashed);
  BOOST_TEST(command.password.digest().substr(0, 7) == "$2b$05$");  // Copies are one secret: the caller's, too.
}

BOOST_AUTO_TEST_CASE(a_secret_is_hashed_once_and_command_event_and_row_have_that_digest) {
  app->commands().execute(sign_up("Ann"));
  migrate();  // The row of the first is made by a replay, that of the second as it is executed.
  app->commands().execute(sign_up("Bea"));
  const std::string differing = R"(
    select count(*) from sequent_schema.commands c
      join sequent_schema.events e on e.command_id = c.id
      left join view_schema.account_records r on r.aggregate_id = e.aggregate_id
     where (c.command_json->>'password', c.command_json->'answers', r.password, r.answers)
           is distinct from (e.event_json->>'password', e.event_json->'answers', e.event_json->>'password', e.event_json->'answers'))";
  BOOST_TEST(value("select count(*) from view_schema.account_records where password like '$2b$05$%'") == "2");
  BOOST_TEST(value(differing) == "0");
}

BOOST_AUTO_TEST_CASE(a_stored_digest_verifies_when_its_aggregate_is_loaded_again) {
  const SignUp command = sign_up();
  app->commands().execute(command);
  app->commands().execute(vault::LogIn{{.aggregate_id = command.aggregate_id}, clear});
  BOOST_CHECK((error_of([&] { app->commands().execute(vault::LogIn{{.aggregate_id = command.aggregate_id}, "guess"}); }) ==
               ErrorCode::domain));
}

BOOST_AUTO_TEST_CASE(secrets_of_an_invalid_command_are_wiped_and_no_handler_sees_them) {
  SignUp command = sign_up("");
  const auto error = not_valid([&] { app->commands().execute(command); });
  BOOST_TEST(error.errors().count("name") == 1U);
  BOOST_TEST(seen->calls == 0);
  BOOST_TEST(command.password.empty());
  BOOST_TEST(command.answers.at(1).empty());
  BOOST_TEST(!command.password.verify(clear));
}

BOOST_AUTO_TEST_CASE(a_command_with_secrets_can_be_executed_again_after_it_was_refused) {
  SignUp command = sign_up("nobody");
  BOOST_CHECK((error_of([&] { app->commands().execute(command); }) == ErrorCode::domain));
  BOOST_TEST(command.password.hashed());
  const std::string digest = command.password.digest();
  command.name = "Ann";
  app->commands().execute(command);
  BOOST_TEST(value("select event_json->>'password' from sequent_schema.events") == digest);
}

BOOST_AUTO_TEST_CASE(secrets_are_checked_before_they_are_hashed) {
  SignUp command = sign_up();
  command.password = Secret{"short"};
  command.password_again = Secret{"other"};
  command.answers = {Secret{std::string(73, 'x')}};
  BOOST_TEST(to_string(not_valid([&] { app->commands().execute(command); }).errors()) ==
             "answers[0] is longer than 72 bytes; password is shorter than 8 characters; password_again does not match password");
}

BOOST_AUTO_TEST_CASE(the_clear_text_is_in_no_table_no_error_text_no_log_and_nothing_printed) {
  migrate();
  ServerLog server{options.database_url};
  app = std::make_unique<Application>(options, std::vector<Domain>{vault::domain(seen)}, clock);
  std::string said;
  const auto attempt = [&](auto&& call) {
    try {
      call();
    } catch (const Error& error) {
      said += error.what();
      said += '\n';
      if (const auto* invalid = dynamic_cast<const CommandNotValid*>(&error)) said += to_string(invalid->errors());
    }
  };
  const auto json = [](const std::string& name, const std::string& more) {
    return R"({"type":"Vault::SignUp","aggregate_id":")" + fresh_id() + R"(","name":")" + name + R"(","password":")" + clear +
           "\"" + more + "}";
  };
  const auto execute_json = [&](const std::string& text) {
    attempt([&] {
      std::vector<AnyCommand> command{app->commands().decode(text)};
      attributes::print(said, *command.front().type().attributes, command.front().get());
      app->commands().execute(std::move(command));
    });
  };
  attempt([&] { app->commands().execute(sign_up()); });                      // Stored.
  attempt([&] { app->commands().execute(sign_up("")); });                    // Invalid.
  attempt([&] { app->commands().execute(sign_up("nobody")); });              // Refused by its handler.
  attempt([&] { app->commands().execute(sign_up("Bea"), sign_up("")); });    // Rolled back.
  execute_json(json("Carl", ""));
  execute_json(json("", ""));
  execute_json(json("Dora", R"(,"age":"old")"));                             // No command.
  execute_json(json("Emil", R"(,"password_again":["Tr0ub4dor&3"])"));
  execute_json(json("Fay", R"(,"password_again":"Tr0ub4dor&3 ")"));
  execute_json(json("Gus", R"(,"answers":["Tr0ub4dor&3"],"age":"-1",)"));    // No JSON.
  said += seen->printed;
  const std::string tables = all_tables();
  BOOST_TEST(tables.find("$2b$05$") != std::string::npos);
  BOOST_TEST(tables.find("Ann") != std::string::npos);
  BOOST_TEST(tables.find("ub4dor") == std::string::npos);
  BOOST_TEST(said.find("ub4dor") == std::string::npos, said);
  BOOST_TEST(said.find("(secret)") != std::string::npos, said);
  const std::string logged = server.take();
  BOOST_TEST(logged.find("Ann") != std::string::npos);
  BOOST_TEST(logged.find("ub4dor") == std::string::npos);
  BOOST_TEST(value("select count(*) from sequent_schema.commands") == "2");
}

BOOST_AUTO_TEST_CASE(an_event_with_a_clear_text_is_not_stored) {
  // A handler that makes a secret itself, and forgets to hash it.
  BOOST_CHECK_THROW((void)to_json(vault::SignedUp{"Ann", Secret{clear}, {}}), Error);
}

BOOST_AUTO_TEST_CASE(a_cost_that_is_none_is_refused_at_the_start) {
  Options wrong = options;
  wrong.secret_cost = 40;
  BOOST_CHECK((error_of([&] { Application{wrong, {}}; }) == ErrorCode::configuration));
}

BOOST_AUTO_TEST_CASE(the_program_takes_the_cost_from_its_environment_or_configuration_file) {
  const Cli cli;
  const Arguments execute{"--database", options.database_url, "execute", "--allow-empty"};
  const ProgramResult wrong = cli.run_bare(execute, "", {{"SERIATIM_SECRET_COST", "3"}});
  BOOST_TEST(wrong.exit_code == 2);
  BOOST_TEST(contains(wrong.errors, "SERIATIM_SECRET_COST is \"3\""), wrong.errors);
  std::ofstream{cli.directory() / "seriatim.toml"} << "secret_cost = 99\n";
  BOOST_TEST(contains(cli.run_bare(execute).errors, "\"secret_cost\" in seriatim.toml is \"99\""));
  BOOST_TEST(cli.run_bare(execute, "", {{"SERIATIM_SECRET_COST", "4"}}).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(command_input, Fixture)

BOOST_AUTO_TEST_CASE(an_invalid_command_is_never_partly_coerced) {
  const auto error = not_valid([&] {
    (void)app->commands().decode(R"({"type":"Vault::SignUp","aggregate_id":"x","user_id":"7","age":"0x10","name":"02"})");
  });
  BOOST_TEST(to_string(error.errors()) == "age is not a number; aggregate_id is not a UUID; user_id is not a UUID");
  BOOST_TEST(error.command_type() == "Vault::SignUp");
  const AnyCommand command = app->commands().decode(R"({"type":"Vault::SignUp","age":"02","name":"02","user_id":""})");
  const auto& decoded = *static_cast<const SignUp*>(command.get());
  BOOST_TEST(decoded.age == 2);
  BOOST_TEST(decoded.name == "02");
  BOOST_TEST(!decoded.user_id);
}

BOOST_AUTO_TEST_CASE(u_0000_in_a_command_made_in_cpp_is_a_validation_error_before_any_handler) {
  const auto error = not_valid([&] { app->commands().execute(sign_up(std::string{"A\0nn", 4})); });
  BOOST_TEST(error.errors().at("name").front().code == "contains_nul");
  BOOST_TEST(seen->calls == 0);
}

BOOST_AUTO_TEST_CASE(a_command_without_an_aggregate_id_is_not_valid_however_it_was_made) {
  SignUp command = sign_up();
  command.aggregate_id = {};
  BOOST_TEST(not_valid([&] { app->commands().execute(command); }).errors().at("aggregate_id").front().code == "blank");
}

BOOST_AUTO_TEST_CASE(a_command_is_stamped_with_its_time_and_may_name_who_asks) {
  SignUp command = sign_up();
  app->commands().execute(command);
  BOOST_TEST(value("select to_char(created_at at time zone 'UTC', 'HH24:MI:SS') || coalesce(user_id::text, ' nobody') from "
                   "sequent_schema.commands") == "10:00:00 nobody");
  command = sign_up();
  command.user_id = new_uuid();
  command.created_at = *parse_timestamp("2026-11-20T09:00:00Z");
  app->commands().execute(command);
  BOOST_TEST(value("select to_char(created_at at time zone 'UTC', 'DD HH24:MI') || user_id from sequent_schema.commands "
                   "order by id desc") == "20 09:00" + uuid_text(*command.user_id));
}

BOOST_AUTO_TEST_CASE(what_caused_a_command_cannot_be_said_in_json) {
  const AnyCommand command = app->commands().decode(
      R"({"type":"Vault::SignUp","event_aggregate_id":"16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f","event_sequence_number":3})");
  BOOST_TEST(!command.base().event_aggregate_id);
  BOOST_TEST(!command.base().event_sequence_number);
}

BOOST_AUTO_TEST_SUITE_END()
