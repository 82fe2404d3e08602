#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace seriatim::cli {
namespace {

constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

Progress::Progress(const Context& context, std::string domain)
    : context_{context}, domain_{std::move(domain)}, terminal_{!context.json() && ::isatty(STDERR_FILENO) == 1} {}

Progress::~Progress() {
  if (drawn_) std::fputs(clear_line, stderr);
}

void Progress::show(const MigrationProgress& progress) {
  if (context_.quiet()) return;
  if (terminal_) {
    redraw(progress_text(domain_, progress));
  } else if (pace_.due(progress)) {
    fmt::print(stderr, "{}\n",
               context_.json() ? progress_json(domain_, progress) : progress_text(domain_, progress));
  }
}

void Progress::redraw(const std::string& text) {
  drawn_ = true;
  fmt::print(stderr, "{}{}", clear_line, text);
  std::fflush(stderr);
}

}  // namespace seriatim::cli
