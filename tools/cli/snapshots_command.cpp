// seriatim snapshots: stored states that make long streams quick to load.

#include <fmt/format.h>

#include <memory>

#include "command_groups.hpp"
#include "interruption.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace seriatim::cli {
namespace {

std::string to_text(const SnapshotProgress& progress) {
  return fmt::format("snapshots: {} of {} taken", with_commas(progress.taken), with_commas(progress.marked));
}

std::string to_json(const SnapshotProgress& progress) {
  return json_object([&](JsonWriter& json) {
    put(json, "phase", "taking snapshots");
    put(json, "done", progress.taken);
    put(json, "total", progress.marked);
  });
}

void print_taken(const Context& context, const SnapshotResult& result) {
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "taken", result.taken);
      put(json, "failures", result.failures);
    }));
    return;
  }
  print_line(fmt::format("{} snapshots taken", with_commas(result.taken)));
}

ExitCode take(Context& context, std::int64_t limit) {
  const std::unique_ptr<Application> application = context.application();
  SnapshotResult result;
  bool interrupted = false;
  {
    const Interruption interruption;
    Progress progress{context, "snapshots"};
    const auto show = [&](const SnapshotProgress& p) { progress.show("taking", to_text(p), to_json(p)); };
    result = application->snapshots().take(limit, show, &Interruption::requested);
    interrupted = Interruption::requested();
  }
  for (const std::string& failure : result.failures) say(fmt::format("seriatim: {}\n", one_line(failure)));
  print_taken(context, result);
  if (interrupted) context.note("interrupted: run it again for the rest");
  return interrupted || !result.failures.empty() ? ExitCode::failed : ExitCode::done;
}

using Deletion = std::int64_t (Snapshots::*)();

ExitCode erase(Context& context, Deletion deletion) {
  const std::unique_ptr<Application> application = context.application();
  const std::int64_t deleted = (application->snapshots().*deletion)();
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) { put(json, "deleted", deleted); }));
  } else {
    print_line(fmt::format("{} snapshots deleted", with_commas(deleted)));
  }
  return ExitCode::done;
}

void add_deletion(CLI::App& group, Action& action, const char* name, const char* description, Deletion deletion) {
  add_command(group, name, description)->callback([&action, deletion] {
    action = [deletion](Context& context) { return erase(context, deletion); };
  });
}

}  // namespace

void add_snapshots_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "snapshots", "Take and delete snapshots of aggregates");
  const auto limit = std::make_shared<std::int64_t>(0);
  CLI::App* command =
      add_command(*group, "take", "Take snapshots of the aggregates that are marked, those marked longest ago first");
  command->add_option("--limit", *limit, "At most so many, 0 for all [default: 0]\nexample: --limit 1000")
      ->transform(at_least(0))
      ->type_name("N");
  command->callback([&action, limit] { action = [limit](Context& context) { return take(context, *limit); }; });
  add_deletion(*group, action, "delete-all", "Delete all snapshots, and mark their aggregates for new ones",
               &Snapshots::delete_all);
  add_deletion(*group, action, "delete-unknown",
               "Delete the snapshots of the plugins' aggregates that are of other versions", &Snapshots::delete_unknown);
}

}  // namespace seriatim::cli
