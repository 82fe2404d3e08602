#pragma once
// What somebody gave to `execute`, kept as it was given.

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/event_store.hpp"

namespace seriatim::core {

/// Filters and the framework change the commands of an attempt; here they stay what they were, for the next attempt and
/// for telling whether a request is a repetition. Constant once made.
class CommandRequest {
 public:
  /// Error(usage) when two of the commands carry one idempotency key.
  CommandRequest(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements);

  [[nodiscard]] const std::vector<AnyCommand>& commands() const noexcept { return commands_; }
  [[nodiscard]] const std::vector<SqlStatement>& statements() const noexcept { return statements_; }
  [[nodiscard]] bool has_keys() const noexcept { return !keys_.empty(); }

  /// What is to be remembered when an attempt of the request came to this.
  [[nodiscard]] store::Receipts receipts(const ExecutionResult& outcome) const;

  /// See store::EventStore::find_receipts.
  using FindReceipts =
      std::function<std::vector<store::FoundReceipt>(const std::vector<std::string>& keys, const std::string& request)>;

  /// What this request came to before, if it was carried out. Error(idempotency_key_reused) when another one was, under
  /// one of its keys. Calls `find` only when there are keys.
  [[nodiscard]] std::optional<ExecutionResult> first_outcome(const FindReceipts& find) const;

 private:
  /// The same for the same request, and different for any other.
  [[nodiscard]] std::string canonical_text() const;

  std::vector<AnyCommand> commands_;
  std::vector<SqlStatement> statements_;
  std::vector<std::string> keys_;  ///< Sorted.
};

/// Whether two receipts, given by their outcomes, are those of one attempt. A repetition comes to the same, and is another.
[[nodiscard]] bool of_one_attempt(const std::string& outcome, const std::string& other);

}  // namespace seriatim::core
