#include "store/postgres/connection.hpp"

#include <algorithm>

namespace seriatim::postgres {
namespace {

constexpr const char* settings =
    "set search_path = pg_catalog, pg_temp; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; "
    "set intervalstyle = 'postgres'; set client_encoding = 'UTF8'; set standard_conforming_strings = on; "
    "set bytea_output = 'hex'; set extra_float_digits = 1; set plan_cache_mode = force_generic_plan; "
    "set jit = off; set client_min_messages = warning; set default_transaction_isolation = 'read committed'";

/// Which server and database this is, whether what is committed survives a crash, and which session of the server's. A copy of a
/// database may take its name while the server runs; then the number of the database is another.
constexpr const char* who_answers =
    "select pg_catalog.pg_postmaster_start_time()::text || ' ' || d.oid, "
    "pg_catalog.current_setting('synchronous_commit') <> 'off', pg_catalog.pg_backend_pid(), "
    "(select a.backend_start from pg_catalog.pg_stat_activity a where a.pid = pg_catalog.pg_backend_pid()) "
    "from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()";

/// libpq's texts say ERROR first, where in a function it was last, and may have several lines; ours are one sentence.
std::string one_line(std::string text) {
  constexpr std::string_view severity = "ERROR:  ";
  if (text.compare(0, severity.size(), severity) == 0) text.erase(0, severity.size());
  text.erase(std::min(text.find("\nCONTEXT:"), text.size()));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

/// libpqxx 6 silently reconnects a lost session, which would lack our settings and statements; we reconnect ourselves.
/// libpqxx 7 never does.
void refuse_reactivation([[maybe_unused]] pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
}

[[noreturn]] void throw_lost(Phase phase, const std::string& cause) {
  if (phase == Phase::commit) {
    throw Error{ErrorCode::in_doubt, "the connection was lost during COMMIT, so the work may or may not be stored: "
                                     "look before trying again (" + cause + ")"};
  }
  throw Error{ErrorCode::connection_lost, "the database is unreachable: " + cause};
}

bool starts_with(const std::string& text, std::string_view prefix) { return text.compare(0, prefix.size(), prefix) == 0; }

ErrorCode code_of(const std::string& state) {
  if (state == "SR001") return ErrorCode::integrity;
  if (state == "SR002") return ErrorCode::projector_migrating;
  if (state == "SR003") return ErrorCode::record_not_found;
  if (state == "SR007") return ErrorCode::aggregate_key_not_unique;
  if (state == "SR004") return ErrorCode::optimistic_locking;
  if (state == "42P01" || state == "3F000" || state == "42883") return ErrorCode::store_not_installed;
  if (state == "55P03" || starts_with(state, "40")) return ErrorCode::transient;
  return ErrorCode::database;
}

template <class Exception>
bool is(const pqxx::sql_error& error) {
  return dynamic_cast<const Exception*>(&error) != nullptr;
}

/// libpqxx 6 drops the SQLSTATE of errors for which it has a class of their own; the class says the same.
std::string state_of(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  if (is<pqxx::insufficient_privilege>(error)) return "42501";
  if (is<pqxx::undefined_table>(error)) return "42P01";
  if (is<pqxx::undefined_function>(error)) return "42883";
  if (is<pqxx::undefined_column>(error)) return "42703";
  if (is<pqxx::syntax_error>(error)) return "42601";
  if (is<pqxx::unique_violation>(error)) return "23505";
  if (is<pqxx::not_null_violation>(error)) return "23502";
  if (is<pqxx::foreign_key_violation>(error)) return "23503";
  if (is<pqxx::check_violation>(error)) return "23514";
  if (is<pqxx::data_exception>(error)) return "22000";
  if (is<pqxx::invalid_cursor_name>(error)) return "34000";
  if (is<pqxx::feature_not_supported>(error)) return "0A000";
  return "";
}

bool is_loss(const std::string& state) {
  return starts_with(state, "08") || state == "57P01" || state == "57P02" || state == "57P03";
}

[[noreturn]] void throw_sql_error(Phase phase, const std::string& state, const std::string& message) {
  if (is_loss(state)) throw_lost(phase, message);
  const ErrorCode code = code_of(state);
  if (code == ErrorCode::store_not_installed) {
    throw DatabaseError{code, message + " (is the event store installed? run `seriatim db create`)", state};
  }
  throw DatabaseError{code, message, state};
}

}  // namespace

void throw_translated(Phase phase) {
  // libpqxx 6 does not derive these two from sql_error; libpqxx 7 does. Catching them first serves both.
  try {
    throw;
  } catch (const pqxx::deadlock_detected& error) {
    throw DatabaseError{ErrorCode::transient, one_line(error.what()), "40P01"};
  } catch (const pqxx::serialization_failure& error) {
    throw DatabaseError{ErrorCode::transient, one_line(error.what()), "40001"};
  } catch (const pqxx::transaction_rollback& error) {
    throw DatabaseError{ErrorCode::transient, one_line(error.what()), "40000"};
  } catch (const pqxx::broken_connection& error) {
    throw_lost(phase, one_line(error.what()));
  } catch (const pqxx::sql_error& error) {
    throw_sql_error(phase, state_of(error), one_line(error.what()));
  } catch (const pqxx::failure& error) {
    throw DatabaseError{ErrorCode::database, one_line(error.what()), ""};
  }
}

void throw_database_error(const std::string& sqlstate, const std::string& message, bool lost) {
  if (lost) throw_lost(Phase::work, one_line(message));
  throw_sql_error(Phase::work, sqlstate, one_line(message));
}

const char* session_settings() noexcept { return settings; }

Connection::Connection(const std::string& url) {
  try {
    connection_ = std::make_unique<pqxx::connection>(url);
    const char* host = connection_->hostname();
    where_ = std::string{"database "} + connection_->dbname() + " at " + (host != nullptr ? host : "the local socket");
    refuse_reactivation(*connection_);
    const pqxx::result answer = execute(std::string{settings} + "; " + who_answers);
    server_ = answer[0][0].c_str();
    durable_ = answer[0][1].as<bool>();
    session_ = {answer[0][2].c_str(), answer[0][3].c_str()};
  } catch (const pqxx::failure& error) {
    throw Error{ErrorCode::connection_lost, "cannot connect to the database: " + one_line(error.what())};
  }
}

pqxx::result Connection::execute(const std::string& sql, Phase phase) try {
  try {
    pqxx::nontransaction work{*connection_};
    return work.exec(sql);
  } catch (const std::exception&) {
    throw_translated(phase);
  }
} catch (const Error& error) {
  if (error.in_doubt()) throw CommitLost{error.what(), session_};
  throw;
}

void Connection::transact(const std::string& sql) {
  try {
    // It may be a file of a user, and such a file may end in a comment.
    execute("begin; " + sql + "\n; commit", Phase::commit);
  } catch (const Error&) {
    if (usable()) execute("rollback");
    throw;
  }
}

void Connection::append_quoted(std::string& out, const std::string& text) const {
  if (text.find('\0') != std::string::npos) {
    throw_error<ErrorCode::serialization>("a text contains U+0000, which PostgreSQL cannot store");
  }
  if (text.find_first_of("'\\") == std::string::npos) {
    out.append(1, '\'').append(text).append(1, '\'');
  } else {
    out += connection_->quote(text);
  }
}

void Connection::cancel() noexcept {
  try {
    connection_->cancel_query();
  } catch (const std::exception&) {
    // The server is gone, or has no more connections: the statement ends by itself, or is asked again.
    return;
  }
}

bool Connection::usable() const noexcept { return connection_ != nullptr && connection_->is_open(); }

void Connection::set_up(std::string sql) {
  set_up_ = std::move(sql);
  execute(set_up_);
}

void Connection::reset() {
  prepared.clear();
  execute("rollback");
  execute("deallocate all; " + set_up_);
}

}  // namespace seriatim::postgres
