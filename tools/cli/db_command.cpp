// seriatim db: the database as an installation.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "command_groups.hpp"
#include "database_name.hpp"
#include "output.hpp"
#include "seriatim/database.hpp"

namespace seriatim::cli {
namespace {

struct DropOptions {
  bool force = false;
  bool yes = false;
};

void print_migrations(const Context& context, const std::vector<std::string>& done) {
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) { put(json, "migrations", done); }));
    return;
  }
  for (const std::string& name : done) print_line("installed " + name);
  if (done.empty()) print_line("the event store is up to date");
}

ExitCode create(Context& context) {
  const std::vector<Domain> domains = context.domains();
  print_migrations(context, Database{context.options()}.create(domains));
  return ExitCode::done;
}

ExitCode migrate(Context& context) {
  const std::vector<Domain> domains = context.domains();
  print_migrations(context, Database{context.options()}.migrate(domains));
  return ExitCode::done;
}

std::string cluster_name(const std::string& cluster) {
  return cluster.empty() ? "an unknown cluster" : "cluster " + cluster;
}

void print_adoption(const Adoption& done) {
  for (const std::string& name : done.installed) print_line("installed " + name);
  if (!done.moved) {
    print_line(done.installed.empty() ? "the event store belongs here already: nothing to do"
                                      : "the event store is taken over; its events were written here");
    return;
  }
  print_line(fmt::format(
      "the event store came from {} and belongs to {} now: {} events of {} transactions got new ids, in their order; {} "
      "migrations that were under way are forgotten",
      cluster_name(done.from_cluster), cluster_name(done.cluster), with_commas(done.events),
      with_commas(done.transactions), done.forgotten_migrations));
}

ExitCode adopt(Context& context) {
  const std::vector<Domain> domains = context.domains();
  const Adoption done = Database{context.options()}.adopt(domains);
  if (!context.json()) {
    print_adoption(done);
    return ExitCode::done;
  }
  print_line(json_object([&](JsonWriter& json) {
    put(json, "migrations", done.installed);
    put(json, "moved", done.moved);
    if (!done.from_cluster.empty()) put(json, "from_cluster", done.from_cluster);
    if (!done.cluster.empty()) put(json, "cluster", done.cluster);
    put(json, "events", done.events);
    put(json, "transactions", done.transactions);
    put(json, "forgotten_migrations", done.forgotten_migrations);
  }));
  return ExitCode::done;
}

ExitCode status(Context& context) {
  const DatabaseStatus found = Database{context.options()}.status();
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "exists", found.exists);
      put(json, "installed_version", found.installed_version);
      put(json, "latest_version", found.latest_version);
      put(json, "events", found.events);
    }));
    return ExitCode::done;
  }
  std::string store = "not installed: run `seriatim db create`";
  if (found.installed_version != 0) {
    store = fmt::format("version {} of {}", found.installed_version, found.latest_version);
    if (found.installed_version < found.latest_version) store += ": run `seriatim db migrate`";
  }
  print_fields({{"database", found.exists ? "exists" : "does not exist"},
                {"event store", store},
                {"events", with_commas(found.events)}});
  return ExitCode::done;
}

/// Asks whoever sits at the terminal; anything but the name means no.
void require_confirmation(const std::string& name, bool yes) {
  if (yes) return;
  if (::isatty(STDIN_FILENO) != 1) {
    throw_error<ErrorCode::usage>("dropping database \"" + name +
                                  "\" is to be confirmed, and there is no terminal to ask on: add --yes");
  }
  say(fmt::format("This deletes the database \"{}\" and all that is in it. Type the database name to go on: ", name));
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != name) throw_error<ErrorCode::usage>("the name was not typed: nothing is dropped");
}

ExitCode drop(Context& context, const DropOptions& options) {
  const Options where = context.options();
  const std::string name = database_name(where.database_url);
  Database database{where};
  const bool existed = database.status().exists;
  if (existed) {
    require_confirmation(name, options.yes);
    database.drop(options.force);
  }
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "database", name);
      put(json, "dropped", existed);
    }));
  } else {
    print_line(existed ? "dropped " + name : "there is no database " + name);
  }
  return ExitCode::done;
}

void add(CLI::App& group, Action& action, const char* name, const char* description, ExitCode (*run)(Context&)) {
  add_command(group, name, description)->callback([&action, run] { action = run; });
}

}  // namespace

void add_db_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "db", "Create, update, drop the database, or tell how it is");
  add(*group, action, "create", "Create the database and the event store; does nothing that is done already", &create);
  add(*group, action, "migrate", "Bring the event store of an existing database up to date", &migrate);
  add(*group, action, "adopt", "Make a store that was restored, or that Ruby's Sequent installed, one of this cluster",
      &adopt);
  add(*group, action, "status", "Tell which version of the event store is installed, and how full it is", &status);
  CLI::App* command = add_command(*group, "drop", "Drop the database, after asking for its name");
  const auto options = std::make_shared<DropOptions>();
  command->add_flag("--force", options->force, "Also when it holds events, or somebody is connected [default: refuse]");
  command->add_flag("--yes", options->yes, "Do not ask, for scripts [default: ask on the terminal]");
  command->callback([&action, options] { action = [options](Context& context) { return drop(context, *options); }; });
}

}  // namespace seriatim::cli
