#pragma once
// The upcasters of all domains, compiled: which stored names have any, and what an event stored under one is today.

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "seriatim/upcasting.hpp"

namespace seriatim::core {

class Registry;
using TypeIndex = std::uint32_t;

/// An event as the program knows it today.
struct CurrentEvent {
  TypeIndex type;
  std::string json;
};

/// Constant once `compile` was called; safe to share between threads.
class Upcasters {
 public:
  /// The rules must outlive this; types and aliases are registered with `registry` already, which must outlive it, too.
  /// Throws Error(configuration) when rules contradict each other.
  void compile(const Registry& registry, const std::vector<const EventRules*>& rules);

  /// Whether events of this type are more than decoding; true for unknown_type, whose name has to be looked at. O(1).
  [[nodiscard]] bool concern(TypeIndex type) const noexcept { return type >= flags_.size() || flags_[type] != 0; }

  /// Whether an event stored under a name would be understood.
  [[nodiscard]] bool knows(std::string_view stored_name) const;

  /// Whether events stored under a name may be, or become, events of a type.
  [[nodiscard]] bool may_become(std::string_view stored_name, TypeIndex type) const;

  /// What an event stored under a name is today: none, one or several events. Throws what the functions throw;
  /// Error(deserialization) for a name that nobody declares.
  [[nodiscard]] std::vector<CurrentEvent> apply(std::string_view stored_name, std::string_view json) const;

 private:
  /// All that happens to events of one name.
  struct Chain {
    std::vector<const UpcastStep*> steps;
    std::set<std::string_view> outputs;  ///< Of all the steps.
  };
  class Run;

  void add_steps(std::string_view name, const EventRules& rules);
  void refuse_cycles(std::string_view name, std::vector<std::string_view>& path) const;
  void collect(std::string_view name, std::set<TypeIndex>& types) const;
  [[nodiscard]] const Chain* chain(std::string_view name) const;
  [[nodiscard]] std::string_view current_name(std::string_view stored_name) const;

  const Registry* registry_ = nullptr;
  std::unordered_map<std::string_view, Chain> chains_;  ///< By the name of the type today, or of one that is gone.
  std::vector<char> flags_;                             ///< By TypeIndex.
};

}  // namespace seriatim::core
