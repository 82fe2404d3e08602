#include "store/postgres/batch.hpp"

#include "core/publisher.hpp"

namespace seriatim::postgres {
namespace {

/// Class 22 (data) and 23 (integrity constraint): the statement itself is to blame.
bool blames_statement(const DatabaseError& error) {
  return error.code() == ErrorCode::database || error.code() == ErrorCode::record_not_found;
}

constexpr const char* unique_violation = "23505";

}  // namespace

void Batch::add(std::string sql, Origin origin) { statements_.push_back({std::move(sql), std::move(origin)}); }

std::size_t Batch::reserve(Origin origin) {
  statements_.push_back({{}, std::move(origin)});
  return statements_.size() - 1;
}

bool Batch::fill(std::size_t place, std::string sql) {
  if (place < sent_) return false;
  statements_[place].sql = std::move(sql);
  return true;
}

std::string Batch::prepare_new(const std::string& shape, const std::string& definition) {
  std::string name = connection_.next_statement_name();
  statements_.push_back({"prepare " + name + " " + definition, {}});
  connection_.prepared.emplace(shape, name);
  fresh_.push_back(shape);
  return name;
}

pqxx::result Batch::query(const std::string& sql) {
  const bool begins = sent_ == 0 && !statements_.empty() && statements_.front().origin.kind == Origin::Kind::begin;
  if (!begins) return connection_.execute(sql);
  sent_ = 1;
  return connection_.execute(statements_.front().sql + "; " + sql);
}

pqxx::result Batch::send(std::string last, Origin origin) {
  const Phase phase = origin.kind == Origin::Kind::commit ? Phase::commit : Phase::work;
  add(std::move(last), std::move(origin));
  std::string message;
  for (std::size_t i = sent_; i < statements_.size(); ++i) {
    if (statements_[i].sql.empty()) continue;
    if (!message.empty()) message += "; ";
    message += statements_[i].sql;
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
  if (database_error == nullptr || !connection_.usable()) throw error;
  roll_back();
  if (forgot_ || !blames_statement(*database_error)) throw *database_error;
  std::string message = database_error->what();
  std::string state = database_error->sqlstate();
  const Statement* culprit = find_failing(message, state);
  if (culprit == nullptr) throw *database_error;
  const Origin& origin = culprit->origin;
  if (origin.kind == Origin::Kind::projector) {
    throw core::PublishError{origin.subject, origin.event_type, origin.event, message};
  }
  if (origin.kind == Origin::Kind::append && state == unique_violation) {
    throw_error<ErrorCode::optimistic_locking>("another writer was first to change aggregate " + origin.subject +
                                               ": load it again and retry");
  }
  throw DatabaseError{database_error->code(), message, state};
}

const Batch::Statement* Batch::find_failing(std::string& message, std::string& state) {
  const Statement* found = nullptr;
  if (statements_.front().origin.kind != Origin::Kind::begin) connection_.execute("begin");
  for (const Statement& statement : statements_) {
    if (statement.origin.kind == Origin::Kind::commit) break;
    if (statement.sql.empty()) continue;
    try {
      connection_.execute(statement.sql);
    } catch (const DatabaseError& error) {
      message = error.what();
      state = error.sqlstate();
      found = &statement;
      break;
    }
  }
  roll_back();
  return found;
}

void Batch::roll_back() {
  if (fresh_.empty()) {
    connection_.execute("rollback");
  } else {
    // Whether these were prepared depends on where the message failed.
    connection_.reset();
  }
}

void Batch::forget_unsent() noexcept {
  for (const std::string& shape : fresh_) connection_.prepared.erase(shape);
}

}  // namespace seriatim::postgres
