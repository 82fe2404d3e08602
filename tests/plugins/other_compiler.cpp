// A plugin whose record says that another compiler built it.
#include "seriatim/plugin.hpp"

namespace {

const char* never_reached(seriatim::Domain* /*domain*/) {
  return "the record was not checked";
}

constexpr seriatim::PluginRecord made_elsewhere() {
  auto record = seriatim::detail::make_plugin_record("other_compiler", seriatim::plugin_abi, &never_reached);
  for (char& c : record.compiler) c = '\0';
  seriatim::detail::copy_text(record.compiler, "msc 19.40");
  return record;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const seriatim::PluginRecord seriatim_plugin_record;
constexpr seriatim::PluginRecord seriatim_plugin_record = made_elsewhere();
