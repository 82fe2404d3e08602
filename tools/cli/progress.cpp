#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "output.hpp"

namespace seriatim::cli {
namespace {

constexpr const char* clear_line = "\r\x1b[K";

double rate_of(const MigrationProgress& progress) {
  return progress.seconds > 0 ? static_cast<double>(progress.done) / progress.seconds : 0;
}

/// "wallet: replaying, 12,345 of 50,000 events (24 %), 41,000/s, 1 s left".
std::string to_text(const std::string& domain, const std::string& unit, const MigrationProgress& progress) {
  std::string out = domain + ": " + progress.phase;
  if (progress.done == 0 && progress.total == 0) return out;
  const double rate = rate_of(progress);
  out += ", " + with_commas(progress.done);
  if (progress.total > 0) out += " of " + with_commas(progress.total);
  out += " " + unit;
  if (progress.total > 0) out += fmt::format(" ({} %)", progress.done * 100 / progress.total);
  if (rate > 0) out += fmt::format(", {}/s", with_commas(static_cast<std::int64_t>(rate)));
  if (rate > 0 && progress.total > progress.done) {
    out += fmt::format(", {:.0f} s left", static_cast<double>(progress.total - progress.done) / rate);
  }
  return out;
}

std::string to_json(const std::string& domain, const MigrationProgress& progress) {
  return json_object([&](JsonWriter& json) {
    put(json, "domain", domain);
    put(json, "phase", progress.phase);
    put(json, "done", progress.done);
    put(json, "total", progress.total);
    put(json, "seconds", progress.seconds);
  });
}

}  // namespace

Progress::Progress(const Context& context, std::string subject, std::string unit)
    : context_{context},
      domain_{std::move(subject)},
      unit_{std::move(unit)},
      terminal_{!context.json() && ::isatty(STDERR_FILENO) == 1} {}

Progress::~Progress() {
  if (drawn_) std::fputs(clear_line, stderr);
}

void Progress::show(const MigrationProgress& progress) {
  show(progress.phase, to_text(domain_, unit_, progress), to_json(domain_, progress));
}

void Progress::show(const std::string& phase, const std::string& text, const std::string& json) {
  if (context_.quiet()) return;
  if (terminal_) {
    redraw(text);
  } else if (due(phase)) {
    fmt::print(stderr, "{}\n", context_.json() ? json : text);
  }
}

/// A line a second, and one at the beginning of each phase.
bool Progress::due(const std::string& phase) {
  const auto now = std::chrono::steady_clock::now();
  if (phase == phase_ && now - shown_ < std::chrono::seconds{1}) return false;
  phase_ = phase;
  shown_ = now;
  return true;
}

void Progress::redraw(const std::string& text) {
  drawn_ = true;
  fmt::print(stderr, "{}{}", clear_line, text);
  std::fflush(stderr);
}

}  // namespace seriatim::cli
