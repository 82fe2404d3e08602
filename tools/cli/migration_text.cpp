#include "migration_text.hpp"

#include <fmt/format.h>

#include "kept_text.hpp"
#include "progress.hpp"

namespace seriatim::cli {
namespace {

std::string after_interruption(const MigrationStatus& status, const std::string& target) {
  if (status.phase == MigrationStatus::Phase::offline_running) {
    return "migrate offline" + target + " was interrupted: run `migrate offline` again, and it goes on from there";
  }
  if (status.phase == MigrationStatus::Phase::rollback_running) {
    return "migrate rollback" + target +
           " was interrupted: run `migrate rollback` with its plugin again, and it goes on from there";
  }
  return "migrate online" + target + " was interrupted: run `migrate online` again, and it cleans up first";
}

/// "12.3 MB".
std::string size_text(std::int64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::int64_t rate_of(const RehearsedReplay& replay) {
  return replay.seconds > 0 ? static_cast<std::int64_t>(static_cast<double>(replay.events) / replay.seconds) : 0;
}

void print_kept(const std::string& domain, const MigrationResult& result) {
  for (const KeptVersion& dropped : result.dropped) print_line(fmt::format("{}: {}", domain, dropped_text(dropped)));
  if (result.kept) print_line(fmt::format("{}: {}", domain, text_of(*result.kept)));
}

}  // namespace

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
    case MigrationStatus::Phase::rollback_running:
      return "rollback_running";
  }
  return "unknown";
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
    case MigrationStatus::Phase::rollback_running:
      return "migrate rollback" + target + " is running";
  }
  return status.current < status.latest ? "run `migrate online`" : "up to date";
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

void print_rehearsal(const Context& context, const std::string& domain, const MigrationRehearsal& rehearsal) {
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", domain);
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
  print_line(fmt::format("{}: from version {} to version {}{}", domain, rehearsal.from, rehearsal.to,
                         rehearsal.replays.empty() ? ": nothing to replay" : "; nothing was written"));
  for (const RehearsedReplay& replay : rehearsal.replays) {
    print_line(fmt::format("  {}: {} events in {:.2f} s, {}/s", replay.projector, with_commas(replay.events),
                           replay.seconds, with_commas(rate_of(replay))));
  }
}

void print_result(const Context& context, const std::string& domain, const MigrationResult& result, Step step) {
  const bool switched = step != Step::online;
  const double rate = result.seconds > 0 ? static_cast<double>(result.events) / result.seconds : 0;
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "domain", domain);
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
    print_line(fmt::format("{}: the views are at version {} already", domain, result.to));
    return;
  }
  print_line(fmt::format("{}: version {} is {}; {} events in {:.2f} s, {}/s{}", domain, result.to,
                         switched ? "live" : "built, and goes live with `migrate offline`", with_commas(result.events),
                         result.seconds, with_commas(static_cast<std::int64_t>(rate)),
                         switched ? fmt::format("; writers paused {:.0f} ms", result.pause_seconds * 1000) : ""));
  if (step == Step::rollback) {
    print_line(
        fmt::format("{}: version {} waits: `migrate offline` with its plugin makes it live again, `migrate online` "
                    "builds it anew",
                    domain, result.from));
  }
  print_kept(domain, result);
}

}  // namespace seriatim::cli
