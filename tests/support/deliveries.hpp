#pragma once
// An outbox that keeps what it is given, and has an inbox that fails when it is told to.

#include <stdexcept>
#include <string>
#include <vector>

#include "issues/outbox.hpp"

namespace seriatim::testing {

/// Not thread-safe.
class Deliveries final : public issues::Outbox {
 public:
  void deliver(const issues::Delivery& delivery) override {
    if (delivery.inbox == broken) throw std::runtime_error{"nobody answers at " + broken};
    delivered.push_back(delivery);
  }

  /// The actions that an inbox delivered, in order: "comment_added closed".
  [[nodiscard]] std::string actions(const std::string& inbox) const {
    std::string names;
    for (const issues::Delivery& delivery : delivered) {
      if (delivery.inbox != inbox) continue;
      if (!names.empty()) names += ' ';
      names += issues::name_of(delivery.action);
    }
    return names;
  }

  std::vector<issues::Delivery> delivered;
  std::string broken;  ///< The inbox that fails.
};

}  // namespace seriatim::testing
