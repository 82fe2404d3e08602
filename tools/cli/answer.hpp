#pragma once
// What `execute` answers to one line of input.

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "exit_codes.hpp"
#include "output.hpp"
#include "seriatim/command_service.hpp"
#include "seriatim/json.hpp"

namespace seriatim::cli {

enum class Outcome : std::uint8_t {
  ok,
  invalid,    ///< The attributes are refused.
  refused,    ///< The domain said no, or does not know the command or its aggregate.
  conflict,   ///< Another writer was first; the same line may succeed later.
  malformed,  ///< The line is no command.
  failed,     ///< Something broke.
  in_doubt,   ///< The connection was lost during COMMIT: stored or not.
};
inline constexpr int outcomes = 7;

[[nodiscard]] const char* to_string(Outcome outcome) noexcept;
[[nodiscard]] ExitCode exit_code(Outcome outcome) noexcept;

struct Answer {
  std::int64_t line = 0;
  Outcome outcome = Outcome::ok;
  std::string type;                 ///< The command's; empty when it was not understood.
  std::vector<StoredEvent> events;  ///< What an ok command stored.
  std::vector<AfterCommitFailure> after_commit_failures;  ///< Of its workflows.
  bool repeated = false;            ///< An earlier command with the same idempotency key stored them.
  std::string code;                 ///< The rest is empty when ok.
  std::string name;                 ///< The domain's own name of its refusal.
  std::string message;
  AttributeErrors attributes;
};

/// Answers with what is wrong. `decoded` tells whether the line had been understood by then.
void set_error(Answer& answer, const Error& error, bool decoded);
void set_error(Answer& answer, const std::exception& error);
void set_malformed(Answer& answer, const std::string& message);

/// The member "error" of an answer that is not ok.
void write_error(JsonWriter& json, const Answer& answer);

/// {"line":3,"status":"ok","events":[...]} or {"line":3,"status":"invalid","error":{...}}.
[[nodiscard]] std::string to_json(const Answer& answer);

/// The same in one line for people: "ok 3 Wallet::Commands::AddMoney 5b0e... #4".
[[nodiscard]] std::string to_text(const Answer& answer);

}  // namespace seriatim::cli
