// seriatim projectors: whether the views are what the events say.

#include <fmt/format.h>

#include <memory>

#include "command_groups.hpp"
#include "interruption.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "projectors.hpp"

namespace seriatim::cli {
namespace {

/// How many aggregates are compared when nobody says.
constexpr std::int64_t usual_sample = 1000;

struct VerifyOptions {
  std::string name;
  std::string domain;
  std::int64_t sample = usual_sample;
  std::uint64_t seed = 0;
  bool full = false;
  bool repair = false;
};

const char* to_string(ViewDifference::Kind kind) {
  switch (kind) {
    case ViewDifference::Kind::changed:
      return "changed";
    case ViewDifference::Kind::missing:
      return "missing";
    case ViewDifference::Kind::surplus:
      return "surplus";
  }
  return "unknown";
}

std::string text_of(const std::string& domain, const VerificationProgress& progress) {
  return fmt::format("{}: verifying, {} of {} aggregates, {} events, {} wrong rows", domain,
                     with_commas(progress.aggregates), with_commas(progress.total), with_commas(progress.events),
                     with_commas(progress.wrong_rows));
}

std::string json_of(const std::string& domain, const VerificationProgress& progress) {
  return json_object([&](JsonWriter& json) {
    put(json, "domain", domain);
    put(json, "phase", "verifying");
    put(json, "aggregates", progress.aggregates);
    put(json, "total", progress.total);
    put(json, "events", progress.events);
    put(json, "wrong_rows", progress.wrong_rows);
  });
}

void put_text(JsonWriter& json, std::string_view key, const std::optional<std::string>& text) {
  if (text) {
    put(json, key, *text);
  } else {
    put_json(json, key, "null");
  }
}

void write(JsonWriter& json, const ViewDifference& difference) {
  json.StartObject();
  put(json, "kind", to_string(difference.kind));
  put(json, "projector", difference.projector);
  put(json, "table", difference.table);
  if (difference.aggregate_id) put(json, "aggregate_id", *difference.aggregate_id);
  put(json, "row", difference.row);
  if (!difference.column.empty()) put(json, "column", difference.column);
  put_text(json, "expected", difference.expected);
  put_text(json, "found", difference.found);
  put(json, "repaired", difference.repaired);
  json.EndObject();
}

void print_json(const std::string& domain, const VerificationResult& result) {
  print_line(json_object([&](JsonWriter& json) {
    put(json, "domain", domain);
    put(json, "aggregates", result.aggregates);
    put(json, "events", result.events);
    put(json, "rows", result.rows);
    put(json, "wrong_rows", result.wrong_rows);
    put(json, "repaired_rows", result.repaired_rows);
    json.Key("differences");
    json.StartArray();
    for (const ViewDifference& difference : result.differences) write(json, difference);
    json.EndArray();
    put(json, "notes", result.notes);
    put(json, "seconds", result.seconds);
  }));
}

std::string to_text(const ViewDifference& difference) {
  const std::string what = fmt::format("{} {} ({})", difference.table, one_line(difference.row), difference.projector);
  const std::string repaired = difference.repaired ? "; repaired" : "";
  if (difference.kind == ViewDifference::Kind::missing) {
    return fmt::format("missing {}: expected {}{}", what, one_line(difference.expected.value_or("NULL")), repaired);
  }
  if (difference.kind == ViewDifference::Kind::surplus) {
    return fmt::format("surplus {}: found {}{}", what, one_line(difference.found.value_or("NULL")), repaired);
  }
  return fmt::format("changed {}: {} is {}, expected {}{}", what, difference.column,
                     one_line(difference.found.value_or("NULL")), one_line(difference.expected.value_or("NULL")),
                     repaired);
}

void print_text(const std::string& domain, const VerificationResult& result) {
  for (const ViewDifference& difference : result.differences) print_line(to_text(difference));
  for (const std::string& note : result.notes) print_line(fmt::format("{}: {}", domain, note));
  std::string outcome = "no differences";
  if (result.wrong_rows != 0) outcome = fmt::format("{} wrong rows", with_commas(result.wrong_rows));
  if (result.repaired_rows != 0) outcome += fmt::format(", {} repaired", with_commas(result.repaired_rows));
  print_line(fmt::format("{}: {}; compared {} rows with {} events of {} aggregates in {:.2f} s", domain, outcome,
                         with_commas(result.rows), with_commas(result.events), with_commas(result.aggregates),
                         result.seconds));
}

/// Whether the domain has the projector that was asked for; any will do when none was.
bool is_meant(const Domain& domain, const VerifyOptions& options) {
  if (!options.domain.empty() && domain.name() != options.domain) return false;
  if (domain.projectors().empty()) return false;
  return options.name.empty() ||
         std::any_of(domain.projectors().begin(), domain.projectors().end(),
                     [&](const ProjectorType& projector) { return projector.name == options.name; });
}

std::vector<std::string> meant_domains(Context& context, const VerifyOptions& options) {
  std::vector<std::string> names;
  for (const Domain& domain : context.domains()) {
    if (is_meant(domain, options)) names.push_back(domain.name());
  }
  if (names.empty()) {
    throw_error<ErrorCode::usage>(options.name.empty()
                                      ? "no loaded plugin has such views: name one with --plugin"
                                      : "no loaded plugin has a projector named \"" + options.name + "\"");
  }
  return names;
}

ExitCode verify(Context& context, const VerifyOptions& options) {
  VerificationOptions wanted;
  if (!options.name.empty()) wanted.projector = options.name;
  if (!options.full) wanted.sample = options.sample;
  wanted.seed = options.seed;
  wanted.repair = options.repair;
  const std::vector<std::string> domains = meant_domains(context, options);
  const std::unique_ptr<Application> application = context.application();
  ExitCode code = ExitCode::done;
  for (const std::string& domain : domains) {
    VerificationResult result;
    {
      const Interruption interruption;
      Progress progress{context, domain};
      const auto show = [&](const VerificationProgress& p) { progress.show("verifying", text_of(domain, p), json_of(domain, p)); };
      result = application->verifier(domain)->verify(wanted, show, &Interruption::requested);
    }
    if (context.json()) {
      print_json(domain, result);
    } else {
      print_text(domain, result);
    }
    if (std::any_of(result.differences.begin(), result.differences.end(),
                    [](const ViewDifference& difference) { return !difference.repaired; })) {
      code = ExitCode::failed;
    }
  }
  return code;
}

}  // namespace

void add_projectors_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "projectors", "Look at the projectors and their tables");
  add_projectors_status(*group, action);
  add_projectors_deactivate(*group, action);
  CLI::App* command =
      add_command(*group, "verify", "Compare live rows with what the events say; exit code 1 when they differ");
  const auto options = std::make_shared<VerifyOptions>();
  command->add_option("NAME", options->name, "The projector [default: all]\nexample: WalletProjector")->type_name("");
  command
      ->add_option("--domain", options->domain,
                   "The domain whose projectors are meant [default: all]\nexample: --domain wallet")
      ->type_name("NAME");
  CLI::Option* sample =
      command
          ->add_option("--sample", options->sample,
                       "Compare so many aggregates, chosen by the seed [default: 1000]\nexample: --sample 50")
          ->transform(at_least(1))
          ->type_name("N");
  command->add_option("--seed", options->seed, "Chooses the sample [default: 0]\nexample: --seed 7")
      ->transform(at_least(0))
      ->type_name("N");
  command->add_flag("--full", options->full, "Compare all aggregates and all rows [default: a sample]")
      ->excludes(sample);
  command->add_flag("--repair", options->repair,
                    "Rewrite the rows that differ, each under its aggregate's lock [default: only report]");
  command->callback([&action, options] { action = [options](Context& context) { return verify(context, *options); }; });
}

}  // namespace seriatim::cli
