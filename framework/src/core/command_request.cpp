#include "core/command_request.hpp"

#include <algorithm>
#include <utility>

#include "seriatim/json.hpp"

namespace seriatim::core {
namespace {

/// The form in which receipts keep an outcome. Those of former versions name no attempt.
struct Outcome {
  std::vector<StoredEvent> events;
  std::optional<Uuid> attempt;
};
BOOST_DESCRIBE_STRUCT(Outcome, (), (events, attempt))

std::vector<std::string> sorted_keys(const std::vector<AnyCommand>& commands) {
  std::vector<std::string> keys;
  for (const AnyCommand& command : commands) {
    if (command.base().idempotency_key) keys.push_back(*command.base().idempotency_key);
  }
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice != keys.end()) {
    throw_error<ErrorCode::usage>("two commands of one call carry the idempotency key \"" + *twice +
                                  "\": give each its own");
  }
  return keys;
}

/// What is not valid as a key was never stored as one.
bool is_storable(const std::string& key) {
  AttributeErrors errors;
  attributes::find_unstorable(errors, attributes::type_of<std::string>, &key);
  return errors.empty();
}

/// The key is looked up by itself, and a program that asks again may have stamped another time.
bool tells_requests_apart(const attributes::Member& member) {
  return member.name != "created_at" && member.name != "idempotency_key";
}

/// With its length, so that what follows cannot be taken for a part of it.
void append_text(std::string& out, std::string_view text) {
  out.append(std::to_string(text.size())).append(":").append(text);
}

void append_command(std::string& out, const AnyCommand& command) {
  std::vector<attributes::Member> members;
  const auto all = command.type().attributes->members;
  std::copy_if(all.begin(), all.end(), std::back_inserter(members), tells_requests_apart);
  std::string json;
  // A secret is wiped or hashed by the time it matters, so requests that differ in secrets alone count as one.
  attributes::write_json_members(json, members, command.get(), {.redact_secrets = true});
  append_text(out, command.type().name);
  append_text(out, json);
}

void append_statement(std::string& out, const SqlStatement& statement) {
  append_text(out, statement.sql);
  for (const std::optional<std::string>& parameter : statement.parameters) {
    if (parameter) {
      append_text(out, *parameter);
    } else {
      out += "null";
    }
  }
}

}  // namespace

CommandRequest::CommandRequest(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements)
    : commands_{std::move(commands)}, statements_{std::move(statements)}, keys_{sorted_keys(commands_)} {}

std::string CommandRequest::canonical_text() const {
  std::string text;
  for (const AnyCommand& command : commands_) append_command(text, command);
  for (const SqlStatement& statement : statements_) append_statement(text += ';', statement);
  return text;
}

store::Receipts CommandRequest::receipts(const ExecutionResult& outcome) const {
  return {keys_, canonical_text(), to_json(Outcome{outcome.events, new_uuid()})};
}

std::optional<ExecutionResult> CommandRequest::first_outcome(const FindReceipts& find) const {
  if (keys_.empty() || !std::all_of(keys_.begin(), keys_.end(), is_storable)) return std::nullopt;
  const std::vector<store::FoundReceipt> found = find(keys_, canonical_text());
  if (found.empty()) return std::nullopt;
  const auto other = std::find_if(found.begin(), found.end(), [](const auto& receipt) { return !receipt.same_request; });
  if (other != found.end() || found.size() != keys_.size()) {
    throw_error<ErrorCode::idempotency_key_reused>(
        "another request was executed under the idempotency key \"" +
        (other != found.end() ? other->key : found.front().key) + "\": give this one a key of its own");
  }
  return ExecutionResult{from_json<Outcome>(found.front().outcome).events, {}, true};
}

bool of_one_attempt(const std::string& outcome, const std::string& other) {
  const std::optional<Uuid> attempt = from_json<Outcome>(outcome).attempt;
  return attempt && attempt == from_json<Outcome>(other).attempt;
}

}  // namespace seriatim::core
