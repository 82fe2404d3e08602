// seriatim events: what is stored, as it is.

#include <fmt/format.h>

#include <memory>

#include "command_groups.hpp"
#include "output.hpp"
#include "seriatim/time.hpp"

namespace seriatim::cli {
namespace {

struct EventsOptions {
  std::string aggregate;
  std::string type;
  std::string after;
  std::int64_t limit = 100;
  bool upcast = false;
  bool mark = false;
};

EventFilter filter_of(const EventsOptions& options) {
  EventFilter filter;
  if (!options.aggregate.empty()) filter.aggregate_id = parse_uuid(options.aggregate);
  if (!options.type.empty()) filter.type = options.type;
  if (!options.after.empty()) filter.after = Mark::parse(options.after);
  filter.limit = options.limit;
  filter.upcast = options.upcast;
  return filter;
}

std::string to_json(const LoggedEvent& event, const Mark& mark) {
  return json_object([&](JsonWriter& json) {
    put(json, "aggregate_id", event.aggregate_id);
    put(json, "sequence_number", event.sequence_number);
    put(json, "created_at", seriatim::to_string(event.created_at));
    put(json, "transaction", event.transaction);
    put(json, "mark", mark.to_string());
    put(json, "type", event.type);
    put_json(json, "attributes", event.json);
  });
}

std::string to_text(const LoggedEvent& event) {
  return fmt::format("{:>6} {} {:>5} {} {:<28} {}", event.transaction, uuid_text(event.aggregate_id),
                     fmt::format("#{}", event.sequence_number), seriatim::to_string(event.created_at), event.type,
                     event.json);
}

ExitCode print_mark(Context& context, const Mark& mark) {
  const std::string text = mark.to_string();
  print_line(context.json() ? json_object([&](JsonWriter& json) { put(json, "mark", text); }) : text);
  return ExitCode::done;
}

ExitCode events(Context& context, const EventsOptions& options) {
  const EventFilter filter = filter_of(options);
  const std::unique_ptr<Application> application = context.application();
  if (options.mark) return print_mark(context, application->events().position_mark());
  std::int64_t count = 0;
  const Mark next = application->events().read(filter, [&](const LoggedEvent& event, const Mark& mark) {
    print_line(context.json() ? to_json(event, mark) : to_text(event));
    ++count;
  });
  flush_output();
  if (count == 0) context.note("no events");
  if (count != 0 && count == options.limit) {
    context.note("these are the first {} events; --limit 0 shows all", with_commas(count));
  }
  context.note("what comes after these: --after {}", next.to_string());
  return ExitCode::done;
}

}  // namespace

void add_events_command(CLI::App& app, Action& action) {
  const auto options = std::make_shared<EventsOptions>();
  CLI::App* command = add_command(app, "events", "Print stored events, oldest first, one a line");
  command
      ->add_option("--aggregate", options->aggregate,
                   "Only events of this aggregate [default: of all]\n"
                   "example: --aggregate 16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f")
      ->check(is_uuid())
      ->type_name("ID");
  command
      ->add_option("--type", options->type,
                   "Only events of this type [default: of all]\nexample: --type Wallet::Events::MoneyAdded")
      ->type_name("T");
  command
      ->add_option("--after", options->after,
                   "Only events that were committed after this mark, each exactly once [default: all]\n"
                   "Marks are in each line with --json, and in the note behind the last line\n"
                   "example: --after 1234:1234:")
      ->type_name("MARK");
  command->add_option("--limit", options->limit, "At most so many, 0 for all [default: 100]\nexample: --limit 20")
      ->transform(at_least(0))
      ->type_name("N");
  command->add_flag("--upcast", options->upcast,
                    "As the loaded plugins see the events today [default: as they are stored]");
  command->add_flag("--mark", options->mark, "Print the mark of this moment, and no events [default: print events]");
  command->callback([&action, options] { action = [options](Context& context) { return events(context, *options); }; });
}

}  // namespace seriatim::cli
