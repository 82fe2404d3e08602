#pragma once
// Verification: are the live views what the events say?

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/message.hpp"

namespace seriatim {

/// What to verify.
struct VerificationOptions {
  std::optional<std::string> projector{};  ///< Its name; all of the domain unless given.
  std::optional<std::int64_t> sample{};    ///< So many aggregates, chosen by `seed`; all, and all rows, unless given.
  std::uint64_t seed = 0;
  bool repair = false;  ///< Rewrite the rows that differ.
};

/// One column that differs, or one row that is missing or surplus.
struct ViewDifference {
  enum class Kind : std::uint8_t { changed, missing, surplus };

  Kind kind = Kind::changed;
  std::string projector;
  std::string table;
  std::optional<AggregateId> aggregate_id;  ///< Whose row it is; nothing when the row does not say.
  std::string row;                          ///< The columns that identify it: "aggregate_id=..., sequence_number=3".
  std::string column;                       ///< Of a changed row; otherwise empty.
  std::optional<std::string> expected;      ///< The column's value, or the missing row; nothing for NULL.
  std::optional<std::string> found;         ///< The column's value, or the surplus row; nothing for NULL.
  bool repaired = false;
};

/// What a verification has looked at and found.
struct VerificationResult {
  std::int64_t aggregates = 0;
  std::int64_t events = 0;
  std::int64_t rows = 0;  ///< Live rows that were compared.
  std::vector<ViewDifference> differences;
  std::int64_t wrong_rows = 0;  ///< Rows with a difference, missing and surplus ones included.
  std::int64_t repaired_rows = 0;
  std::vector<std::string> notes;  ///< What was not compared or not repaired, and why; a sentence each.
  double seconds = 0;
};

/// How far a verification is. Reported a few times a second.
struct VerificationProgress {
  std::int64_t aggregates = 0;
  std::int64_t total = 0;  ///< Aggregates.
  std::int64_t events = 0;
  std::int64_t wrong_rows = 0;
};

/// Compares the live views of one domain with a fold of the events in memory. Not thread-safe.
///
/// Aggregates are read in groups, the events and the rows of each in one snapshot, so that commands that are executed
/// meanwhile cause no false differences. Columns that a record does not name are neither compared nor changed. A
/// projector whose rows are fed by several aggregates is compared as a whole, which takes memory for its tables and
/// holds back the switch of a migration meanwhile; in a sample it is left out.
class ViewVerifier {
 public:
  virtual ~ViewVerifier() = default;

  /// With `repair`, each aggregate with differences is looked at again under the lock that its writers take, and the
  /// rows that differ then are rewritten, no others. Tables of projectors that several aggregates feed are not
  /// repaired.
  ///
  /// Error(usage): there is no such projector, or a sample of one that several aggregates feed is wanted.
  /// Error(projector_migrating): the tables are of another version than this program's projector. Error(migration):
  /// cancelled; what was repaired until then stays. Errors of projectors and of the database.
  virtual VerificationResult verify(const VerificationOptions& options,
                                    const std::function<void(const VerificationProgress&)>& report,
                                    const std::function<bool()>& cancelled) = 0;
};

}  // namespace seriatim
