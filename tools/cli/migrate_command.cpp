// seriatim migrate: versions of the view tables.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "command_groups.hpp"
#include "duration.hpp"
#include "interruption.hpp"
#include "kept_text.hpp"
#include "migration_text.hpp"
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
  const bool yes = !found.interrupted && found.phase != Phase::idle && found.phase != Phase::online_finished;
  return answer(job, "running", yes, fmt::format("{}: {}; {}", yes ? "yes" : "no", job.domain, sentence(found)));
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

/// Calls the function with a way to report progress, and to be stopped.
template <class Call>
auto interruptible(const Job& job, const Call& call) {
  const Interruption interruption;
  Progress progress{job.context, job.domain};
  return call([&](const MigrationProgress& p) { progress.show(p); }, &Interruption::requested);
}

ExitCode report(const Job& job, const MigrationResult& result, Step step) {
  print_result(job.context, job.domain, result, step);
  return ExitCode::done;
}

ExitCode online(Job& job) {
  return report(job, interruptible(job, [&](const auto&... how) { return job.migrator.online(job.target, how...); }),
                Step::online);
}

ExitCode dry_run(Job& job) {
  const MigrationRehearsal rehearsal =
      interruptible(job, [&](const auto&... how) { return job.migrator.dry_run(job.target, how...); });
  print_rehearsal(job.context, job.domain, rehearsal);
  return ExitCode::done;
}

ExitCode offline(Job& job) {
  return report(job, interruptible(job, [&](const auto&... how) { return job.migrator.offline(job.target, how...); }),
                Step::offline);
}

ExitCode rollback(Job& job) {
  return report(job, interruptible(job, [&](const auto&... how) { return job.migrator.rollback(how...); }), Step::rollback);
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
        ->transform(at_least(1))
        ->type_name("N");
  }
  if (takes == Takes::target_and_workers) {
    command
        ->add_option("--workers", options->workers,
                     "How many threads replay, with two connections each [default: one a core, at most 4]\n"
                     "example: --workers 2")
        ->transform(at_least(1))
        ->type_name("N");
  }
  if (takes == Takes::for_offline || takes == Takes::domain_and_wait) {
    command
        ->add_option("--wait", options->wait,
                     "For how many seconds to try to get the tables for an instant, when others use them [default: 20]\n"
                     "example: --wait 300")
        ->transform(at_least(0))
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
