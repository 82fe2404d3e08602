// seriatim local: the private PostgreSQL of the current directory.

#include "command_groups.hpp"
#include "output.hpp"

namespace seriatim::cli {
namespace {

using State = LocalPostgres::Status::State;

const char* name_of(State state) {
  switch (state) {
    case State::absent:
      return "absent";
    case State::stopped:
      return "stopped";
    case State::unreachable:
      return "unreachable";
    case State::running:
      return "running";
  }
  return "unknown";
}

ExitCode start(Context& context) {
  const std::string url = local_postgres().start();
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "state", "running");
      put(json, "url", url);
    }));
  } else {
    print_line("running: " + url);
  }
  return ExitCode::done;
}

ExitCode stop(Context& context) {
  LocalPostgres server = local_postgres();
  server.stop();
  const char* state = name_of(server.status().state);
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) { put(json, "state", state); }));
  } else {
    print_line(state);
  }
  return ExitCode::done;
}

ExitCode status(Context& context) {
  const LocalPostgres server = local_postgres();
  const LocalPostgres::Status found = server.status();
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "state", name_of(found.state));
      put(json, "version", found.version);
      put(json, "pid", found.pid);
      put(json, "data_directory", found.data_directory.string());
      put(json, "url", server.url());
    }));
    return ExitCode::done;
  }
  std::vector<std::pair<std::string, std::string>> fields{{"state", name_of(found.state)}};
  if (!found.version.empty()) fields.emplace_back("version", found.version);
  if (found.pid != 0) fields.emplace_back("process", std::to_string(found.pid));
  fields.emplace_back("data", found.data_directory.string());
  fields.emplace_back("url", server.url());
  print_fields(fields);
  return ExitCode::done;
}

ExitCode url(Context& context) {
  const std::string address = local_postgres().url();
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) { put(json, "url", address); }));
  } else {
    print_line(address);
  }
  return ExitCode::done;
}

void add(CLI::App& group, Action& action, const char* name, const char* description, ExitCode (*run)(Context&)) {
  add_command(group, name, description)->callback([&action, run] { action = run; });
}

}  // namespace

void add_local_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "local", "The private PostgreSQL in .seriatim/postgres of the current directory");
  add(*group, action, "start", "Start the server; the first time, create it", &start);
  add(*group, action, "stop", "Stop the server; what is stored stays", &stop);
  add(*group, action, "status", "Tell whether it runs, and where things are", &status);
  add(*group, action, "url", "Print its address, for psql and other programs", &url);
}

}  // namespace seriatim::cli
