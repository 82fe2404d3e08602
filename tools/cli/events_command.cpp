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
  std::optional<std::int64_t> after;
  std::int64_t limit = 100;
};

EventFilter filter_of(const EventsOptions& options) {
  EventFilter filter;
  if (!options.aggregate.empty()) filter.aggregate_id = parse_uuid(options.aggregate);
  if (!options.type.empty()) filter.type = options.type;
  filter.after = options.after;
  filter.limit = options.limit;
  return filter;
}

std::string to_json(const LoggedEvent& event) {
  return json_object([&](JsonWriter& json) {
    put(json, "aggregate_id", event.aggregate_id);
    put(json, "sequence_number", event.sequence_number);
    put(json, "created_at", seriatim::to_string(event.created_at));
    put(json, "mark", event.transaction);
    put(json, "type", event.type);
    put_json(json, "attributes", event.json);
  });
}

std::string to_text(const LoggedEvent& event) {
  return fmt::format("{:>6} {} {:>5} {} {:<28} {}", event.transaction, uuid_text(event.aggregate_id),
                     fmt::format("#{}", event.sequence_number), seriatim::to_string(event.created_at), event.type,
                     event.json);
}

ExitCode events(Context& context, const EventsOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  std::int64_t count = 0;
  application->events().read(filter_of(options), [&](const LoggedEvent& event) {
    print_line(context.json() ? to_json(event) : to_text(event));
    ++count;
  });
  flush_output();
  if (count == 0) context.note("no events");
  if (count != 0 && count == options.limit) {
    context.note("these are the first {} events; --limit 0 shows all", with_commas(count));
  }
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
                   "Only events with a greater mark, which is the first word of each line (\"mark\" with --json)\n"
                   "[default: from the beginning]; example: --after 1234")
      ->check(at_least(0))
      ->type_name("MARK");
  command->add_option("--limit", options->limit, "At most so many, 0 for all [default: 100]\nexample: --limit 20")
      ->check(at_least(0))
      ->type_name("N");
  command->callback([&action, options] { action = [options](Context& context) { return events(context, *options); }; });
}

}  // namespace seriatim::cli
