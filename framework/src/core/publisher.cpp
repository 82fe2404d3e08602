#include "core/publisher.hpp"

namespace seriatim::core {
namespace {

/// Errors that say something about the database's state rather than about the projector.
bool concerns_the_transaction(const Error& error) {
  return error.retryable() || error.in_doubt() || error.code() == ErrorCode::publish;
}

void call(const RegisteredProjector& projector, const ProjectorHandler& handler, const AppliedEvent& event,
          store::Transaction& transaction) {
  const EventHeader& header = event.header;
  transaction.attribute_to(projector.type->name, header, handler.event.name);
  Views views{transaction.persistor(projector.domain), projector.type->name, projector.type->manages, header};
  try {
    handler.invoke(projector.type->instance.get(), header, event.event.get(), views);
  } catch (const Error& error) {
    if (concerns_the_transaction(error)) throw;
    throw PublishError{projector.type->name, handler.event.name, header, error.what()};
  } catch (const std::exception& error) {
    throw PublishError{projector.type->name, handler.event.name, header, error.what()};
  }
}

}  // namespace

PublishError::PublishError(std::string_view projector, std::string_view event_type, const EventHeader& header,
                           std::string_view cause)
    : Error{ErrorCode::publish, "projector " + std::string{projector} + " failed on event " +
                                    std::to_string(header.sequence_number) + " of aggregate " +
                                    uuid_text(header.aggregate_id) + " (" + std::string{event_type} +
                                    "): " + std::string{cause}} {}

void publish(const Registry& registry, const views::ActiveViews& active, std::span<const AppliedEvent> events,
             store::Transaction& transaction) {
  for (const AppliedEvent& event : events) {
    for (const Subscription& subscription : registry.events()[event.type].projectors) {
      if (!active.active(subscription.projector)) continue;
      call(registry.projectors()[subscription.projector], *subscription.handler, event, transaction);
    }
  }
}

}  // namespace seriatim::core
