#pragma once
// Handing replayed events to chosen projectors.

#include "core/event_decoder.hpp"
#include "migrations/event_reader.hpp"
#include "views/persistor.hpp"

namespace seriatim::migrations {

/// Decodes events and calls the projectors that are being replayed. Not thread-safe.
class Projection {
 public:
  Projection(const core::Registry& registry, const std::vector<const ProjectorType*>& projectors);

  /// The event types that the projectors handle.
  [[nodiscard]] const std::vector<core::TypeIndex>& types() const noexcept { return types_; }

  /// Calls the projectors of one event with the views of `persistor`. Throws PublishError.
  template <class BeforeCall>
  void project(const ReplayEvent& event, views::Persistor& persistor, BeforeCall&& before) {
    decoder_.current(event.type, event.type_name, event.json, event.header.aggregate_id, event.header.sequence_number,
                     [&](core::TypeIndex type, std::string_view json) {
                       project_current({event.header, type, {}, json}, persistor, before);
                     });
  }

 private:
  struct Subscription {
    const ProjectorType* projector;
    const ProjectorHandler* handler;
  };

  template <class BeforeCall>
  void project_current(const ReplayEvent& event, views::Persistor& persistor, BeforeCall& before) {
    const void* payload = nullptr;
    for (const Subscription& subscription : subscriptions_[event.type]) {
      if (payload == nullptr) payload = decode(event);
      before(*subscription.projector, event);
      call(subscription, event, payload, persistor);
    }
  }

  const void* decode(const ReplayEvent& event);
  static void call(const Subscription& subscription, const ReplayEvent& event, const void* payload,
                   views::Persistor& persistor);

  core::EventDecoder decoder_;
  std::vector<core::TypeIndex> types_;
  std::vector<std::vector<Subscription>> subscriptions_;  ///< By event TypeIndex.
};

}  // namespace seriatim::migrations
