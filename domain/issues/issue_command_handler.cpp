#include "issue_command_handler.hpp"

#include "issue.hpp"
#include "rule_book.hpp"

namespace issues {

using seriatim::Repository;

void IssueCommandHandler::handle(const OpenIssue& command, Repository& repository) const {
  repository.add<Issue>(command.aggregate_id, IssueOpened{command.title, command.actor, command.rule_book_id});
}

void IssueCommandHandler::handle(const TakeAction& command, Repository& repository) const {
  const Action action = action_named(command.action);
  repository.load<Issue>(command.aggregate_id)
      .take(action, {.actor = command.actor,
                     .record = command.record,
                     .extra = command.extra,
                     .occurred_at = command.created_at});
}

void IssueCommandHandler::handle(const AddRule& command, Repository& repository) const {
  const Action action = action_named(command.triggered_on);
  repository.find_or_add<RuleBook>(command.aggregate_id).add({action, command.conditions, command.actions});
}

void IssueCommandHandler::handle(const ApplyRules& command, Repository& repository) const {
  Issue& issue = repository.load<Issue>(command.aggregate_id);
  if (!issue.rule_book_id()) return;
  const RuleBook* book = repository.find<RuleBook>(*issue.rule_book_id());
  if (book == nullptr) return;
  std::int32_t number = 0;
  for (const Rule& rule : book->rules()) {
    ++number;
    if (matches(rule, command.action, command.activity)) issue.follow(number, rule.actions, command.activity);
  }
}

void IssueCommandHandler::handle(const Reply& command, Repository& repository) const {
  repository.load<Issue>(command.aggregate_id)
      .take(Action::comment_added, {.actor = "automation",
                                    .extra = {.message = command.message},
                                    .depth = command.depth,
                                    .occurred_at = command.created_at});
}

}  // namespace issues
