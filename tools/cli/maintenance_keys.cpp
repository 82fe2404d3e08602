// seriatim maintenance unique-keys|partition-keys: putting what is stored in order, while the application runs.

#include <fmt/format.h>

#include <memory>

#include "interruption.hpp"
#include "maintenance.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace seriatim::cli {
namespace {

using Refusal = AggregateKeyNotUnique::Refusal;

std::string to_json(const Refusal& conflict) {
  return json_object([&](JsonWriter& json) {
    json.Key("conflict");
    json.StartObject();
    put(json, "type", conflict.aggregate_type);
    put(json, "aggregate_id", conflict.aggregate_id);
    put(json, "scope", conflict.scope);
    put_json(json, "key", conflict.key);
    if (conflict.holder) put(json, "holder", *conflict.holder);
    json.EndObject();
  });
}

std::string to_text(const Refusal& conflict) {
  return fmt::format("conflict: {} {} has no key in scope {}: {} belongs to {}", conflict.aggregate_type,
                     uuid_text(conflict.aggregate_id), one_line(conflict.scope), one_line(conflict.key),
                     conflict.holder ? uuid_text(*conflict.holder) : "another aggregate");
}

ExitCode print(const Context& context, const UniqueKeysResult& result) {
  for (const Refusal& conflict : result.conflicts) print_line(context.json() ? to_json(conflict) : to_text(conflict));
  const auto conflicts = static_cast<std::int64_t>(result.conflicts.size());
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "aggregates", result.aggregates);
      put(json, "changed", result.changed);
      put(json, "conflicts", conflicts);
    }));
  } else {
    print_line(fmt::format("{} aggregates: {} keys changed, {} conflicts", with_commas(result.aggregates),
                           with_commas(result.changed), with_commas(conflicts)));
  }
  return conflicts == 0 ? ExitCode::done : ExitCode::conflict;
}

ExitCode unique_keys(Context& context, const std::string& type) {
  const std::unique_ptr<Application> application = context.application();
  UniqueKeysResult result;
  {
    const Interruption interruption;
    Progress progress{context, "unique keys", "aggregates"};
    result = application->key_maintenance()->recompute_unique_keys(
        type.empty() ? std::nullopt : std::optional{type}, [&](const MigrationProgress& p) { progress.show(p); },
        &Interruption::requested);
  }
  return print(context, result);
}

ExitCode partition_keys(Context& context) {
  const std::unique_ptr<Application> application = context.application();
  PartitionsResult result;
  {
    const Interruption interruption;
    Progress progress{context, "partition keys", "aggregates"};
    result = application->key_maintenance()->move_partitions([&](const MigrationProgress& p) { progress.show(p); },
                                                             &Interruption::requested);
  }
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "aggregates", result.aggregates);
      put(json, "events", result.events);
    }));
  } else {
    print_line(fmt::format("{} aggregates moved, with {} events", with_commas(result.aggregates),
                           with_commas(result.events)));
  }
  return ExitCode::done;
}

}  // namespace

void add_unique_keys(CLI::App& group, Action& action) {
  const auto type = std::make_shared<std::string>();
  CLI::App* keys = add_command(group, "unique-keys", "Make the stored unique keys those that the aggregates have");
  keys->add_option("--type", *type,
                   "Only aggregates of this type [default: of all types that declare unique keys]\n"
                   "example: --type Accounts::User")
      ->type_name("T");
  keys->callback([&action, type] { action = [type](Context& context) { return unique_keys(context, *type); }; });
}

void add_partition_keys(CLI::App& group, Action& action) {
  add_command(group, "partition-keys", "Move events to the partitions that their aggregates belong in")
      ->callback([&action] { action = &partition_keys; });
}

}  // namespace seriatim::cli
