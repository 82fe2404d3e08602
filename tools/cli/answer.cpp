#include "answer.hpp"

#include <fmt/format.h>

#include "output.hpp"
#include "seriatim/validation.hpp"

namespace seriatim::cli {
namespace {

Outcome outcome_of(const Error& error, bool decoded) {
  if (!decoded && error.code() == ErrorCode::deserialization) return Outcome::malformed;
  if (error.code() == ErrorCode::command_not_valid) return Outcome::invalid;
  if (error.in_doubt()) return Outcome::in_doubt;
  switch (exit_code(error)) {
    case ExitCode::refused:
      return Outcome::refused;
    case ExitCode::conflict:
      return Outcome::conflict;
    default:
      return Outcome::failed;
  }
}

void write_events(JsonWriter& json, const std::vector<StoredEvent>& events) {
  json.Key("events");
  json.StartArray();
  for (const StoredEvent& event : events) {
    json.StartObject();
    put(json, "aggregate_id", event.aggregate_id);
    put(json, "sequence_number", event.sequence_number);
    put(json, "type", event.type);
    json.EndObject();
  }
  json.EndArray();
}

void write_attributes(JsonWriter& json, const AttributeErrors& attributes) {
  json.Key("attributes");
  json.StartObject();
  for (const auto& [path, errors] : attributes) {
    json.Key(path.data(), static_cast<rapidjson::SizeType>(path.size()));
    json.StartArray();
    for (const AttributeError& error : errors) {
      json.StartObject();
      put(json, "code", error.code);
      put(json, "message", error.message);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

void write_failures(JsonWriter& json, const std::vector<AfterCommitFailure>& failures) {
  json.Key("after_commit_failures");
  json.StartArray();
  for (const AfterCommitFailure& failure : failures) {
    json.StartObject();
    put(json, "workflow", failure.workflow);
    put(json, "aggregate_id", failure.aggregate_id);
    put(json, "sequence_number", failure.sequence_number);
    put(json, "skipped", failure.skipped);
    put(json, "message", failure.message);
    json.EndObject();
  }
  json.EndArray();
}

/// " 5b0e... #4 #5", the id said again only where it changes.
std::string stored(const std::vector<StoredEvent>& events) {
  if (events.empty()) return " (no events)";
  std::string out;
  const StoredEvent* before = nullptr;
  for (const StoredEvent& event : events) {
    if (before == nullptr || before->aggregate_id != event.aggregate_id) out += ' ' + uuid_text(event.aggregate_id);
    out += fmt::format(" #{}", event.sequence_number);
    before = &event;
  }
  return out;
}

}  // namespace

const char* to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::invalid:
      return "invalid";
    case Outcome::refused:
      return "refused";
    case Outcome::conflict:
      return "conflict";
    case Outcome::malformed:
      return "malformed";
    case Outcome::failed:
      return "failed";
    case Outcome::in_doubt:
      return "in_doubt";
  }
  return "unknown";
}

ExitCode exit_code(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok:
      return ExitCode::done;
    case Outcome::invalid:
    case Outcome::refused:
      return ExitCode::refused;
    case Outcome::conflict:
      return ExitCode::conflict;
    case Outcome::malformed:
      return ExitCode::usage;
    case Outcome::failed:
    case Outcome::in_doubt:
      break;
  }
  return ExitCode::failed;
}

void set_error(Answer& answer, const Error& error, bool decoded) {
  answer.outcome = outcome_of(error, decoded);
  answer.code = to_string(error.code());
  answer.message = error.what();
  if (const auto* refusal = dynamic_cast<const DomainError*>(&error)) answer.name = refusal->name();
  if (const auto* invalid = dynamic_cast<const CommandNotValid*>(&error)) {
    answer.type = invalid->command_type();
    answer.attributes = invalid->errors();
  }
}

void set_error(Answer& answer, const std::exception& error) {
  answer.outcome = Outcome::failed;
  answer.code = "unexpected";
  answer.message = error.what();
}

void set_malformed(Answer& answer, const std::string& message) {
  answer.outcome = Outcome::malformed;
  answer.code = to_string(ErrorCode::deserialization);
  answer.message = message;
}

void write_error(JsonWriter& json, const Answer& answer) {
  json.Key("error");
  json.StartObject();
  put(json, "code", answer.code);
  if (!answer.name.empty()) put(json, "name", answer.name);
  put(json, "message", answer.message);
  if (!answer.attributes.empty()) write_attributes(json, answer.attributes);
  json.EndObject();
}

std::string to_json(const Answer& answer) {
  return json_object([&](JsonWriter& json) {
    put(json, "line", answer.line);
    put(json, "status", to_string(answer.outcome));
    if (answer.outcome == Outcome::ok) {
      write_events(json, answer.events);
      if (!answer.after_commit_failures.empty()) write_failures(json, answer.after_commit_failures);
      if (answer.repeated) put(json, "repeated", true);
    } else {
      write_error(json, answer);
    }
  });
}

std::string to_text(const Answer& answer) {
  std::string out = fmt::format("{} {}", to_string(answer.outcome), answer.line);
  if (answer.outcome == Outcome::ok) return out + ' ' + answer.type + stored(answer.events) + (answer.repeated ? " (repeated)" : "");
  // An invalid command's message starts with its type.
  if (!answer.type.empty() && answer.outcome != Outcome::invalid) out += ' ' + answer.type;
  return out + ": " + one_line(answer.message);
}

}  // namespace seriatim::cli
