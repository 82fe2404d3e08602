// seriatim replay: the tables of chosen projectors built anew beside the live ones.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

#include "command_groups.hpp"
#include "interruption.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace seriatim::cli {
namespace {

struct ReplayCommandOptions {
  std::string domain;
  std::vector<std::string> projectors;
  bool all = false;
  std::optional<int> workers;
  std::string after_prepare;  ///< Files.
  std::string before_golive;
  std::string after_golive;
};

/// What a step works with.
struct Job {
  const Context& context;
  const ReplayCommandOptions& options;
  std::string domain;
  ViewReplay& replay;
};

using Handler = ExitCode (*)(Job&);

std::string text_of(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in.good() && !in.eof()) throw_error<ErrorCode::usage>("the file " + file + " cannot be read");
  return text;
}

ReplayHooks hooks_of(const ReplayCommandOptions& options) {
  return {text_of(options.after_prepare), text_of(options.before_golive), text_of(options.after_golive)};
}

bool has_projector(const Domain& domain, const std::string& name) {
  return std::any_of(domain.projectors().begin(), domain.projectors().end(),
                     [&](const ProjectorType& projector) { return projector.name == name; });
}

/// The domain whose projectors are to be replayed.
std::string domain_to_prepare(const std::vector<Domain>& domains, const std::vector<std::string>& with_views,
                              const ReplayCommandOptions& options) {
  if (options.projectors.empty() != options.all) {
    throw_error<ErrorCode::usage>("name the projectors to replay, or say --all");
  }
  if (!options.domain.empty()) return options.domain;
  if (options.all && with_views.size() > 1) {
    throw_error<ErrorCode::usage>("--all needs --domain, because several domains have views: " +
                                  fmt::format("{}", fmt::join(with_views, ", ")));
  }
  if (options.all) return with_views.front();
  for (const Domain& domain : domains) {
    if (has_projector(domain, options.projectors.front())) return domain.name();
  }
  throw_error<ErrorCode::usage>("no loaded plugin has a projector named \"" + options.projectors.front() + "\"");
}

/// The domain of the replay that is under way; without one, the first that the step can complain about.
std::string domain_under_way(Application& application, const std::vector<std::string>& with_views,
                             const ReplayCommandOptions& options) {
  if (!options.domain.empty()) return options.domain;
  for (const std::string& domain : with_views) {
    if (application.replay(domain)->status().under_way()) return domain;
  }
  return with_views.front();
}

std::vector<std::string> domains_with_views(const Application& application) {
  std::vector<std::string> domains = application.domains_with_views();
  if (domains.empty()) throw_error<ErrorCode::usage>("no plugin with views is loaded: name one with --plugin");
  return domains;
}

ExitCode handle(Context& context, Application& application, const std::string& domain,
                const ReplayCommandOptions& options, Handler handler) {
  const std::unique_ptr<ViewReplay> replay = application.replay(domain);
  if (options.workers) replay->divide({.workers = *options.workers});
  Job job{context, options, domain, *replay};
  return handler(job);
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) print_line("  note: " + note);
}

ExitCode prepare(Job& job) {
  const ReplayPreparation made = job.replay.prepare(job.options.projectors, hooks_of(job.options));
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "id", made.id);
      put(json, "projectors", made.projectors);
      put(json, "tables", made.tables);
      put(json, "views", made.views);
      put(json, "blockers", made.blockers);
      put(json, "notes", made.notes);
    }));
    return ExitCode::done;
  }
  print_line(fmt::format("{}: replay {} of {} is prepared: {}", job.domain, made.id, fmt::join(made.projectors, ", "),
                         fmt::join(made.tables, ", ")));
  for (const std::string& view : made.views) print_line(fmt::format("  view {} will read the new tables", view));
  for (const std::string& blocker : made.blockers) {
    print_line(fmt::format("  {} cannot be carried over: `replay golive` refuses until it is gone, or is dropped and made "
                           "again by --before-golive and --after-golive", blocker));
  }
  print_notes(made.notes);
  print_line("  next: `seriatim replay run`");
  return ExitCode::done;
}

void print_result(const Job& job, const ReplayResult& result, const std::string& outcome, bool live) {
  const double rate = result.seconds > 0 ? static_cast<double>(result.events) / result.seconds : 0;
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "id", result.id);
      put(json, "projectors", result.projectors);
      put(json, "events", result.events);
      put(json, "seconds", result.seconds);
      put(json, "events_per_second", static_cast<std::int64_t>(rate));
      if (live) put(json, "pause_ms", result.pause_seconds * 1000);
      if (live) put(json, "archive", result.archive);
      put(json, "notes", result.notes);
    }));
    return;
  }
  print_line(fmt::format("{}: replay {} of {} {}; {} events in {:.2f} s{}", job.domain, result.id,
                         fmt::join(result.projectors, ", "), outcome, with_commas(result.events), result.seconds,
                         live ? fmt::format("; writers paused {:.0f} ms; the old tables are in schema {}",
                                            result.pause_seconds * 1000, result.archive)
                              : fmt::format(", {}/s", with_commas(static_cast<std::int64_t>(rate)))));
  print_notes(result.notes);
}

/// Calls `step(report, cancelled)` with Ctrl-C and a display of its progress.
template <class Step>
ReplayResult watched(const Job& job, const Step& step) {
  const Interruption interruption;
  Progress progress{job.context, job.domain};
  return step([&](const MigrationProgress& p) { progress.show(p); }, &Interruption::requested);
}

ExitCode run(Job& job) {
  const ReplayResult result = watched(job, [&](const auto& report, const auto& cancelled) {
    return job.replay.run(report, cancelled);
  });
  print_result(job, result, "is replayed, next is `seriatim replay optimize`", false);
  return ExitCode::done;
}

ExitCode catchup(Job& job) {
  const ReplayResult result = watched(job, [&](const auto& report, const auto& cancelled) {
    return job.replay.catch_up(report, cancelled);
  });
  print_result(job, result, "has caught up", false);
  return ExitCode::done;
}

ExitCode optimize(Job& job) {
  const ReplayResult result = watched(job, [&](const auto& report, const auto& cancelled) {
    return job.replay.optimize(report, cancelled);
  });
  print_result(job, result, "is optimized, next is `seriatim replay golive`", false);
  return ExitCode::done;
}

ExitCode golive(Job& job) {
  const ReplayHooks hooks = hooks_of(job.options);
  const ReplayResult result = watched(job, [&](const auto& report, const auto& cancelled) {
    return job.replay.go_live(hooks, report, cancelled);
  });
  print_result(job, result, "is live", true);
  return ExitCode::done;
}

ExitCode abort_replay(Job& job) {
  job.replay.abort();
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "state", "aborted");
    }));
  } else {
    print_line(fmt::format("{}: the replay is aborted, and its tables are dropped; the live ones are as they were", job.domain));
  }
  return ExitCode::done;
}

ExitCode drop_archive(Job& job) {
  const bool dropped = job.replay.drop_archive();
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "dropped", dropped);
    }));
  } else {
    print_line(fmt::format("{}: {}", job.domain, dropped ? "the archived tables are dropped" : "there is no archive"));
  }
  return ExitCode::done;
}

void put_status(JsonWriter& json, const std::string& domain, const ReplayStatus& found) {
  put(json, "domain", domain);
  if (found.id) {
    put(json, "id", *found.id);
    put(json, "state", to_string(found.state));
    put(json, "running", found.running);
    put(json, "interrupted", found.interrupted);
    put(json, "projectors", found.projectors);
    put(json, "since", to_string(found.since));
    put(json, "changed", to_string(found.changed));
    if (found.events_behind) put(json, "events_behind", *found.events_behind);
  } else {
    put(json, "state", "none");
  }
  if (!found.archive) return;
  json.Key("archive");
  json.StartObject();
  put(json, "schema", found.archive->schema);
  put(json, "tables", found.archive->tables);
  put(json, "bytes", found.archive->bytes);
  json.EndObject();
}

/// What may be done next.
const char* next_step(const ReplayStatus& found) {
  if (found.running) return "a program is at it";
  switch (found.state) {
    case ReplayState::created:
      return "run `seriatim replay abort`";
    case ReplayState::prepared:
      return "run `seriatim replay run`";
    case ReplayState::replaying:
      return "run `seriatim replay run` to begin anew, or `seriatim replay abort`";
    case ReplayState::failed:
      return "run `seriatim replay run` again when the cause is gone, or `seriatim replay abort`";
    case ReplayState::catching_up:
      return "run the step again that was interrupted, `seriatim replay catchup` or `golive`";
    case ReplayState::replayed:
      return "run `seriatim replay optimize`";
    case ReplayState::optimized:
      return "run `seriatim replay golive`";
    case ReplayState::live:
    case ReplayState::aborted:
      break;
  }
  return "none is under way";
}

ExitCode status(Job& job) {
  const ReplayStatus found = job.replay.status();
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) { put_status(json, job.domain, found); }));
    return ExitCode::done;
  }
  if (!found.id) {
    print_line(fmt::format("{}: nothing has been replayed yet", job.domain));
  } else {
    print_line(fmt::format("{}: replay {} of {} is {}{}; prepared {}, last step {}{}; {}", job.domain, *found.id,
                           fmt::join(found.projectors, ", "), to_string(found.state),
                           found.interrupted ? ", and was interrupted" : "", to_string(found.since),
                           to_string(found.changed),
                           found.events_behind ? fmt::format("; {} events behind", with_commas(*found.events_behind)) : "",
                           next_step(found)));
  }
  if (found.archive) {
    print_line(fmt::format("  old tables in schema {}: {} ({:.1f} MB); `seriatim replay drop-archive` drops them",
                           found.archive->schema, fmt::join(found.archive->tables, ", "),
                           static_cast<double>(found.archive->bytes) / 1e6));
  }
  return ExitCode::done;
}

ExitCode for_each_domain(Context& context, const ReplayCommandOptions& options, Handler handler) {
  const std::unique_ptr<Application> application = context.application();
  std::vector<std::string> domains = domains_with_views(*application);
  if (!options.domain.empty()) domains = {options.domain};
  for (const std::string& domain : domains) handle(context, *application, domain, options, handler);
  return ExitCode::done;
}

ExitCode for_prepared(Context& context, const ReplayCommandOptions& options, Handler handler) {
  const std::vector<Domain> domains = context.domains();
  const std::unique_ptr<Application> application = context.application();
  const std::string domain = domain_to_prepare(domains, domains_with_views(*application), options);
  return handle(context, *application, domain, options, handler);
}

ExitCode for_under_way(Context& context, const ReplayCommandOptions& options, Handler handler) {
  const std::unique_ptr<Application> application = context.application();
  const std::string domain = domain_under_way(*application, domains_with_views(*application), options);
  return handle(context, *application, domain, options, handler);
}

using Choose = ExitCode (*)(Context&, const ReplayCommandOptions&, Handler);
using Options = std::shared_ptr<ReplayCommandOptions>;

/// A step, with the option that all have.
std::pair<CLI::App*, Options> add(CLI::App& group, Action& action, const char* name, const char* description,
                                  Choose choose, Handler handler) {
  const auto options = std::make_shared<ReplayCommandOptions>();
  CLI::App* command = add_command(group, name, description);
  command
      ->add_option("--domain", options->domain,
                   "The domain whose views are meant [default: that of the projectors,\n"
                   "or of the replay that is under way]\nexample: --domain wallet")
      ->type_name("NAME");
  command->callback([&action, options, choose, handler] {
    action = [options, choose, handler](Context& context) { return choose(context, *options, handler); };
  });
  return {command, options};
}

void add_workers(CLI::App* command, const Options& options) {
  command
      ->add_option("--workers", options->workers,
                   "How many threads work at once [default: one a core, at most 4]\nexample: --workers 2")
      ->transform(at_least(1))
      ->type_name("N");
}

void add_hook(CLI::App* command, const char* name, std::string& file, const std::string& when) {
  command
      ->add_option(name, file,
                   "SQL to run " + when + ", within the step's transaction\n[default: none]\nexample: " + name + " " +
                       std::string{name}.substr(2) + ".sql")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
}

}  // namespace

void add_replay_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "replay", "Build tables of projectors anew beside the live ones, and switch to them");
  const auto [prepared, what] =
      add(*group, action, "prepare", "Make empty tables like the live ones, in a schema of their own", &for_prepared, &prepare);
  prepared->add_option("PROJECTOR", what->projectors, "The projectors to replay\nexample: WalletProjector")->type_name("");
  prepared->add_flag("--all", what->all, "All projectors of the domain that keep tables [default: those named]");
  add_hook(prepared, "--after-prepare", what->after_prepare, "when the new tables are there");
  const auto [running, run_options] =
      add(*group, action, "run", "Replay all events into the new tables; begins anew after a failure", &for_under_way, &run);
  add_workers(running, run_options);
  add(*group, action, "catchup", "Replay what was stored since; as often as you like", &for_under_way, &catchup);
  const auto [optimizing, optimize_options] =
      add(*group, action, "optimize", "Build indexes and constraints, cluster, vacuum and analyze", &for_under_way, &optimize);
  add_workers(optimizing, optimize_options);
  const auto [switching, golive_options] =
      add(*group, action, "golive", "Replay the rest, and make the new tables the live ones", &for_under_way, &golive);
  add_hook(switching, "--before-golive", golive_options->before_golive, "when writers are locked out");
  add_hook(switching, "--after-golive", golive_options->after_golive, "when the new tables are live");
  add(*group, action, "abort", "Drop the new tables; the live ones stay as they are", &for_under_way, &abort_replay);
  add(*group, action, "status", "Tell how far a replay is, and which old tables are kept", &for_each_domain, &status);
  add(*group, action, "drop-archive", "Drop the tables that the last replay replaced", &for_each_domain, &drop_archive);
}

}  // namespace seriatim::cli
