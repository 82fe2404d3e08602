#pragma once
// A small domain with unique keys and partition keys: users and companies, who share the scope "email".

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <memory>

#include "seriatim/seriatim.hpp"

namespace accounts {

using seriatim::Event;
using seriatim::Repository;
using seriatim::types;
using seriatim::UniqueKeys;
using seriatim::Views;

struct UserRegistered {
  static constexpr std::string_view type_name = "Accounts::UserRegistered";
  std::string email;
};
BOOST_DESCRIBE_STRUCT(UserRegistered, (), (email))

struct EmailChanged {
  static constexpr std::string_view type_name = "Accounts::EmailChanged";
  std::string email;
};
BOOST_DESCRIBE_STRUCT(EmailChanged, (), (email))

struct BadgeGiven {
  static constexpr std::string_view type_name = "Accounts::BadgeGiven";
  std::optional<std::int32_t> number;
};
BOOST_DESCRIBE_STRUCT(BadgeGiven, (), (number))

struct UserRelocated {
  static constexpr std::string_view type_name = "Accounts::UserRelocated";
  std::string region;
};
BOOST_DESCRIBE_STRUCT(UserRelocated, (), (region))

struct CompanyFounded {
  static constexpr std::string_view type_name = "Accounts::CompanyFounded";
  std::string email;
};
BOOST_DESCRIBE_STRUCT(CompanyFounded, (), (email))

struct NoteWritten {
  static constexpr std::string_view type_name = "Accounts::NoteWritten";
};
BOOST_DESCRIBE_STRUCT(NoteWritten, (), ())

inline std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

class User : public seriatim::AggregateRoot<User> {
 public:
  static constexpr std::string_view type_name = "Accounts::User";
  using Events = types<UserRegistered, EmailChanged, BadgeGiven, UserRelocated>;
  static constexpr seriatim::SnapshotPolicy snapshots{.threshold = 2, .version = 1};
  struct State {
    std::string email;
    std::optional<std::int32_t> badge;
    std::string region;
  };
  using AggregateRoot::AggregateRoot;
  User(const seriatim::AggregateId& id, std::string email) : AggregateRoot{id} { apply(UserRegistered{std::move(email)}); }
  void change_email(std::string email) { apply(EmailChanged{std::move(email)}); }
  void give_badge(std::optional<std::int32_t> number) { apply(BadgeGiven{number}); }
  void relocate(std::string region) { apply(UserRelocated{std::move(region)}); }
  [[nodiscard]] const std::string& email() const { return state().email; }
  [[nodiscard]] const std::string& region() const { return state().region; }

  static UniqueKeys unique_keys(const State& s) {
    return {{"email", {{"email", lower(s.email)}}}, {"badge", {{"number", s.badge}}}};
  }
  static std::string partition_key(const State& s) { return s.region; }

  static void on(State& s, const UserRegistered& e) { s.email = e.email; }
  static void on(State& s, const EmailChanged& e) { s.email = e.email; }
  static void on(State& s, const BadgeGiven& e) { s.badge = e.number; }
  static void on(State& s, const UserRelocated& e) { s.region = e.region; }
};
BOOST_DESCRIBE_STRUCT(User::State, (), (email, badge, region))

class Company : public seriatim::AggregateRoot<Company> {
 public:
  static constexpr std::string_view type_name = "Accounts::Company";
  using Events = types<CompanyFounded>;
  struct State {
    std::string email;
  };
  using AggregateRoot::AggregateRoot;
  Company(const seriatim::AggregateId& id, std::string email) : AggregateRoot{id} { apply(CompanyFounded{std::move(email)}); }
  static UniqueKeys unique_keys(const State& s) { return {{"email", {{"email", lower(s.email)}}}}; }
  static void on(State& s, const CompanyFounded& e) { s.email = e.email; }
};
BOOST_DESCRIBE_STRUCT(Company::State, (), (email))

/// Declares neither kind of key.
class Note : public seriatim::AggregateRoot<Note> {
 public:
  static constexpr std::string_view type_name = "Accounts::Note";
  using Events = types<NoteWritten>;
  struct State {
    std::string text;
  };
  using AggregateRoot::AggregateRoot;
  explicit Note(const seriatim::AggregateId& id, bool written) : AggregateRoot{id} {
    if (written) apply(NoteWritten{});
  }
};
BOOST_DESCRIBE_STRUCT(Note::State, (), (text))

struct RegisterUser : seriatim::Command {
  static constexpr std::string_view type_name = "Accounts::RegisterUser";
  std::string email;
  std::string region;
};
BOOST_DESCRIBE_STRUCT(RegisterUser, (seriatim::Command), (email, region))

struct Relocate : seriatim::Command {
  static constexpr std::string_view type_name = "Accounts::Relocate";
  std::string region;
};
BOOST_DESCRIBE_STRUCT(Relocate, (seriatim::Command), (region))

/// Does to the repository whatever the test wants.
struct Act : seriatim::Command {
  static constexpr std::string_view type_name = "Accounts::Act";
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Act, (seriatim::Command), (name))

using Deed = std::function<void(Repository&)>;
using Deeds = std::map<std::string, Deed>;

struct Handler {
  using Commands = types<RegisterUser, Relocate, Act>;
  std::shared_ptr<Deeds> deeds = std::make_shared<Deeds>();

  void handle(const RegisterUser& command, Repository& repository) const {
    User& user = repository.add<User>(command.aggregate_id, command.email);
    if (!command.region.empty()) user.relocate(command.region);
  }
  void handle(const Relocate& command, Repository& repository) const {
    repository.load<User>(command.aggregate_id).relocate(command.region);
  }
  void handle(const Act& act, Repository& repository) const { deeds->at(act.name)(repository); }
};

struct UserRecord {
  static constexpr std::string_view table = "user_records";
  seriatim::Uuid aggregate_id{};
  std::string email;
  std::string regions;  ///< All of them, in order: "eu us".
};
BOOST_DESCRIBE_STRUCT(UserRecord, (), (aggregate_id, email, regions))

struct UserProjector {
  static constexpr std::string_view type_name = "UserProjector";
  using Manages = seriatim::records<UserRecord>;
  using Events = types<UserRegistered, EmailChanged, UserRelocated>;
  void on(const Event<UserRegistered>& e, Views& views) const { views.create(UserRecord{e.aggregate_id, e->email, ""}); }
  void on(const Event<EmailChanged>& e, Views& views) const {
    views.update_one<UserRecord>(by_aggregate(e), {seriatim::set(&UserRecord::email, e->email)});
  }
  void on(const Event<UserRelocated>& e, Views& views) const {
    views.update<UserRecord>(by_aggregate(e), [&](UserRecord& user) { user.regions += e->region + " "; });
  }
};

inline std::span<const seriatim::SqlFile> view_sql() {
  static const seriatim::SqlFile files[] = {
      {"user_records.sql", "create table user_records%SUFFIX% (aggregate_id uuid, email text, regions text)"},
      {"user_records.indexes.sql", "create unique index user_records_id%SUFFIX% on user_records%SUFFIX% (aggregate_id)"}};
  return files;
}

/// Fills in a registration. Version 2 of the tables is version 1 again.
inline void register_domain(seriatim::Domain& domain, const std::shared_ptr<Deeds>& deeds, int versions = 1) {
  seriatim::ViewVersions plan;
  for (int version = 1; version <= versions; ++version) plan.version(version, {seriatim::replay<UserProjector>()});
  domain.aggregate<User>()
      .aggregate<Company>()
      .aggregate<Note>()
      .handler(Handler{deeds})
      .projector<UserProjector>()
      .views(std::move(plan), view_sql());
}

}  // namespace accounts
