#include "load.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <pqxx/pqxx>

namespace seriatim::testing {
namespace {

/// One stored event of a numbered command.
struct Stored {
  std::string account;
  std::int32_t sequence_number;
};

std::string hex(std::size_t n) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%012zx", n);
  return text.data();
}

std::map<std::string, std::vector<Stored>> stored_by_user(pqxx::nontransaction& work) {
  std::map<std::string, std::vector<Stored>> stored;
  for (const auto& row : work.exec("select c.user_id, e.aggregate_id, e.sequence_number from sequent_schema.commands c "
                                   "join sequent_schema.events e on e.command_id = c.id where c.user_id is not null")) {
    stored[row[0].c_str()].push_back({row[1].c_str(), row[2].as<std::int32_t>()});
  }
  return stored;
}

std::string name(std::size_t n) { return "command " + std::to_string(n); }

}  // namespace

Uuid NumberedLoad::user(std::size_t n) { return parse_uuid("00000000-0000-4000-9000-" + hex(n)).value(); }

void NumberedLoad::submit(CommandPipeline& pipeline) {
  const std::size_t n = commands_.size();
  const AggregateId& account = accounts_[random_() % accounts_.size()];
  Command base{.aggregate_id = account, .user_id = user(n)};
  if (n % 2 == 0) base.idempotency_key = "load " + std::to_string(n);
  // A withdrawal is refused now and then, so refusals depend on what is stored before.
  if (random_() % 2 == 0) {
    commands_.emplace_back(ledger::Withdraw{base, 1});
  } else {
    commands_.emplace_back(ledger::Deposit{base, 1});
  }
  {
    const std::scoped_lock lock{mutex_};
    Entry entry;
    entry.account = account;
    entry.has_key = base.idempotency_key.has_value();
    entries_.push_back(entry);
  }
  submit(pipeline, n);
}

void NumberedLoad::submit(CommandPipeline& pipeline, std::size_t n) {
  {
    const std::scoped_lock lock{mutex_};
    entries_[n].state = State::waiting;
  }
  pipeline.submit(commands_[n], [this, n](const std::exception_ptr& error, const ExecutionResult& result) {
    answer(n, error, result);
  });
}

void NumberedLoad::submit_again(CommandPipeline& pipeline) {
  for (std::size_t n = 0; n < commands_.size(); ++n) {
    Entry& entry = entries_[n];
    if (!entry.has_key || (entry.state != State::in_doubt && entry.state != State::failed)) continue;
    entry.answers = 0;
    entry.again = true;
    submit(pipeline, n);
  }
}

void NumberedLoad::answer(std::size_t n, const std::exception_ptr& error, const ExecutionResult& result) {
  const std::scoped_lock lock{mutex_};
  Entry& entry = entries_[n];
  ++entry.answers;
  entry.state = State::acknowledged;
  if (error == nullptr) {
    entry.sequence_number = result.events.front().sequence_number;
  } else {
    try {
      std::rethrow_exception(error);
    } catch (const DomainError&) {
      entry.state = State::refused;
    } catch (const Error& failure) {
      entry.state = failure.in_doubt() ? State::in_doubt : State::failed;
      entry.message = failure.what();
    }
  }
}

NumberedLoad::Counts NumberedLoad::counts() const {
  Counts counts{};
  for (const Entry& entry : entries_) ++counts[static_cast<std::size_t>(entry.state)];
  return counts;
}

std::string NumberedLoad::text_of(const Counts& counts) {
  const auto count = [&](State state) { return std::to_string(counts[static_cast<std::size_t>(state)]); };
  return count(State::acknowledged) + " acknowledged, " + count(State::refused) + " refused, " + count(State::in_doubt) +
         " in doubt, " + count(State::failed) + " failed";
}

Findings look_for_faults(const std::string& url, const NumberedLoad& load) {
  Findings findings;
  std::vector<std::string>& faults = findings.wrong;
  pqxx::connection connection{url};
  pqxx::nontransaction work{connection};
  const auto stored = stored_by_user(work);
  using State = NumberedLoad::State;
  std::map<std::string, std::int32_t> last;  // By account, of the commands so far.
  for (std::size_t n = 0; n < load.entries().size(); ++n) {
    const NumberedLoad::Entry& entry = load.entries()[n];
    const auto found = stored.find(uuid_text(NumberedLoad::user(n)));
    const std::size_t times = found == stored.end() ? 0 : found->second.size();
    if (entry.answers != 1) faults.push_back(name(n) + " was answered " + std::to_string(entry.answers) + " times");
    if (times > 1) faults.push_back(name(n) + " is stored " + std::to_string(times) + " times");
    if (entry.state == State::acknowledged && times == 0) faults.push_back(name(n) + " was acknowledged and is not stored");
    if (entry.state == State::refused && times != 0) faults.push_back(name(n) + " was refused and is stored");
    if (entry.state == State::failed && times != 0) {
      faults.push_back(name(n) + " failed, and not in doubt, and is stored: " + entry.message);
    }
    if (times == 0) continue;
    ++findings.stored;
    const Stored& event = found->second.front();
    if (entry.state == State::acknowledged && event.sequence_number != entry.sequence_number) {
      faults.push_back(name(n) + " was told event " + std::to_string(entry.sequence_number) + " and has event " +
                       std::to_string(event.sequence_number));
    }
    if (event.account != uuid_text(entry.account)) faults.push_back(name(n) + " is stored in another account");
    if (entry.again) continue;
    std::int32_t& before = last[event.account];
    if (event.sequence_number < before) faults.push_back(name(n) + " is stored before one that was submitted earlier");
    before = std::max(before, event.sequence_number);
  }
  return findings;
}

}  // namespace seriatim::testing
