#pragma once
// A domain for the command pipeline: everything that a command can do or fail with, chosen by its attributes.

#include <functional>
#include <memory>

#include "seriatim/application.hpp"

namespace ledger {

using seriatim::AggregateId;
using seriatim::Event;
using seriatim::Repository;
using seriatim::types;
using seriatim::UniqueKeys;
using seriatim::Views;
using seriatim::Workflow;

struct Opened {
  static constexpr std::string_view type_name = "Ledger::Opened";
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(Opened, (), (owner))

struct Deposited {
  static constexpr std::string_view type_name = "Ledger::Deposited";
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Deposited, (), (amount))

struct Withdrawn {
  static constexpr std::string_view type_name = "Ledger::Withdrawn";
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Withdrawn, (), (amount))

struct OwnerChanged {
  static constexpr std::string_view type_name = "Ledger::OwnerChanged";
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(OwnerChanged, (), (owner))

struct Noted {
  static constexpr std::string_view type_name = "Ledger::Noted";
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (text))

struct Closed {
  static constexpr std::string_view type_name = "Ledger::Closed";
};
BOOST_DESCRIBE_STRUCT(Closed, (), ())

class Account : public seriatim::AggregateRoot<Account> {
 public:
  static constexpr std::string_view type_name = "Ledger::Account";
  using Events = types<Opened, Deposited, Withdrawn, OwnerChanged, Noted, Closed>;
  static constexpr seriatim::SnapshotPolicy snapshots{.threshold = 5, .version = 1};
  struct State {
    std::string owner;
    seriatim::Decimal balance;
    std::vector<std::string> notes;
    bool closed = false;
  };
  using AggregateRoot::AggregateRoot;
  Account(const AggregateId& id, std::string owner) : AggregateRoot{id} { apply(Opened{std::move(owner)}); }
  void deposit(seriatim::Decimal amount) {
    require_open();
    apply(Deposited{amount});
  }
  void withdraw(seriatim::Decimal amount) {
    require_open();
    // Applied before the rule is looked at: what a refused command has applied must not be seen by anybody.
    apply(Withdrawn{amount});
    if (state().balance < 0) throw seriatim::DomainError{"insufficient_funds", "the account holds too little"};
  }
  void change_owner(std::string owner) { apply(OwnerChanged{std::move(owner)}); }
  void note(std::string text) { apply(Noted{std::move(text)}); }
  void close() { apply(Closed{}); }
  [[nodiscard]] const seriatim::Decimal& balance() const { return state().balance; }

  static UniqueKeys unique_keys(const State& s) { return {{"owner", {{"owner", s.owner}}}}; }

  static void on(State& s, const Opened& e) { s.owner = e.owner; }
  static void on(State& s, const Deposited& e) { s.balance += e.amount; }
  static void on(State& s, const Withdrawn& e) { s.balance -= e.amount; }
  static void on(State& s, const OwnerChanged& e) { s.owner = e.owner; }
  static void on(State& s, const Noted& e) { s.notes.push_back(e.text); }
  static void on(State& s, const Closed&) { s.closed = true; }

 private:
  void require_open() const {
    if (state().closed) throw seriatim::DomainError{"closed", "the account is closed"};
  }
};
BOOST_DESCRIBE_STRUCT(Account::State, (), (owner, balance, notes, closed))

/// Of another type, under ids that accounts may have, too.
class Safe : public seriatim::AggregateRoot<Safe> {
 public:
  static constexpr std::string_view type_name = "Ledger::Safe";
  using Events = types<Noted>;
  struct State {
    std::int32_t notes = 0;
  };
  using AggregateRoot::AggregateRoot;
  Safe(const AggregateId& id, std::string text) : AggregateRoot{id} { apply(Noted{std::move(text)}); }
  static void on(State& s, const Noted&) { ++s.notes; }
};
BOOST_DESCRIBE_STRUCT(Safe::State, (), (notes))

struct Open : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Open";
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(Open, (seriatim::Command), (owner))

struct OpenSafe : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::OpenSafe";
};
BOOST_DESCRIBE_STRUCT(OpenSafe, (seriatim::Command), ())

struct Deposit : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Deposit";
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Deposit, (seriatim::Command), (amount))
inline void validate(const Deposit&, seriatim::Validation& v) { v.numericality(&Deposit::amount).greater_than(0); }

struct Withdraw : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Withdraw";
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Withdraw, (seriatim::Command), (amount))

struct Transfer : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Transfer";
  AggregateId to{};
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(Transfer, (seriatim::Command), (to, amount))

struct ChangeOwner : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::ChangeOwner";
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(ChangeOwner, (seriatim::Command), (owner))

/// Its text says what follows; see the workflow and the projectors.
struct Note : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Note";
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Note, (seriatim::Command), (text))

struct Close : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Close";
};
BOOST_DESCRIBE_STRUCT(Close, (seriatim::Command), ())

/// Changes nothing; how it looks, `how` says.
struct Look : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::Look";
  std::string how;
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(Look, (seriatim::Command), (how, owner))

/// Deposits into whatever account the owner has.
struct DepositByOwner : seriatim::Command {
  static constexpr std::string_view type_name = "Ledger::DepositByOwner";
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(DepositByOwner, (seriatim::Command), (owner))

/// What a test wants to happen while commands are handled. Set before the application is used; shared by all threads.
struct Script {
  std::function<void(const seriatim::Command&)> handling = [](const seriatim::Command&) {};
  std::function<void(const Deposit&, Repository&)> depositing = [](const Deposit&, Repository&) {};
  std::function<void(const Note&, Repository&)> noting = [](const Note&, Repository&) {};
  std::function<void(const AggregateId&)> after_commit = [](const AggregateId&) {};
};
using ScriptPtr = std::shared_ptr<Script>;

struct LedgerHandler {
  using Commands = types<Open, OpenSafe, Deposit, Withdraw, Transfer, ChangeOwner, Note, Close, Look, DepositByOwner>;
  ScriptPtr script = std::make_shared<Script>();
  void handle(const Open& c, Repository& r) const {
    script->handling(c);
    r.add<Account>(c.aggregate_id, c.owner);
  }
  void handle(const OpenSafe& c, Repository& r) const { r.add<Safe>(c.aggregate_id, "safe"); }
  void handle(const Deposit& c, Repository& r) const {
    script->handling(c);
    script->depositing(c, r);
    r.load<Account>(c.aggregate_id).deposit(c.amount);
  }
  void handle(const Withdraw& c, Repository& r) const {
    script->handling(c);
    r.load<Account>(c.aggregate_id).withdraw(c.amount);
  }
  void handle(const Transfer& c, Repository& r) const {
    auto& to = r.load<Account>(c.to);
    to.deposit(c.amount);
    r.load<Account>(c.aggregate_id).withdraw(c.amount);
  }
  void handle(const ChangeOwner& c, Repository& r) const { r.load<Account>(c.aggregate_id).change_owner(c.owner); }
  void handle(const Note& c, Repository& r) const {
    script->handling(c);
    script->noting(c, r);
    r.load<Account>(c.aggregate_id).note(c.text);
  }
  void handle(const Close& c, Repository& r) const { r.load<Account>(c.aggregate_id).close(); }
  void handle(const Look& c, Repository& r) const {
    if (c.how == "past") {
      (void)r.load_at<Account>(c.aggregate_id, 2);
    } else if (c.how == "all") {
      const std::vector<AggregateId> ids{c.aggregate_id};
      (void)r.load_all<Account>(ids);
    } else if (c.how == "broke") {
      if (r.load<Account>(c.aggregate_id).balance() < 5) throw seriatim::DomainError{"broke", "the account is empty"};
    } else {
      (void)r.find<Account>(c.aggregate_id);
    }
  }
  void handle(const DepositByOwner& c, Repository& r) const {
    auto* account = r.find_by_unique_key<Account>("owner", {{"owner", c.owner}});
    if (account == nullptr) throw seriatim::DomainError{"no_owner", "nobody is called " + c.owner};
    account->deposit(1);
  }
};

/// "issue": a deposit of 1. "issue refused": a deposit of 1, then a withdrawal of too much. "after": work for after the
/// commit. "fail": fails.
struct LedgerWorkflow {
  static constexpr std::string_view type_name = "LedgerWorkflow";
  using Events = types<Noted>;
  ScriptPtr script = std::make_shared<Script>();
  void on(const Event<Noted>& e, Workflow& workflow) const {
    if (e->text == "issue" || e->text == "issue refused") workflow.execute(Deposit{{.aggregate_id = e.aggregate_id}, 1});
    if (e->text == "issue refused") workflow.execute(Withdraw{{.aggregate_id = e.aggregate_id}, 1'000'000});
    if (e->text == "fail") throw std::runtime_error{"the workflow fails"};
    if (e->text == "after") workflow.after_commit([script = script, id = e.aggregate_id] { script->after_commit(id); });
  }
};

struct AccountRow {
  static constexpr std::string_view table = "account_rows";
  seriatim::Uuid aggregate_id{};
  std::string owner;
  seriatim::Decimal balance;
  std::int64_t changes = 0;
  std::optional<std::string> note;
  std::int32_t sequence_number = 0;
  seriatim::Timestamp updated_at{};
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (aggregate_id, owner, balance, changes, note, sequence_number, updated_at))

struct EntryRow {
  static constexpr std::string_view table = "entry_rows";
  seriatim::Uuid aggregate_id{};
  std::int32_t sequence_number = 0;
  seriatim::Decimal amount;
  seriatim::Decimal balance;
};
BOOST_DESCRIBE_STRUCT(EntryRow, (), (aggregate_id, sequence_number, amount, balance))

struct OwnerTotal {
  static constexpr std::string_view table = "owner_totals";
  std::string owner;
  std::int32_t accounts = 0;
};
BOOST_DESCRIBE_STRUCT(OwnerTotal, (), (owner, accounts))

/// Assignments only. Fails on the notes "bad" and "worse".
struct AccountProjector {
  static constexpr std::string_view type_name = "AccountProjector";
  using Manages = seriatim::records<AccountRow>;
  using Events = types<Opened, Deposited, Withdrawn, OwnerChanged, Noted, Closed>;
  void on(const Event<Opened>& e, Views& views) const {
    views.create(AccountRow{e.aggregate_id, e->owner, 0, 1, {}, e.sequence_number, e.created_at});
  }
  void on(const Event<Deposited>& e, Views& views) const { add(e, e->amount, views); }
  void on(const Event<Withdrawn>& e, Views& views) const {
    views.update_one<AccountRow>(seriatim::by_aggregate(e), {seriatim::decrease(&AccountRow::balance, e->amount),
                                                             seriatim::increase(&AccountRow::changes, 1)});
  }
  void on(const Event<OwnerChanged>& e, Views& views) const {
    views.update<AccountRow>(seriatim::by_aggregate(e), {seriatim::set(&AccountRow::owner, e->owner)});
  }
  void on(const Event<Noted>& e, Views& views) const {
    if (e->text == "bad") throw std::runtime_error{"the projector fails"};
    if (e->text == "worse") throw 42;
    if (e->text == "cancel") return views.erase<AccountRow>(seriatim::by_aggregate(e));
    if (e->text == "safe") return views.create(AccountRow{e.aggregate_id, "safe", 0, 0, {}, 1, e.created_at});
    views.update<AccountRow>(seriatim::by_aggregate(e), {seriatim::set(&AccountRow::note, e->text)});
  }
  void on(const Event<Closed>& e, Views& views) const {
    views.update<AccountRow>(seriatim::by_aggregate(e), [](AccountRow& row) { row.owner += " (closed)"; });
  }

 private:
  static void add(const seriatim::EventHeader& e, const seriatim::Decimal& amount, Views& views) {
    views.update_one<AccountRow>(seriatim::by_aggregate(e), {seriatim::increase(&AccountRow::balance, amount),
                                                             seriatim::increase(&AccountRow::changes, 1)});
  }
};

/// Reads its own rows.
struct EntryProjector {
  static constexpr std::string_view type_name = "EntryProjector";
  using Manages = seriatim::records<EntryRow>;
  using Events = types<Deposited, Withdrawn>;
  void on(const Event<Deposited>& e, Views& views) const { add(e, e->amount, views); }
  void on(const Event<Withdrawn>& e, Views& views) const { add(e, seriatim::Decimal{} - e->amount, views); }

 private:
  static void add(const seriatim::EventHeader& e, const seriatim::Decimal& amount, Views& views) {
    const auto last = views.last<EntryRow>(seriatim::by_aggregate(e), &EntryRow::sequence_number);
    views.create(EntryRow{e.aggregate_id, e.sequence_number, amount, (last ? last->balance : 0) + amount});
  }
};

/// Keeps rows that many aggregates share.
struct OwnerProjector {
  static constexpr std::string_view type_name = "OwnerProjector";
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
  using Manages = seriatim::records<OwnerTotal>;
  using Events = types<Opened, OwnerChanged, Noted>;
  void on(const Event<Opened>& e, Views& views) const { count(e->owner, views); }
  void on(const Event<OwnerChanged>& e, Views& views) const { count(e->owner, views); }
  void on(const Event<Noted>& e, Views& views) const { count("noted " + e->text, views); }

 private:
  static void count(const std::string& owner, Views& views) {
    views.create_or_update(OwnerTotal{owner, 1}, seriatim::key(&OwnerTotal::owner),
                           {seriatim::increase(&OwnerTotal::accounts, 1)});
  }
};

inline std::span<const seriatim::SqlFile> view_sql() {
  static const seriatim::SqlFile files[] = {
      {"account_rows.sql",
       "create table account_rows%SUFFIX% (aggregate_id uuid, owner text, balance numeric, changes bigint, note text, "
       "sequence_number integer, updated_at timestamptz)"},
      {"account_rows.indexes.sql", "create unique index account_rows_id%SUFFIX% on account_rows%SUFFIX% (aggregate_id)"},
      {"entry_rows.sql",
       "create table entry_rows%SUFFIX% (aggregate_id uuid, sequence_number integer, amount numeric, balance numeric)"},
      {"entry_rows.indexes.sql",
       "create unique index entry_rows_id%SUFFIX% on entry_rows%SUFFIX% (aggregate_id, sequence_number)"},
      {"owner_totals.sql", "create table owner_totals%SUFFIX% (owner text, accounts integer)"},
      {"owner_totals.indexes.sql", "create unique index owner_totals_owner%SUFFIX% on owner_totals%SUFFIX% (owner)"}};
  return files;
}

inline seriatim::Domain domain(const ScriptPtr& script) {
  seriatim::Domain made{"ledger"};
  made.aggregate<Account>()
      .aggregate<Safe>()
      .handler(LedgerHandler{script})
      .workflow(LedgerWorkflow{script})
      .projector<AccountProjector>()
      .projector<EntryProjector>()
      .projector<OwnerProjector>()
      .views(seriatim::ViewVersions{}.version(1, {seriatim::replay<AccountProjector>(), seriatim::replay<EntryProjector>(),
                                                  seriatim::replay<OwnerProjector>()}),
             view_sql());
  return made;
}

}  // namespace ledger
