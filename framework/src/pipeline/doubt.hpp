#pragma once
// What becomes of a batch whose COMMIT was not answered.

#include "pipeline/lane.hpp"

namespace seriatim::pipeline {

/// Finds out as much as can be found out, and answers each command of the batch once. For the lane's thread.
///
/// A command with a key is made again by `execute`: if it finds its receipt, with the events that the batch would have
/// stored, the batch is stored, and so all outcomes hold. If it is stored anew, the batch never will be, also if the old
/// session should come to it only now: an aggregate, or the receipt, is no longer as it expects. Then what came before that
/// command is told so, because it would come out of its order now, and what comes after it is made again.
///
/// Without such a command nobody knows: those that would have stored something are in doubt. Those that would not are
/// not stored, but their outcomes may rest on what is in doubt; only the first ones, which nothing in the batch came
/// before, can be confirmed by looking at what they read.
class Doubt {
 public:
  /// `error` is what the transaction failed with. All must outlive it.
  Doubt(Lane& lane, std::span<Submission> commands, BatchAttempt& attempt, std::exception_ptr error)
      : lane_{lane}, commands_{commands}, attempt_{attempt}, error_{std::move(error)} {}

  void settle();

 private:
  void confirm_first();
  [[nodiscard]] std::size_t first_with_key() const;
  [[nodiscard]] bool is_first_outcome(const Outcome& outcome, std::size_t i) const;
  void finish_all();
  void give_up(std::size_t end);
  void answer(std::size_t i, Outcome outcome);

  Lane& lane_;
  std::span<Submission> commands_;
  BatchAttempt& attempt_;
  std::exception_ptr error_;
  std::size_t open_ = 0;  ///< The first command without an answer.
};

}  // namespace seriatim::pipeline
