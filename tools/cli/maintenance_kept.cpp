// seriatim maintenance kept-views: dropping versions of views that are kept to go back to.

#include <fmt/format.h>

#include <memory>

#include "kept_text.hpp"
#include "maintenance.hpp"

namespace seriatim::cli {
namespace {

struct KeptOptions {
  std::string domain;
  bool all = false;
};

ExitCode drop(Context& context, const KeptOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  std::vector<std::string> domains = application->domains_with_views();
  if (!options.domain.empty()) domains = {options.domain};
  if (domains.empty()) throw_error<ErrorCode::usage>("no plugin with views is loaded: name one with --plugin");
  for (const std::string& domain : domains) {
    const std::vector<KeptVersion> dropped = application->migrator(domain)->drop_kept(options.all);
    if (context.json()) {
      print_line(json_object([&](JsonWriter& json) {
        put(json, "domain", domain);
        put_dropped(json, dropped);
      }));
      continue;
    }
    for (const KeptVersion& each : dropped) print_line(fmt::format("{}: {}", domain, dropped_text(each)));
    if (dropped.empty()) print_line(fmt::format("{}: nothing to drop", domain));
  }
  return ExitCode::done;
}

}  // namespace

void add_kept_views(CLI::App& group, Action& action) {
  CLI::App* command =
      add_command(group, "kept-views", "Drop replaced versions of views that were kept to go back to, when their time is over");
  const auto options = std::make_shared<KeptOptions>();
  command
      ->add_option("--domain", options->domain,
                   "The domain whose views are meant [default: all that have views]\nexample: --domain wallet")
      ->type_name("NAME");
  command->add_flag("--all", options->all,
                    "Also those whose time is not over: there is no way back afterwards [default: only expired ones]");
  command->callback([&action, options] { action = [options](Context& context) { return drop(context, *options); }; });
}

}  // namespace seriatim::cli
