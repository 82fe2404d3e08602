#pragma once
// The statements of a transaction that need no answer, collected to travel together.

#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seriatim/message.hpp"
#include "store/postgres/connection.hpp"

namespace seriatim::postgres {

/// Where a statement comes from, for the error text when it fails.
struct Origin {
  enum class Kind : std::uint8_t { begin, guard, append, projector, statement, receipt, read, commit, unique_keys };
  Kind kind = Kind::read;
  std::string subject;     ///< append: the aggregates; projector: its name.
  std::string event_type;  ///< projector only.
  EventHeader event{};     ///< projector only.
  bool creates = false;    ///< append: the aggregate is new.
  std::string explanation{};  ///< unique_keys: a query that does what the statement does, but tells what it refuses.
  std::function<void(Connection&)> explain{};  ///< append: asked after a key that exists already; throws what it finds.
};

/// Collects statements and sends them as one message. PostgreSQL does not say which statement of a message failed;
/// after a failure the batch runs them again one by one, in a transaction that is rolled back, to find out, and gives
/// the error the meaning that the statement's origin has. A failure is the end: what was collected is lost with the
/// transaction, so whoever swallows it is told again by everything that sends. Not thread-safe.
class Batch {
 public:
  /// `connection` must outlive the batch.
  explicit Batch(Connection& connection) : connection_{connection} {}
  ~Batch() { forget_unsent(); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void add(std::string sql, Origin origin);

  /// Keeps a place in the order for a statement that is known only later; none is sent until `fill`.
  [[nodiscard]] std::size_t reserve(Origin origin);

  /// Puts a statement into a reserved place. False when the place was sent already.
  [[nodiscard]] bool fill(std::size_t place, std::string sql);

  /// A parameter of a prepared statement: its SQL type and, as a literal, its value.
  struct Parameter {
    std::string type;
    std::string value;
  };

  /// An offer to run one more statement within the one added last, which saves the server most of a statement's cost.
  struct Joint {
    std::string name;                   ///< Tells what is joined from anything else.
    std::vector<Parameter> parameters;  ///< Those that are there already.
    /// The whole statement, given the joining one and, unless empty, what raises an error when that changes nothing.
    std::function<std::string(const std::string& change, const std::string& missing)> together;
  };

  /// Lets the next statement join the one added last, if it comes before anything else is added or sent.
  void let_join(Joint joint);

  /// The parameters that a statement which joins may refer to; nullptr when none can join.
  [[nodiscard]] const std::vector<Parameter>* joinable() const;

  /// Joins: the further parameters, the change, and what raises an error when it changes nothing (or nothing).
  void join(std::span<const Parameter> further, const std::string& change, const std::string& missing, Origin origin);

  /// Prepares a statement under a name of this session unless it is prepared, and returns the name. `shape` says what
  /// it does; `definition` is "(types) as statement", asked for only when needed.
  template <class Definition>
  std::string prepare(const std::string& shape, Definition&& definition) {
    const auto found = connection_.prepared.find(shape);
    if (found != connection_.prepared.end()) return found->second;
    return prepare_new(shape, definition());
  }

  /// Runs a query that does not depend on what was collected: that stays unsent, but for a BEGIN that opens the batch.
  pqxx::result query(const std::string& sql);

  /// Sends everything collected, and `last` after it, whose result is returned.
  pqxx::result send(std::string last, Origin origin);

  /// Sends everything collected and forgets it: a later failure is no longer looked for among these statements. For
  /// long runs of which only the end matters.
  void flush();

  /// Whoever is told of a failure makes everything again anyway: none is looked into from here on.
  void ask_for_no_reasons() noexcept { hasty_ = true; }

  [[nodiscard]] Connection& connection() noexcept { return connection_; }

 private:
  struct Statement {
    std::string sql;
    Origin origin;
    std::string joined;    ///< What is sent instead of `sql`, when another statement joined it.
    Origin joined_origin;  ///< Of that other statement.
    std::string prepares{};  ///< The name of the statement that this one prepares.
  };

  /// Does what may fail, unless something has.
  template <class Work>
  auto unless_failed(const Work& work) {
    if (failure_) std::rethrow_exception(failure_);
    try {
      return work();
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  }

  pqxx::result try_query(const std::string& sql);
  pqxx::result try_send(std::string last, Origin origin);
  std::string prepare_new(const std::string& shape, const std::string& definition);
  [[noreturn]] void fail(const Error& error);
  [[nodiscard]] const Origin* find_failing(std::string& message, std::string& state);
  void run_again(const Statement& statement, const std::string& sql);
  [[nodiscard]] bool is_prepared(const std::string& name);
  /// The first statement that fails when all run again one by one, with those that joined others or without.
  [[nodiscard]] const Origin* run_again(bool joined, std::string& message, std::string& state);
  void roll_back();
  void forget_unsent() noexcept;

  Connection& connection_;
  std::vector<std::string> fresh_;  ///< Shapes whose PREPARE is in this batch and not known to have succeeded.
  std::vector<Statement> statements_;  ///< All since BEGIN: what has been sent is needed to find a failing one.
  std::size_t sent_ = 0;
  std::optional<Joint> joint_;  ///< Of the last statement.
  bool hasty_ = false;   ///< See ask_for_no_reasons.
  std::exception_ptr failure_;  ///< The first one.
  bool forgot_ = false;  ///< Something was sent and forgotten, so running again would start from another state.
};

}  // namespace seriatim::postgres
