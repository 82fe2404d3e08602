// seriatim maintenance receipts: forgetting what idempotency keys came to.

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <optional>

#include "interruption.hpp"
#include "maintenance.hpp"
#include "output.hpp"
#include "seriatim/database.hpp"

namespace seriatim::cli {
namespace {

struct ReceiptsOptions {
  std::string older_than;
};

/// "30d", "12h", "90m", "45s". Nothing for anything else, and for more than a thousand years.
std::optional<std::chrono::seconds> parse_age(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || end + 1 != text.data() + text.size()) return std::nullopt;
  if (number > std::int64_t{1000} * 366 * 24 * 3600) return std::nullopt;
  switch (*end) {
    case 'd':
      return number <= 366'000 ? std::optional{std::chrono::seconds{number * 24 * 3600}} : std::nullopt;
    case 'h':
      return number <= 366'000 * 24 ? std::optional{std::chrono::seconds{number * 3600}} : std::nullopt;
    case 'm':
      return number <= 366'000 * 24 * 60 ? std::optional{std::chrono::seconds{number * 60}} : std::nullopt;
    case 's':
      return std::chrono::seconds{number};
    default:
      return std::nullopt;
  }
}

CLI::Validator is_age() {
  return CLI::Validator{[](const std::string& text) {
                          if (parse_age(text)) return std::string{};
                          return "\"" + text + "\" is not an age like 30d, 12h, 90m or 45s";
                        },
                        ""};
}

/// One line each time a portion is gone.
void tell_progress(const Context& context, std::int64_t deleted) {
  if (context.quiet()) return;
  if (context.json()) {
    fmt::print(stderr, "{}\n", json_object([&](JsonWriter& json) { put(json, "deleted_so_far", deleted); }));
  } else {
    context.note("{} receipts deleted", with_commas(deleted));
  }
}

ExitCode expire(Context& context, const ReceiptsOptions& options) {
  const std::chrono::seconds age = parse_age(options.older_than).value_or(std::chrono::seconds::max());
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
      ->check(is_age())
      ->required()
      ->type_name("AGE");
  command->footer("A request whose receipt is gone is executed again when it is repeated.\n\n" + command->get_footer());
  command->callback([&action, options] { action = [options](Context& context) { return expire(context, *options); }; });
}

}  // namespace seriatim::cli
