// seriatim-git-import: tells the history of a git repository as commands of the domain git_history.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <limits>
#include <stdexcept>
#include <string>

#include "command_writer.hpp"
#include "history_reader.hpp"

namespace {

constexpr const char* description =
    "Prints the history of a git repository as commands, one JSON object a line, to be piped into `seriatim execute "
    "--pipeline -`.\n"
    "It follows first parents from HEAD, oldest commit first. Commits are numbered from 1, and what is recorded "
    "already\n"
    "is ignored, so that an import can be repeated at any time to add the commits made since.";

void write_out(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written) throw std::runtime_error{"cannot write to standard output"};
}

void import(const std::string& repository, int since_position) {
  std::string lines;
  git_import::read_history(repository, since_position, [&](const git_import::Commit& commit) {
    lines.clear();
    git_import::append_commands(lines, commit);
    write_out(lines);
  });
  if (std::fflush(stdout) != 0) throw std::runtime_error{"cannot write to standard output"};
}

}  // namespace

int main(int argc, char** argv) {
  std::string repository = ".";
  int since_position = 1;
  CLI::App app{description, "seriatim-git-import"};
  app.add_option("REPOSITORY", repository, "A folder in the repository; the current one if not given");
  app.add_option("--since-position", since_position, "Begin with the commit of this number instead of the first")
      ->type_name("N")
      ->check(CLI::Range(1, std::numeric_limits<int>::max(), "from 1"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    import(repository, since_position);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "seriatim-git-import: %s\n", error.what());
    return 1;
  }
}
