#include "plugin.hpp"

#include "../../migrations/issues/view_versions.hpp"
#include "automation.hpp"
#include "inboxes.hpp"
#include "issue.hpp"
#include "issue_command_handler.hpp"
#include "rule_book.hpp"
#include "seriatim/plugin.hpp"

std::span<const seriatim::SqlFile> issues_view_sql();

namespace issues {
namespace {

void fill(seriatim::Domain& domain, const std::shared_ptr<Outbox>& outbox) {
  domain.view_schema("issues_views")
      .aggregate<Issue>()
      .aggregate<RuleBook>()
      .handler<IssueCommandHandler>()
      .projector<IssueProjector>()
      .projector<ActivityProjector>()
      .workflow(Automation{})
      .workflow(EmailInbox{outbox})
      .workflow(NotificationInbox{outbox})
      .workflow(ChatInbox{outbox})
      .views(view_versions(), issues_view_sql());
}

}  // namespace

seriatim::Domain domain(std::shared_ptr<Outbox> outbox) {
  seriatim::Domain made{"issues"};
  fill(made, outbox);
  return made;
}

SERIATIM_PLUGIN(issues, domain) { fill(domain, std::make_shared<StandardErrorOutbox>()); }

}  // namespace issues
