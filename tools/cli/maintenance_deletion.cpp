// seriatim maintenance delete-streams, delete-commands: permanent deletion.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "maintenance.hpp"
#include "output.hpp"
#include "seriatim/deletion.hpp"

namespace seriatim::cli {
namespace {

struct DeletionOptions {
  std::vector<std::string> ids;
  bool all = false;
  bool yes = false;
};

std::vector<AggregateId> ids_of(const DeletionOptions& options) {
  std::vector<AggregateId> ids;
  for (const std::string& id : options.ids) ids.push_back(parse_uuid(id).value_or(AggregateId{}));
  return ids;
}

/// Asks whoever sits at the terminal; anything but "yes" means no.
void require_confirmation(const std::string& what, bool yes) {
  if (yes) return;
  if (::isatty(STDIN_FILENO) != 1) {
    throw_error<ErrorCode::usage>("deleting " + what +
                                  " is to be confirmed, and there is no terminal to ask on: add --yes");
  }
  say(fmt::format("This deletes {} for good. Type \"yes\" to go on: ", what));
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "yes") throw_error<ErrorCode::usage>("\"yes\" was not typed: nothing is deleted");
}

void print_deleted(const Context& context, const DeletedStreams& deleted) {
  std::vector<std::string> missing;
  for (const AggregateId& id : deleted.missing) missing.push_back(uuid_text(id));
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "streams", deleted.streams);
      put(json, "events", deleted.events);
      put(json, "missing", missing);
    }));
    return;
  }
  for (const std::string& id : missing) print_line("there is no aggregate " + id);
  print_line(fmt::format("deleted {} streams with {} events", with_commas(deleted.streams), with_commas(deleted.events)));
}

ExitCode delete_streams(Context& context, const DeletionOptions& options) {
  const std::vector<AggregateId> ids = ids_of(options);
  require_confirmation(fmt::format("{} streams with their events", ids.size()), options.yes);
  print_deleted(context, Deletion{context.options()}.delete_streams(ids));
  context.note("rows of views that were made from these events stay: delete them, or rebuild the views");
  return ExitCode::done;
}

ExitCode delete_commands(Context& context, const DeletionOptions& options) {
  const std::vector<AggregateId> ids = ids_of(options);
  if (ids.empty() != options.all) {
    throw_error<ErrorCode::usage>("name aggregates whose commands are to be deleted, or give --all, and not both");
  }
  require_confirmation(options.all ? std::string{"all commands without events"}
                                   : fmt::format("the commands without events of {} aggregates", ids.size()),
                       options.yes);
  Deletion deletion{context.options()};
  const std::int64_t count = options.all ? deletion.delete_commands() : deletion.delete_commands(ids);
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) { put(json, "commands", count); }));
  } else {
    print_line(fmt::format("deleted {} commands", with_commas(count)));
  }
  return ExitCode::done;
}

CLI::Option* add_ids(CLI::App& command, DeletionOptions& options) {
  command.add_flag("--yes", options.yes, "Do not ask, for scripts [default: ask on the terminal]");
  return command
      .add_option("ID", options.ids, "Aggregates; several may be given\nexample: 16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f")
      ->check(is_uuid())
      ->type_name("");
}

}  // namespace

void add_delete_streams(CLI::App& group, Action& action) {
  const auto options = std::make_shared<DeletionOptions>();
  CLI::App* command = add_command(group, "delete-streams",
                                  "Delete aggregates with all their events; takes the store's owner. The events are\n"
                                  "kept in saved_event_records; rows of views are not touched");
  add_ids(*command, *options)->required();
  command->callback(
      [&action, options] { action = [options](Context& context) { return delete_streams(context, *options); }; });
}

void add_delete_commands(CLI::App& group, Action& action) {
  const auto options = std::make_shared<DeletionOptions>();
  CLI::App* command = add_command(group, "delete-commands",
                                  "Delete commands that have no events any more; takes the store's owner");
  add_ids(*command, *options);
  command->add_flag("--all", options->all, "Those of all aggregates [default: of those named]");
  command->callback(
      [&action, options] { action = [options](Context& context) { return delete_commands(context, *options); }; });
}

}  // namespace seriatim::cli
