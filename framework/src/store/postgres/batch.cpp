#include "store/postgres/batch.hpp"

#include <utility>

#include "core/publisher.hpp"
#include "store/postgres/key_statements.hpp"

namespace seriatim::postgres {
namespace {

/// Whether a statement itself is to blame, and not the state of the server.
bool blames_statement(const DatabaseError& error) {
  return error.code() == ErrorCode::database || error.code() == ErrorCode::record_not_found ||
         error.code() == ErrorCode::store_not_installed || error.code() == ErrorCode::aggregate_key_not_unique;
}

constexpr std::size_t usual_message = 512;  ///< Bytes that are reserved at once.

constexpr const char* unique_violation = "23505";
constexpr const char* key_taken = "SR007";
constexpr const char* undefined_table = "42P01";
constexpr const char* not_null_violation = "23502";

/// The first statement locks the marker of the version that the program knows; it is gone.
[[noreturn]] void throw_other_version() {
  throw_error<ErrorCode::projector_migrating>(
      "the views in the database are not of the version that this program works with: try again, it will look");
}

}  // namespace

void Batch::add(std::string sql, Origin origin) {
  statements_.push_back({std::move(sql), std::move(origin), {}, {}});
  joint_.reset();
}

void Batch::let_join(Joint joint) { joint_ = std::move(joint); }

const std::vector<Batch::Parameter>* Batch::joinable() const {
  return joint_ && sent_ < statements_.size() ? &joint_->parameters : nullptr;
}

void Batch::join(std::span<const Parameter> further, const std::string& change, const std::string& missing,
                 Origin origin) {
  Joint joint = *std::exchange(joint_, std::nullopt);
  joint.parameters.insert(joint.parameters.end(), further.begin(), further.end());
  Statement joined = std::move(statements_.back());
  statements_.pop_back();
  const std::string name = prepare(joint.name + " joined by " + change + missing, [&] {
    std::string types;
    for (const Parameter& parameter : joint.parameters) types.append(types.empty() ? "(" : ", ").append(parameter.type);
    return types + ") as " + joint.together(change, missing);
  });
  joined.joined.reserve(usual_message);
  joined.joined.append("execute ").append(name);
  const char* separator = "(";
  for (const Parameter& parameter : joint.parameters) {
    joined.joined.append(std::exchange(separator, ",")).append(parameter.value);
  }
  joined.joined += ')';
  joined.joined_origin = std::move(origin);
  statements_.push_back(std::move(joined));
}

std::size_t Batch::reserve(Origin origin) {
  add({}, std::move(origin));
  return statements_.size() - 1;
}

bool Batch::fill(std::size_t place, std::string sql) {
  if (place < sent_) return false;
  statements_[place].sql = std::move(sql);
  return true;
}

std::string Batch::prepare_new(const std::string& shape, const std::string& definition) {
  std::string name = connection_.next_statement_name();
  // It may be a user's, and end in a comment: the next statement is not to be part of that.
  add("prepare " + name + " " + definition + "\n", {});
  statements_.back().prepares = name;
  connection_.prepared.emplace(shape, name);
  fresh_.push_back(shape);
  return name;
}

pqxx::result Batch::query(const std::string& sql) {
  return unless_failed([&] { return try_query(sql); });
}

pqxx::result Batch::send(std::string last, Origin origin) {
  return unless_failed([&] { return try_send(std::move(last), std::move(origin)); });
}

pqxx::result Batch::try_query(const std::string& sql) {
  const bool begins = sent_ == 0 && !statements_.empty() && statements_.front().origin.kind == Origin::Kind::begin;
  if (!begins) return connection_.execute(sql);
  sent_ = 1;
  try {
    return connection_.execute(statements_.front().sql + "; " + sql);
  } catch (const DatabaseError& error) {
    if (connection_.usable()) connection_.execute("rollback");
    if (error.sqlstate() == undefined_table) throw_other_version();
    throw;
  }
}

pqxx::result Batch::try_send(std::string last, Origin origin) {
  const Phase phase = origin.kind == Origin::Kind::commit ? Phase::commit : Phase::work;
  add(std::move(last), std::move(origin));
  std::string message;
  message.reserve(usual_message);
  for (std::size_t i = sent_; i < statements_.size(); ++i) {
    const Statement& statement = statements_[i];
    if (statement.sql.empty()) continue;
    if (!message.empty()) message += "; ";
    message += statement.joined.empty() ? statement.sql : statement.joined;
  }
  sent_ = statements_.size();
  try {
    pqxx::result result = connection_.execute(message, phase);
    fresh_.clear();
    return result;
  } catch (const Error& error) {
    fail(error);
  }
}

void Batch::flush() {
  if (sent_ == statements_.size()) return;
  Statement last = std::move(statements_.back());
  statements_.pop_back();
  send(std::move(last.sql), std::move(last.origin));
  statements_.clear();
  sent_ = 0;
  forgot_ = true;
}

void Batch::fail(const Error& error) {
  const auto* database_error = dynamic_cast<const DatabaseError*>(&error);
  if (database_error == nullptr || !connection_.usable()) throw;  // As what it is.
  roll_back();
  if (forgot_ || hasty_ || !blames_statement(*database_error)) throw *database_error;
  std::string message = database_error->what();
  std::string state = database_error->sqlstate();
  const Origin* origin = find_failing(message, state);
  if (state == key_taken) {  // Not found again: run_again tells it by a row.
    throw_error<ErrorCode::transient>(
        "a unique key was taken when the command wanted it, and is free now: execute it again");
  }
  if (origin == nullptr) throw *database_error;
  if (origin->kind == Origin::Kind::begin && state == undefined_table) throw_other_version();
  if (origin->kind == Origin::Kind::projector) {
    throw core::PublishError{origin->subject, origin->event_type, origin->event, message};
  }
  if (origin->kind == Origin::Kind::append && state == unique_violation) {
    if (origin->explain) origin->explain(connection_);
    if (origin->creates) {
      throw_error<ErrorCode::optimistic_locking>("aggregate " + origin->subject +
                                                 " exists already: give a new one an id of its own");
    }
    throw_error<ErrorCode::optimistic_locking>("another writer was first to change aggregate " + origin->subject +
                                               ": load it again and retry");
  }
  if (origin->kind == Origin::Kind::append && state == not_null_violation) {
    throw_error<ErrorCode::optimistic_locking>("aggregate " + origin->subject +
                                               " was deleted since it was loaded: load it again");
  }
  if (origin->kind == Origin::Kind::receipt && state == unique_violation) {
    throw_error<ErrorCode::idempotency_key_reused>("another call with the same idempotency key was first");
  }
  if (origin->kind == Origin::Kind::statement) throw DatabaseError{ErrorCode::database, message, state};
  throw DatabaseError{database_error->code(), message, state};
}

const Origin* Batch::find_failing(std::string& message, std::string& state) {
  if (const Origin* found = run_again(false, message, state)) return found;
  // Nothing fails by itself: a statement that joined another, or the COMMIT, which has no statement to blame.
  return run_again(true, message, state);
}

const Origin* Batch::run_again(bool joined, std::string& message, std::string& state) {
  const Origin* found = nullptr;
  if (statements_.front().origin.kind != Origin::Kind::begin) connection_.execute("begin");
  for (const Statement& statement : statements_) {
    if (statement.origin.kind == Origin::Kind::commit) break;
    if (statement.sql.empty()) continue;
    try {
      run_again(statement, joined && !statement.joined.empty() ? statement.joined : statement.sql);
    } catch (const DatabaseError& error) {
      if (error.code() == ErrorCode::transient) {  // Somebody else is in the way now: nobody here is to blame.
        roll_back();
        throw;
      }
      message = error.what();
      state = error.sqlstate();
      found = joined && !statement.joined.empty() ? &statement.joined_origin : &statement.origin;
      break;
    }
  }
  roll_back();
  return found;
}

void Batch::run_again(const Statement& statement, const std::string& sql) {
  // One that was sent and succeeded is still there: PREPARE is not rolled back.
  if (!statement.prepares.empty() && is_prepared(statement.prepares)) return;
  if (statement.origin.kind != Origin::Kind::unique_keys) {
    connection_.execute(sql);
    return;
  }
  const pqxx::result refused = connection_.execute(statement.origin.explanation);
  if (refused.empty()) return;
  roll_back();
  throw AggregateKeyNotUnique{refusal_of(refused[0])};
}

void Batch::roll_back() {
  connection_.execute("rollback");
  // Whether these were prepared depends on where the message failed. Those of earlier messages stay: what is run again
  // needs them.
  for (const std::string& shape : fresh_) {
    const std::string& name = connection_.prepared.at(shape);
    if (is_prepared(name)) connection_.execute("deallocate " + name);
  }
}

bool Batch::is_prepared(const std::string& name) {
  return !connection_.execute("select from pg_catalog.pg_prepared_statements where name = '" + name + "'").empty();
}

void Batch::forget_unsent() noexcept {
  for (const std::string& shape : fresh_) connection_.prepared.erase(shape);
}

}  // namespace seriatim::postgres
