#include "seriatim/plugin_loader.hpp"

#include <dlfcn.h>

#include <cstring>

namespace seriatim {
namespace {

[[noreturn]] void refuse(PluginRefusal refusal, const std::filesystem::path& file, const std::string& why) {
  throw PluginError{refusal, "plugin " + file.string() + " " + why};
}

std::string last_loader_error() {
  const char* text = ::dlerror();
  return text != nullptr ? text : "no reason given";
}

/// Text of a fixed field that may lack its terminator in a damaged file.
template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  return {field, ::strnlen(field, N)};
}

void* open(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    refuse(PluginRefusal::missing_file, file, "does not exist: check the path given to --plugin");
  }
  void* library = ::dlopen(std::filesystem::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    refuse(PluginRefusal::not_a_library, file,
           "cannot be loaded as a shared library (" + last_loader_error() + "): rebuild it with seriatim_add_plugin");
  }
  return library;
}

const PluginRecord& record_of(void* library, const std::filesystem::path& file) {
  const void* symbol = ::dlsym(library, "seriatim_plugin_record");
  if (symbol == nullptr) {
    refuse(PluginRefusal::no_entry, file,
           "has no entry point \"seriatim_plugin_record\": add SERIATIM_PLUGIN(...) to it and build it with "
           "seriatim_add_plugin");
  }
  return *static_cast<const PluginRecord*>(symbol);
}

/// Compilers of one family agree on layout within a major version; the fields are compared up to the dot.
std::string family(const std::string& compiler) { return compiler.substr(0, compiler.find('.')); }

void check(const PluginRecord& record, const std::filesystem::path& file) {
  if (std::memcmp(record.magic, "SERIATIM", sizeof record.magic) != 0) {
    refuse(PluginRefusal::not_seriatim, file, "exports a record that is not seriatim's: rebuild it");
  }
  if (record.abi != plugin_abi || record.record_bytes != sizeof(PluginRecord)) {
    refuse(PluginRefusal::other_abi, file,
           "was built for ABI " + std::to_string(record.abi) + ", this program has ABI " +
               std::to_string(plugin_abi) + ": rebuild it");
  }
  const std::string compiler = text_of(record.compiler);
  if (family(compiler) != family(detail::compiler) || text_of(record.standard_library) != detail::standard_library) {
    refuse(PluginRefusal::other_compiler, file,
           "was built with " + compiler + " and " + text_of(record.standard_library) + ", this program with " +
               detail::compiler + " and " + detail::standard_library + ": rebuild it with the same");
  }
  if (text_of(record.version) != SERIATIM_VERSION) {
    refuse(PluginRefusal::other_version, file,
           "was built against seriatim " + text_of(record.version) + ", this program is seriatim " SERIATIM_VERSION
           ": rebuild it");
  }
}

}  // namespace

const char* to_string(PluginRefusal refusal) noexcept {
  switch (refusal) {
    case PluginRefusal::missing_file: return "missing_file";
    case PluginRefusal::not_a_library: return "not_a_library";
    case PluginRefusal::no_entry: return "no_entry";
    case PluginRefusal::not_seriatim: return "not_seriatim";
    case PluginRefusal::other_abi: return "other_abi";
    case PluginRefusal::other_compiler: return "other_compiler";
    case PluginRefusal::other_version: return "other_version";
    case PluginRefusal::registration: return "registration";
  }
  return "unknown";
}

LoadedPlugin load_plugin(const std::filesystem::path& file) {
  const PluginRecord& record = record_of(open(file), file);
  check(record, file);
  LoadedPlugin plugin{{text_of(record.name), text_of(record.version), text_of(record.compiler), record.abi},
                      Domain{text_of(record.name)}};
  if (const char* failure = record.register_domain(&plugin.domain)) {
    refuse(PluginRefusal::registration, file, std::string{"could not register its domain: "} + failure);
  }
  return plugin;
}

namespace detail {

const char* register_without_exceptions(Domain& domain, void (*fill)(Domain&)) noexcept {
  static thread_local std::string failure;
  try {
    fill(domain);
    return nullptr;
  } catch (const std::exception& error) {
    failure = error.what();
  } catch (...) {
    failure = "it threw something that is no std::exception";
  }
  return failure.c_str();
}

}  // namespace detail
}  // namespace seriatim
