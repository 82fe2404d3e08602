// seriatim generate: more of a project.

#include <memory>
#include <utility>

#include "command_groups.hpp"
#include "generate/generators.hpp"
#include "written_files.hpp"

namespace seriatim::cli {
namespace {

struct GenerateOptions {
  std::string aggregate;
  std::string name;
  std::vector<std::string> attributes;
  std::string directory = ".";
  bool dry_run = false;
};

using Generate = generate::FileChanges (*)(const generate::Project& project, const GenerateOptions& options);

generate::FileChanges aggregate(const generate::Project& project, const GenerateOptions& options) {
  return generate::new_aggregate(project, generate::parse_name("an aggregate", options.aggregate),
                                 generate::parse_attributes(options.attributes));
}

generate::FileChanges command(const generate::Project& project, const GenerateOptions& options) {
  return generate::new_command(project, generate::parse_name("an aggregate", options.aggregate),
                               generate::parse_name("a command", options.name),
                               generate::parse_attributes(options.attributes));
}

generate::FileChanges event(const generate::Project& project, const GenerateOptions& options) {
  return generate::new_event(project, generate::parse_name("an aggregate", options.aggregate),
                             generate::parse_name("an event", options.name),
                             generate::parse_attributes(options.attributes));
}

CLI::App* add(CLI::App& group, Action& action, const char* name, const char* description, Generate run,
              const std::shared_ptr<GenerateOptions>& options) {
  CLI::App* generator = add_command(group, name, description);
  generator->add_option("AGGREGATE", options->aggregate, "Name of the aggregate\nexample: invoice")->required()->type_name("");
  generator->callback([&action, run, options] {
    action = [run, options](Context& context) {
      const generate::Project project = generate::find_project(options->directory);
      write_and_print(context, run(project, *options), "", options->dry_run);
      return ExitCode::done;
    };
  });
  return generator;
}

void add_name(CLI::App& generator, GenerateOptions& options, const char* help) {
  generator.add_option("NAME", options.name, help)->required()->type_name("");
}

void add_rest(CLI::App& generator, GenerateOptions& options) {
  generator
      .add_option("ATTRIBUTE", options.attributes,
                  "Its attributes, name:type each; the types are\n" + generate::attribute_types() +
                      ",\neach also optional, name:type?, or a list, name:type[]\nexample: recipient:string amount:decimal")
      ->type_name("");
  generator.add_option("--directory", options.directory, "The project, or a folder in it [default: here]")->type_name("D");
  generator.add_flag("--dry-run", options.dry_run, "Print what would be written, and write nothing [default: write]");
}

}  // namespace

void add_generate_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "generate", "Add an aggregate, a command or an event to a project of `seriatim new`");
  auto options = std::make_shared<GenerateOptions>();
  add_rest(*add(*group, action, "aggregate", "Add an aggregate, with a command and an event that create it", &aggregate, options),
           *options);
  options = std::make_shared<GenerateOptions>();
  CLI::App* generator = add(*group, action, "command", "Add a command of an aggregate", &command, options);
  add_name(*generator, *options, "What is asked for, as an order\nexample: SendInvoice");
  add_rest(*generator, *options);
  options = std::make_shared<GenerateOptions>();
  generator = add(*group, action, "event", "Add an event of an aggregate", &event, options);
  add_name(*generator, *options, "What happened, in the past tense\nexample: InvoiceSent");
  add_rest(*generator, *options);
}

}  // namespace seriatim::cli
