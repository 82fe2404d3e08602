#include "progress_text.hpp"

#include <fmt/format.h>

#include "output.hpp"

namespace seriatim::cli {
namespace {

std::string rate(double events_per_second) {
  return with_commas(static_cast<std::int64_t>(events_per_second)) + "/s";
}

/// What each worker does; nothing where one does all.
std::string workers_text(const MigrationProgress& progress) {
  if (progress.workers.size() < 2) return "";
  std::string out;
  for (const WorkerProgress& worker : progress.workers) {
    out.append(out.empty() ? " (workers " : ", ").append(rate(worker.events_per_second));
  }
  return out + ")";
}

void put_workers(JsonWriter& json, const MigrationProgress& progress) {
  json.Key("workers");
  json.StartArray();
  for (const WorkerProgress& worker : progress.workers) {
    json.StartObject();
    put(json, "done", worker.done);
    put(json, "events_per_second", worker.events_per_second);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string progress_text(const std::string& domain, const MigrationProgress& progress, const std::string& unit) {
  std::string out = domain + ": " + progress.phase;
  if (progress.done == 0 && progress.total == 0) return out;
  out += ", " + with_commas(progress.done);
  if (progress.total > 0) out += " of " + with_commas(progress.total);
  out += " " + unit;
  if (progress.total > 0) out += fmt::format(" ({} %)", progress.done * 100 / progress.total);
  if (progress.events_per_second > 0) out += ", " + rate(progress.events_per_second);
  if (progress.seconds_left.value_or(0) > 0) out += fmt::format(", {:.0f} s left", *progress.seconds_left);
  return out + workers_text(progress);
}

std::string progress_json(const std::string& domain, const MigrationProgress& progress) {
  return json_object([&](JsonWriter& json) {
    put(json, "domain", domain);
    put(json, "phase", progress.phase);
    put(json, "done", progress.done);
    put(json, "total", progress.total);
    put(json, "seconds", progress.seconds);
    put(json, "events_per_second", progress.events_per_second);
    if (progress.seconds_left) put(json, "seconds_left", *progress.seconds_left);
    if (!progress.workers.empty()) put_workers(json, progress);
  });
}

bool Pace::due(const std::string& phase) {
  const auto now = now_();
  if (phase == phase_ && now - shown_ < std::chrono::seconds{1}) return false;
  phase_ = phase;
  shown_ = now;
  return true;
}

}  // namespace seriatim::cli
