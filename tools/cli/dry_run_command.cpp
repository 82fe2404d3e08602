// seriatim dry-run: what commands would do.

#include <fmt/format.h>

#include <memory>

#include "answer.hpp"
#include "command_groups.hpp"
#include "interruption.hpp"
#include "line_reader.hpp"
#include "output.hpp"

namespace seriatim::cli {
namespace {

constexpr std::size_t max_line = std::size_t{16} << 20U;

/// What one line would come to.
struct Foreseen {
  Answer answer;
  std::vector<DryRunCommand> commands;
};

// As JSON.

void write_commands(JsonWriter& json, const char* key, const std::vector<DryRunCommand>& commands);

void write_workflow(JsonWriter& json, const DryRunWorkflow& workflow) {
  json.StartObject();
  put(json, "name", workflow.name);
  write_commands(json, "commands", workflow.commands);
  put(json, "after_commit", static_cast<std::int64_t>(workflow.after_commit));
  json.EndObject();
}

void write_event(JsonWriter& json, const DryRunEvent& event) {
  json.StartObject();
  put(json, "aggregate_id", event.aggregate_id);
  put(json, "sequence_number", event.sequence_number);
  put(json, "type", event.type);
  put_json(json, "attributes", event.json);
  put(json, "projectors", event.projectors);
  json.Key("workflows");
  json.StartArray();
  for (const DryRunWorkflow& workflow : event.workflows) write_workflow(json, workflow);
  json.EndArray();
  json.EndObject();
}

void write_command(JsonWriter& json, const DryRunCommand& command) {
  json.StartObject();
  put(json, "type", command.type);
  put(json, "aggregate_id", command.aggregate_id);
  put_json(json, "attributes", command.json);
  put(json, "outcome", to_string(command.outcome));
  json.Key("events");
  json.StartArray();
  for (const DryRunEvent& event : command.events) write_event(json, event);
  json.EndArray();
  write_commands(json, "issued", command.issued);
  json.EndObject();
}

void write_commands(JsonWriter& json, const char* key, const std::vector<DryRunCommand>& commands) {
  json.Key(key);
  json.StartArray();
  for (const DryRunCommand& command : commands) write_command(json, command);
  json.EndArray();
}

std::string to_json(const Foreseen& foreseen) {
  return json_object([&](JsonWriter& json) {
    put(json, "line", foreseen.answer.line);
    put(json, "status", to_string(foreseen.answer.outcome));
    write_commands(json, "commands", foreseen.commands);
    if (foreseen.answer.outcome != Outcome::ok) write_error(json, foreseen.answer);
  });
}

// As a tree, two spaces a level.

void print_branch(std::size_t level, const std::string& text) {
  print_line(std::string(2 * level, ' ') + text);
}

void print_command(std::size_t level, const DryRunCommand& command);

void print_event(std::size_t level, const DryRunEvent& event) {
  print_branch(level, fmt::format("event {} {} #{} {}", event.type, uuid_text(event.aggregate_id), event.sequence_number,
                                  one_line(event.json)));
  for (const std::string& projector : event.projectors) print_branch(level + 1, "projector " + projector);
  for (const DryRunWorkflow& workflow : event.workflows) {
    print_branch(level + 1, fmt::format("workflow {}{}", workflow.name,
                                        workflow.after_commit == 0
                                            ? ""
                                            : fmt::format(", work after the commit: {}", workflow.after_commit)));
    for (const DryRunCommand& command : workflow.commands) print_command(level + 2, command);
  }
}

void print_followers(std::size_t level, const DryRunCommand& command) {
  for (const DryRunEvent& event : command.events) print_event(level, event);
  for (const DryRunCommand& issued : command.issued) print_command(level, issued);
}

void print_command(std::size_t level, const DryRunCommand& command) {
  const std::string outcome = command.outcome == DryRunOutcome::done          ? ""
                              : command.outcome == DryRunOutcome::not_reached ? " (not reached)"
                                                                              : fmt::format(" ({})", to_string(command.outcome));
  print_branch(level, fmt::format("command {} {} {}{}", command.type, uuid_text(command.aggregate_id),
                                  one_line(command.json), outcome));
  print_followers(level + 1, command);
}

void print_text(const Foreseen& foreseen) {
  print_line(to_text(foreseen.answer));
  for (const DryRunCommand& command : foreseen.commands) print_followers(1, command);
}

/// One run through the input.
class Rehearsal {
 public:
  Rehearsal(const Context& context, Application& application, const std::string& file)
      : context_{context}, application_{application}, run_{application.dry_run()}, reader_{file, max_line} {}

  ExitCode run() {
    std::string line;
    for (;;) {
      const LineReader::Result result =
          Interruption::requested() ? LineReader::Result::interrupted : reader_.next(line);
      if (result == LineReader::Result::end) break;
      if (result == LineReader::Result::interrupted) return stopped();
      if (result == LineReader::Result::too_long) {
        give(too_long());
      } else if (line.find_first_not_of(" \t\v\f") != std::string::npos) {
        give(foresee(line));
      }
    }
    if (commands_ == 0) context_.note("the input has no commands");
    context_.note("nothing was stored");
    return result_;
  }

 private:
  static ExitCode stopped() {
    say("seriatim: stopped by a signal; nothing was stored\n");
    return ExitCode::failed;
  }

  Foreseen too_long() const {
    Foreseen foreseen;
    foreseen.answer.line = reader_.number();
    set_malformed(foreseen.answer, fmt::format("the line is longer than {} bytes", with_commas(max_line)));
    return foreseen;
  }

  /// What concerns the database and not the line ends the run.
  Foreseen foresee(const std::string& line) {
    Foreseen foreseen;
    foreseen.answer.line = reader_.number();
    std::vector<AnyCommand> command;
    try {
      command.push_back(application_.commands().decode(line));
    } catch (const Error& error) {
      set_error(foreseen.answer, error, false);
      return foreseen;
    }
    foreseen.answer.type = command.front().type().name;
    DryRunResult result = run_->execute(std::move(command));
    foreseen.answer.events = std::move(result.events);
    foreseen.commands = std::move(result.commands);
    if (result.error) explain(foreseen.answer, result.error);
    return foreseen;
  }

  static void explain(Answer& answer, const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const Error& error) {
      set_error(answer, error, true);
    } catch (const std::exception& error) {
      set_error(answer, error);
    }
  }

  void give(const Foreseen& foreseen) {
    ++commands_;
    if (context_.json()) {
      print_line(to_json(foreseen));
    } else {
      print_text(foreseen);
    }
    flush_output();
    if (result_ == ExitCode::done) result_ = exit_code(foreseen.answer.outcome);
  }

  const Context& context_;
  Application& application_;
  std::unique_ptr<DryRun> run_;
  LineReader reader_;
  std::int64_t commands_ = 0;
  ExitCode result_ = ExitCode::done;
};

ExitCode dry_run(Context& context, const std::string& file) {
  const std::unique_ptr<Application> application = context.application();
  const Interruption interruption;
  return Rehearsal{context, *application, file}.run();
}

}  // namespace

void add_dry_run_command(CLI::App& app, Action& action) {
  CLI::App* command = add_command(app, "dry-run", "Tell what commands would do, without storing anything");
  const auto file = std::make_shared<std::string>("-");
  command
      ->add_option("FILE", *file,
                   "File with one command a line, - for standard input [default: -]\n"
                   "a line: see `seriatim execute --help`")
      ->type_name("");
  command->footer(
      "Each line is tried on top of those before it, as `seriatim execute` would do it: the events that would be stored,\n"
      "the projectors and workflows that would handle them, the commands that workflows issue, and what is refused.\n"
      "The exit code is that of the first line that is not ok: 3 when a command would be refused.\n\n" +
      command->get_footer());
  command->callback([&action, file] { action = [file](Context& context) { return dry_run(context, *file); }; });
}

}  // namespace seriatim::cli
