#pragma once
// One connection to PostgreSQL, with the errors of libpqxx turned into ours. Outside of store/postgres nobody sees
// libpqxx; the migrations use this class too.

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <unordered_map>

#include "seriatim/errors.hpp"

namespace seriatim::postgres {

/// What the statement was that failed, as far as errors differ by it.
enum class Phase : std::uint8_t {
  work,    ///< Nothing is committed yet: a lost connection means that nothing is stored.
  commit,  ///< The message holds a COMMIT: a lost connection leaves the outcome in doubt.
};

/// An error of the database that keeps its SQLSTATE, for those who must tell one cause from another.
class DatabaseError : public Error {
 public:
  DatabaseError(ErrorCode code, const std::string& message, std::string sqlstate)
      : Error{code, message}, sqlstate_{std::move(sqlstate)} {}
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  std::string sqlstate_;
};

/// A session: the server's process, and when it began, as numbers of processes come again. Both as the server writes them.
struct Session {
  std::string process;
  std::string began;
};

/// The connection was lost during COMMIT, of which the session that it led to may know more.
class CommitLost : public Error {
 public:
  CommitLost(const std::string& message, Session session)
      : Error{ErrorCode::in_doubt, message}, session_{std::move(session)} {}
  [[nodiscard]] const Session& session() const noexcept { return session_; }

 private:
  Session session_;
};

/// Turns the libpqxx exception that is being handled into an error of ours, by its type and SQLSTATE alone. The only
/// place that does. Call it in a catch block.
[[noreturn]] void throw_translated(Phase phase);

/// The same for an error of libpq, outside of a COMMIT: its SQLSTATE, where there is one, its text, and whether the
/// connection is lost.
[[noreturn]] void throw_database_error(const std::string& sqlstate, const std::string& message, bool lost);

/// What every session of ours begins with: UTC, ISO dates, an empty search_path, generic plans.
[[nodiscard]] const char* session_settings() noexcept;

/// A connection. Not thread-safe. Session settings: UTC, ISO dates, an empty search_path, generic plans.
class Connection {
 public:
  /// Connects. Error(connection_lost) when the server cannot be reached; the password never shows in the text.
  explicit Connection(const std::string& url);

  /// Runs one or more statements in one round trip; the result is that of the last one. CommitLost when the connection is
  /// lost in a COMMIT.
  pqxx::result execute(const std::string& sql, Phase phase = Phase::work);

  /// As `execute`, in a transaction of its own, with COMMIT.
  void transact(const std::string& sql);

  /// A string literal, quoted by the library.
  [[nodiscard]] std::string quoted(const std::string& text) const { return connection_->quote(text); }

  /// Appends a string literal to `out`. Plain text without quotes and backslashes is copied; the rest goes through the
  /// library.
  void append_quoted(std::string& out, const std::string& text) const;

  /// Asks the server to cancel the statement that another thread is executing over this connection; that thread then gets
  /// an Error(database). Without such a statement, or without an answer from the server, nothing happens. Thread-safe.
  void cancel() noexcept;

  /// False when the connection was lost.
  [[nodiscard]] bool usable() const noexcept;

  /// Where the server is, for error texts; without credentials.
  [[nodiscard]] const std::string& where() const noexcept { return where_; }

  /// Tells the server and its database from any other, and from themselves before the server was started anew.
  [[nodiscard]] const std::string& server() const noexcept { return server_; }

  /// Whether what is committed survives a crash of the server: not where `synchronous_commit` is off.
  [[nodiscard]] bool durable() const noexcept { return durable_; }

  /// What this connection leads to.
  [[nodiscard]] const Session& session() const noexcept { return session_; }

  [[nodiscard]] pqxx::connection& raw() noexcept { return *connection_; }

  /// Runs `sql`, now and again after every `reset`: the statements that all users of the connection rely on.
  void set_up(std::string sql);

  /// Ends whatever transaction is open and forgets all prepared statements but those of `set_up`.
  void reset();

  /// What this session has prepared, by what it does -> name. See Batch::prepare.
  std::unordered_map<std::string, std::string> prepared;

  /// A name that no statement of this session has had.
  [[nodiscard]] std::string next_statement_name() { return "seriatim_" + std::to_string(++statements_); }

 private:
  std::string where_;
  std::string server_;
  bool durable_ = true;
  Session session_;
  std::string set_up_;
  std::size_t statements_ = 0;
  std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace seriatim::postgres
