// seriatim migrate: versions of the view tables.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "command_groups.hpp"
#include "duration.hpp"
#include "interruption.hpp"
#include "kept_text.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace seriatim::cli {
namespace {

struct MigrateOptions {
  std::string domain;
  std::optional<int> to;
  std::optional<int> workers;
  std::optional<int> wait;
  std::string keep;  ///< Empty: as usual.
};

/// The migrator of one domain, and what was asked of it.
struct Job {
  const Context& context;
  std::string domain;
  bool alone;  ///< No other domain is asked about, so its name can be left out.
  std::optional<int> target;
  ViewMigrator& migrator;
};

using Handler = ExitCode (*)(Job&);

std::vector<std::string> domains_of(const Application& application, const MigrateOptions& options) {
  if (!options.domain.empty()) return {options.domain};
  std::vector<std::string> domains = application.domains_with_views();
  if (domains.empty()) throw_error<ErrorCode::usage>("no plugin with views is loaded: name one with --plugin");
  if (options.to && domains.size() > 1) {
    throw_error<ErrorCode::usage>("--to needs --domain, because several domains have views: " +
                                  fmt::format("{}", fmt::join(domains, ", ")));
  }
  return domains;
}

/// The domains in order. A question is answered with yes when that is the answer for one of them.
ExitCode for_each_domain(Context& context, const MigrateOptions& options, Handler handler) {
  const std::unique_ptr<Application> application = context.application();
  const std::vector<std::string> domains = domains_of(*application, options);
  ExitCode result = ExitCode::done;
  for (const std::string& domain : domains) {
    const std::unique_ptr<ViewMigrator> migrator = application->migrator(domain);
    ReplaySettings settings;
    settings.workers = options.workers.value_or(settings.workers);
    if (options.wait) settings.patience = std::chrono::seconds{*options.wait};
    migrator->divide(settings);
    if (!options.keep.empty()) migrator->keep(parse_duration(options.keep).value_or(std::chrono::seconds{0}));
    Job job{context, domain, domains.size() == 1, options.to, *migrator};
    result = std::max(result, handler(job));
  }
  return result;
}

const char* name_of(MigrationStatus::Phase phase) {
  switch (phase) {
    case MigrationStatus::Phase::idle:
      return "idle";
    case MigrationStatus::Phase::online_running:
      return "online_running";
    case MigrationStatus::Phase::online_finished:
      return "online_finished";
    case MigrationStatus::Phase::offline_running:
      return "offline_running";
  }
  return "unknown";
}

std::string after_interruption(const MigrationStatus& status, const std::string& target) {
  if (status.phase == MigrationStatus::Phase::offline_running) {
    return "migrate offline" + target + " was interrupted: run `migrate offline` again, and it goes on from there";
  }
  return "migrate online" + target + " was interrupted: run `migrate online` again, and it cleans up first";
}

std::string sentence(const MigrationStatus& status) {
  const std::string target = status.target ? fmt::format(" to version {}", *status.target) : "";
  if (status.interrupted) return after_interruption(status, target);
  switch (status.phase) {
    case MigrationStatus::Phase::idle:
      break;
    case MigrationStatus::Phase::online_running:
      return "migrate online" + target + " is running";
    case MigrationStatus::Phase::online_finished:
      return "migrate online" + target + " is done: run `migrate offline`";
    case MigrationStatus::Phase::offline_running:
      return "migrate offline" + target + " is running";
  }
  return status.current < status.latest ? "run `migrate online`" : "up to date";
}

ExitCode status(Job& job) {
  const MigrationStatus found = job.migrator.status();
  if (!job.context.json()) {
    print_line(fmt::format("{}: version {} of {}; {}", job.domain, found.current, found.latest, sentence(found)));
    if (found.kept) print_line(fmt::format("{}: {}", job.domain, text_of(*found.kept)));
    return ExitCode::done;
  }
  print_line(json_object([&](JsonWriter& json) {
    put(json, "domain", job.domain);
    put(json, "current", found.current);
    put(json, "latest", found.latest);
    put(json, "phase", name_of(found.phase));
    if (found.target) put(json, "target", *found.target);
    put(json, "interrupted", found.interrupted);
    if (found.kept) put_kept(json, *found.kept, true);
  }));
  return ExitCode::done;
}

ExitCode current_version(Job& job) {
  const int version = job.migrator.status().current;
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "current_version", version);
    }));
  } else {
    print_line(job.alone ? std::to_string(version) : fmt::format("{} {}", job.domain, version));
  }
  return ExitCode::done;
}

ExitCode answer(const Job& job, const char* question, bool yes, const std::string& text) {
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, question, yes);
      put(json, "message", text);
    }));
  } else {
    print_line(text);
  }
  return yes ? ExitCode::yes : ExitCode::done;
}

ExitCode pending(Job& job) {
  const MigrationStatus found = job.migrator.status();
  const int target = job.target.value_or(found.latest);
  const bool yes = found.current < target;
  return answer(job, "pending", yes,
                yes ? fmt::format("yes: the views of {} are at version {}, and version {} is to come", job.domain,
                                  found.current, target)
                    : fmt::format("no: the views of {} are at version {}", job.domain, found.current));
}

ExitCode running(Job& job) {
  using Phase = MigrationStatus::Phase;
  const MigrationStatus found = job.migrator.status();
  const bool yes =
      !found.interrupted && (found.phase == Phase::online_running || found.phase == Phase::offline_running);
  return answer(job, "running", yes, fmt::format("{}: {}; {}", yes ? "yes" : "no", job.domain, sentence(found)));
}

/// "12.3 MB".
std::string size_text(std::int64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void print_impact(const MigrationImpact& impact) {
  for (const ProjectorChange& change : impact.changed) {
    print_line(fmt::format("  {} has changed since its tables were built: {}{}", change.projector,
                           fmt::join(change.changes, ", "),
                           change.planned ? "" : "; no step covers that, so its rows stay as the old one made them"));
  }
  for (const ReplayImpact& replay : impact.replays) {
    print_line(fmt::format("  {} reads {} events, and its tables take {} {}", replay.projector,
                           with_commas(replay.events), replay.from_live_tables ? "about" : "at most about",
                           size_text(replay.bytes)));
  }
  if (impact.replays.empty()) return;
  const std::string time = impact.seconds ? fmt::format("about {:.1f} s, at the {} events/s of the last rebuild",
                                                        *impact.seconds, with_commas(impact.rate))
                                          : "an unknown time, because no rebuild of these views was measured yet";
  print_line(
      fmt::format("  in all: {} events, {}, {} of disk", with_commas(impact.events), time, size_text(impact.bytes)));
}

void put_impact(JsonWriter& json, const MigrationImpact& impact) {
  json.Key("changed");
  json.StartArray();
  for (const ProjectorChange& change : impact.changed) {
    json.StartObject();
    put(json, "projector", change.projector);
    put(json, "changes", change.changes);
    put(json, "planned", change.planned);
    json.EndObject();
  }
  json.EndArray();
  json.Key("replays");
  json.StartArray();
  for (const ReplayImpact& replay : impact.replays) {
    json.StartObject();
    put(json, "projector", replay.projector);
    put(json, "version", replay.version);
    put(json, "events", replay.events);
    put(json, "bytes", replay.bytes);
    put(json, "from_live_tables", replay.from_live_tables);
    json.EndObject();
  }
  json.EndArray();
  put(json, "events", impact.events);
  put(json, "bytes", impact.bytes);
  if (impact.seconds) put(json, "seconds", *impact.seconds);
  if (impact.seconds) put(json, "events_per_second", impact.rate);
}

ExitCode plan(Job& job) {
  const MigrationPlan found = job.migrator.plan(job.target);
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "from", found.from);
      put(json, "to", found.to);
      put(json, "steps", found.steps);
      put_impact(json, found.impact);
    }));
    return ExitCode::done;
  }
  print_line(fmt::format("{}: from version {} to version {}{}", job.domain, found.from, found.to,
                         found.steps.empty() ? ": nothing to do" : ""));
  for (const std::string& step : found.steps) print_line("  " + step);
  print_impact(found.impact);
  return ExitCode::done;
}

std::int64_t rate_of(const RehearsedReplay& replay) {
  return replay.seconds > 0 ? static_cast<std::int64_t>(static_cast<double>(replay.events) / replay.seconds) : 0;
}

void print_rehearsal(const Job& job, const MigrationRehearsal& rehearsal) {
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "from", rehearsal.from);
      put(json, "to", rehearsal.to);
      json.Key("replays");
      json.StartArray();
      for (const RehearsedReplay& replay : rehearsal.replays) {
        json.StartObject();
        put(json, "projector", replay.projector);
        put(json, "events", replay.events);
        put(json, "seconds", replay.seconds);
        put(json, "events_per_second", rate_of(replay));
        json.EndObject();
      }
      json.EndArray();
    }));
    return;
  }
  print_line(fmt::format("{}: from version {} to version {}{}", job.domain, rehearsal.from, rehearsal.to,
                         rehearsal.replays.empty() ? ": nothing to replay" : "; nothing was written"));
  for (const RehearsedReplay& replay : rehearsal.replays) {
    print_line(fmt::format("  {}: {} events in {:.2f} s, {}/s", replay.projector, with_commas(replay.events),
                           replay.seconds, with_commas(rate_of(replay))));
  }
}

enum class Step : std::uint8_t { online, offline, rollback };

void print_kept(const Job& job, const MigrationResult& result) {
  for (const KeptVersion& dropped : result.dropped) print_line(fmt::format("{}: {}", job.domain, dropped_text(dropped)));
  if (result.kept) print_line(fmt::format("{}: {}", job.domain, text_of(*result.kept)));
}

void print_result(const Job& job, const MigrationResult& result, Step step) {
  const bool switched = step != Step::online;
  const double rate = result.seconds > 0 ? static_cast<double>(result.events) / result.seconds : 0;
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "from", result.from);
      put(json, "to", result.to);
      put(json, "events", result.events);
      put(json, "seconds", result.seconds);
      put(json, "events_per_second", static_cast<std::int64_t>(rate));
      if (switched) put(json, "pause_ms", result.pause_seconds * 1000);
      if (result.kept) put_kept(json, *result.kept, false);
      put_dropped(json, result.dropped);
    }));
    return;
  }
  if (result.from == result.to) {
    print_line(fmt::format("{}: the views are at version {} already", job.domain, result.to));
    return;
  }
  print_line(fmt::format("{}: version {} is {}; {} events in {:.2f} s, {}/s{}", job.domain, result.to,
                         switched ? "live" : "built, and goes live with `migrate offline`", with_commas(result.events),
                         result.seconds, with_commas(static_cast<std::int64_t>(rate)),
                         switched ? fmt::format("; writers paused {:.0f} ms", result.pause_seconds * 1000) : ""));
  if (step == Step::rollback) {
    print_line(fmt::format("{}: version {} waits: `migrate offline` with its plugin makes it live again, `migrate online` "
                           "builds it anew",
                           job.domain, result.from));
  }
  print_kept(job, result);
}

/// Calls the function with a way to report progress, and to be stopped.
template <class Call>
auto interruptible(const Job& job, const Call& call) {
  const Interruption interruption;
  Progress progress{job.context, job.domain};
  return call([&](const MigrationProgress& p) { progress.show(p); }, &Interruption::requested);
}

ExitCode online(Job& job) {
  print_result(job, interruptible(job, [&](const auto&... how) { return job.migrator.online(job.target, how...); }),
               Step::online);
  return ExitCode::done;
}

ExitCode dry_run(Job& job) {
  print_rehearsal(job, interruptible(job, [&](const auto&... how) { return job.migrator.dry_run(job.target, how...); }));
  return ExitCode::done;
}

ExitCode offline(Job& job) {
  print_result(job, interruptible(job, [&](const auto&... how) { return job.migrator.offline(job.target, how...); }),
               Step::offline);
  return ExitCode::done;
}

ExitCode rollback(Job& job) {
  print_result(job, interruptible(job, [&](const auto&... how) { return job.migrator.rollback(how...); }), Step::rollback);
  return ExitCode::done;
}

ExitCode follow(Job& job) {
  if (!job.alone) throw_error<ErrorCode::usage>("several domains have views: say with --domain which one is to be followed");
  const FollowResult result = interruptible(job, [&](const auto&... how) { return job.migrator.follow(how...); });
  if (job.context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", job.domain);
      put(json, "version", result.version);
      put(json, "events", result.events);
      put(json, "seconds", result.seconds);
      put(json, "end", end_name(result.end));
    }));
  } else {
    print_line(fmt::format("{}: followed version {}, {} events: {}", job.domain, result.version,
                           with_commas(result.events), end_text(result.end)));
  }
  return ExitCode::done;
}

enum class Takes : std::uint8_t { domain, domain_and_wait, target, target_and_workers, for_offline };

void add(CLI::App& group, Action& action, const char* name, const char* description, Handler handler, Takes takes) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* command = add_command(group, name, description);
  command
      ->add_option("--domain", options->domain,
                   "The domain whose views are meant [default: all that have views, in order]\n"
                   "example: --domain wallet")
      ->type_name("NAME");
  if (takes != Takes::domain && takes != Takes::domain_and_wait) {
    command->add_option("--to", options->to, "The version to reach [default: the plugin's newest]\nexample: --to 2")
        ->check(at_least(1))
        ->type_name("N");
  }
  if (takes == Takes::target_and_workers) {
    command
        ->add_option("--workers", options->workers,
                     "How many threads replay, with two connections each [default: one a core, at most 4]\n"
                     "example: --workers 2")
        ->check(at_least(1))
        ->type_name("N");
  }
  if (takes == Takes::for_offline || takes == Takes::domain_and_wait) {
    command
        ->add_option("--wait", options->wait,
                     "For how many seconds to try to get the tables for an instant, when others use them [default: 20]\n"
                     "example: --wait 300")
        ->check(at_least(0))
        ->type_name("N");
  }
  if (takes == Takes::for_offline) {
    command
        ->add_option("--keep", options->keep,
                     "For how long the version that is replaced is kept, so that `migrate rollback` can\n"
                     "go back to it; or none [default: 7d]\nexample: --keep 12h")
        ->check(is_duration("a time", true))
        ->type_name("TIME");
  }
  command->callback([&action, options, handler] {
    action = [options, handler](Context& context) { return for_each_domain(context, *options, handler); };
  });
}

}  // namespace

void add_migrate_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "migrate", "Build a new version of the views, and switch to it");
  add(*group, action, "plan", "Print what a migration would do, and what it would cost", &plan, Takes::target);
  add(*group, action, "dry-run", "Replay without writing, and tell how fast that is", &dry_run,
      Takes::target_and_workers);
  add(*group, action, "online", "Build the new tables beside the live ones, while the application runs", &online,
      Takes::target_and_workers);
  add(*group, action, "offline", "Replay the rest, and make the new tables the live ones", &offline, Takes::for_offline);
  add(*group, action, "rollback", "Make the version live again that was replaced; with the plugin of that version",
      &rollback, Takes::domain_and_wait);
  add(*group, action, "follow", "Keep the plugin's version up to date while another is live, until Ctrl-C", &follow,
      Takes::domain);
  add(*group, action, "status", "Tell which versions there are, and whether a migration runs", &status, Takes::domain);
  add(*group, action, "current-version", "Print the version of the live tables", &current_version, Takes::domain);
  add(*group, action, "pending", "Is there a newer version? Exit code 5 for yes, 0 for no", &pending, Takes::target);
  add(*group, action, "running", "Does a migration run? Exit code 5 for yes, 0 for no", &running, Takes::domain);
}

}  // namespace seriatim::cli
