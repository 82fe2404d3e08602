#pragma once
// Takes commands to issues and to books of rules.

#include "commands.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/types.hpp"

namespace issues {

struct IssueCommandHandler {
  using Commands = seriatim::types<OpenIssue, TakeAction, AddRule, ApplyRules, Reply>;

  void handle(const OpenIssue& command, seriatim::Repository& repository) const;
  void handle(const TakeAction& command, seriatim::Repository& repository) const;
  void handle(const AddRule& command, seriatim::Repository& repository) const;
  void handle(const ApplyRules& command, seriatim::Repository& repository) const;
  void handle(const Reply& command, seriatim::Repository& repository) const;
};

}  // namespace issues
