#pragma once
// Loading plugins.

#include <cstdint>
#include <filesystem>
#include <string>

#include "seriatim/plugin.hpp"

namespace seriatim {

/// Why a plugin was refused; each has its own sentence.
enum class PluginRefusal : std::uint8_t {
  missing_file,
  not_a_library,    ///< The file is no shared library that this system can load.
  no_entry,         ///< It does not export the plugin record.
  not_seriatim,     ///< The record is not one of ours.
  other_abi,        ///< Built for another ABI number.
  other_compiler,   ///< Built with an incompatible compiler or standard library.
  other_version,    ///< Built against another version of the framework.
  registration,     ///< Its registration failed.
};
[[nodiscard]] const char* to_string(PluginRefusal refusal) noexcept;

/// Thrown when a plugin is refused.
class PluginError : public Error {
 public:
  PluginError(PluginRefusal refusal, const std::string& message)
      : Error{ErrorCode::plugin, message}, refusal_{refusal} {}
  [[nodiscard]] PluginRefusal refusal() const noexcept { return refusal_; }

 private:
  PluginRefusal refusal_;
};

/// What a plugin says of itself.
struct PluginInfo {
  std::string name;
  std::string version;
  std::string compiler;
  std::uint32_t abi = 0;
};

/// A loaded plugin. The library stays loaded until the program ends, because its code may be in use anywhere.
struct LoadedPlugin {
  PluginInfo info;
  Domain domain;
};

/// Loads a plugin after checking its record; nothing of it is called before the check. Throws PluginError.
[[nodiscard]] LoadedPlugin load_plugin(const std::filesystem::path& file);

}  // namespace seriatim
