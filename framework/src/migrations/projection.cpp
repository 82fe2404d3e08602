#include "migrations/projection.hpp"

#include "core/publisher.hpp"

namespace seriatim::migrations {

Projection::Projection(const core::Registry& registry, const std::vector<const ProjectorType*>& projectors)
    : decoder_{registry}, subscriptions_(registry.events().size()) {
  for (const ProjectorType* projector : projectors) {
    for (const ProjectorHandler& handler : projector->handlers) {
      subscriptions_[registry.event(handler.event.name)].push_back({projector, &handler});
    }
  }
  for (core::TypeIndex type = 0; type < subscriptions_.size(); ++type) {
    if (!subscriptions_[type].empty()) types_.push_back(type);
  }
}

const void* Projection::decode(const ReplayEvent& event) {
  return decoder_.decode(event.type, event.json, event.header.aggregate_id, event.header.sequence_number);
}

void Projection::call(const Subscription& subscription, const ReplayEvent& event, const void* payload,
                      views::Persistor& persistor) {
  const ProjectorType& projector = *subscription.projector;
  Views views{persistor, projector.name, projector.manages, event.header};
  try {
    subscription.handler->invoke(projector.instance.get(), event.header, payload, views);
  } catch (const std::exception& error) {
    const auto* ours = dynamic_cast<const Error*>(&error);
    if (ours != nullptr && (ours->retryable() || ours->code() == ErrorCode::publish)) throw;
    throw core::PublishError{projector.name, subscription.handler->event.name, event.header, error.what()};
  }
}

}  // namespace seriatim::migrations
