// seriatim new: a project to begin with.

#include <filesystem>
#include <memory>

#include "command_groups.hpp"
#include "generate/generators.hpp"
#include "written_files.hpp"

namespace seriatim::cli {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string name;
  std::string directory = ".";
  bool force = false;
  bool dry_run = false;
};

void require_free(const fs::path& folder, bool force) {
  if (!fs::exists(fs::symlink_status(folder))) return;
  if (!fs::is_directory(folder)) throw_error<ErrorCode::usage>(folder.string() + " is there already, and no folder");
  if (force || fs::is_empty(folder)) return;
  throw_error<ErrorCode::usage>("the folder " + folder.string() +
                                " is not empty: choose another name, or add --force, which keeps every file that is there");
}

ExitCode make(Context& context, const NewOptions& options) {
  const generate::Name name = generate::parse_name("a project", options.name);
  if (!fs::is_directory(options.directory)) {
    throw_error<ErrorCode::usage>("there is no folder " + options.directory + " to make a project in");
  }
  const fs::path folder = (fs::path{options.directory} / name.snake).lexically_normal();
  require_free(folder, options.force);
  write_and_print(context, generate::new_project(name, folder), folder.string() + "/", options.dry_run);
  if (!options.dry_run) {
    context.note("next: cd {} && cmake --preset dev && cmake --build --preset dev && ctest --preset dev", folder.string());
  }
  return ExitCode::done;
}

}  // namespace

void add_new_command(CLI::App& app, Action& action) {
  CLI::App* command = add_command(app, "new", "Make a project: a domain that builds as a plugin, with tables and tests");
  const auto options = std::make_shared<NewOptions>();
  command->add_option("NAME", options->name, "Its name, which becomes a folder and a namespace\nexample: blog")
      ->required()
      ->type_name("");
  command->add_option("--directory", options->directory, "Where to make the folder [default: here]\nexample: --directory ~/src")
      ->type_name("D");
  command->add_flag("--force", options->force,
                    "Also in a folder that is not empty; a file that is there already\nis refused all the same [default: refuse]");
  command->add_flag("--dry-run", options->dry_run, "Print what would be written, and write nothing [default: write]");
  command->callback([&action, options] { action = [options](Context& context) { return make(context, *options); }; });
}

}  // namespace seriatim::cli
