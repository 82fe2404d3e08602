#include "written_files.hpp"

#include <fmt/format.h>

#include "output.hpp"

namespace seriatim::cli {
namespace {

using Change = generate::FileChanges::Change;

std::vector<std::string> paths(const generate::FileChanges& changes, const std::string& prefix, bool created) {
  std::vector<std::string> found;
  for (const Change& change : changes.all()) {
    if (change.created == created) found.push_back(prefix + change.path.string());
  }
  return found;
}

void print_json(const generate::FileChanges& changes, const std::string& prefix, bool dry_run) {
  print_line(json_object([&](JsonWriter& json) {
    put(json, "created", paths(changes, prefix, true));
    put(json, "changed", paths(changes, prefix, false));
    put(json, "dry_run", dry_run);
  }));
}

void print_text(const generate::FileChanges& changes, const std::string& prefix, bool dry_run) {
  for (const Change& change : changes.all()) {
    const char* done = change.created ? "created" : "changed";
    const char* asked = change.created ? "would create" : "would change";
    print_line(fmt::format("{} {}{}", dry_run ? asked : done, prefix, change.path.string()));
    if (dry_run) print_line(generate::changed_lines(change));
  }
}

}  // namespace

void write_and_print(const Context& context, const generate::FileChanges& changes, const std::string& prefix, bool dry_run) {
  if (!dry_run) changes.write();
  if (context.json()) {
    print_json(changes, prefix, dry_run);
  } else {
    print_text(changes, prefix, dry_run);
  }
}

}  // namespace seriatim::cli
