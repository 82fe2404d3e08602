#pragma once
// What becomes of a batch whose COMMIT was not answered.

#include "pipeline/lane.hpp"

namespace seriatim::pipeline {

/// Finds out as much as can be found out, and answers no command of the batch twice. For the lane's thread.
///
/// One receipt tells of the whole batch: once it is there, the batch is stored, and so all outcomes hold; when it is not there
/// and the session is over, nothing of the batch ever will be. It has to be the batch's own: another attempt at the same command
/// leaves one that looks the same.
///
/// Without a receipt nobody knows: those that would have stored something are in doubt. Those that would not are
/// not stored, but their outcomes may rest on what is in doubt; only the first ones, which nothing in the batch came
/// before, can be confirmed by looking at what they read.
class Doubt {
 public:
  /// `error` is what the transaction failed with. All must outlive it.
  Doubt(Lane& lane, std::span<Submission> commands, BatchAttempt& attempt, const postgres::CommitLost& error)
      : lane_{lane}, commands_{commands}, attempt_{attempt}, error_{error} {}

  /// Answers as many commands as it can, from the first on; returns how many. Of the others nothing is stored, nor ever will be.
  [[nodiscard]] std::size_t settle();

 private:
  void confirm_first();
  [[nodiscard]] Found find_out() const;
  void finish_all();
  void give_up();
  void answer(Outcome outcome);

  Lane& lane_;
  std::span<Submission> commands_;
  BatchAttempt& attempt_;
  const postgres::CommitLost& error_;
  std::size_t open_ = 0;  ///< The first command without an answer.
};

}  // namespace seriatim::pipeline
