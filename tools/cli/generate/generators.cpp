#include "generate/generators.hpp"

#include "generate/snippets.hpp"
#include "generate/source_text.hpp"
#include "generate/templates.hpp"

namespace seriatim::cli::generate {
namespace {

namespace fs = std::filesystem;

/// "0.1" of "0.1.0": a project takes any release of the series that it was made with.
std::string release_series() {
  const std::string version = SERIATIM_VERSION;
  return version.substr(0, version.rfind('.'));
}

Values values_of(const Name& context) {
  return {{"project", context.snake}, {"Project", context.pascal}, {"version", release_series()}};
}

Values values_of(const Project& project, const Name& aggregate, const std::vector<Attribute>& attributes) {
  Values values = values_of(project.context);
  values["aggregate"] = aggregate.snake;
  values["Aggregate"] = aggregate.pascal;
  values["an_aggregate"] = with_article(aggregate);
  values["article"] = article_of(aggregate);
  values["domain"] = project.variable;
  add_attributes(values, attributes);
  return values;
}

/// Creates what the templates below a folder say. A template cannot be called .gitignore, because git would follow it.
void create_all(FileChanges& changes, const std::string& folder, const Values& values) {
  for (const Template& each : templates()) {
    if (!each.path.starts_with(folder)) continue;
    std::string path = rendered(each.path.substr(folder.size()), values);
    path.pop_back();  // The end of the line.
    if (path == "gitignore") path = ".gitignore";
    changes.create(path, rendered(each.text, values));
  }
}

std::string snippet(const char* path, const Values& values) { return rendered(template_text(path), values); }

/// Changes one file by a function of its text.
template <class Edit>
void edit(FileChanges& changes, const fs::path& path, Edit&& add) {
  SourceText edited{path.string(), changes.text_of(path)};
  add(edited);
  changes.change(path, edited.text());
}

fs::path domain_file(const Name& aggregate, const std::string& name) { return fs::path{"domain"} / aggregate.snake / name; }

fs::path test_file(const Name& aggregate) { return fs::path{"tests"} / (aggregate.snake + "_test.cpp"); }

constexpr const char* end_of_tests = "BOOST_AUTO_TEST_SUITE_END";

SourceText source(const Project& project, const fs::path& path) {
  return {path.string(), FileChanges{project.root}.text_of(path)};
}

/// How the aggregate's story begins, as an expression: every test of a command needs it to have happened.
std::string first_event(const Project& project, const Name& aggregate) {
  const std::string event =
      source(project, domain_file(aggregate, aggregate.snake + ".hpp")).first_of_list(aggregate.pascal, "Events");
  std::string samples;
  for (const std::string& type : source(project, domain_file(aggregate, "events.hpp")).member_types(event)) {
    samples += (samples.empty() ? "" : ", ") + sample_of(type);
  }
  return event + "{" + samples + "}";
}

void add_command(Values& values, const Name& command, const std::vector<Attribute>& attributes) {
  values["command"] = command.snake;
  values["Command"] = command.pascal;
  values["validation"] = validation(command.pascal, attributes);
  values["test_of_validation"] = values["required"].empty() ? "" : snippet("command/test_of_validation.cpp", values);
}

}  // namespace

FileChanges new_project(const Name& name, const fs::path& folder) {
  FileChanges changes{folder};
  create_all(changes, "project/", values_of(name));
  return changes;
}

FileChanges new_aggregate(const Project& project, const Name& aggregate, const std::vector<Attribute>& attributes) {
  require_own_names(attributes);
  for (const std::string& type : {aggregate.pascal, aggregate.pascal + "Created", "Create" + aggregate.pascal,
                                  aggregate.pascal + "CommandHandler"}) {
    require_new_type(project, type);
  }
  Values values = values_of(project, aggregate, attributes);
  add_command(values, {"create_" + aggregate.snake, "Create" + aggregate.pascal}, attributes);
  values["fold"] = fold(aggregate.pascal + "Created", attributes);
  FileChanges changes{project.root};
  create_all(changes, "aggregate/files/", values);
  edit(changes, "domain/plugin.cpp", [&](SourceText& plugin) {
    plugin.add_include(domain_file(aggregate, aggregate.snake + ".hpp").string());
    plugin.add_include(domain_file(aggregate, aggregate.snake + "_command_handler.hpp").string());
    plugin.add_to_body("SERIATIM_PLUGIN", snippet("aggregate/registration.cpp", values));
  });
  return changes;
}

FileChanges new_command(const Project& project, const Name& aggregate, const Name& command,
                        const std::vector<Attribute>& attributes) {
  require_own_names(attributes);
  require_aggregate(project, aggregate);
  require_new_type(project, command.pascal);
  Values values = values_of(project, aggregate, attributes);
  add_command(values, command, attributes);
  values["first_event"] = first_event(project, aggregate);
  FileChanges changes{project.root};
  edit(changes, domain_file(aggregate, "commands.hpp"), [&](SourceText& commands) {
    commands.add_to_namespace(project.context.snake, snippet("command/struct.hpp", values));
  });
  const std::string handler = aggregate.pascal + "CommandHandler";
  edit(changes, domain_file(aggregate, aggregate.snake + "_command_handler.hpp"), [&](SourceText& header) {
    header.add_to_list(handler, "Commands", command.pascal);
    header.add_behind(handler, "void handle(", "using Commands", snippet("command/handle.hpp", values));
  });
  edit(changes, domain_file(aggregate, aggregate.snake + "_command_handler.cpp"), [&](SourceText& definitions) {
    definitions.add_to_namespace(project.context.snake, snippet("command/handle.cpp", values));
  });
  edit(changes, test_file(aggregate), [&](SourceText& tests) {
    tests.add_before_last(end_of_tests, snippet("command/test.cpp", values));
  });
  return changes;
}

FileChanges new_event(const Project& project, const Name& aggregate, const Name& event,
                      const std::vector<Attribute>& attributes) {
  require_aggregate(project, aggregate);
  require_new_type(project, event.pascal);
  Values values = values_of(project, aggregate, attributes);
  values["event"] = event.snake;
  values["Event"] = event.pascal;
  values["first_event"] = first_event(project, aggregate);
  FileChanges changes{project.root};
  edit(changes, domain_file(aggregate, "events.hpp"), [&](SourceText& events) {
    events.add_to_namespace(project.context.snake, snippet("event/struct.hpp", values));
  });
  edit(changes, domain_file(aggregate, aggregate.snake + ".hpp"), [&](SourceText& header) {
    header.add_to_list(aggregate.pascal, "Events", event.pascal);
    for (const Attribute& attribute : attributes) {
      header.add_member(aggregate.pascal, "State", attribute.type, attribute.name, attribute.initial);
    }
    values["fold"] = fold(event.pascal, attributes);
    const std::string on = snippet("event/fold.hpp", values);
    if (!attributes.empty()) header.add_behind(aggregate.pascal, "static void on(", "using AggregateRoot::AggregateRoot", on);
  });
  edit(changes, test_file(aggregate), [&](SourceText& tests) {
    if (!attributes.empty()) tests.add_before_last(end_of_tests, snippet("event/test.cpp", values));
    tests.add_before_last(end_of_tests, snippet("event/test_of_name.cpp", values));
  });
  return changes;
}

}  // namespace seriatim::cli::generate
