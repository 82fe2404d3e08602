// seriatim execute: commands in, one answer a line out.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>

#include "answer.hpp"
#include "command_groups.hpp"
#include "interruption.hpp"
#include "latencies.hpp"
#include "line_reader.hpp"
#include "output.hpp"
#include "pipelined_answers.hpp"
#include "progress.hpp"

namespace seriatim::cli {
namespace {

struct ExecuteOptions {
  std::string file = "-";
  bool stop_on_error = false;
  bool allow_empty = false;
  int retries = 0;
  std::size_t max_line = std::size_t{16} << 20U;
  bool pipeline = false;
  int lanes = PipelineOptions{}.lanes;
};

constexpr int most_retries = 1000;
constexpr int most_lanes = 64;

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\v\f") == std::string::npos;
}

/// One run through the input. An answer is printed, and handed to the operating system, only after the command's
/// transaction was committed, and in the order of the lines. Without a pipeline that is before the next line is looked at:
/// whatever happens to this program, at most one stored command is without its answer.
class Run {
 public:
  Run(const Context& context, Application& application, const ExecuteOptions& options)
      : context_{context}, application_{application}, options_{options}, reader_{options.file, options.max_line} {}

  ExitCode run() {
    const auto start = std::chrono::steady_clock::now();
    if (options_.pipeline) {
      read_all_through_a_pipeline();
    } else {
      read_all();
    }
    const std::chrono::duration<double> duration = std::chrono::steady_clock::now() - start;
    if (commands() == 0 && !stopped_) return end_without_commands();
    summarize(duration.count());
    return result_;
  }

 private:
  void read_all() {
    std::string line;
    while (!stopped_) {
      const LineReader::Result result =
          Interruption::requested() ? LineReader::Result::interrupted : reader_.next(line);
      if (result == LineReader::Result::end) return;
      if (result == LineReader::Result::interrupted) {
        stop(ExitCode::failed,
             "stopped by a signal; every command that was answered ok is stored, and nothing else is");
      } else if (result == LineReader::Result::too_long) {
        take(too_long());
      } else if (!is_blank(line)) {
        if (pipelined_ != nullptr) {
          submit(line);
        } else {
          give(execute(line));
        }
      }
    }
  }

  void read_all_through_a_pipeline() {
    PipelineOptions options;
    options.lanes = options_.lanes;
    Progress progress{context_, "execute", "commands"};
    const auto start = std::chrono::steady_clock::now();
    PipelinedAnswers answers{application_, options,
                             [&](const Answer& answer, const Error* error, std::chrono::microseconds latency) {
                               if (error != nullptr) stop_if_hopeless(*error, answer.line);
                               give(answer);
                               latencies_.add(latency);
                               show(progress, std::chrono::steady_clock::now() - start);
                             }};
    pipelined_ = &answers;
    read_all();
    if (stopped_) {
      answers.cancel();
    } else {
      answers.finish();
    }
    pipelined_ = nullptr;
  }

  /// How fast it goes, every so many answers.
  void show(Progress& progress, std::chrono::duration<double> since_start) const {
    if (commands() % 256 != 0) return;
    const double rate = static_cast<double>(commands()) / std::max(since_start.count(), 1e-6);
    const std::string json = json_object([&](JsonWriter& out) {
      put(out, "commands", commands());
      put(out, "commands_per_second", rate);
      put(out, "latency_p50_ms", milliseconds(0.5));
      put(out, "latency_p99_ms", milliseconds(0.99));
    });
    progress.show("executing", fmt::format("execute: {} commands, {}/s{}", with_commas(commands()),
                                           with_commas(static_cast<std::int64_t>(rate)), latency_text()), json);
  }

  [[nodiscard]] double milliseconds(double part) const {
    return static_cast<double>(latencies_.percentile(part).count()) / 1000;
  }

  [[nodiscard]] std::string latency_text() const {
    return fmt::format(", half of them within {:.1f} ms, 99 % within {:.1f} ms", milliseconds(0.5), milliseconds(0.99));
  }

  ExitCode end_without_commands() const {
    if (!options_.allow_empty) {
      throw_error<ErrorCode::usage>(
          "the input has no commands: give one JSON object a line, like "
          R"({"type": "Wallet::Commands::AddMoney", "aggregate_id": "...", "amount": "20", "source": "API"}; )"
          "where that is nothing unusual, give --allow-empty");
    }
    context_.note("the input has no commands");
    return ExitCode::done;
  }

  Answer execute(const std::string& line) {
    Answer answer;
    answer.line = reader_.number();
    bool decoded = false;
    try {
      std::vector<AnyCommand> command{application_.commands().decode(line)};
      decoded = true;
      answer.type = command.front().type().name;
      ExecutionResult done = application_.commands().execute(std::move(command));
      answer.events = std::move(done.events);
      answer.repeated = done.repeated;
      answer.after_commit_failures = std::move(done.after_commit_failures);
    } catch (const Error& error) {
      set_error(answer, error, decoded);
      stop_if_hopeless(error, answer.line);
    } catch (const std::exception& error) {
      set_error(answer, error);
    }
    return answer;
  }

  void submit(const std::string& line) {
    Answer answer;
    answer.line = reader_.number();
    try {
      AnyCommand command = application_.commands().decode(line);
      answer.type = command.type().name;
      pipelined_->submit(std::move(answer), std::move(command));
    } catch (const Error& error) {
      set_error(answer, error, false);
      pipelined_->add(std::move(answer));
    }
  }

  void take(Answer answer) {
    if (pipelined_ != nullptr) {
      pipelined_->add(std::move(answer));
    } else {
      give(answer);
    }
  }

  Answer too_long() {
    Answer answer;
    answer.line = reader_.number();
    set_malformed(answer, fmt::format("the line is longer than {} bytes: raise the limit with --max-line",
                                      with_commas(static_cast<std::int64_t>(options_.max_line))));
    return answer;
  }

  void give(const Answer& answer) {
    ++counts_[static_cast<std::size_t>(answer.outcome)];
    print_line(context_.json() ? to_json(answer) : to_text(answer));
    flush_output();
    warn_of_failures(answer);
    if (answer.outcome == Outcome::ok || stopped_) return;
    if (result_ == ExitCode::done) result_ = exit_code(answer.outcome);
    if (options_.stop_on_error) stop(result_, fmt::format("stopped at line {}", answer.line));
  }

  /// The line is ok: its events are stored. What did not happen afterwards is for people to know.
  static void warn_of_failures(const Answer& answer) {
    for (const AfterCommitFailure& failure : answer.after_commit_failures) {
      say(fmt::format("seriatim: line {}: work of workflow {} after the commit, at event {} of aggregate {}: {}\n",
                      answer.line, failure.workflow, failure.sequence_number, uuid_text(failure.aggregate_id),
                      one_line(failure.message)));
    }
  }

  /// Without a database, or not knowing what it holds, the lines that follow must not be executed.
  void stop_if_hopeless(const Error& error, std::int64_t line) {
    if (error.code() == ErrorCode::connection_lost) {
      stop(ExitCode::unreachable, fmt::format("stopped at line {}: the database went away, and the command of that "
                                              "line is not stored",
                                              line));
    } else if (error.in_doubt()) {
      stop(ExitCode::failed, fmt::format("stopped at line {}: the connection was lost while its command was being "
                                         "stored, so look into the events whether it is",
                                         line));
    }
  }

  void stop(ExitCode code, const std::string& why) {
    if (stopped_.exchange(true)) return;
    result_ = code;
    say(fmt::format("seriatim: {}\n", why));
  }

  [[nodiscard]] std::int64_t commands() const {
    std::int64_t sum = 0;
    for (const std::int64_t count : counts_) sum += count;
    return sum;
  }

  /// "42 commands: 40 ok, 2 refused, in 0.31 s, 135/s".
  void summarize(double seconds) const {
    std::string parts;
    for (int i = 0; i < outcomes; ++i) {
      const std::int64_t count = counts_[static_cast<std::size_t>(i)];
      if (count != 0) parts += fmt::format("{} {}, ", with_commas(count), to_string(static_cast<Outcome>(i)));
    }
    const std::int64_t all = commands();
    context_.note("{} command{}: {}in {:.2f} s, {}/s{}", with_commas(all), all == 1 ? "" : "s", parts, seconds,
                  with_commas(static_cast<std::int64_t>(static_cast<double>(all) / std::max(seconds, 1e-6))),
                  options_.pipeline && all != 0 ? latency_text() : "");
  }

  const Context& context_;
  Application& application_;
  const ExecuteOptions& options_;
  LineReader reader_;
  std::array<std::int64_t, outcomes> counts_{};
  ExitCode result_ = ExitCode::done;
  std::atomic<bool> stopped_{false};
  // Of a run through a pipeline. What answers change is theirs until they are finished.
  Latencies latencies_;
  PipelinedAnswers* pipelined_ = nullptr;
};

void warn_of_old_views(const Context& context, Application& application) {
  if (context.quiet()) return;
  for (const std::string& domain : application.domains_with_views()) {
    const MigrationStatus status = application.migrator(domain)->status();
    if (status.current >= status.latest) continue;
    context.note(
        "the views of {} are at version {}, the plugin brings {}: run `seriatim migrate online` and "
        "`seriatim migrate offline`",
        domain, status.current, status.latest);
  }
}

ExitCode execute(Context& context, const ExecuteOptions& options) {
  if (options.max_line == 0) throw_error<ErrorCode::usage>("--max-line is to be at least one byte");
  Execution execution;
  execution.retry.attempts = options.retries + 1;
  const std::unique_ptr<Application> application = context.application(std::move(execution));
  const Interruption interruption;
  Run run{context, *application, options};
  warn_of_old_views(context, *application);
  if (options.file == "-" && ::isatty(STDIN_FILENO) == 1) {
    context.note("reading commands, one JSON object a line; Ctrl-D ends the input");
  }
  return run.run();
}

}  // namespace

void add_execute_command(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ExecuteOptions>();
  CLI::App* command = add_command(app, "execute", "Execute commands given as JSON lines; one answer line for each");
  command
      ->add_option("FILE", options->file,
                   "File with one command a line, - for standard input [default: -]\n"
                   "a line: {\"type\": \"Wallet::Commands::AddMoney\", \"aggregate_id\": \"5b0e...\",\n"
                   "         \"amount\": \"20.00\", \"source\": \"API\"}")
      ->type_name("");
  CLI::Option* stop = command->add_flag("--stop-on-error", options->stop_on_error,
                                        "Stop at the first line that is not ok [default: answer it and go on]");
  CLI::Option* pipeline = command->add_flag(
      "--pipeline", options->pipeline,
      "Carry out many lines at once; those of one aggregate in their order, answers in the\norder of the lines. "
      "Waits for a database that is away [default: one line after the other]");
  pipeline->excludes(stop);
  command
      ->add_option("--lanes", options->lanes, "With --pipeline: threads, each with a connection [default: 2]")
      ->needs(pipeline)
      ->transform(between(1, most_lanes))
      ->type_name("N");
  command->add_flag("--allow-empty", options->allow_empty,
                    "An input without any command is nothing unusual [default: it is a mistake, exit code 2]");
  command
      ->add_option("--max-line", options->max_line,
                   "Longest line that is read [default: 16MiB]\nexample: --max-line 1MiB")
      ->transform(is_size())
      ->type_name("BYTES");
  command
      ->add_option("--retries", options->retries,
                   "How often a command is tried again that lost against another writer or\n"
                   "a deadlock, after short random pauses [default: 0]\nexample: --retries 5")
      ->transform(between(0, most_retries))
      ->type_name("N");
  command->footer(
      "Each command has its own transaction: a line that is refused changes nothing and does not stop the others.\n"
      "The exit code is that of the first line that is not ok.\n\n" +
      command->get_footer());
  command->callback(
      [&action, options] { action = [options](Context& context) { return execute(context, *options); }; });
}

}  // namespace seriatim::cli
