#include "pipeline/doubt.hpp"

#include <utility>

#include "store/postgres/receipts.hpp"

namespace seriatim::pipeline {

std::size_t Doubt::settle() {
  confirm_first();
  switch (find_out()) {
    case Found::stored:
      lane_.has_reached_database();
      finish_all();
      break;
    case Found::not_stored:
      break;
    case Found::nothing:
      give_up();
      break;
  }
  return open_;
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
  while (open_ < end) answer(attempt_.finish(open_));
}

Found Doubt::find_out() const {
  const std::vector<store::Receipts>& receipts = lane_.state_.write().receipts;
  if (receipts.empty()) {
    lane_.has_reached_database();
    return Found::nothing;
  }
  const store::Receipts& own = receipts.front();
  return lane_.find_out(error_.session(), [&](postgres::Connection& connection) {
    const std::vector<store::FoundReceipt> found = postgres::find_receipts(connection, own.keys, own.request);
    return !found.empty() && core::of_one_attempt(found.front().outcome, own.outcome);
  });
}

void Doubt::finish_all() {
  while (open_ < commands_.size()) answer(attempt_.finish(open_));
}

void Doubt::give_up() {
  const std::exception_ptr in_doubt = std::make_exception_ptr(error_);
  while (open_ < commands_.size()) answer({attempt_.stores(open_) ? in_doubt : not_stored(), {}});
}

void Doubt::answer(Outcome outcome) { lane_.answer(commands_[open_++], std::move(outcome)); }

}  // namespace seriatim::pipeline
