#include "pipeline/doubt.hpp"

#include <algorithm>
#include <utility>

namespace seriatim::pipeline {
namespace {

Outcome not_stored() {
  return {std::make_exception_ptr(
              Error{ErrorCode::connection_lost, "the connection was lost before the command's turn was over; nothing of it is "
                                                "stored, and others may have come after it: submit it again"}),
          {}};
}

bool same(const std::vector<StoredEvent>& a, const std::vector<StoredEvent>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const StoredEvent& x, const StoredEvent& y) {
    return x.aggregate_id == y.aggregate_id && x.sequence_number == y.sequence_number && x.type == y.type;
  });
}

}  // namespace

void Doubt::settle() {
  confirm_first();
  const std::size_t probe = first_with_key();
  if (probe == commands_.size()) return give_up(commands_.size());
  Outcome outcome = lane_.outcome_alone(commands_[probe], error_);
  if (is_first_outcome(outcome, probe)) return finish_all();
  if (outcome.error != nullptr) {
    give_up(probe);
    answer(probe, std::move(outcome));
    return give_up(commands_.size());
  }
  while (open_ < probe) answer(open_, not_stored());
  answer(probe, std::move(outcome));
  lane_.settle_all(commands_.subspan(open_));
}

/// Commands that nothing in the batch came before are what they are, if what they read is still so.
void Doubt::confirm_first() {
  std::size_t end = 0;
  while (end < commands_.size() && !attempt_.stores(end)) ++end;
  if (end == 0) return;
  for (;;) {
    try {
      attempt_.check_reads();
      break;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::connection_lost || !lane_.wait_for_database()) return;
    }
  }
  while (open_ < end) answer(open_, attempt_.finish(open_));
}

std::size_t Doubt::first_with_key() const {
  std::size_t i = open_;
  while (i < commands_.size() && !(attempt_.stores(i) && commands_[i].request().has_keys())) ++i;
  return i;
}

bool Doubt::is_first_outcome(const Outcome& outcome, std::size_t i) const {
  return outcome.error == nullptr && outcome.result.repeated && same(outcome.result.events, attempt_.result(i).events);
}

void Doubt::finish_all() {
  while (open_ < commands_.size()) answer(open_, attempt_.finish(open_));
}

/// Up to a command.
void Doubt::give_up(std::size_t end) {
  while (open_ < end) answer(open_, attempt_.stores(open_) ? Outcome{error_, {}} : not_stored());
}

void Doubt::answer(std::size_t i, Outcome outcome) {
  open_ = i + 1;
  lane_.answer(commands_[i], std::move(outcome));
}

}  // namespace seriatim::pipeline
