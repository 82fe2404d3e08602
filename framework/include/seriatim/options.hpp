#pragma once
// Options of an application: where its database is and how it behaves. Plain values; see docs/configuration.md for
// the environment variables and the configuration file.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "seriatim/command_service.hpp"

namespace seriatim {

/// What an Application is told when it is made.
struct Options {
  std::string database_url;                             ///< `postgresql://user@host/name`
  std::string store_schema = "sequent_schema";          ///< The schema of the event store.
  std::string application_role = "seriatim_application";  ///< Role that may store and read.
  std::string reader_role = "seriatim_reader";          ///< Role that may read views.
  UnknownCommands unknown_commands = UnknownCommands::accept;
  /// How long a chain of commands may become in which each was issued at an event of the one before: what is longer is
  /// taken for a loop and refused with Error(workflow_depth).
  int max_workflow_depth = 100;
  int secret_cost = Secret::default_cost;  ///< Each more doubles the time that hashing a Secret takes; 4 to 31.
  int timestamp_digits = 3;  ///< Precision of `created_at`, digits of a second's fraction.

  /// Roughly the memory in which CommandService::execute keeps aggregates between calls, so that a command on one of them
  /// loads only the events that were stored since. 0 keeps none.
  std::size_t kept_aggregates_bytes = std::size_t{64} << 20U;

  /// Load nothing of an aggregate that is kept: one round trip instead of two. What was kept is made sure of in the transaction
  /// that rests on it, and the call made again from the stored events when it is outdated; then filters, middleware and
  /// handlers run twice. So it pays where most commands on an aggregate come through one program.
  bool rely_on_kept_aggregates = false;

  /// Told of what went wrong without making a call fail, in a sentence: a snapshot that cannot be read. Called by the
  /// thread that noticed; must not throw. Without one, warnings go to standard error.
  std::function<void(const std::string& warning)> on_warning;

  /// The defaults, with SERIATIM_DATABASE_URL, SERIATIM_STORE_SCHEMA and SERIATIM_SECRET_COST where they are set. Throws
  /// Error(configuration) for a cost that is none.
  [[nodiscard]] static Options from_environment();
};

/// `secret_cost` from its text; throws Error(configuration), naming `source`, for anything but 4 to 31.
[[nodiscard]] int parse_secret_cost(std::string_view text, std::string_view source);

}  // namespace seriatim
