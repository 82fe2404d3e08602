#pragma once
// What the runs of a program came to, for one line at its end.

#include <array>
#include <map>
#include <string>

#include "load.hpp"

namespace seriatim::testing {

/// A run has a seed of its own: commands under load, and faults of one kind.
class Tally {
 public:
  /// `injected` faults hit something; `stored` commands of the load are in the store; `found` is wrong with it.
  void add(const std::string& kind, std::size_t injected, const NumberedLoad& load, std::size_t stored, std::size_t found);

  /// "2 runs with seeds of their own: 900 commands, 700 acknowledged, ..."; empty when there were none.
  [[nodiscard]] std::string line() const;

 private:
  std::size_t runs_ = 0;
  std::size_t commands_ = 0;
  std::array<std::size_t, NumberedLoad::states> counts_{};
  std::size_t stored_ = 0;
  std::size_t found_ = 0;
  std::map<std::string, std::size_t> injected_;
};

/// That of this program.
[[nodiscard]] Tally& tally();

}  // namespace seriatim::testing
