#pragma once
// Where inboxes put what they deliver: the program's way to the outside.

#include "activity.hpp"

namespace issues {

struct Delivery {
  std::string inbox;  ///< "email", "notification" or "chat"
  seriatim::AggregateId issue_id{};
  std::int32_t number = 0;  ///< Of the activity.
  Action action = Action::comment_added;
  std::string actor;
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Delivery, (), (inbox, issue_id, number, action, actor, extra))

/// `deliver` is called by any number of threads at once. What it throws is reported to whoever executed the command.
class Outbox {
 public:
  Outbox() = default;
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  virtual ~Outbox() = default;
  virtual void deliver(const Delivery& delivery) = 0;
};

/// Writes deliveries to the standard error output, each a line of JSON: what the plugin does.
class StandardErrorOutbox final : public Outbox {
 public:
  void deliver(const Delivery& delivery) override;
};

}  // namespace issues
