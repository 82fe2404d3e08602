#pragma once
// Publishing: hands the events of a command to the active projectors, inside the command's transaction.

#include "core/unit_of_work.hpp"
#include "views/active_views.hpp"

namespace seriatim::core {

/// Thrown when a projector fails. Everything the command did is rolled back.
class PublishError : public Error {
 public:
  PublishError(std::string_view projector, std::string_view event_type, const EventHeader& header,
               std::string_view cause);
};

/// Calls the projectors of every event, in the order given. Throws PublishError naming projector, event and cause;
/// errors of the connection pass unchanged.
void publish(const Registry& registry, const views::ActiveViews& active, std::span<const AppliedEvent> events,
             store::Transaction& transaction);

}  // namespace seriatim::core
