// seriatim aggregate: the state of an aggregate, now or as it was.

#include <fmt/format.h>

#include <memory>

#include "command_groups.hpp"
#include "output.hpp"
#include "seriatim/time.hpp"

namespace seriatim::cli {
namespace {

struct ShowOptions {
  std::string id;
  std::optional<std::int32_t> at;
  std::string until;
};

AggregateSnapshot look(EventLog& log, const AggregateId& id, const ShowOptions& options) {
  const std::optional<Timestamp> moment = parse_timestamp(options.until);
  return moment ? log.show_until(id, *moment) : log.show(id, options.at);
}

ExitCode show(Context& context, const ShowOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  const AggregateId id = parse_uuid(options.id).value_or(AggregateId{});
  const AggregateSnapshot found = look(application->events(), id, options);
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "aggregate_id", id);
      put(json, "type", found.type);
      put(json, "sequence_number", found.sequence_number);
      put_json(json, "state", found.state_json);
    }));
  } else {
    print_line(fmt::format("{} {} #{}", found.type, uuid_text(id), found.sequence_number));
    print_line(indented(found.state_json));
  }
  return ExitCode::done;
}

struct ListOptions {
  std::string type;
  std::string after;
  std::int64_t limit = 0;
};

ExitCode list(Context& context, const ListOptions& options) {
  StreamFilter filter;
  if (!options.type.empty()) filter.type = options.type;
  if (!options.after.empty()) filter.after = parse_uuid(options.after);
  filter.limit = options.limit;
  const std::unique_ptr<Application> application = context.application();
  application->events().streams(filter, [&](const StreamInfo& stream) {
    if (!context.json()) return print_line(uuid_text(stream.aggregate_id) + ' ' + stream.type);
    print_line(json_object([&](JsonWriter& json) {
      put(json, "aggregate_id", stream.aggregate_id);
      put(json, "type", stream.type);
      put(json, "partition_key", stream.partition_key);
      put(json, "created_at", seriatim::to_string(stream.created_at));
    }));
  });
  return ExitCode::done;
}

void add_list(CLI::App& group, Action& action) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App* command = add_command(group, "list", "Print the ids and types of aggregates, one a line, in the order of ids");
  command
      ->add_option("--type", options->type, "Only aggregates of this type [default: of all]\nexample: --type Wallet::Wallet")
      ->type_name("T");
  command
      ->add_option("--after", options->after,
                   "Only those with greater ids [default: all]\nexample: --after 16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f")
      ->check(is_uuid())
      ->type_name("ID");
  command->add_option("--limit", options->limit, "At most so many, 0 for all [default: 0]\nexample: --limit 20")
      ->transform(at_least(0))
      ->type_name("N");
  command->callback([&action, options] { action = [options](Context& context) { return list(context, *options); }; });
}

}  // namespace

void add_aggregate_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "aggregate", "Look at aggregates");
  add_list(*group, action);
  const auto options = std::make_shared<ShowOptions>();
  CLI::App* command = add_command(*group, "show", "Print the state of an aggregate, folded from its events");
  command->add_option("ID", options->id, "The aggregate\nexample: 16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f")
      ->check(is_uuid())
      ->required()
      ->type_name("");
  CLI::Option* at = command
      ->add_option("--at", options->at,
                   "As it was after its event with this number [default: after its last]\nexample: --at 2")
      ->transform(at_least(1))
      ->type_name("N");
  command
      ->add_option("--until", options->until,
                   "As it was at that moment [default: now]\nexample: --until 2026-02-03T10:15:00Z")
      ->check(is_timestamp())
      ->excludes(at)
      ->type_name("T");
  command->callback([&action, options] { action = [options](Context& context) { return show(context, *options); }; });
}

}  // namespace seriatim::cli
