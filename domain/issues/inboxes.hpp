#pragma once
// Three inboxes, each of which chooses the actions that it delivers. They deliver when everything is stored, and what
// one of them cannot deliver does not keep the others from it.

#include <memory>

#include "outbox.hpp"
#include "seriatim/workflow.hpp"

namespace issues {

/// Comments, and that the issue was closed.
struct EmailInbox {
  static constexpr std::string_view type_name = "EmailInbox";
  std::shared_ptr<Outbox> outbox;

  static std::vector<seriatim::WorkflowHandler> matches();
  void deliver(const seriatim::AnyEvent& e, seriatim::Workflow& workflow) const;
};

/// Everything but that somebody looked at a comment.
struct NotificationInbox {
  static constexpr std::string_view type_name = "NotificationInbox";
  std::shared_ptr<Outbox> outbox;

  static std::vector<seriatim::WorkflowHandler> matches();
  void deliver(const seriatim::AnyEvent& e, seriatim::Workflow& workflow) const;
};

/// That the issue was closed or reopened.
struct ChatInbox {
  static constexpr std::string_view type_name = "ChatInbox";
  std::shared_ptr<Outbox> outbox;

  static std::vector<seriatim::WorkflowHandler> matches();
  void deliver(const seriatim::AnyEvent& e, seriatim::Workflow& workflow) const;
};

}  // namespace issues
