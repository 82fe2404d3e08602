// seriatim maintenance receipts: forgetting what idempotency keys came to.

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "duration.hpp"
#include "interruption.hpp"
#include "maintenance.hpp"
#include "output.hpp"
#include "seriatim/database.hpp"

namespace seriatim::cli {
namespace {

struct ReceiptsOptions {
  std::string older_than;
};

/// One line each time a portion is gone.
void tell_progress(const Context& context, std::int64_t deleted) {
  if (context.quiet()) return;
  if (context.json()) {
    say(json_object([&](JsonWriter& json) { put(json, "deleted_so_far", deleted); }) + "\n");
  } else {
    context.note("{} receipts deleted", with_commas(deleted));
  }
}

ExitCode expire(Context& context, const ReceiptsOptions& options) {
  const std::chrono::seconds age = parse_duration(options.older_than).value_or(std::chrono::seconds::max());
  Database database{context.options()};
  const Interruption interruption;
  std::int64_t told = 0;
  const std::int64_t deleted = database.expire_receipts(age, [&](std::int64_t so_far) {
    if (so_far != told) tell_progress(context, told = so_far);
    return !Interruption::requested();
  });
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) { put(json, "deleted", deleted); }));
  } else {
    print_line(fmt::format("deleted {} receipt{}", with_commas(deleted), deleted == 1 ? "" : "s"));
  }
  if (!Interruption::requested()) return ExitCode::done;
  context.note("stopped by a signal; the receipts that were deleted stay deleted");
  return ExitCode::failed;
}

}  // namespace

void add_receipts(CLI::App& group, Action& action) {
  CLI::App* command = add_command(group, "receipts", "Delete old receipts of idempotency keys");
  const auto options = std::make_shared<ReceiptsOptions>();
  command
      ->add_option("--older-than", options->older_than,
                   "How long ago they were stored, in days, hours, minutes or seconds\nexample: --older-than 30d")
      ->check(is_duration("an age"))
      ->required()
      ->type_name("AGE");
  command->footer("A request whose receipt is gone is executed again when it is repeated.\n\n" + command->get_footer());
  command->callback([&action, options] { action = [options](Context& context) { return expire(context, *options); }; });
}

}  // namespace seriatim::cli
