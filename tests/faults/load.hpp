#pragma once
// Commands under load, each of which can be told from all others, and what became of them.

#include <array>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "seriatim/pipeline.hpp"
#include "support/ledger.hpp"

namespace seriatim::testing {

/// Deposits of 1 and withdrawals of 1, in any number of accounts. Each has a user of its own, whose id holds its number, so
/// that it is known in the store. Answers come from other threads; everything else is for one.
class NumberedLoad {
 public:
  enum class State : std::uint8_t { waiting, acknowledged, refused, in_doubt, failed };
  static constexpr std::size_t states = 5;
  using Counts = std::array<std::size_t, states>;  ///< By state.

  /// What one command came to.
  struct Entry {
    AggregateId account{};
    State state = State::waiting;
    int answers = 0;
    bool has_key = false;
    bool again = false;               ///< It was submitted again, behind those that came later.
    std::int32_t sequence_number = 0;  ///< Of the event, when acknowledged.
    std::string message;              ///< When failed.
  };

  NumberedLoad(std::vector<AggregateId> accounts, unsigned seed) : accounts_{std::move(accounts)}, random_{seed} {}

  /// Submits a random command; every second one has an idempotency key.
  void submit(CommandPipeline& pipeline);

  /// Submits those again that have a key and are not known to be stored or refused.
  void submit_again(CommandPipeline& pipeline);

  /// Once everything has been answered.
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] Counts counts() const;
  /// "8 acknowledged, 2 refused, 0 in doubt, 0 failed".
  [[nodiscard]] static std::string text_of(const Counts& counts);

  /// The user of the n-th command.
  [[nodiscard]] static Uuid user(std::size_t n);

 private:
  void submit(CommandPipeline& pipeline, std::size_t n);
  void answer(std::size_t n, const std::exception_ptr& error, const ExecutionResult& result);

  std::vector<AggregateId> accounts_;
  std::mt19937 random_;
  std::vector<AnyCommand> commands_;
  std::mutex mutex_;  ///< Guards those below while commands are under way.
  std::vector<Entry> entries_;
};

/// What a store holds after `load` went through it.
struct Findings {
  std::vector<std::string> wrong;  ///< Empty when nothing is.
  std::size_t stored = 0;          ///< Commands of the load that are there.
};
[[nodiscard]] Findings look_for_faults(const std::string& url, const NumberedLoad& load);

}  // namespace seriatim::testing
