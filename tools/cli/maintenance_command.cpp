// seriatim maintenance: what the owner of a store does now and then.

#include "maintenance.hpp"

namespace seriatim::cli {

void add_maintenance_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "maintenance", "Look after what is stored, while the application runs");
  add_delete_streams(*group, action);
  add_delete_commands(*group, action);
  add_unique_keys(*group, action);
  add_partition_keys(*group, action);
  add_receipts(*group, action);
  add_kept_views(*group, action);
}

}  // namespace seriatim::cli
