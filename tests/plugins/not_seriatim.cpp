// A library that happens to export something under the name of the plugin record.
extern "C" __attribute__((visibility("default"))) const char seriatim_plugin_record[512];
const char seriatim_plugin_record[512] = "ANOTHER";
