#include "tally.hpp"

namespace seriatim::testing {

void Tally::add(const std::string& kind, std::size_t injected, const NumberedLoad& load, std::size_t stored,
                std::size_t found) {
  ++runs_;
  commands_ += load.entries().size();
  const auto counts = load.counts();
  for (std::size_t i = 0; i < counts.size(); ++i) counts_[i] += counts[i];
  stored_ += stored;
  found_ += found;
  injected_[kind] += injected;
}

std::string Tally::line() const {
  if (runs_ == 0) return {};
  std::string text = std::to_string(runs_) + " runs with seeds of their own: " + std::to_string(commands_) + " commands, " +
                     NumberedLoad::text_of(counts_) + ", " + std::to_string(stored_) + " stored; faults:";
  for (const auto& [kind, times] : injected_) text.append(" ").append(std::to_string(times)).append(" ").append(kind).append(",");
  return text + " found wrong: " + std::to_string(found_);
}

Tally& tally() {
  static Tally tally;
  return tally;
}

}  // namespace seriatim::testing
