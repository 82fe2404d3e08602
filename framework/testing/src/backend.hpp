#pragma once
// Where the events of a world are kept.

#include <memory>

#include "core/registry.hpp"
#include "seriatim/testing/world.hpp"
#include "store/event_store.hpp"

namespace seriatim::testing {

/// A store with what it rests on.
class Backend {
 public:
  virtual ~Backend() = default;
  [[nodiscard]] virtual store::EventStore& store() noexcept = 0;
};

/// An empty store of that kind whose views are at the newest versions. The registry, which was made of `domains`, must
/// outlive it.
[[nodiscard]] std::unique_ptr<Backend> make_backend(StoreKind kind, const core::Registry& registry,
                                                    const std::vector<Domain>& domains);

}  // namespace seriatim::testing
