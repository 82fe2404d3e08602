#pragma once
// How much memory a piece of work takes at most.

#include <cstddef>
#include <fstream>
#include <string>

namespace seriatim::testing {

/// What /proc/self/status says of this process, in bytes.
inline std::size_t memory(const std::string& name) {
  std::ifstream file{"/proc/self/status"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stoul(line.substr(name.size() + 1)) * 1024;
  }
  return 0;
}

/// By how many bytes this process grew at most while `work` ran.
template <class Work>
std::size_t growth_during(Work&& work) {
  std::ofstream{"/proc/self/clear_refs"} << 5;  // The peak begins anew.
  const std::size_t before = memory("VmRSS");
  work();
  const std::size_t peak = memory("VmHWM");
  return peak > before ? peak - before : 0;
}

/// Sanitizers keep what was freed for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kept_by_sanitizers = std::size_t{1} << 30U;
#else
inline constexpr std::size_t kept_by_sanitizers = 0;
#endif

}  // namespace seriatim::testing
