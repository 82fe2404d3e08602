#include "progress.hpp"

#include <unistd.h>

#include "output.hpp"

namespace seriatim::cli {
namespace {

constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

Progress::Progress(const Context& context, std::string subject, std::string unit)
    : context_{context},
      domain_{std::move(subject)},
      unit_{std::move(unit)},
      terminal_{!context.json() && ::isatty(STDERR_FILENO) == 1} {}

Progress::~Progress() {
  if (drawn_) say(clear_line);
}

void Progress::show(const MigrationProgress& progress) {
  show(progress.phase, progress_text(domain_, progress, unit_), progress_json(domain_, progress));
}

void Progress::show(const std::string& phase, const std::string& text, const std::string& json) {
  if (context_.quiet()) return;
  if (terminal_) {
    redraw(text);
  } else if (pace_.due(phase)) {
    say((context_.json() ? json : text) + "\n");
  }
}

void Progress::redraw(const std::string& text) {
  drawn_ = true;
  say(clear_line + text);
}

}  // namespace seriatim::cli
